/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.TypeMismatchException;
import io.offsetheap.object.Codec;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;
import net.openhft.chronicle.bytes.BytesIn;
import net.openhft.chronicle.bytes.BytesMarshallable;
import net.openhft.chronicle.bytes.BytesOut;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedValueTest {
    /** An object that writes itself, of any length. */
    private static final class Quote implements BytesMarshallable {
        private long price;
        private String venue = "";

        Quote() {}

        Quote(long price, String venue) {
            this.price = price;
            this.venue = venue;
        }

        @Override
        public void writeMarshallable(BytesOut<?> bytes) {
            bytes.writeLong(price).writeUtf8(venue);
        }

        @Override
        public void readMarshallable(BytesIn<?> bytes) {
            price = bytes.readLong();
            venue = bytes.readUtf8();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Quote quote && quote.price == price && quote.venue.equals(venue);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(price);
        }
    }

    private static final Codec<Quote> QUOTES = Codecs.marshallable("quote/1", Quote::new);
    private static final SharedType<SharedValue<Quote>> TYPE = SharedValue.type(QUOTES);

    /** One value through three mappings, beside a variable. */
    private static final class TestValue {
        private final Mappings mappings = Mappings.ofSharedMemory(3, 1 << 20);
        private final List<SharedValue<Quote>> handles = mappings.all("value", TYPE);
        private @Nullable Quote model;
        private int turn;

        private SharedValue<Quote> next() {
            return handles.get(turn++ % handles.size());
        }

        void set(Quote value) {
            model = value;
            next().set(value);
        }

        void replace(Quote value) {
            assertTrue(next().compareAndSet(model, value));
            model = value;
        }

        void replaceIf(Quote expected, Quote value) {
            boolean equal = expected.equals(model);
            assertEquals(equal, next().compareAndSet(expected, value));
            model = equal ? value : model;
        }

        void verify() {
            mappings.verify();
            for (SharedValue<Quote> handle : handles) {
                assertEquals(model, handle.get());
            }
        }
    }

    @Property(tries = 20)
    void behavesAsAVariableThroughAllMappings(@ForAll("histories") ActionChain<TestValue> history) {
        history.withInvariant("verifier is silent and all mappings see the model", TestValue::verify)
                .run()
                .mappings
                .close();
    }

    @Provide
    ActionChainArbitrary<TestValue> histories() {
        return ActionChain.startWith(TestValue::new)
                .withAction(action("set", (value, quote) -> value.set(quote)))
                .withAction(action("replace by", (value, quote) -> value.replace(quote)))
                .withAction(action("replace 1 by", (value, quote) -> value.replaceIf(quote(1), quote)))
                .withMaxTransformations(30);
    }

    private interface Call {
        void accept(TestValue value, Quote quote);
    }

    private static Action<TestValue> action(String verb, Call call) {
        return (Action.Independent<TestValue>) () -> Arbitraries.integers()
                .between(0, 4)
                .map(n -> Transformer.mutate(verb + " " + n, value -> call.accept(value, quote(n))));
    }

    /** From a few bytes to more than a page. */
    private static Quote quote(int n) {
        return new Quote(n, "v".repeat(n * n * n * n * n * 10));
    }

    /** Readers never see a value that nobody has set, while two mappings replace it. */
    @Test
    void isReplacedWhole() throws InterruptedException {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            List<SharedValue<Quote>> handles = mappings.all("value", TYPE);
            Thread writer = new Thread(() -> count(handles.get(0)));
            writer.start();
            count(handles.get(1));
            writer.join();
            Quote last = handles.get(0).get();
            assertEquals(new Quote(4000, venue(4000)), last);
            mappings.verify();
        }
    }

    private static void count(SharedValue<Quote> value) {
        for (int i = 0; i < 2000; i++) {
            Quote old;
            Quote next;
            do {
                old = value.get();
                assertTrue(old == null || old.venue.equals(venue(old.price)));
                long price = old == null ? 1 : old.price + 1;
                next = new Quote(price, venue(price));
            } while (!value.compareAndSet(old, next));
        }
    }

    private static String venue(long price) {
        return Long.toString(price).repeat((int) (price % 37));
    }

    @Test
    void isAnObjectOfItsType() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            OffsetHeap heap = mappings.heap(0);
            SharedValue<Quote> value = heap.construct("value", TYPE);
            assertNull(value.get());
            assertEquals("null", value.toString());
            value.set(new Quote(1, "venue"));
            var other = SharedValue.type(Codecs.marshallable("quote/2", Quote::new));
            var thrown = assertThrows(TypeMismatchException.class, () -> heap.find("value", other));
            assertTrue(thrown.getMessage().contains("SharedValue/1<quote/1>"), thrown::getMessage);
            assertThrows(OutOfSegmentMemoryException.class, () -> value.set(new Quote(2, "x".repeat(2 << 20))));
            assertEquals(new Quote(1, "venue"), value.get());
            assertThrows(NullPointerException.class, () -> value.set(nothing()));
            assertTrue(heap.destroy("value"));
            assertThrows(IllegalStateException.class, value::get);
            assertThrows(IllegalStateException.class, () -> value.set(new Quote()));
        }
    }

    @SuppressWarnings("NullAway")
    private static Quote nothing() {
        return null;
    }

    /** Objects that write themselves are values of a map like any others. */
    @Test
    void isWhatAMapHoldsToo() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            var handles = mappings.all("quotes", SharedHashMap.type(Codecs.UTF8, QUOTES));
            assertNull(handles.get(0).put("AAPL", new Quote(18910, "XNAS")));
            assertEquals(new Quote(18910, "XNAS"), handles.get(1).get("AAPL"));
            assertTrue(handles.get(1).replace("AAPL", new Quote(18910, "XNAS"), new Quote(18911, "")));
            handles.get(0).merge("AAPL", new Quote(1, "BATS"), (a, b) -> new Quote(a.price + b.price, b.venue));
            assertEquals(Map.of("AAPL", new Quote(18912, "BATS")), handles.get(1));
            assertFalse(handles.get(0).remove("AAPL", new Quote(0, "")));
            mappings.verify();
        }
    }
}
