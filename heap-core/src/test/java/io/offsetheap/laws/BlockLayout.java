/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import io.offsetheap.OffsetHeap;
import io.offsetheap.alloc.PageEntry;
import io.offsetheap.layout.Geometry;

/**
 * How the blocks of an allocator lie in its heap: all in which the laws differ from one allocator to another.
 *
 * @param runs whether blocks are cells of the runs in the page table, whose ends nobody can use
 * @param header bytes in front of each block, and of the next one, that only the allocator uses
 * @param granule what the usable size of a large block is a multiple of, where there is room behind it
 * @param end bytes at the end of the segment that never become part of a block
 */
public record BlockLayout(boolean runs, long header, long granule, long end) {
    /** Cells and whole pages, with all bookkeeping beside them. */
    public static BlockLayout cells(Geometry geometry) {
        return new BlockLayout(true, 0, geometry.pageSize(), 0);
    }

    /** Blocks of multiples of 16 bytes behind a tag of 16, the last of which is free and at least 32. */
    public static BlockLayout tagged() {
        return new BlockLayout(false, 16, 16, 32);
    }

    /** Bytes that count as used and belong to no block. */
    long overhead(OffsetHeap heap, Geometry geometry) {
        return header * heap.stats().liveBlocks() + (runs ? endsOfRuns(heap, geometry) : 0);
    }

    private static long endsOfRuns(OffsetHeap heap, Geometry geometry) {
        long overhead = 0;
        long end = geometry.pageOf(geometry.heap + heap.stats().grown());
        long page = geometry.firstPage();
        while (page < end) {
            long word = heap.memory().getLong(geometry.pageEntry(page));
            if (PageEntry.kind(word) == PageEntry.RUN) {
                int c = PageEntry.sizeClass(word);
                overhead +=
                        geometry.runPages(c) * geometry.pageSize() - (long) geometry.runCells(c) * geometry.cellSize(c);
            }
            page += PageEntry.pages(word);
        }
        return overhead;
    }
}
