/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

/**
 * What an allocator holds, in bytes unless said. Exact when nobody writes; otherwise a sum over a moving picture.
 *
 * @param capacity all that blocks and their bookkeeping can ever fill: {@code used + free}
 * @param used blocks in use, and the bookkeeping beside them: ends of runs, tags
 * @param free everything else: free spans and cells, stocks of lanes, and what the heap has not grown to yet
 * @param largestFree size of the largest block that could be allocated now
 * @param grown bytes of the heap that are backed by memory
 * @param liveBlocks blocks in use, by number
 * @param freeSpans free spans of pages, or free blocks of a list, by number
 * @param stocked bytes of free blocks that lanes hold
 */
public record AllocatorStats(
        long capacity,
        long used,
        long free,
        long largestFree,
        long grown,
        long liveBlocks,
        long freeSpans,
        long stocked) {}
