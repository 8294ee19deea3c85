/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.error.TypeMismatchException;
import io.offsetheap.layout.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cursor over an object, by example. */
class FlyweightTest {
    static final class Part extends Flyweight {
        private static final Layout<Part> LAYOUT = Layout.named("Part");
        static final LongField<Part> LONG = LAYOUT.longField("long");
        static final FlyweightType<Part> TYPE = LAYOUT.type(Part::new);
    }

    static final class Thing extends Flyweight {
        private static final Layout<Thing> LAYOUT = Layout.named("Thing");
        static final ByteField<Thing> BYTE = LAYOUT.byteField("byte");
        static final BooleanField<Thing> BOOLEAN = LAYOUT.booleanField("boolean");
        static final ShortField<Thing> SHORT = LAYOUT.shortField("short");
        static final IntField<Thing> INT = LAYOUT.intField("int");
        static final LongField<Thing> LONG = LAYOUT.longField("long");
        static final FloatField<Thing> FLOAT = LAYOUT.floatField("float");
        static final DoubleField<Thing> DOUBLE = LAYOUT.doubleField("double");
        static final LongArrayField<Thing> LONGS = LAYOUT.longArray("longs", 3);
        static final TextField<Thing> TEXT = LAYOUT.text("text", 5);
        static final StructField<Thing, Part> PART = LAYOUT.struct("part", Part.TYPE);
        static final RefField<Thing, Part> REF = LAYOUT.ref("ref", () -> Part.TYPE);
        static final FlyweightType<Thing> TYPE = LAYOUT.type(Thing::new);
    }

    /** One load of every kind. */
    private static final List<Consumer<Thing>> LOADS = List.of(
            Thing.BYTE::get,
            Thing.BYTE::getAcquire,
            Thing.BOOLEAN::get,
            Thing.SHORT::get,
            Thing.SHORT::getVolatile,
            Thing.INT::get,
            Thing.INT::getVolatile,
            Thing.LONG::get,
            Thing.LONG::getAcquire,
            Thing.FLOAT::get,
            Thing.DOUBLE::get,
            thing -> Thing.LONGS.get(thing, 1),
            Thing.TEXT::get,
            Thing.PART::get,
            Thing.REF::get,
            Thing.REF::isNull,
            thing -> Thing.REF.follow(thing, Part.TYPE.newCursor()));

    /** One store of every kind. */
    private static final List<Consumer<Thing>> STORES = List.of(
            thing -> Thing.BYTE.set(thing, (byte) 1),
            thing -> Thing.BYTE.setRelease(thing, (byte) 1),
            thing -> Thing.BYTE.compareAndSet(thing, (byte) 0, (byte) 1),
            thing -> Thing.BOOLEAN.setVolatile(thing, true),
            thing -> Thing.BOOLEAN.compareAndSet(thing, false, true),
            thing -> Thing.SHORT.set(thing, (short) 1),
            thing -> Thing.SHORT.setRelease(thing, (short) 1),
            thing -> Thing.SHORT.compareAndSet(thing, (short) 0, (short) 1),
            thing -> Thing.INT.set(thing, 1),
            thing -> Thing.INT.setRelease(thing, 1),
            thing -> Thing.INT.compareAndSet(thing, 0, 1),
            thing -> Thing.INT.getAndAdd(thing, 1),
            thing -> Thing.LONG.set(thing, 1),
            thing -> Thing.LONG.setVolatile(thing, 1),
            thing -> Thing.LONG.compareAndSet(thing, 0, 1),
            thing -> Thing.LONG.getAndAdd(thing, 1),
            thing -> Thing.FLOAT.set(thing, 1),
            thing -> Thing.FLOAT.compareAndSet(thing, 0, 1),
            thing -> Thing.DOUBLE.set(thing, 1),
            thing -> Thing.DOUBLE.compareAndSet(thing, 0, 1),
            thing -> Thing.LONGS.set(thing, 1, 1),
            thing -> Thing.TEXT.set(thing, "text"),
            thing -> Part.LONG.set(Thing.PART.get(thing), 1),
            thing -> Thing.REF.set(thing, null),
            thing -> Thing.REF.compareAndSet(thing, null, null));

