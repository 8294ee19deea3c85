/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.TestSegment.Storage;
import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.laws.BlockModel.Block;
import io.offsetheap.layout.Geometry;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** What holds for offsets: what is stored in a segment instead of addresses. */
class OffsetLawsTest {
    private static final Geometry GEOMETRY = Geometry.of(512 << 10);

    /** Law C-150. */
    @Property(tries = 6)
    void theNullOffsetIsNoBlock(@ForAll Storage storage, @ForAll @Size(20) List<@IntRange(max = 5000) Integer> sizes) {
        try (TestSegment segment = new TestSegment(storage, GEOMETRY)) {
            OffsetHeap heap = segment.create();
            SharedBytes cell = heap.construct("cell", SharedBytes.TYPE, 8);
            assertEquals(0, cell.getLong(0), "what was never stored is null");
            for (int size : sizes) {
                assertNotEquals(0, heap.allocate(size));
            }
            assertThrows(IllegalArgumentException.class, () -> heap.usableSize(0));
            assertNotEquals(0, heap.allocateInto(cell.offset(), 10, (memory, block) -> {}));
        }
    }

    /** Laws C-151, C-152: an offset is inside the heap or it is refused, whatever is added to it. */
    @Property(tries = 300)
    void whatReachesOutOfTheHeapIsRefused(@ForAll long offset, @ForAll long length) {
        OffsetHeap heap = Bounds.HEAP;
        long end = GEOMETRY.heap + heap.stats().grown();
        boolean inside = offset >= 0
                && length >= 0
                && BigInteger.valueOf(offset).add(BigInteger.valueOf(length)).compareTo(BigInteger.valueOf(end)) <= 0;
        assertEquals(inside, heap.memory().contains(offset, length));
        if (!inside && length > 0) {
            assertThrows(CorruptedSegmentException.class, () -> heap.memory().zero(offset, length));
        }
    }

    /** Law C-152 at the very end. */
    @Property(tries = 50)
    void theEndIsOutside(@ForAll @LongRange(max = 64) long beyond, @ForAll @IntRange(min = 1, max = 64) int length) {
        OffsetHeap heap = Bounds.HEAP;
        long end = GEOMETRY.heap + heap.stats().grown();
        assertTrue(heap.memory().contains(end - length, length));
        assertTrue(heap.memory().contains(end, 0));
        assertFalse(heap.memory().contains(end + beyond, length));
        assertFalse(heap.memory().contains(end - length + 1 + beyond, length));
        assertThrows(CorruptedSegmentException.class, () -> heap.memory().getLong(end + beyond * 8));
        assertThrows(CorruptedSegmentException.class, () -> heap.memory().getByte(end + beyond));
        byte[] bytes = new byte[length];
        assertThrows(
                CorruptedSegmentException.class,
                () -> heap.memory().copyTo(end - length + 1 + beyond, bytes, 0, length));
    }

    /** One heap for the tries that change nothing. */
    private static final class Bounds {
        private static final OffsetHeap HEAP = make();

        private static OffsetHeap make() {
            try (TestSegment segment = new TestSegment(Storage.SHARED_MEMORY, GEOMETRY)) {
                segment.create();
                // The name goes, the mapping stays.
                return TestSegment.builder(segment.storage(), segment.path()).open();
            }
        }
    }

    /** Law C-153: a copy, byte for byte, reads equal wherever it is mapped, and is a segment of its own. */
    @Property(tries = 6)
    void aCopyReadsEqualAtAnotherAddress(
            @ForAll Storage from, @ForAll Storage to, @ForAll @IntRange(min = 1, max = 300) int entries)
            throws IOException {
        try (TestSegment original = new TestSegment(from, GEOMETRY);
                TestSegment copied = new TestSegment(to, GEOMETRY)) {
            OffsetHeap heap = original.create();
            HeapCommands commands = new HeapCommands(heap);
            commands.execute("construct " + HeapCommands.CELLS + " " + HeapCommands.CELL_COUNT * Long.BYTES);
            commands.execute("map numbers");
            for (int i = 0; i < entries; i++) {
                commands.execute("put numbers n" + i + " " + i % 90 + " " + i);
            }
            List<String> blocks = new ArrayList<>();
            for (int i = 0; i < HeapCommands.CELL_COUNT; i++) {
                blocks.add(commands.execute("link " + i + " " + entries * i + " " + i)
                        .split(" ")[0]);
            }
            String question = "describe " + String.join(" ", blocks);
            String content = commands.execute(question);
            assertTrue(content.endsWith("busy=0 findings=[]"), content);

            copied.copyFrom(original.path());
            OffsetHeap copy = copied.open();
            assertNotEquals(
                    heap.memory().region().address(), copy.memory().region().address());
            assertEquals(content, new HeapCommands(copy).execute(question));
            assertEquals(heap.stats(), copy.stats());

            new HeapCommands(copy).execute("remove numbers n0");
            copy.construct("more", IndexObject.TYPE);
            assertTrue(copy.verify().isClean());
            assertEquals(content, commands.execute(question));
        }
    }

    /** Law C-156: blocks behind 2 and 4 GiB. Nothing but the touched pages is real. */
    @Property(tries = 2)
    void blocksBehindTheLimitsOf32BitsAreBlocksLikeOthers(@ForAll Storage storage) {
        try (TestSegment segment = new TestSegment(storage, Geometry.of(6L << 30))) {
            segment.create();
            OffsetHeap heap = segment.openSparse();
            heap.grow(5L << 30);
            BlockModel model = new BlockModel(heap, segment.geometry(), BlockLayout.cells(segment.geometry()));
            for (long limit : new long[] {1L << 31, 1L << 32}) {
                // A block that reaches over the limit, and small ones behind it.
                long large = 0;
                while (large + (1L << 30) < limit) {
                    large = heap.allocate(1L << 30);
                    assertEquals(1L << 30, heap.usableSize(large));
                }
                heap.memory().putLong(large + (1L << 30) - Long.BYTES, limit);
                for (long size : new long[] {16, 500, 8000, 100_000}) {
                    Block block;
                    do {
                        block = model.allocate(heap, size);
                    } while (block.offset() < large);
                }
                model.blocks().forEach(block -> model.checkBytes(heap, block));
                OffsetHeap other = segment.open();
                model.blocks().forEach(block -> model.checkBytes(other, block));
                assertEquals(limit, other.memory().getLong(large + (1L << 30) - Long.BYTES));
                assertEquals(heap.stats(), other.stats());
            }
            Block last = model.blocks().get(model.blocks().size() - 1);
            assertTrue(last.offset() > 1L << 32, last::toString);
            long before = heap.stats().liveBlocks();
            model.free(heap, last);
            assertEquals(before - 1, heap.stats().liveBlocks());
            assertTrue(heap.verify().isClean());
        }
    }
}
