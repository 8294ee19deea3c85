/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.verify;

import io.offsetheap.alloc.Bin;
import io.offsetheap.alloc.PageEntry;
import io.offsetheap.alloc.SpanBins;
import io.offsetheap.error.HeapException;
import io.offsetheap.lane.Journal;
import io.offsetheap.lane.LaneState;
import io.offsetheap.lane.LockWord;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.LongHashSet;

/**
 * Walks everything in a segment and says what does not agree: page table, bins, runs, stocks, lanes, journals, the name
 * index and what its names lead to. Never writes, always ends, works on a read-only mapping, and survives whatever stands
 * in the segment.
 *
 * <p>Not thread-safe: one walk per instance. Exact when nobody writes.
 */
public final class HeapVerifier {
    /** A walk stops collecting here: more findings tell no more. */
    public static final int MAX_FINDINGS = 100;

    private final SegmentMemory memory;
    private final Geometry geometry;
    private final List<Finding> findings = new ArrayList<>();
    private final BlockMap blocks = new BlockMap();
    private final LongHashSet freeSpans = new LongHashSet();
    private final LongHashSet partialRuns = new LongHashSet();
    private long endPage;
    private int busyLanes;

    public HeapVerifier(SegmentMemory memory, Geometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
    }

    /** Walks the whole segment once. */
    public HeapReport verify() {
        try {
            // Everything else is told by what the page table says: where that is broken, more findings tell no more.
            if (checkEnd() && walkSpans()) {
                walkSpanBins();
                for (int c = 0; c < SizeClasses.LARGE; c++) {
                    walkPartialRuns(c);
                }
                checkLock(Superblock.GROW_LOCK_OFFSET);
                checkLock(Superblock.PAGE_LOCK_OFFSET);
                checkLock(Superblock.NAMES_LOCK_OFFSET);
                for (int lane = 0; lane < geometry.lanes; lane++) {
                    walkLane(lane);
                }
                new ObjectWalk(this, memory, geometry).walk();
            }
        } catch (HeapException e) {
            // Each walk checks before it follows; whatever still leads outside is a finding, not a failure.
            report(FindingKind.DANGLING, 0, "the walk left the segment: " + e.getMessage());
        }
        memory.keepMapped();
        return new HeapReport(findings, blocks.ownedBlocks(), blocks.rawBlocks(), busyLanes);
    }

