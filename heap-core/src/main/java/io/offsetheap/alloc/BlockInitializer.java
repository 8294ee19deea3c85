/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.memory.SegmentMemory;

/** Fills a block that nobody else can see yet. */
@FunctionalInterface
public interface BlockInitializer {
    /**
     * May be any code that does not write elsewhere to the same heap. What it throws undoes the allocation.
     *
     * @param memory the segment
     * @param block offset of the block, its content undefined
     */
    void initialize(SegmentMemory memory, long block);
}
