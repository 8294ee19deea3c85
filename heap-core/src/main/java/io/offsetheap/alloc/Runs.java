/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LockRank;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves cells between the runs of a class and the stock of a lane. Each move is one commit; the bin's lock guards the runs.
 *
 * <p>Not thread-safe: called by the lane's lessee, who holds no lock and has no open transaction.
 */
final class Runs {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

    private static final int RECIPROCAL_SHIFT = 32;

    private final SegmentMemory memory;
    private final Geometry geometry;
    private final PageHeap pages;
    private final long[] reciprocals = new long[SizeClasses.LARGE];

    Runs(SegmentMemory memory, Geometry geometry, PageHeap pages) {
        this.memory = memory;
        this.geometry = geometry;
        this.pages = pages;
        for (int c = 0; c < SizeClasses.LARGE; c++) {
            int size = geometry.cellSize(c);
            reciprocals[c] = ((1L << RECIPROCAL_SHIFT) + size - 1) / size;
        }
    }

    /**
     * Fills the lane's stock from the runs until it holds {@code wanted} cells.
     *
     * @return false if no run has a free cell and no free span is long enough for another run
     */
    boolean refill(Lane lane, int c, int wanted, boolean thorough) {
        long bin = geometry.bin(c);
        long stock = lane.stock(c);
        lane.lock(LockRank.BIN, bin + Bin.LOCK_OFFSET);
        boolean filled = true;
        while (memory.getLong(stock) < wanted) {
            long run = memory.getLong(bin + Bin.FIRST_OFFSET);
            if (run == 0) {
                run = newRun(lane, c, thorough);
                if (run == 0) {
                    filled = false;
                    break;
                }
            }
            takeCells(lane, c, run, wanted);
        }
        lane.unlock(bin + Bin.LOCK_OFFSET);
        return filled;
    }

    private void takeCells(Lane lane, int c, long run, int wanted) {
        long entry = pages.entry(run);
        long cells = run << geometry.pageShift;
        long stock = lane.stock(c);
        int before = (int) memory.getLong(stock);
        int count = before;
        for (int w = 0; w < geometry.bitmapWords(c) && count < wanted; w++) {
            long at = entry + PageEntry.BITMAP_OFFSET + (long) w * Long.BYTES;
            long bits = memory.getLong(at);
            long left = bits;
            while (left != 0 && count < wanted) {
                int cell = w * Long.SIZE + Long.numberOfTrailingZeros(left);
                left &= left - 1;
                count++;
                // Above the count the stock is nobody's: written directly, real with the count.
                memory.putLong(stock + (long) count * Long.BYTES, cells + (long) cell * geometry.cellSize(c));
            }
            if (left != bits) {
                lane.set(at, left);
            }
        }
        if (count == before) {
            throw new CorruptedSegmentException(
                    "a run is listed and has no free cell: page=" + run + " class=" + c + " segment=" + memory.name());
        }
        long free = memory.getLong(entry + PageEntry.FREE_CELLS_OFFSET) - (count - before);
        lane.set(entry + PageEntry.FREE_CELLS_OFFSET, free);
        if (free == 0) {
            pages.unlinkFrom(lane, geometry.bin(c) + Bin.FIRST_OFFSET, run);
        }
        lane.set(stock, count);
        lane.commit(CommitSite.REFILL);
    }

    private long newRun(Lane lane, int c, boolean thorough) {
        int length = geometry.runPages(c);
        lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
        long run = pages.take(lane, length, 1, thorough);
        if (run != 0) {
            // As long as the page belongs to a free span, nobody reads these words.
            initialize(pages.entry(run), c);
            if (c == SizeClasses.HEADER) {
                // What a user has left here must not look like a lock: from now on these cells are headers for ever.
                memory.zero(run << geometry.pageShift, (long) length << geometry.pageShift);
            }
            for (int back = 1; back < length - 1; back++) {
                memory.putLong(pages.entry(run + back), PageEntry.encode(PageEntry.CONTINUED, c, back));
            }
            if (length > 1) {
                // The last page may be the tail of that free span, which counts until the commit.
                lane.set(pages.entry(run + length - 1), PageEntry.encode(PageEntry.CONTINUED, c, length - 1));
            }
            lane.set(pages.entry(run), PageEntry.encode(PageEntry.RUN, c, length));
            pages.linkTo(lane, geometry.bin(c) + Bin.FIRST_OFFSET, run);
            lane.commit(CommitSite.NEW_RUN);
        }
        lane.unlock(Superblock.PAGE_LOCK_OFFSET);
        return run;
    }

    private void initialize(long entry, int c) {
        int cells = geometry.runCells(c);
        memory.putLong(entry + PageEntry.FREE_CELLS_OFFSET, cells);
        for (int w = 0; w < geometry.bitmapWords(c); w++) {
            int left = cells - w * Long.SIZE;
            memory.putLong(
                    entry + PageEntry.BITMAP_OFFSET + (long) w * Long.BYTES, left >= Long.SIZE ? -1 : (1L << left) - 1);
        }
    }

