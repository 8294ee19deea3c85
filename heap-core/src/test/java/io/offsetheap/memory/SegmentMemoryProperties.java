/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MappedRegion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** No access leaves the heap, tears a word, or reaches a read-only mapping: it is an exception, and nothing has changed. */
class SegmentMemoryProperties {
    private static final int CAPACITY = 64 << 10;
    private static final int END = 8 << 10;

    private interface Access {
        void at(SegmentMemory memory, long offset);
    }

    private static final List<Access> WORD_LOADS = List.of(SegmentMemory::getLong, SegmentMemory::getLongVolatile);

    private static final List<Access> WORD_STORES = List.of(
            (memory, offset) -> memory.putLong(offset, -1),
            (memory, offset) -> memory.putLongRelease(offset, -1),
            (memory, offset) -> memory.publish(offset, -1),
            (memory, offset) -> memory.commitWord(CommitSite.ALLOCATE, offset, -1),
            (memory, offset) -> memory.compareAndSetLong(offset, 0, -1));

    private static SegmentMemory newMemory() {
        SegmentMemory memory = new SegmentMemory(MappedRegion.anonymous(CAPACITY), "test", END);
        memory.putLong(SegmentMemory.HEAP_END_OFFSET, END);
        return memory;
    }

    /** Every offset there is, and those at the ends, at powers of two and just beside a word more often than others. */
    @Provide
    Arbitrary<Long> offsets() {
        Arbitrary<Long> edges = Arbitraries.of(
                        0L, (long) END, (long) CAPACITY, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 31, 1L << 32, 1L << 61)
                .flatMap(edge -> Arbitraries.longs().between(-17, 17).map(distance -> edge + distance));
        return Arbitraries.oneOf(
                edges,
                Arbitraries.longs().between(0, END),
                Arbitraries.longs().between(-END, CAPACITY),
                Arbitraries.longs());
    }

    @Property
    void aWordLiesInsideTheHeapAndIsAlignedOrIsRefused(@ForAll("offsets") long offset) {
        SegmentMemory memory = newMemory();
        boolean inside = offset >= 0 && offset <= END - Long.BYTES && offset % Long.BYTES == 0;
        byte[] before = bytes(memory);
        for (List<Access> accesses : List.of(WORD_LOADS, WORD_STORES)) {
            for (Access access : accesses) {
                if (inside) {
                    access.at(memory, offset);
                    memory.copyFrom(before, 0, 0, END);
                } else {
                    var thrown = assertThrows(CorruptedSegmentException.class, () -> access.at(memory, offset));
                    assertTrue(thrown.getMessage().contains("offset=" + offset), thrown::getMessage);
                    assertTrue(thrown.getMessage().endsWith("segment=test"), thrown::getMessage);
                }
            }
        }
        assertArrayEquals(before, bytes(memory));
    }

    @Property
    void payloadLiesInsideTheHeapOrIsRefused(@ForAll("offsets") long offset, @ForAll @IntRange(max = 64) int length) {
        SegmentMemory memory = newMemory();
        byte[] array = new byte[64];
        expect(memory, offset, 1, () -> memory.getByte(offset));
        expect(memory, offset, 2, () -> memory.getShort(offset));
        expect(memory, offset, 4, () -> memory.getInt(offset));
        expect(memory, offset, 8, () -> memory.getLongUnaligned(offset));
        expect(memory, offset, 1, () -> memory.putByte(offset, (byte) -1));
        expect(memory, offset, 2, () -> memory.putShort(offset, (short) -1));
        expect(memory, offset, 4, () -> memory.putInt(offset, -1));
        expect(memory, offset, 8, () -> memory.putLongUnaligned(offset, -1));
        expect(memory, offset, length, () -> memory.equalBytes(offset, array, 0, length));
        expect(memory, offset, 8L * length, () -> memory.containsWord(offset, length, 5));
        if (length > 0) {
            expect(memory, offset, length, () -> memory.copyTo(offset, array, 0, length));
            expect(memory, offset, length, () -> memory.copyFrom(array, 0, offset, length));
            expect(memory, offset, length, () -> memory.zero(offset, length));
        }
    }

    @Property
    void aNarrowWordLiesInsideTheHeapAndIsAlignedOrIsRefused(@ForAll("offsets") long offset) {
        SegmentMemory memory = newMemory();
        expectAligned(memory, offset, 1, () -> memory.getByteVolatile(offset));
        expectAligned(memory, offset, 2, () -> memory.getShortVolatile(offset));
        expectAligned(memory, offset, 4, () -> memory.getIntVolatile(offset));
        expectAligned(memory, offset, 1, () -> memory.putByteRelease(offset, (byte) -1));
        expectAligned(memory, offset, 2, () -> memory.putShortRelease(offset, (short) -1));
        expectAligned(memory, offset, 4, () -> memory.putIntRelease(offset, -1));
        expectAligned(memory, offset, 4, () -> memory.compareAndSetInt(offset, 0, -1));
    }

