/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.lane.Lane;
import io.offsetheap.object.ChunkedVector;
import io.offsetheap.object.ChunkedVector.Update;
import io.offsetheap.object.Scratch;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import io.offsetheap.object.VectorObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A vector through two mappings, with elements of a word, of several words, and of blocks. */
class ChunkedVectorTest {
    private static final String NAME = "vector";

    private final TestImage image = new TestImage(2 << 20);
    private final Attachment heap = image.format(image.newMemory());
    private final Attachment other = image.attach(image.newMemory());

    static Stream<SharedType<VectorObject>> types() {
        return VectorObject.TYPES.stream();
    }

    private VectorObject construct(SharedType<VectorObject> type) {
        return heap.names().construct(NAME, type, 1);
    }

    private VectorObject find(SharedType<VectorObject> type) {
        return other.names().find(NAME, type).orElseThrow();
    }

    private void verify() {
        var report = heap.verify();
        assertEquals(List.of(), report.findings());
        assertEquals(0, report.busyLanes());
    }

    /** Law C-170 for the structure alone. */
    @ParameterizedTest
    @MethodSource("types")
    void holdsWhatAListWouldHold(SharedType<VectorObject> type) {
        List<VectorObject> handles = List.of(construct(type), find(type));
        List<String> model = new ArrayList<>();
        Random random = new Random(5);
        for (int step = 0; step < 3000; step++) {
            VectorObject vector = handles.get(random.nextInt(2));
            int value = random.nextInt(120);
            String element = VectorObject.describe(vector.element(value));
            int size = model.size();
            switch (random.nextInt(16)) {
                case 0, 1 -> {
                    String last = size == 0 ? "absent" : model.remove(size - 1);
                    assertEquals(last, VectorObject.describe(vector.removeLast()));
                }
                case 2, 3, 4 -> {
                    if (size > 0) {
                        int index = random.nextInt(size);
                        assertEquals(model.set(index, element), VectorObject.describe(vector.set(index, value)));
                    }
                }
                case 5 -> {
                    int keep = size == 0 || random.nextInt(60) > 0 ? size : random.nextInt(size);
                    vector.vector().truncate(keep);
                    model.subList(keep, size).clear();
                }
                default -> {
                    vector.add(value);
                    model.add(element);
                }
            }
            assertEquals(model.size(), vector.vector().size());
            if (step % 100 == 0) {
                verify();
                assertEquals(model, find(type).content());
            }
        }
        verify();
        assertEquals(model, handles.get(0).content());
        assertTrue(model.size() > 200, "size=" + model.size());
    }

    /** Law C-176 for the structure alone. */
    @ParameterizedTest
    @MethodSource("types")
    void comesBackWholeWhenItIsDestroyed(SharedType<VectorObject> type) {
        construct(type);
        heap.names().destroy(NAME);
        heap.blocks().trim();
        long before = heap.blocks().stats().used();
        VectorObject vector = construct(type);
        for (int i = 0; i < 2000; i++) {
            vector.add(i);
        }
        assertNotEquals(before, heap.blocks().stats().used());
        assertTrue(other.names().destroy(NAME));
        heap.blocks().trim();
        verify();
        assertEquals(before, heap.blocks().stats().used());
    }

    /** Law C-112 for the structure alone. */
    @ParameterizedTest
    @MethodSource("types")
    void staysAsItIsWhenThereIsNoRoom(SharedType<VectorObject> type) {
        VectorObject vector = construct(type);
        assertThrows(OutOfSegmentMemoryException.class, () -> {
            for (int i = 0; i < 1_000_000; i++) {
                vector.add(39);
            }
        });
        long size = vector.vector().size();
        for (int i = 0; i < 3; i++) {
            assertThrows(OutOfSegmentMemoryException.class, () -> vector.add(39));
            assertEquals(size, find(type).vector().size());
            verify();
        }
        assertEquals(VectorObject.describe(vector.element(39)), VectorObject.describe(vector.get(size - 1)));
        vector.vector().truncate(size / 2);
        vector.add(7);
        assertEquals(VectorObject.describe(vector.element(7)), VectorObject.describe(vector.get(size / 2)));
        verify();
    }

