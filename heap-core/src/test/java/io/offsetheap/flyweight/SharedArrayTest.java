/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.TypeMismatchException;
import io.offsetheap.flyweight.AnyLayout.Level;
import io.offsetheap.layout.Geometry;
import io.offsetheap.object.SharedType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An array of flyweights, by example; what it keeps is in {@link FlyweightProperties}. */
class SharedArrayTest {
    private static final SharedType<SharedArray<Level>> TYPE = SharedArray.type(Level.TYPE);

    private final TestSegment segment = new TestSegment(TestSegment.Storage.SHARED_MEMORY, Geometry.of(1 << 20));
    private final OffsetHeap heap = segment.create();

    @AfterEach
    void verifyAndClose() {
        assertEquals(List.of(), heap.verify().findings());
        segment.close();
    }

    /** Law C-097. */
    @Test
    void isBuiltElementByElement() {
        for (int length : new int[] {0, 1, 2, 1000}) {
            String name = "levels" + length;
            heap.construct(name, TYPE, length, (Consumer<SharedArray<Level>>) array -> {
                for (int i = 0; i < length; i++) {
                    Level.PRICE.set(array.get(i), 100L + i);
                }
            });
            SharedArray<Level> levels = segment.open().findOrConstruct(name, TYPE, length);
            assertEquals(length, levels.size());
            List<Long> prices = new ArrayList<>();
            levels.forEach(level -> prices.add(Level.PRICE.get(level)));
            assertEquals(length, prices.size());
            for (int i = 0; i < length; i++) {
                assertEquals(100L + i, prices.get(i));
            }
            assertThrows(TypeMismatchException.class, () -> heap.findOrConstruct(name, TYPE, length + 1));
            assertThrows(IndexOutOfBoundsException.class, () -> levels.get(length));
            assertThrows(IndexOutOfBoundsException.class, () -> levels.get(-1));
            assertThrows(IndexOutOfBoundsException.class, () -> levels.moveTo(Long.MAX_VALUE, new Level()));
        }
    }

    @Test
    void refusesLengthsThatNoHeapHas() {
        long used = heap.stats().used();
        assertThrows(IllegalArgumentException.class, () -> heap.construct("levels", TYPE, -1));
        for (long length : new long[] {1 << 20, Long.MAX_VALUE / 16, Long.MAX_VALUE / 16 + 1, Long.MAX_VALUE}) {
            assertThrows(OutOfSegmentMemoryException.class, () -> heap.construct("levels", TYPE, length));
        }
        assertTrue(heap.find("levels", TYPE).isEmpty());
        heap.trim();
        assertTrue(heap.stats().used() - used < 4096, "no block is left, only the record of the type");
    }

    /** Law C-110. */
    @Test
    void isNotMadeIfAnElementCannotBe() {
        heap.construct("other", TYPE, 1);
        heap.trim();
        long used = heap.stats().used();
        for (int failing : new int[] {0, 1, 9}) {
            RuntimeException failure = new IllegalCallerException("element " + failing);
            Consumer<SharedArray<Level>> initializer = array -> {
                for (int i = 0; i < array.size(); i++) {
                    if (i == failing) {
                        throw failure;
                    }
                    Level.PRICE.set(array.get(i), 1);
                }
            };
            List<Runnable> ways = List.of(
                    () -> heap.construct("levels", TYPE, 10, initializer),
                    () -> heap.findOrConstruct("levels", TYPE, 10, initializer),
                    () -> heap.construct(TYPE, 10, initializer));
            for (Runnable way : ways) {
                assertSame(failure, assertThrows(IllegalCallerException.class, way::run));
                assertTrue(heap.find("levels", TYPE).isEmpty());
                heap.trim();
                assertEquals(used, heap.stats().used());
            }
        }
    }

    /** Law C-100, as far as this library goes. */
    @Test
    void alignsBlocksTo16AndWideFieldsTo8() {
        for (int i = 0; i < 20; i++) {
            heap.allocate(16 * i);
            Level object = heap.construct("level" + i, Level.TYPE);
            assertEquals(0, object.object() % 16);
            SharedArray<Level> array = heap.construct("levels" + i, TYPE, 3);
            for (int j = 0; j < 3; j++) {
                Level element = array.get(j);
                assertEquals(0, element.object() % 16);
                // An unaligned word would be refused.
                Level.PRICE.setVolatile(element, j);
                assertEquals(j, Level.PRICE.getAcquire(element));
            }
            assertEquals(0, heap.construct(Level.TYPE).offset() % 16);
        }
    }

    @Test
    void isRefusedWhenItHasBeenDestroyed() {
        SharedArray<Level> levels = heap.construct("levels", TYPE, 3);
        Level level = levels.get(1);
        segment.open().destroy("levels");
        heap.construct("levels", TYPE, 3);
        assertThrows(IllegalStateException.class, levels::size);
        assertThrows(IllegalStateException.class, () -> levels.get(1));
        assertThrows(IllegalStateException.class, () -> levels.moveTo(1, new Level()));
        assertThrows(IllegalStateException.class, () -> levels.forEach(each -> {}));
        assertThrows(IllegalStateException.class, () -> Level.PRICE.get(level));
        assertThrows(IllegalStateException.class, () -> Level.PRICE.set(level, 1));
    }

    @Test
    void isRefusedAfterClose() {
        OffsetHeap other = segment.open();
        SharedArray<Level> levels = other.construct("levels", TYPE, 3);
        other.close();
        assertThrows(IllegalStateException.class, levels::size);
        assertThrows(IllegalStateException.class, () -> levels.get(1));
        assertThrows(IllegalStateException.class, () -> levels.forEach(each -> {}));
    }
}
