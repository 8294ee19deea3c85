/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.offsetheap.OffsetHeap;
import io.offsetheap.flyweight.Flyweight;
import io.offsetheap.flyweight.FlyweightType;
import io.offsetheap.flyweight.Layout;
import io.offsetheap.flyweight.LongField;
import io.offsetheap.flyweight.RefField;
import io.offsetheap.flyweight.StructField;
import io.offsetheap.flyweight.TextField;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A map whose values are flyweights. */
class FlyweightMapTest {
    static final class Level extends Flyweight {
        private static final Layout<Level> LAYOUT = Layout.named("Level");
        static final LongField<Level> PRICE = LAYOUT.longField("price");
        static final LongField<Level> SIZE = LAYOUT.longField("size");
        static final FlyweightType<Level> TYPE = LAYOUT.type(Level::new);
    }

    static final class Quote extends Flyweight {
        private static final Layout<Quote> LAYOUT = Layout.named("Quote");
        private static final LongField<Quote> BID = LAYOUT.longField("bid");
        private static final StructField<Quote, Level> ASK = LAYOUT.struct("ask", Level.TYPE);
        private static final TextField<Quote> VENUE = LAYOUT.text("venue", 6);
        private static final RefField<Quote, Level> BEST = LAYOUT.ref("best", () -> Level.TYPE);
        static final FlyweightType<Quote> TYPE = LAYOUT.type(Quote::new);

        long bid() {
            return BID.get(this);
        }

        void bid(long value) {
            BID.set(this, value);
        }

        Level ask() {
            return ASK.get(this);
        }

        String venue() {
            return VENUE.get(this);
        }
    }

    private static final SharedType<SharedHashMap<String, Quote>> TYPE =
            SharedHashMap.type(Codecs.UTF8, Quote.TYPE.codec());

    private static List<SharedHashMap<String, Quote>> maps(Mappings mappings) {
        return mappings.all("quotes", TYPE);
    }

