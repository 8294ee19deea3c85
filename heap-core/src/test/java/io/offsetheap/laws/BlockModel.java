/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.layout.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** The raw blocks that a heap should hold, each with the bytes that were written into all that may be used of it. */
final class BlockModel {
    record Block(long offset, long usable, long seed) {
        long end() {
            return offset + usable;
        }

        String name() {
            return "#" + (seed + 1);
        }

        private byte[] pattern() {
            byte[] bytes = new byte[Math.toIntExact(usable)];
            new SplittableRandom(seed).nextBytes(bytes);
            return bytes;
        }
    }

    private final Geometry geometry;
    private final BlockLayout layout;
    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    /** Bytes of the blocks that the heap holds for itself: the name index. */
    private final long own;

    private long seeds;
    /** What has been done to the heap, a line each. */
    private final List<String> story = new ArrayList<>();

    /** @param heap without a raw block */
    BlockModel(OffsetHeap heap, Geometry geometry, BlockLayout layout) {
        this.geometry = geometry;
        this.layout = layout;
        this.own = heap.stats().used() - layout.overhead(heap, geometry);
    }

    void trim(OffsetHeap heap) {
        story.add("trim");
        heap.trim();
    }

    /** Adds the outcome of what has been done last. */
    private void tell(String outcome) {
        int last = story.size() - 1;
        story.set(last, story.get(last) + ": " + outcome);
    }

    /** What has led to a failure, step by step. */
    AssertionError failure(Throwable reason) {
        return new AssertionError(
                "a history breaks a law\n    " + String.join("\n    ", story) + "\n" + reason.getMessage(), reason);
    }

    List<Block> blocks() {
        return new ArrayList<>(blocks.values());
    }

    Block allocate(OffsetHeap heap, long size) {
        story.add("allocate " + size);
        return add(heap, heap.allocate(size), size, 16);
    }

    Block allocate(OffsetHeap heap, long size, long alignment) {
        story.add("allocate " + size + (alignment == 1 ? "" : " at a multiple of " + alignment));
        return add(heap, heap.allocate(size, alignment), size, alignment);
    }

    /** Empty if there is no room. */
    Optional<Block> tryAllocate(OffsetHeap heap, long size, long alignment) {
        try {
            return Optional.of(allocate(heap, size, alignment));
        } catch (OutOfSegmentMemoryException e) {
            tell("refused");
            return Optional.empty();
        }
    }

    /** Checks a block that is new, and fills it. */
    private Block add(OffsetHeap heap, long offset, long size, long alignment) {
        Block block = new Block(offset, heap.usableSize(offset), seeds++);
        tell(block.name());
        assertTrue(block.usable >= size, () -> block + " is smaller than " + size);
        assertEquals(0, offset % Math.max(alignment, 16), () -> block + " is not at a multiple of " + alignment);
        assertTrue(
                offset >= geometry.heap
                        && block.end() <= geometry.heap + heap.stats().grown(),
                () -> block + " is outside the heap");
        var before = blocks.lowerEntry(block.end());
        assertTrue(before == null || before.getValue().end() <= offset, () -> block + " overlaps " + before);
        heap.memory().copyFrom(block.pattern(), 0, offset, Math.toIntExact(block.usable));
        blocks.put(offset, block);
        return block;
    }

    void free(OffsetHeap heap, Block block) {
        story.add("free " + block.name());
        heap.free(block.offset);
        blocks.remove(block.offset);
    }

    /** The heap holds these blocks and no others, with the bytes they were given, and accounts for each byte. */
    void check(OffsetHeap heap) {
        var report = heap.verify();
        assertEquals(List.of(), report.findings());
        assertEquals(0, report.busyLanes());
        assertEquals(blocks.size(), report.rawBlocks(), "blocks that the heap holds for programs");
        var stats = heap.stats();
        assertEquals(report.rawBlocks() + report.reachableBlocks(), stats.liveBlocks(), "blocks in use");
        assertEquals(geometry.capacity(), stats.capacity());
        long usable = blocks.values().stream().mapToLong(Block::usable).sum();
        assertEquals(
                stats.capacity(),
                usable + own + layout.overhead(heap, geometry) + stats.free(),
                "bytes of blocks in use, of their headers, and free");
        blocks.values().forEach(block -> checkBytes(heap, block));
    }

    /** The block holds the bytes it was given. */
    void checkBytes(OffsetHeap heap, Block block) {
        assertTrue(
                heap.memory().equalBytes(block.offset, block.pattern(), 0, Math.toIntExact(block.usable)),
                () -> block + " has lost its bytes");
    }
}