    private final TestSegment segment = new TestSegment(TestSegment.Storage.SHARED_MEMORY, Geometry.of(1 << 20));
    private final OffsetHeap heap = segment.create();

    @AfterEach
    void close() {
        segment.close();
    }

    private static void areRefused(List<Consumer<Thing>> accesses, Thing thing, Class<? extends Exception> with) {
        for (int i = 0; i < accesses.size(); i++) {
            int access = i;
            assertThrows(with, () -> accesses.get(access).accept(thing), "access " + i);
        }
    }

    @Test
    void standsNowhereAtFirst() {
        Thing thing = new Thing();
        areRefused(LOADS, thing, IllegalStateException.class);
        areRefused(STORES, thing, IllegalStateException.class);
        var thrown = assertThrows(IllegalStateException.class, () -> Thing.LONG.get(thing));
        assertEquals("the cursor is not at an object: cursor=Thing nowhere", thrown.getMessage());
    }

    @Test
    void isRefusedAfterClose() {
        OffsetHeap other = segment.open();
        Thing thing = other.construct("thing", Thing.TYPE);
        Part part = Thing.PART.get(thing);
        other.close();
        areRefused(LOADS, thing, IllegalStateException.class);
        areRefused(STORES, thing, IllegalStateException.class);
        assertThrows(IllegalStateException.class, () -> Part.LONG.get(part));
    }

    /** Also when another object of the type is in its place. */
    @Test
    void isRefusedAfterDestruction() {
        OffsetHeap other = segment.open();
        Thing thing = other.construct("thing", Thing.TYPE);
        Part part = Thing.PART.get(thing);
        for (int round = 0; round < 2; round++) {
            heap.destroy("thing");
            areRefused(LOADS, thing, IllegalStateException.class);
            areRefused(STORES, thing, IllegalStateException.class);
            assertThrows(IllegalStateException.class, () -> Part.LONG.get(part));
            Thing next = heap.construct("thing", Thing.TYPE);
            areRefused(LOADS, thing, IllegalStateException.class);
            areRefused(STORES, thing, IllegalStateException.class);
            assertEquals(0, Thing.LONG.get(next));
        }
    }

    @Test
    void isReadAndNotWrittenWhereTheHeapIsReadOnly() {
        Thing.LONG.set(heap.construct("thing", Thing.TYPE), 42);
        Thing thing = segment.openReadOnly().find("thing", Thing.TYPE).orElseThrow();
        LOADS.forEach(load -> load.accept(thing));
        areRefused(STORES, thing, UnsupportedOperationException.class);
        assertEquals(42, Thing.LONG.get(thing));
    }