    @Test
    void isReadAndFilledWhereItLies() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            SharedHashMap<String, Quote> map = maps(mappings).get(0);
            SharedHashMap<String, Quote> other = maps(mappings).get(1);
            for (long bid = 1; bid < 4; bid++) {
                long now = bid;
                map.putWith("AAPL", quote -> {
                    assertEquals(0, quote.bid());
                    quote.bid(now);
                    Level.PRICE.set(quote.ask(), now + 1);
                    Quote.VENUE.set(quote, "XNAS");
                    assertEquals(now, quote.bid());
                });
                assertEquals(now, other.readLong("AAPL", Quote::bid, -1));
                assertEquals("XNAS", other.read("AAPL", Quote::venue));
                assertEquals(now + 1, other.<Long>read("AAPL", quote -> Level.PRICE.get(quote.ask())));
            }
            assertEquals(-1, other.readLong("MSFT", Quote::bid, -1));
            assertNull(other.read("MSFT", Quote::venue));
            mappings.verify();
        }
    }

    @Test
    void isACopyWhereJavaUtilAsksForOne() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            SharedHashMap<String, Quote> map = maps(mappings).get(0);
            Quote quote = Quote.TYPE.detached();
            quote.bid(7);
            assertNull(map.put("AAPL", quote));
            quote.bid(8);
            Quote copy = map.get("AAPL");
            assertEquals(7, copy.bid());
            copy.bid(9);
            assertEquals(7, map.get("AAPL").bid());
            assertTrue(map.containsValue(map.get("AAPL")));
            assertTrue(map.replace("AAPL", map.get("AAPL"), copy));
            assertEquals(9, map.get("AAPL").bid());
            map.compute("AAPL", (key, old) -> {
                old.bid(old.bid() + 1);
                return old;
            });
            assertEquals(10, maps(mappings).get(1).get("AAPL").bid());
            // What is put may be at any place: an object of the heap as well.
            Quote object = mappings.heap(0).construct("quote", Quote.TYPE);
            object.bid(11);
            map.put("AAPL", object);
            assertEquals(11, map.get("AAPL").bid());
            mappings.verify();
        }
    }

    @Test
    void endsWithTheCallItWasGivenFor() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<String, Quote> map = maps(mappings).get(0);
            Quote[] kept = new Quote[1];
            Level[] inside = new Level[1];
            Consumer<Quote> keep = quote -> {
                kept[0] = quote;
                inside[0] = quote.ask();
                assertEquals(0, Level.PRICE.get(inside[0]));
            };
            map.putWith("AAPL", keep);
            for (int i = 0; i < 2; i++) {
                assertThrows(IllegalStateException.class, () -> kept[0].bid());
                assertThrows(IllegalStateException.class, () -> kept[0].ask());
                assertThrows(IllegalStateException.class, () -> Level.PRICE.get(inside[0]));
                assertThrows(RuntimeException.class, () -> kept[0].bid(1));
                assertThrows(RuntimeException.class, () -> Level.PRICE.set(inside[0], 1));
                map.read("AAPL", quote -> {
                    keep.accept(quote);
                    return "";
                });
            }
            assertEquals(0, map.get("AAPL").bid());
        }
    }

    @Test
    void cannotBeChangedWhereItIsRead() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<String, Quote> map = maps(mappings).get(0);
            map.putWith("AAPL", quote -> {});
            for (Consumer<Quote> change : List.<Consumer<Quote>>of(
                    quote -> quote.bid(1),
                    quote -> Quote.BID.setVolatile(quote, 1),
                    quote -> Quote.BID.compareAndSet(quote, 0, 1),
                    quote -> Quote.VENUE.set(quote, "XNAS"),
                    quote -> Level.PRICE.set(quote.ask(), 1))) {
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> map.read("AAPL", quote -> {
                            change.accept(quote);
                            return "";
                        }));
            }
            assertEquals(0, map.readLong("AAPL", Quote::bid, -1));
        }
    }

    /** A reader inside a reader, and a writer inside a writer, have a cursor each. */
    @Test
    void isNotDisturbedByCallsInside() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<String, Quote> map = maps(mappings).get(0);
            map.putWith("A", a -> {
                a.bid(1);
                map.putWith("B", b -> b.bid(2));
                assertEquals(1, a.bid());
            });
            assertEquals(3, map.readLong("A", a -> a.bid() + map.readLong("B", Quote::bid, -1), -1));
            assertEquals(3, map.readLong("A", a -> map.readLong("B", Quote::bid, -1) + a.bid(), -1));
        }
    }

    @Test
    void mayReferToObjectsOfItsHeap() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            SharedHashMap<String, Quote> map = maps(mappings).get(0);
            OffsetHeap heap = mappings.heap(0);
            Level level = heap.construct("level", Level.TYPE);
            Level.PRICE.set(level, 42);
            map.putWith("AAPL", quote -> Quote.BEST.link(quote, level));
            Level cursor = Level.TYPE.newCursor();
            SharedHashMap<String, Quote> other = maps(mappings).get(1);
            assertEquals(
                    42,
                    other.readLong(
                            "AAPL", quote -> Quote.BEST.follow(quote, cursor) ? Level.PRICE.get(cursor) : -1, -1));
            Quote copy = other.get("AAPL");
            assertThrows(IllegalStateException.class, () -> Quote.BEST.follow(copy, cursor));
            heap.destroy("level");
            assertThrows(
                    IllegalStateException.class,
                    () -> other.readLong("AAPL", quote -> Quote.BEST.follow(quote, cursor) ? 1 : 0, -1));
        }
    }

    @Test
    void otherValuesAreDecodedForReadersAndCannotBeFilled() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<String, String> map =
                    mappings.heap(0).findOrConstruct("words", SharedHashMap.type(Codecs.UTF8, Codecs.UTF8));
            map.put("a", "word");
            assertEquals(4, map.readLong("a", String::length, -1));
            assertEquals("WORD", map.read("a", word -> word.toUpperCase(java.util.Locale.ROOT)));
            assertThrows(UnsupportedOperationException.class, () -> map.putWith("a", word -> {}));
            assertEquals("word", map.get("a"));
        }
    }

    /** What a reader makes of a value is what one writer has made of it, in whatever step it was met. */
    @Test
    void isNeverSeenHalfWritten() throws Exception {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            SharedHashMap<String, Quote> map = maps(mappings).get(0);
            SharedHashMap<String, Quote> other = maps(mappings).get(1);
            map.putWith("AAPL", quote -> {});
            AtomicBoolean stop = new AtomicBoolean();
            FutureTask<Long> writer = new FutureTask<>(() -> {
                long count = 0;
                while (!stop.get()) {
                    count++;
                    long now = count;
                    map.putWith("AAPL", quote -> {
                        quote.bid(now);
                        Level.PRICE.set(quote.ask(), now);
                        Level.SIZE.set(quote.ask(), -now);
                    });
                }
                return count;
            });
            Thread thread = new Thread(writer, "writer");
            thread.start();
            try {
                for (int i = 0; i < 50_000; i++) {
                    assertEquals(
                            0,
                            other.readLong(
                                    "AAPL",
                                    quote -> {
                                        Level ask = quote.ask();
                                        return 2 * quote.bid() - Level.PRICE.get(ask) + Level.SIZE.get(ask);
                                    },
                                    -1));
                }
            } finally {
                stop.set(true);
            }
            assertTrue(writer.get(60, TimeUnit.SECONDS) > 0);
        }
    }

    @Test
    void makesNoGarbage() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<String, Quote> map = maps(mappings).get(0);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            int calls = 10_000;
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < calls; i++) {
                    map.putWith("AAPL", quote -> {
                        quote.bid(quote.bid() + 1);
                        Quote.VENUE.set(quote, "XNAS");
                    });
                    if (map.readLong("AAPL", Quote::bid, -1) != 1) {
                        throw new AssertionError("another value");
                    }
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(least < calls, "bytes=" + least);
        }
    }
}