    void report(FindingKind kind, long offset, String message) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(new Finding(kind, offset, message));
        }
    }

    // ---- pages

    private boolean checkEnd() {
        long end = memory.getLongVolatile(Superblock.HEAP_END_OFFSET);
        if (end < geometry.heap || end > geometry.maxSize || end % geometry.growUnit != 0) {
            report(
                    FindingKind.HEAP_END,
                    Superblock.HEAP_END_OFFSET,
                    "heapEnd=" + end + " heap=" + geometry.heap + " maxSize=" + geometry.maxSize);
            return false;
        }
        endPage = end >>> geometry.pageShift;
        return true;
    }

    private boolean walkSpans() {
        boolean freeBefore = false;
        long page = geometry.firstPage();
        while (page < endPage) {
            long entry = geometry.pageEntry(page);
            long word = memory.getLongVolatile(entry);
            long length = PageEntry.pages(word);
            int kind = PageEntry.kind(word);
            if (kind != PageEntry.FREE_HEAD && kind != PageEntry.RUN && kind != PageEntry.LARGE) {
                report(FindingKind.PAGE_KIND, entry, "page=" + page + " kind=" + kind + " at the head of a span");
                return false;
            }
            if (length == 0 || length > endPage - page) {
                report(FindingKind.TILING, entry, "page=" + page + " length=" + length + " endPage=" + endPage);
                return false;
            }
            boolean free = kind == PageEntry.FREE_HEAD;
            if (free && freeBefore) {
                report(FindingKind.UNCOALESCED, entry, "page=" + page + " and the span before it are both free");
            }
            freeBefore = free;
            switch (kind) {
                case PageEntry.FREE_HEAD -> {
                    freeSpans.add(page);
                    checkInside(page, length, PageEntry.FREE_TAIL);
                }
                case PageEntry.LARGE -> {
                    checkInside(page, length, PageEntry.LARGE_TAIL);
                    blocks.add(page << geometry.pageShift, SizeClasses.LARGE, length << geometry.pageShift);
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
                report(
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
            report(
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
            report(FindingKind.RUN_LENGTH, entry, "page=" + page + " class=" + c + " length=" + length);
            return;
        }
        for (long back = 1; back < length; back++) {
            long inner = memory.getLongVolatile(geometry.pageEntry(page + back));
            if (PageEntry.kind(inner) != PageEntry.CONTINUED || PageEntry.pages(inner) != back) {
                report(
                        FindingKind.PAGE_TAIL,
                        geometry.pageEntry(page + back),
                        "page=" + (page + back) + " does not lead to its run=" + page);
            }
        }
        long free = memory.getLongVolatile(entry + PageEntry.FREE_CELLS_OFFSET);
        long bits = walkBitmap(c, page);
        if (free != bits) {
            report(
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
                report(FindingKind.FREE_COUNT, at, "bits stand behind the last cell: bits=0x" + Long.toHexString(word));
            }
            for (int i = 0; i < count; i++) {
                if ((word & 1L << i) != 0) {
                    free++;
                } else {
                    long cell = (page << geometry.pageShift) + (long) (first + i) * geometry.cellSize(c);
                    blocks.add(cell, c, geometry.cellSize(c));
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
                report(
                        FindingKind.OCCUPANCY,
                        SpanBins.occupancy(bin >>> 6),
                        "bin=" + bin + " marked=" + marked + " first=" + first);
            }
            long previous = 0;
            for (long page = first; page != 0; page = nextOf(page)) {
                if (!freeSpans.remove(page)) {
                    report(
                            FindingKind.SPAN_LIST,
                            head,
                            "bin=" + bin + " page=" + page + " is no free span, or is listed twice");
                    break;
                }
                long length = PageEntry.pages(memory.getLongVolatile(geometry.pageEntry(page)));
                if (SpanBins.bin(length) != bin || previousOf(page) != previous) {
                    report(
                            FindingKind.SPAN_LIST,
                            geometry.pageEntry(page),
                            "bin=" + bin + " page=" + page + " length=" + length + " previous=" + previousOf(page)
                                    + " expected=" + previous);
                }
                previous = page;
            }
        }
        freeSpans.forEach(page -> report(
                FindingKind.SPAN_UNLISTED, geometry.pageEntry(page), "the free span is in no bin: page=" + page));
    }

    private void walkPartialRuns(int c) {
        long bin = geometry.bin(c);
        checkLock(bin + Bin.LOCK_OFFSET);
        long previous = 0;
        for (long page = memory.getLongVolatile(bin + Bin.FIRST_OFFSET); page != 0; page = nextOf(page)) {
            if (!partialRuns.remove(page)) {
                report(
                        FindingKind.PARTIAL_LIST,
                        bin,
                        "class=" + c + " page=" + page + " is no run with free cells, or is listed twice");
                break;
            }
            if (PageEntry.sizeClass(memory.getLongVolatile(geometry.pageEntry(page))) != c
                    || previousOf(page) != previous) {
                report(
                        FindingKind.PARTIAL_LIST,
                        geometry.pageEntry(page),
                        "class=" + c + " page=" + page + " previous=" + previousOf(page) + " expected=" + previous);
            }
            previous = page;
        }
        if (c == SizeClasses.HEADER) {
            partialRuns.forEach(page ->
                    report(FindingKind.RUN_UNLISTED, geometry.pageEntry(page), "the run has free cells: page=" + page));
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

    // ---- lanes

    private void walkLane(int lane) {
        long entry = geometry.lane(lane);
        long state = memory.getLongVolatile(entry + LaneState.STATE_OFFSET);
        boolean busy = LaneState.inOperation(state);
        if (busy) {
            busyLanes++;
        } else if (memory.getLongVolatile(entry + LaneState.CLAIM_OFFSET) != 0) {
            report(
                    FindingKind.CLAIM,
                    entry + LaneState.CLAIM_OFFSET,
                    "an idle lane claims another: lane=" + lane + " claim="
                            + memory.getLongVolatile(entry + LaneState.CLAIM_OFFSET));
        }
        if (LaneState.status(state) == LaneState.RECOVERING) {
            checkClaim(lane, entry, state);
        }
        if (memory.getLongVolatile(entry + LaneState.BODY_OFFSET) == 0) {
            return;
        }
        long body = geometry.laneBody(lane);
        walkJournal(lane, body, busy);
        walkLockList(lane, body, busy);
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            walkStock(lane, c, body + geometry.stock(c));
        }
    }

    private void walkJournal(int lane, long body, boolean busy) {
        long head = body + Geometry.JOURNAL_HEAD_OFFSET;
        long records = memory.getLongVolatile(head);
        if (!busy && records != 0) {
            report(FindingKind.JOURNAL, head, "an idle lane has an open journal: lane=" + lane + " records=" + records);
            return;
        }
        if (records < 0 || records > geometry.redoCapacity) {
            report(
                    FindingKind.JOURNAL,
                    head,
                    "lane=" + lane + " records=" + records + " capacity=" + geometry.redoCapacity);
            return;
        }
        for (int i = 0; i < records; i++) {
            long at = body + Geometry.REDO_OFFSET + (long) i * Geometry.REDO_RECORD_SIZE;
            if (!Journal.isPossibleRecord(memory, memory.getLongVolatile(at))) {
                report(FindingKind.JOURNAL, at, "an impossible record: lane=" + lane + " record=" + i);
            }
        }
    }

    private void walkLockList(int lane, long body, boolean busy) {
        for (int i = 0; i < Geometry.LOCK_CAPACITY; i++) {
            long at = body + Geometry.LOCK_LIST_OFFSET + (long) i * Long.BYTES;
            long listed = memory.getLongVolatile(at);
            if (listed != 0 && !busy) {
                report(FindingKind.LOCK_LIST, at, "an idle lane lists a lock: lane=" + lane);
            } else if (listed != 0 && !Journal.isPossibleLock(memory, listed)) {
                report(FindingKind.LOCK_LIST, at, "an impossible lock: lane=" + lane + " entry=" + i);
            }
        }
    }

    private void checkClaim(int lane, long entry, long state) {
        int recoverer = LaneState.recoverer(state);
        if (recoverer >= geometry.lanes
                || memory.getLongVolatile(geometry.lane(recoverer) + LaneState.CLAIM_OFFSET) != lane + 1) {
            report(
                    FindingKind.CLAIM,
                    entry,
                    "the lane is being recovered by one that does not claim it: lane=" + lane + " recoverer="
                            + recoverer);
        }
    }

    private void walkStock(int lane, int c, long stock) {
        long count = memory.getLongVolatile(stock);
        if (count < 0 || count > geometry.slots(c)) {
            report(
                    FindingKind.STOCK,
                    stock,
                    "lane=" + lane + " class=" + c + " count=" + count + " slots=" + geometry.slots(c));
            return;
        }
        for (long i = 1; i <= count; i++) {
            long at = stock + i * Long.BYTES;
            long block = memory.getLongVolatile(at);
            int found = blocks.remove(block);
            if (found < 0) {
                report(
                        FindingKind.OWNED_TWICE,
                        at,
                        "a stock holds what is no block in use, or held elsewhere: lane=" + lane + " class=" + c
                                + " block=" + block);
            } else if (found != c) {
                report(
                        FindingKind.STOCK,
                        at,
                        "a stock holds a block of another class: lane=" + lane + " class=" + c + " block=" + block
                                + " found=" + found);
            }
        }
    }

    // ---- locks

    /** A lock may be held only by a lane that runs an operation. */
    void checkLock(long offset) {
        long word = memory.getLongVolatile(offset);
        int owner = LockWord.owner(word);
        if (owner < 0) {
            return;
        }
        if (owner >= geometry.lanes
                || !LaneState.inOperation(memory.getLongVolatile(geometry.lane(owner) + LaneState.STATE_OFFSET))) {
            report(FindingKind.LOCK_HELD, offset, "the lock's owner runs no operation: owner=" + owner);
        }
    }

    /** Notes that a structure owns a block that was allocated for {@code size} bytes. Returns whether there is one. */
    boolean own(long block, long size, String owner) {
        if (size < 0 || size > geometry.capacity()) {
            report(FindingKind.BLOCK_SIZE, block, "owner=" + owner + " size=" + size);
            return false;
        }
        return own(block, geometry.sizeClass(size), size, owner);
    }

    /** Notes that a container owns a header cell. */
    boolean ownHeader(long header) {
        return own(header, SizeClasses.HEADER, SizeClasses.HEADER_SIZE, "header");
    }

    /** Whether something owns what begins at an offset. */
    boolean isOwned(long block) {
        return blocks.contains(block) && blocks.isOwned(block);
    }

    /** Whether a block in use begins at an offset that was allocated for {@code size} bytes, or for a container's header. */
    boolean isInUse(long block, boolean header, long size) {
        if (!blocks.contains(block) || size < 0 || size > geometry.capacity()) {
            return false;
        }
        int sizeClass = header ? SizeClasses.HEADER : geometry.sizeClass(size);
        return blocks.sizeClass(block) == sizeClass
                && blocks.size(block) == (header ? SizeClasses.HEADER_SIZE : geometry.blockSize(sizeClass, size));
    }

    private boolean own(long block, int sizeClass, long size, String owner) {
        if (!blocks.contains(block)) {
            report(FindingKind.DANGLING, block, "no block in use begins there: owner=" + owner);
            return false;
        }
        if (blocks.isOwned(block)) {
            report(FindingKind.OWNED_TWICE, block, "a second owner: owner=" + owner);
            return false;
        }
        blocks.own(block);
        if (blocks.sizeClass(block) != sizeClass || blocks.size(block) != geometry.blockSize(sizeClass, size)) {
            report(
                    FindingKind.BLOCK_SIZE,
                    block,
                    "owner=" + owner + " size=" + size + " class=" + sizeClass + " found=" + blocks.sizeClass(block)
                            + " foundSize=" + blocks.size(block));
            return false;
        }
        return true;
    }
}