    @Test
    void hasEveryOrderOnEveryGround() {
        List<Thing> grounds = new ArrayList<>();
        grounds.add(Thing.TYPE.detached());
        grounds.add(heap.construct("thing", Thing.TYPE));
        grounds.add(heap.construct("things", SharedArray.type(Thing.TYPE), 2).get(1));
        for (Thing thing : grounds) {
            for (int i = -3; i < 3; i++) {
                Thing.BYTE.setRelease(thing, (byte) i);
                assertEquals((byte) i, Thing.BYTE.getAcquire(thing));
                Thing.BYTE.setVolatile(thing, (byte) ~i);
                assertEquals((byte) ~i, Thing.BYTE.getVolatile(thing));
                assertFalse(Thing.BYTE.compareAndSet(thing, (byte) i, (byte) 7));
                assertTrue(Thing.BYTE.compareAndSet(thing, (byte) ~i, (byte) i));
                assertEquals((byte) i, Thing.BYTE.get(thing));
                Thing.BOOLEAN.setRelease(thing, i % 2 == 0);
                assertEquals(i % 2 == 0, Thing.BOOLEAN.getAcquire(thing));
                assertFalse(Thing.BOOLEAN.compareAndSet(thing, i % 2 != 0, true));
                assertTrue(Thing.BOOLEAN.compareAndSet(thing, i % 2 == 0, i % 2 != 0));
                assertEquals(i % 2 != 0, Thing.BOOLEAN.get(thing));
                Thing.SHORT.setRelease(thing, (short) (i << 8));
                assertEquals((short) (i << 8), Thing.SHORT.getAcquire(thing));
                Thing.SHORT.setVolatile(thing, (short) i);
                assertEquals((short) i, Thing.SHORT.getVolatile(thing));
                assertFalse(Thing.SHORT.compareAndSet(thing, (short) (i + 1), (short) 7));
                assertTrue(Thing.SHORT.compareAndSet(thing, (short) i, (short) (i << 9)));
                assertEquals((short) (i << 9), Thing.SHORT.get(thing));
                Thing.FLOAT.setRelease(thing, i / 2f);
                assertEquals(i / 2f, Thing.FLOAT.getAcquire(thing));
                assertFalse(Thing.FLOAT.compareAndSet(thing, i / 2f + 1, 7));
                assertTrue(Thing.FLOAT.compareAndSet(thing, i / 2f, Float.NaN));
                assertTrue(Thing.FLOAT.compareAndSet(thing, Float.NaN, -0f));
                assertFalse(Thing.FLOAT.compareAndSet(thing, 0f, 7));
                Thing.DOUBLE.setVolatile(thing, i / 2.0);
                assertEquals(i / 2.0, Thing.DOUBLE.getVolatile(thing));
                assertFalse(Thing.DOUBLE.compareAndSet(thing, i / 2.0 + 1, 7));
                assertTrue(Thing.DOUBLE.compareAndSet(thing, i / 2.0, i / 4.0));
                assertEquals(i / 4.0, Thing.DOUBLE.get(thing));
                Thing.INT.setRelease(thing, i);
                assertEquals(i, Thing.INT.getAcquire(thing));
                assertFalse(Thing.INT.compareAndSet(thing, i + 1, 7));
                assertTrue(Thing.INT.compareAndSet(thing, i, i << 20));
                assertEquals(i << 20, Thing.INT.getAndAdd(thing, 5));
                assertEquals((i << 20) + 5, Thing.INT.getVolatile(thing));
                Thing.LONG.setVolatile(thing, i);
                assertFalse(Thing.LONG.compareAndSet(thing, i + 1, 7));
                assertTrue(Thing.LONG.compareAndSet(thing, i, (long) i << 40));
                assertEquals((long) i << 40, Thing.LONG.getAndAdd(thing, -5));
                assertEquals(((long) i << 40) - 5, Thing.LONG.getAcquire(thing));
            }
        }
    }

    /** Adds to three fields that share words with each other. */
    private static void add(Thing thing, int delta) {
        byte narrow;
        do {
            narrow = Thing.BYTE.get(thing);
        } while (!Thing.BYTE.compareAndSet(thing, narrow, (byte) (narrow + delta)));
        short wider;
        do {
            wider = Thing.SHORT.get(thing);
        } while (!Thing.SHORT.compareAndSet(thing, wider, (short) (wider + delta)));
        boolean flag;
        do {
            flag = Thing.BOOLEAN.get(thing);
        } while (!Thing.BOOLEAN.compareAndSet(thing, flag, !flag));
    }