    private static void expectAligned(SegmentMemory memory, long offset, int size, Runnable access) {
        if (offset % size == 0) {
            expect(memory, offset, size, access);
        } else {
            byte[] before = bytes(memory);
            var thrown = assertThrows(CorruptedSegmentException.class, access::run);
            assertTrue(thrown.getMessage().contains("aligned to " + size + " bytes"), thrown::getMessage);
            assertArrayEquals(before, bytes(memory));
        }
    }

    /** A narrow store changes its own bytes, and a narrow load gives what was stored. */
    @Property
    void narrowWordsKeepToThemselves(@ForAll long word, @ForAll long narrow, @ForAll @IntRange(max = 7) int position) {
        SegmentMemory memory = newMemory();
        memory.putLong(64, word);
        long at = 64 + position;
        memory.putByteRelease(at, (byte) narrow);
        assertEquals((byte) narrow, memory.getByteVolatile(at));
        expectOnly(memory, word, position, 1, narrow);
        memory.putLong(64, word);
        memory.putShortRelease(at & -2, (short) narrow);
        assertEquals((short) narrow, memory.getShortVolatile(at & -2));
        expectOnly(memory, word, position & -2, 2, narrow);
        memory.putLong(64, word);
        memory.putShort(at & -2, (short) narrow);
        expectOnly(memory, word, position & -2, 2, narrow);
        memory.putLong(64, word);
        assertEquals(false, memory.compareAndSetByte(at, (byte) ((byte) (word >>> 8 * position) + 1), (byte) narrow));
        assertTrue(memory.compareAndSetByte(at, (byte) (word >>> 8 * position), (byte) narrow));
        expectOnly(memory, word, position, 1, narrow);
        memory.putLong(64, word);
        short old = (short) (word >>> 8 * (position & -2));
        assertEquals(false, memory.compareAndSetShort(at & -2, (short) (old + 1), (short) narrow));
        assertTrue(memory.compareAndSetShort(at & -2, old, (short) narrow));
        expectOnly(memory, word, position & -2, 2, narrow);
        memory.putLong(64, word);
        memory.putIntRelease(at & -4, (int) narrow);
        assertEquals((int) narrow, memory.getIntVolatile(at & -4));
        expectOnly(memory, word, position & -4, 4, narrow);
        assertEquals(false, memory.compareAndSetInt(at & -4, (int) narrow + 1, 5));
        expectOnly(memory, word, position & -4, 4, narrow);
        assertTrue(memory.compareAndSetInt(at & -4, (int) narrow, 5));
        expectOnly(memory, word, position & -4, 4, 5);
    }

    private static void expectOnly(SegmentMemory memory, long before, int position, int size, long narrow) {
        long mask = (1L << Byte.SIZE * size) - 1 << Byte.SIZE * position;
        assertEquals(before & ~mask | narrow << Byte.SIZE * position & mask, memory.getLong(64));
    }

    private static void expect(SegmentMemory memory, long offset, long length, Runnable access) {
        boolean inside = offset >= 0 && offset <= END - length;
        assertEquals(inside, memory.contains(offset, length));
        byte[] before = bytes(memory);
        if (inside) {
            access.run();
            memory.copyFrom(before, 0, 0, END);
        } else {
            assertThrows(CorruptedSegmentException.class, access::run);
            assertArrayEquals(before, bytes(memory));
        }
    }

    @Property
    void lengthsThatOverflowAreRefused(@ForAll("offsets") long offset, @ForAll("offsets") long length) {
        SegmentMemory memory = newMemory();
        boolean inside = offset >= 0 && length >= 0 && length <= END && offset <= END - length;
        assertEquals(inside, memory.contains(offset, length));
        if (!inside && length != 0) {
            assertThrows(CorruptedSegmentException.class, () -> memory.zero(offset, length));
        }
    }

    /** The other end of a copy is Java's heap, and guarded as well. */
    @Property
    void aCopyStaysInsideTheArray(@ForAll int position, @ForAll @IntRange(min = -2, max = 20) int length) {
        SegmentMemory memory = newMemory();
        byte[] array = new byte[16];
        int near = position % 32;
        for (int at : new int[] {position, near}) {
            if (at >= 0 && length >= 0 && at <= array.length - length) {
                memory.copyTo(64, array, at, length);
                memory.copyFrom(array, at, 64, length);
            } else {
                assertThrows(IndexOutOfBoundsException.class, () -> memory.copyTo(64, array, at, length));
                assertThrows(IndexOutOfBoundsException.class, () -> memory.copyFrom(array, at, 64, length));
            }
        }
    }

