/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.FindingKind;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import org.agrona.collections.LongHashSet;

/**
 * Walks the page table, the bins, the runs and the stocks of a {@link SegmentAllocator}. Not thread-safe: one walk per
 * instance.
 */
final class SegmentWalk {
    private final SegmentMemory memory;
    private final Geometry geometry;
    private final BlockVisitor visitor;
    private final LongHashSet freeSpans = new LongHashSet();
    private final LongHashSet partialRuns = new LongHashSet();
    private final long endPage;

    SegmentWalk(SegmentMemory memory, Geometry geometry, BlockVisitor visitor) {
        this.memory = memory;
        this.geometry = geometry;
        this.visitor = visitor;
        this.endPage = memory.getLongVolatile(Superblock.HEAP_END_OFFSET) >>> geometry.pageShift;
    }

    /** See {@link AllocatorType#walk}. */
    boolean walk() {
        // Everything else is told by what the page table says: where that is broken, more findings tell no more.
        if (!walkSpans()) {
            return false;
        }
        walkSpanBins();
        for (int c = 0; c < SizeClasses.LARGE; c++) {
            walkPartialRuns(c);
        }
        for (int lane = 0; lane < geometry.lanes; lane++) {
            if (memory.getLongVolatile(geometry.lane(lane) + LaneState.BODY_OFFSET) != 0) {
                for (int c = 0; c < SizeClasses.COUNT; c++) {
                    walkStock(lane, c, geometry.laneBody(lane) + geometry.stock(c));
                }
            }
        }
        return true;
    }

    // ---- pages

    private boolean walkSpans() {
        boolean freeBefore = false;
        long page = geometry.firstPage();
        while (page < endPage) {
            long entry = geometry.pageEntry(page);
            long word = memory.getLongVolatile(entry);
            long length = PageEntry.pages(word);
            int kind = PageEntry.kind(word);
            if (kind != PageEntry.FREE_HEAD && kind != PageEntry.RUN && kind != PageEntry.LARGE) {
                visitor.problem(
                        FindingKind.PAGE_KIND, entry, "page=" + page + " kind=" + kind + " at the head of a span");
                return false;
            }
            if (length == 0 || length > endPage - page) {
                visitor.problem(
                        FindingKind.TILING, entry, "page=" + page + " length=" + length + " endPage=" + endPage);
                return false;
            }
            boolean free = kind == PageEntry.FREE_HEAD;
            if (free && freeBefore) {
                visitor.problem(
                        FindingKind.UNCOALESCED, entry, "page=" + page + " and the span before it are both free");
            }
            freeBefore = free;
            switch (kind) {
                case PageEntry.FREE_HEAD -> {
                    freeSpans.add(page);
                    checkInside(page, length, PageEntry.FREE_TAIL);
                }
                case PageEntry.LARGE -> {
                    checkInside(page, length, PageEntry.LARGE_TAIL);
                    visitor.block(page << geometry.pageShift, SizeClasses.LARGE, length << geometry.pageShift);
                }
                default -> walkRun(page, word);
            }
            page += length;
        }
        return true;
    }

    /** Whether the span ends in its tail, and nothing in between looks like a head or a tail. */
    private void checkInside(long page, long length, int tail) {
        for (long inner = page + 1; inner < page + length - 1; inner++) {
            long entry = geometry.pageEntry(inner);
            int kind = PageEntry.kind(memory.getLongVolatile(entry));
            if (kind != PageEntry.INNER && kind != PageEntry.CONTINUED) {
                visitor.problem(
                        FindingKind.PAGE_KIND,
                        entry,
                        "page=" + inner + " kind=" + kind + " inside a span: head=" + page);
            }
        }
        if (length == 1) {
            return;
        }
        long entry = geometry.pageEntry(page + length - 1);
        long word = memory.getLongVolatile(entry);
        if (PageEntry.kind(word) != tail || PageEntry.pages(word) != length) {
            visitor.problem(
                    FindingKind.PAGE_TAIL,
                    entry,
                    "head=" + page + " length=" + length + " tailKind=" + PageEntry.kind(word) + " tailLength="
                            + PageEntry.pages(word));
        }
    }

    private void walkRun(long page, long word) {
        int c = PageEntry.sizeClass(word);
        long entry = geometry.pageEntry(page);
        long length = PageEntry.pages(word);
        if (c >= SizeClasses.LARGE || length != geometry.runPages(c)) {
            visitor.problem(FindingKind.RUN_LENGTH, entry, "page=" + page + " class=" + c + " length=" + length);
            return;
        }
        for (long back = 1; back < length; back++) {
            long inner = memory.getLongVolatile(geometry.pageEntry(page + back));
            if (PageEntry.kind(inner) != PageEntry.CONTINUED || PageEntry.pages(inner) != back) {
                visitor.problem(
                        FindingKind.PAGE_TAIL,
                        geometry.pageEntry(page + back),
                        "page=" + (page + back) + " does not lead to its run=" + page);
            }
        }
        long free = memory.getLongVolatile(entry + PageEntry.FREE_CELLS_OFFSET);
        long bits = walkBitmap(c, page);
        if (free != bits) {
            visitor.problem(
                    FindingKind.FREE_COUNT,
                    entry + PageEntry.FREE_CELLS_OFFSET,
                    "run=" + page + " freeCount=" + free + " bits=" + bits);
        }
        if (free > 0) {
            partialRuns.add(page);
        }
    }

