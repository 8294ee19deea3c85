/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;

/** Counts what the heap holds by walking page table and stocks. Never writes; works on a read-only mapping. */
final class HeapCensus {
    private final SegmentMemory memory;
    private final Geometry geometry;

    private long used;
    private long liveBlocks;
    private long freeSpans;
    private long longestSpan;
    private long stocked;

    HeapCensus(SegmentMemory memory, Geometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
    }

    AllocatorStats stats() {
        long end = memory.getLongVolatile(Superblock.HEAP_END_OFFSET);
        long endPage = end >>> geometry.pageShift;
        long tail = 0;
        long page = geometry.firstPage();
        while (page < endPage) {
            long word = memory.getLongVolatile(geometry.pageEntry(page));
            long length = Math.max(1, PageEntry.pages(word));
            tail = countSpan(page, word, length);
            page += length;
        }
        for (int lane = 0; lane < geometry.lanes; lane++) {
            countStocks(lane);
        }
        long capacity = geometry.capacity();
        used = Math.max(0, used);
        long growable = tail + geometry.maxSize - end;
        long largest = Math.max(longestSpan << geometry.pageShift, growable);
        return new AllocatorStats(
                capacity,
                used,
                capacity - used,
                largest,
                end - geometry.heap,
                Math.max(0, liveBlocks),
                freeSpans,
                stocked);
    }

    /** Returns the bytes of the span if it is free, otherwise 0. */
    private long countSpan(long page, long word, long length) {
        long bytes = length << geometry.pageShift;
        switch (PageEntry.kind(word)) {
            case PageEntry.FREE_HEAD -> {
                freeSpans++;
                longestSpan = Math.max(longestSpan, length);
                return bytes;
            }
            case PageEntry.RUN -> {
                int c = Math.min(PageEntry.sizeClass(word), SizeClasses.HEADER);
                long free = memory.getLongVolatile(geometry.pageEntry(page) + PageEntry.FREE_CELLS_OFFSET);
                used += bytes - free * geometry.cellSize(c);
                liveBlocks += geometry.runCells(c) - free;
            }
            case PageEntry.LARGE -> {
                used += bytes;
                liveBlocks++;
            }
            default -> used += bytes;
        }
        return 0;
    }

    private void countStocks(int lane) {
        if (memory.getLongVolatile(geometry.lane(lane) + LaneState.BODY_OFFSET) == 0) {
            return;
        }
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            long stock = geometry.laneBody(lane) + geometry.stock(c);
            long count = Math.min(memory.getLongVolatile(stock), geometry.slots(c));
            for (long i = 1; i <= count; i++) {
                long bytes = c == SizeClasses.LARGE
                        ? largeSize(memory.getLongVolatile(stock + i * Long.BYTES))
                        : geometry.cellSize(c);
                stocked += bytes;
                used -= bytes;
                liveBlocks--;
            }
        }
    }

    private long largeSize(long block) {
        long page = geometry.pageOf(block);
        return page < geometry.firstPage() || !memory.contains(block, 1)
                ? 0
                : PageEntry.pages(memory.getLongVolatile(geometry.pageEntry(page))) << geometry.pageShift;
    }
}