    /** The bound follows the end of the heap as it grows, but never beyond what is mapped, and never back. */
    @Property
    void theBoundIsTheLargestEndThatFits(@ForAll List<@LongRange(min = -9, max = 20) Long> ends) {
        SegmentMemory memory = newMemory();
        long bound = END;
        for (long end : ends) {
            memory.putLong(SegmentMemory.HEAP_END_OFFSET, end * END);
            if (end * END <= CAPACITY) {
                bound = Math.max(bound, end * END);
            }
            long last = bound - Long.BYTES;
            memory.putLong(last, 7);
            assertEquals(7, memory.getLong(last));
            memory.putLong(last, 0);
            assertThrows(CorruptedSegmentException.class, () -> memory.getLong(last + Long.BYTES));
        }
    }

    /** Threads that learn of the heap's growth at the same time do not make one another forget it. */
    @Example
    void theBoundNeverGoesBack() throws Exception {
        for (int round = 0; round < 1000; round++) {
            SegmentMemory memory = newMemory();
            List<FutureTask<Long>> growers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                FutureTask<Long> grower = new FutureTask<>(() -> growAndCountRefusals(memory));
                growers.add(grower);
                new Thread(grower, "grower").start();
            }
            for (FutureTask<Long> grower : growers) {
                assertEquals(0, grower.get(60, TimeUnit.SECONDS));
            }
            memory.region().close();
        }
    }

    private static long growAndCountRefusals(SegmentMemory memory) {
        long refused = 0;
        while (true) {
            long end = memory.getLongVolatile(SegmentMemory.HEAP_END_OFFSET);
            if (end == CAPACITY) {
                return refused;
            }
            if (memory.compareAndSetLong(SegmentMemory.HEAP_END_OFFSET, end, end + Long.BYTES)) {
                if (!memory.contains(end, Long.BYTES)) {
                    refused++;
                }
                memory.putLong(end, -1);
                if (memory.peekLong(end) != -1) {
                    refused++;
                }
            }
        }
    }

    @Example
    void noStoreReachesAReadOnlyMapping() throws IOException {
        Path path = Files.createTempFile("read-only", ".segment");
        try {
            byte[] content = new byte[END];
            content[(int) SegmentMemory.HEAP_END_OFFSET + 1] = END >>> 8;
            Files.write(path, content);
            try (FileMapping file = FileMapping.open(path, true);
                    MappedRegion region = file.map()) {
                SegmentMemory memory = new SegmentMemory(region, "test", END);
                assertTrue(memory.isReadOnly());
                for (long offset : new long[] {0, 64, 100, END - 8, END, -8, Long.MIN_VALUE, Long.MAX_VALUE}) {
                    for (Access store : WORD_STORES) {
                        refusesToStore(() -> store.at(memory, offset));
                    }
                    refusesToStore(() -> memory.putByte(offset, (byte) 1));
                    refusesToStore(() -> memory.putShort(offset, (short) 1));
                    refusesToStore(() -> memory.putInt(offset, 1));
                    refusesToStore(() -> memory.putByteRelease(offset, (byte) 1));
                    refusesToStore(() -> memory.putShortRelease(offset, (short) 1));
                    refusesToStore(() -> memory.putIntRelease(offset, 1));
                    refusesToStore(() -> memory.compareAndSetInt(offset, 0, 1));
                    refusesToStore(() -> memory.compareAndSetShort(offset, (short) 9, (short) 1));
                    refusesToStore(() -> memory.compareAndSetByte(offset, (byte) 9, (byte) 1));
                    refusesToStore(() -> memory.putLongUnaligned(offset, 1));
                    refusesToStore(() -> memory.copyFrom(content, 0, offset, 8));
                    refusesToStore(() -> memory.zero(offset, 8));
                }
                assertArrayEquals(content, bytes(memory));
            }
            assertArrayEquals(content, Files.readAllBytes(path));
        } finally {
            Files.delete(path);
        }
    }

    private static void refusesToStore(Runnable store) {
        var thrown = assertThrows(UnsupportedOperationException.class, store::run);
        assertEquals("the segment is open read-only: segment=test", thrown.getMessage());
    }

    private static byte[] bytes(SegmentMemory memory) {
        byte[] bytes = new byte[END];
        memory.copyTo(0, bytes, 0, END);
        return bytes;
    }
}