    /** Counts a run's free cells and notes the others as blocks in use. */
    private long walkBitmap(int c, long page) {
        long bitmap = geometry.pageEntry(page) + PageEntry.BITMAP_OFFSET;
        int cells = geometry.runCells(c);
        long free = 0;
        for (int first = 0; first < cells; first += Long.SIZE) {
            long at = bitmap + (first >>> 3);
            long word = memory.getLongVolatile(at);
            int count = Math.min(Long.SIZE, cells - first);
            long beyond = count == Long.SIZE ? 0 : word >>> count;
            if (beyond != 0) {
                visitor.problem(
                        FindingKind.FREE_COUNT,
                        at,
                        "bits stand behind the last cell: bits=0x" + Long.toHexString(word));
            }
            for (int i = 0; i < count; i++) {
                if ((word & 1L << i) != 0) {
                    free++;
                } else {
                    long cell = (page << geometry.pageShift) + (long) (first + i) * geometry.cellSize(c);
                    visitor.block(cell, c, geometry.cellSize(c));
                }
            }
        }
        return free;
    }

    // ---- lists

    private void walkSpanBins() {
        for (int bin = 0; bin < Superblock.SPAN_BINS; bin++) {
            long head = SpanBins.head(bin);
            long first = memory.getLongVolatile(head);
            boolean marked = (memory.getLongVolatile(SpanBins.occupancy(bin >>> 6)) & 1L << bin) != 0;
            if (marked != (first != 0)) {
                visitor.problem(
                        FindingKind.OCCUPANCY,
                        SpanBins.occupancy(bin >>> 6),
                        "bin=" + bin + " marked=" + marked + " first=" + first);
            }
            long previous = 0;
            for (long page = first; page != 0; page = nextOf(page)) {
                if (!freeSpans.remove(page)) {
                    visitor.problem(
                            FindingKind.SPAN_LIST,
                            head,
                            "bin=" + bin + " page=" + page + " is no free span, or is listed twice");
                    break;
                }
                long length = PageEntry.pages(memory.getLongVolatile(geometry.pageEntry(page)));
                if (SpanBins.bin(length) != bin || previousOf(page) != previous) {
                    visitor.problem(
                            FindingKind.SPAN_LIST,
                            geometry.pageEntry(page),
                            "bin=" + bin + " page=" + page + " length=" + length + " previous=" + previousOf(page)
                                    + " expected=" + previous);
                }
                previous = page;
            }
        }
        freeSpans.forEach(page -> visitor.problem(
                FindingKind.SPAN_UNLISTED, geometry.pageEntry(page), "the free span is in no bin: page=" + page));
    }

    private void walkPartialRuns(int c) {
        long bin = geometry.bin(c);
        visitor.lock(bin + Bin.LOCK_OFFSET);
        long previous = 0;
        for (long page = memory.getLongVolatile(bin + Bin.FIRST_OFFSET); page != 0; page = nextOf(page)) {
            if (!partialRuns.remove(page)) {
                visitor.problem(
                        FindingKind.PARTIAL_LIST,
                        bin,
                        "class=" + c + " page=" + page + " is no run with free cells, or is listed twice");
                break;
            }
            if (PageEntry.sizeClass(memory.getLongVolatile(geometry.pageEntry(page))) != c
                    || previousOf(page) != previous) {
                visitor.problem(
                        FindingKind.PARTIAL_LIST,
                        geometry.pageEntry(page),
                        "class=" + c + " page=" + page + " previous=" + previousOf(page) + " expected=" + previous);
            }
            previous = page;
        }
        if (c == SizeClasses.HEADER) {
            partialRuns.forEach(page -> visitor.problem(
                    FindingKind.RUN_UNLISTED, geometry.pageEntry(page), "the run has free cells: page=" + page));
        }
    }

    private long nextOf(long page) {
        return PageEntry.next(links(page));
    }

    private long previousOf(long page) {
        return PageEntry.previous(links(page));
    }

    private long links(long page) {
        return memory.getLongVolatile(geometry.pageEntry(page) + PageEntry.LINKS_OFFSET);
    }

    // ---- stocks

    private void walkStock(int lane, int c, long stock) {
        long count = memory.getLongVolatile(stock);
        if (count < 0 || count > geometry.slots(c)) {
            visitor.problem(
                    FindingKind.STOCK,
                    stock,
                    "lane=" + lane + " class=" + c + " count=" + count + " slots=" + geometry.slots(c));
            return;
        }
        for (long i = 1; i <= count; i++) {
            long at = stock + i * Long.BYTES;
            long block = memory.getLongVolatile(at);
            int found = visitor.free(block);
            if (found == BlockVisitor.UNKNOWN) {
                visitor.problem(
                        FindingKind.OWNED_TWICE,
                        at,
                        "a stock holds what is no block in use, or held elsewhere: lane=" + lane + " class=" + c
                                + " block=" + block);
            } else if (found != c) {
                visitor.problem(
                        FindingKind.STOCK,
                        at,
                        "a stock holds a block of another class: lane=" + lane + " class=" + c + " block=" + block
                                + " found=" + found);
            }
        }
    }
}
