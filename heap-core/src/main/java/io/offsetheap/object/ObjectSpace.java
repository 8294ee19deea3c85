/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.SegmentMemory;

/**
 * What an object needs of the heap it lives in. Thread-safe.
 *
 * @param memory the segment's bytes
 * @param lanes the lanes of this attach
 * @param blocks the segment's allocator
 */
public record ObjectSpace(SegmentMemory memory, LaneTable lanes, BlockAllocator blocks) {
    public Geometry geometry() {
        return lanes.geometry();
    }
}