    @Test
    void addsAllWordsOrNone() {
        ChunkedVector vector = construct(VectorObject.WORDS).vector();
        long[] words = LongStream.range(0, 1000).toArray();
        vector.addWords(words, 0, 0);
        vector.addWords(words, 0, 1000);
        vector.addWords(words, 990, 10);
        assertEquals(1010, vector.size());
        assertThrows(OutOfSegmentMemoryException.class, () -> vector.addWords(new long[300_000], 0, 300_000));
        assertEquals(1010, vector.size());
        long[] copy = new long[1012];
        Arrays.fill(copy, -1);
        assertEquals(1010, vector.copyWords(0, copy, 1, 1011));
        long[] expected = LongStream.concat(LongStream.range(0, 1000), LongStream.range(990, 1000))
                .toArray();
        assertArrayEquals(expected, Arrays.copyOfRange(copy, 1, 1011));
        assertEquals(-1, copy[0]);
        assertEquals(-1, copy[1011]);
        verify();
    }

    @Test
    void updatesAWordInOneStep() {
        ChunkedVector vector = construct(VectorObject.WORDS).vector();
        vector.addWord(5);
        assertEquals(5, vector.update(0, Update.ADD, 7, 0));
        assertEquals(12, vector.update(0, Update.COMPARE_AND_SET, 1, 5));
        assertEquals(12, vector.getWord(0));
        assertEquals(12, vector.update(0, Update.COMPARE_AND_SET, 1, 12));
        assertEquals(1, vector.update(0, Update.SET, -3, 0));
        assertEquals(-3, vector.update(0, Update.READ, 0, 0));
        verify();
    }

    @ParameterizedTest
    @MethodSource("types")
    void refusesAnIndexBehindItsEnd(SharedType<VectorObject> type) {
        VectorObject vector = construct(type);
        vector.add(1);
        for (long index : new long[] {-1, 1, 15, 16, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertNull(vector.get(index));
            var thrown = assertThrows(IndexOutOfBoundsException.class, () -> vector.set(index, 2));
            assertEquals("outside the vector: index=" + index + " size=1", thrown.getMessage());
            if (type == VectorObject.WORDS) {
                assertThrows(
                        IndexOutOfBoundsException.class, () -> vector.vector().getWord(index));
                assertThrows(
                        IndexOutOfBoundsException.class, () -> vector.vector().update(index, Update.SET, 0, 0));
            }
        }
        verify();
    }

    @Test
    void removesTheLastOnlyWhereItIsExpected() {
        ChunkedVector vector = construct(VectorObject.WORDS).vector();
        vector.addWord(5);
        vector.addWord(6);
        Scratch scratch = Scratch.enter();
        try {
            assertFalse(vector.removeLast(scratch, 0));
            assertFalse(vector.removeLast(scratch, 2));
            assertTrue(vector.removeLast(scratch, 1));
            assertTrue(vector.removeLast(scratch, -1));
            assertFalse(vector.removeLast(scratch, -1));
        } finally {
            scratch.leave();
        }
        verify();
    }

    /** Its elements go to stocks from which an operation must be able to take, and to which it must be able to give. */
    @Test
    void leavesRoomToTheOperationThatFreesSomeOfIt() {
        for (int size = 0; size < 12; size++) {
            VectorObject vector = construct(VectorObject.BLOCKS);
            for (int i = 0; i < size; i++) {
                // Of the size class of the entry that is removed below.
                vector.add(39);
            }
            heap.names().construct("b", SharedBytes.TYPE, 30);
            Lane busy = other.lanes().lease();
            heap.names().destroy(NAME);
            busy.giveBack();
            assertTrue(heap.names().destroy("b"));
            verify();
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void isRefusedByAHandleOnceItIsDestroyed(SharedType<VectorObject> type) {
        VectorObject vector = construct(type);
        vector.add(1);
        vector.get(0);
        other.names().destroy(NAME);
        other.blocks().trim();
        for (int i = 0; i < 2; i++) {
            assertThrows(IllegalStateException.class, () -> vector.vector().size());
            assertThrows(IllegalStateException.class, () -> vector.get(0));
            assertThrows(IllegalStateException.class, () -> vector.add(0));
            assertThrows(IllegalStateException.class, () -> vector.set(0, 0));
            assertThrows(IllegalStateException.class, vector::removeLast);
            assertThrows(IllegalStateException.class, () -> vector.vector().truncate(0));
            assertThrows(IllegalStateException.class, () -> vector.vector().getWord(0));
            // An heir in the same cell is another vector.
            find0(type);
        }
        verify();
    }

    private void find0(SharedType<VectorObject> type) {
        other.names().findOrConstruct(NAME, type, 1).add(3);
    }

    @Test
    void refusesParametersOfALaterVersion() {
        VectorObject vector = construct(VectorObject.WORDS);
        long parameters = vector.lock() - 64 + 24;
        heap.memory().putLong(parameters, heap.memory().getLong(parameters) + 1);
        assertThrows(SegmentFormatException.class, () -> find(VectorObject.WORDS));
        assertEquals(1, heap.verify().findings().size());
    }
}