    /** Empties the lane's stock into the runs until it holds {@code target} cells. */
    void drain(Lane lane, int c, long target) {
        long bin = geometry.bin(c);
        long stock = lane.stock(c);
        lane.lock(LockRank.BIN, bin + Bin.LOCK_OFFSET);
        while (memory.getLong(stock) > target) {
            drainCell(lane, c);
        }
        lane.unlock(bin + Bin.LOCK_OFFSET);
    }

    private void drainCell(Lane lane, int c) {
        long stock = lane.stock(c);
        long count = memory.getLong(stock);
        long cell = memory.getLong(stock + count * Long.BYTES);
        long run = runOf(cell);
        long entry = pages.entry(run);
        int index = cellIndex(c, run, cell);
        if (index < 0 || !isRunOf(c, memory.getLong(entry))) {
            throw new CorruptedSegmentException("a stock holds what is no cell of its class: block=" + cell + " class="
                    + c + " segment=" + memory.name());
        }
        long at = bitmapWord(entry, index);
        long bits = memory.getLong(at);
        lane.set(stock, count - 1);
        if ((bits & 1L << index) != 0) {
            LOG.error("a block was freed twice; the second free is dropped: block={} segment={}", cell, memory.name());
            lane.commit(CommitSite.DRAIN_CELL);
            return;
        }
        long free = memory.getLong(entry + PageEntry.FREE_CELLS_OFFSET) + 1;
        long first = geometry.bin(c) + Bin.FIRST_OFFSET;
        if (free == geometry.runCells(c) && c != SizeClasses.HEADER && !isOnlyPartial(c, run, free)) {
            if (free > 1) {
                pages.unlinkFrom(lane, first, run);
            }
            releaseRun(lane, run, CommitSite.DRAIN_RUN);
            return;
        }
        lane.set(at, bits | 1L << index);
        lane.set(entry + PageEntry.FREE_CELLS_OFFSET, free);
        if (free == 1) {
            pages.linkTo(lane, first, run);
        }
        lane.commit(CommitSite.DRAIN_CELL);
    }

    /** Whether no other run of the class has a free cell: such a run is kept even when it is empty. */
    private boolean isOnlyPartial(int c, long run, long free) {
        long first = memory.getLong(geometry.bin(c) + Bin.FIRST_OFFSET);
        long links = memory.getLong(pages.entry(run) + PageEntry.LINKS_OFFSET);
        return first == 0 || (free > 1 && first == run && PageEntry.next(links) == 0);
    }

    private void releaseRun(Lane lane, long run, CommitSite site) {
        lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
        pages.free(lane, run, PageEntry.pages(memory.getLong(pages.entry(run))));
        lane.commit(site);
        lane.unlock(Superblock.PAGE_LOCK_OFFSET);
    }

    /** Returns the runs of a class that are empty but were kept to the page heap. */
    void releaseEmptyRuns(Lane lane, int c) {
        if (c == SizeClasses.HEADER) {
            return;
        }
        long bin = geometry.bin(c);
        lane.lock(LockRank.BIN, bin + Bin.LOCK_OFFSET);
        long run = memory.getLong(bin + Bin.FIRST_OFFSET);
        for (long runs = 0; run != 0; runs++) {
            pages.checkListed(lane, runs, bin + Bin.FIRST_OFFSET);
            long next = PageEntry.next(memory.getLong(pages.entry(run) + PageEntry.LINKS_OFFSET));
            long free = memory.getLong(pages.entry(run) + PageEntry.FREE_CELLS_OFFSET);
            if (free == geometry.runCells(c)) {
                pages.unlinkFrom(lane, bin + Bin.FIRST_OFFSET, run);
                releaseRun(lane, run, CommitSite.RELEASE_EMPTY_RUN);
            }
            run = next;
        }
        lane.unlock(bin + Bin.LOCK_OFFSET);
    }

    private static boolean isRunOf(int c, long word) {
        return PageEntry.kind(word) == PageEntry.RUN && PageEntry.sizeClass(word) == c;
    }

    /** First page of the run that a cell lies in. */
    private long runOf(long cell) {
        long page = geometry.pageOf(cell);
        long word = memory.getLong(pages.entry(page));
        return PageEntry.kind(word) == PageEntry.CONTINUED ? page - PageEntry.pages(word) : page;
    }

    /** Number of the cell that begins at an offset of a run, or -1 if none does. */
    int cellIndex(int c, long run, long offset) {
        long within = offset - (run << geometry.pageShift);
        // within < 64 KiB, so multiplying by the rounded-up reciprocal divides exactly.
        int index = (int) (within * reciprocals[c] >>> RECIPROCAL_SHIFT);
        return index < geometry.runCells(c) && (long) index * geometry.cellSize(c) == within ? index : -1;
    }

    boolean isFree(long run, int index) {
        return (memory.getLong(bitmapWord(pages.entry(run), index)) & 1L << index) != 0;
    }

    private static long bitmapWord(long entry, int index) {
        return entry + PageEntry.BITMAP_OFFSET + (long) (index >>> 6) * Long.BYTES;
    }
}