    @Test
    void countsForThreadsOfTwoMappings() throws Exception {
        int calls = 100_000;
        List<FutureTask<Long>> counters = new ArrayList<>();
        heap.construct("thing", Thing.TYPE);
        for (OffsetHeap mapping : List.of(heap, segment.open())) {
            FutureTask<Long> counter = new FutureTask<>(() -> {
                Thing thing = mapping.find("thing", Thing.TYPE).orElseThrow();
                long last = -1;
                for (int i = 0; i < calls; i++) {
                    long before = Thing.LONG.getAndAdd(thing, 1);
                    assertTrue(before > last);
                    last = before;
                    Thing.INT.getAndAdd(thing, -1);
                    add(thing, 1);
                }
                return last;
            });
            counters.add(counter);
            new Thread(counter, "counter").start();
        }
        for (FutureTask<Long> counter : counters) {
            counter.get(60, TimeUnit.SECONDS);
        }
        Thing thing = heap.find("thing", Thing.TYPE).orElseThrow();
        assertEquals(2 * calls, Thing.LONG.get(thing));
        assertEquals((byte) (2 * calls), Thing.BYTE.get(thing));
        assertEquals((short) (2 * calls), Thing.SHORT.get(thing));
        assertFalse(Thing.BOOLEAN.get(thing));
        assertEquals(-2 * calls, Thing.INT.get(thing));
    }

    @Test
    void refusesElementsThatAreNotThere() {
        for (Thing thing : List.of(Thing.TYPE.detached(), heap.construct("thing", Thing.TYPE))) {
            for (int index : new int[] {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> Thing.LONGS.get(thing, index));
                assertThrows(IndexOutOfBoundsException.class, () -> Thing.LONGS.set(thing, index, 1));
            }
        }
    }

    @Test
    void refusesTextsThatDoNotFitAndKeepsTheOldOne() {
        for (Thing thing : List.of(Thing.TYPE.detached(), heap.construct("thing", Thing.TYPE))) {
            Thing.TEXT.set(thing, "old");
            for (String text : List.of("longer", "a".repeat(100_000), "€€", "\uD800", "ab\uDC00")) {
                assertThrows(IllegalArgumentException.class, () -> Thing.TEXT.set(thing, text));
                assertEquals("old", Thing.TEXT.get(thing));
            }
            var thrown = assertThrows(IllegalArgumentException.class, () -> Thing.TEXT.set(thing, "€€"));
            assertEquals("the text does not fit: chars=2 bytes=6 capacity=5 field=Thing.text", thrown.getMessage());
        }
    }

    /** As the values of a map must: they are equal if their bytes are. */
    @Test
    void hasTheSameBytesForTheSameText() {
        Thing thing = Thing.TYPE.detached();
        Thing fresh = Thing.TYPE.detached();
        Thing.TEXT.set(thing, "longe");
        Thing.TEXT.set(thing, "ab");
        Thing.TEXT.set(fresh, "ab");
        byte[] bytes = new byte[Thing.TYPE.size()];
        byte[] expected = new byte[Thing.TYPE.size()];
        Thing.TYPE.codec().write(thing, bytes, 0);
        Thing.TYPE.codec().write(fresh, expected, 0);
        assertArrayEquals(expected, bytes);
    }

    /** Whatever bytes a reader meets while a text is being written: it gets a text. */
    @Test
    void makesATextOfAnyBytes() {
        Thing thing = heap.construct("thing", Thing.TYPE);
        byte[] bytes = new byte[TextField.LENGTH_BYTES + 5];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            random.nextBytes(bytes);
            thing.put(Thing.TEXT.slot().offset(), bytes, 0, bytes.length);
            assertTrue(Thing.TEXT.get(thing).length() <= 5);
        }
    }

    @Test
    void isOneObjectOfItsOwnType() {
        heap.construct("thing", Thing.TYPE);
        assertThrows(TypeMismatchException.class, () -> heap.find("thing", Part.TYPE));
        assertThrows(IllegalArgumentException.class, () -> heap.construct("things", Thing.TYPE, 2));
        assertThrows(IllegalArgumentException.class, () -> heap.construct("things", Thing.TYPE, 0));
        assertTrue(heap.find("things", Thing.TYPE).isEmpty());
        assertTrue(heap.verify().isClean());
    }
}
