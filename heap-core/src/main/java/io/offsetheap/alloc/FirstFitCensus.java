/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;

/**
 * One look at every block of a {@link FirstFitAllocator}, without a lock: exact when nobody writes, otherwise a sum over a
 * moving picture. Not thread-safe.
 */
final class FirstFitCensus {
    private final SegmentMemory memory;
    private final Geometry geometry;
    private final long end;
    private long used;
    private long liveBlocks;
    private long freeBlocks;
    private long largest;
    private long stocked;

    FirstFitCensus(SegmentMemory memory, Geometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
        this.end = memory.getLongVolatile(Superblock.HEAP_END_OFFSET);
    }

    AllocatorStats stats() {
        long block = geometry.heap;
        while (block < end) {
            long word = memory.getLongVolatile(block + TaggedBlock.SIZE_OFFSET);
            // A block that is changed at this moment may look like anything: no step is shorter or longer than can be.
            long size = Math.min(Math.max(TaggedBlock.size(word), TaggedBlock.MIN_SIZE), end - block);
            count(block, TaggedBlock.kind(word), size);
            block += size;
        }
        countFreeHeaders();
        for (int lane = 0; lane < geometry.lanes; lane++) {
            countSlots(lane);
        }
        long capacity = geometry.capacity();
        used = Math.max(0, used);
        return new AllocatorStats(
                capacity,
                used,
                capacity - used,
                largest,
                end - geometry.heap,
                Math.max(0, liveBlocks),
                freeBlocks,
                stocked);
    }

    private void count(long block, int kind, long size) {
        if (kind != TaggedBlock.FREE) {
            used += size;
            liveBlocks++;
            return;
        }
        freeBlocks++;
        // Growth adds to the last block, of which a free one must remain.
        long room = block + size == end ? size + geometry.maxSize - end - TaggedBlock.MIN_SIZE : size;
        largest = Math.max(largest, room - TaggedBlock.DATA_OFFSET);
    }

    private void countFreeHeaders() {
        long header = memory.getLongVolatile(TaggedBlock.FREE_HEADERS_OFFSET);
        // No list is longer than there are blocks.
        for (long left = liveBlocks; left > 0 && isBlock(header, TaggedBlock.HEADER_BLOCK_SIZE); left--) {
            subtract(header);
            header = memory.getLongVolatile(header + TaggedBlock.NEXT_HEADER_OFFSET);
        }
    }

    private void countSlots(int lane) {
        if (memory.getLongVolatile(geometry.lane(lane) + LaneState.BODY_OFFSET) == 0) {
            return;
        }
        for (int i = 0; i < TaggedBlock.SLOTS; i++) {
            long block = memory.getLongVolatile(TaggedBlock.slot(geometry, lane, i)) - TaggedBlock.DATA_OFFSET;
            if (isBlock(block, TaggedBlock.MIN_SIZE)) {
                stocked += subtract(block);
            }
        }
    }

    private boolean isBlock(long block, long size) {
        return block >= geometry.heap && memory.contains(block, size);
    }

    private long subtract(long block) {
        long size = TaggedBlock.size(memory.getLongVolatile(block + TaggedBlock.SIZE_OFFSET));
        used -= size;
        liveBlocks--;
        return size;
    }
}
