/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LockRank;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.BackingStore;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * The heap's pages as spans: free spans in bins by length, coalesced at once on both sides, boundaries in the page table.
 *
 * <p>Not thread-safe: but for {@link HeapGrowth.Tail}, the caller holds the page lock and commits the lane's transaction, to which
 * every change is added.
 */
final class PageHeap implements HeapGrowth.Tail {
    private static final int FAST_PROBES = 8;

    private final SegmentMemory memory;
    private final Geometry geometry;
    private final BackingStore backing;

    PageHeap(SegmentMemory memory, Geometry geometry, BackingStore backing) {
        this.memory = memory;
        this.geometry = geometry;
        this.backing = backing;
    }

    /** Number of the page behind the heap. */
    long endPage(Lane lane) {
        return lane.get(Superblock.HEAP_END_OFFSET) >>> geometry.pageShift;
    }

    // ---- taking

    /**
     * Takes a free span of {@code pages} that begins at a multiple of {@code alignment} pages. The entries of its first
     * and last page are the caller's to set.
     *
     * @param thorough whether to look at every span of a bin, rather than at the first few
     * @return its first page, or 0 if there is none
     */
    long take(Lane lane, long pages, long alignment, boolean thorough) {
        long wanted = pages + alignment - 1;
        long span = find(lane, wanted, thorough);
        if (span == 0) {
            return 0;
        }
        long length = PageEntry.pages(lane.get(entry(span)));
        unlink(lane, span, length);
        long first = (span + alignment - 1) / alignment * alignment;
        if (first > span) {
            link(lane, span, first - span);
        }
        long rest = span + length - first - pages;
        if (rest > 0) {
            link(lane, first + pages, rest);
        }
        return first;
    }

    private long find(Lane lane, long pages, boolean thorough) {
        int bin = SpanBins.bin(pages);
        if (bin >= SpanBins.EXACT) {
            // Spans of this bin may be too short; those of any higher bin are long enough.
            long span = lane.get(SpanBins.head(bin));
            for (int probes = 0; span != 0 && (thorough || probes < FAST_PROBES); probes++) {
                if (PageEntry.pages(lane.get(entry(span))) >= pages) {
                    return span;
                }
                span = PageEntry.next(lane.get(links(span)));
                checkListed(lane, probes, SpanBins.head(bin));
            }
            bin++;
        }
        for (int word = bin >>> 6; word < Superblock.SPAN_BINS / Long.SIZE; word++) {
            long occupied = lane.get(SpanBins.occupancy(word));
            if (word == bin >>> 6) {
                occupied &= -1L << bin;
            }
            if (occupied != 0) {
                return lane.get(SpanBins.head(word * Long.SIZE + Long.numberOfTrailingZeros(occupied)));
            }
        }
        return 0;
    }

    /** Refuses to follow a list that is longer than there are pages: it runs in a circle. */
    void checkListed(Lane lane, long length, long head) {
        if (length > endPage(lane)) {
            throw new CorruptedSegmentException(
                    "a list of pages has no end: head=" + head + " segment=" + memory.name());
        }
    }

    // ---- giving back

    /** Makes the pages a free span, joined with the free spans beside it. Nothing else may be in use in them. */
    void free(Lane lane, long page, long pages) {
        long first = page;
        long length = pages;
        long before = freeSpanBefore(lane, page);
        if (before != 0) {
            unlink(lane, before, page - before);
            first = before;
            length += page - before;
        }
        long behind = page + pages;
        long next = behind < endPage(lane) ? lane.get(entry(behind)) : 0;
        if (PageEntry.kind(next) == PageEntry.FREE_HEAD) {
            unlink(lane, behind, PageEntry.pages(next));
            length += PageEntry.pages(next);
        }
        // What was a boundary and is one no longer must not look like one: a stale head inside a span would be
        // believed.
        clearInner(lane, page - 1, first, length);
        clearInner(lane, page, first, length);
        clearInner(lane, behind - 1, first, length);
        clearInner(lane, behind, first, length);
        link(lane, first, length);
    }

    private long freeSpanBefore(Lane lane, long page) {
        if (page == geometry.firstPage()) {
            return 0;
        }
        long word = lane.get(entry(page - 1));
        int kind = PageEntry.kind(word);
        if (kind == PageEntry.FREE_TAIL) {
            return page - PageEntry.pages(word);
        }
        return kind == PageEntry.FREE_HEAD && PageEntry.pages(word) == 1 ? page - 1 : 0;
    }

    private void clearInner(Lane lane, long page, long first, long length) {
        if (page > first && page < first + length - 1) {
            lane.set(entry(page), PageEntry.INNER);
        }
    }

    // ---- lists

    private void link(Lane lane, long page, long pages) {
        int bin = SpanBins.bin(pages);
        long head = lane.get(SpanBins.head(bin));
        lane.set(entry(page), PageEntry.encode(PageEntry.FREE_HEAD, 0, pages));
        lane.set(links(page), PageEntry.links(head, 0));
        if (pages > 1) {
            lane.set(entry(page + pages - 1), PageEntry.encode(PageEntry.FREE_TAIL, 0, pages));
        }
        lane.set(SpanBins.head(bin), page);
        if (head == 0) {
            long word = SpanBins.occupancy(bin >>> 6);
            lane.set(word, lane.get(word) | 1L << bin);
        } else {
            lane.set(links(head), PageEntry.withPrevious(lane.get(links(head)), page));
        }
    }

    private void unlink(Lane lane, long page, long pages) {
        int bin = SpanBins.bin(pages);
        unlinkFrom(lane, SpanBins.head(bin), page);
        if (lane.get(SpanBins.head(bin)) == 0) {
            long word = SpanBins.occupancy(bin >>> 6);
            lane.set(word, lane.get(word) & ~(1L << bin));
        }
    }

    /** Takes a page out of the doubly linked list that begins at {@code head}; under the list's own guard. */
    void unlinkFrom(Lane lane, long head, long page) {
        long links = lane.get(links(page));
        long next = PageEntry.next(links);
        long previous = PageEntry.previous(links);
        if (previous == 0) {
            lane.set(head, next);
        } else {
            lane.set(links(previous), PageEntry.withNext(lane.get(links(previous)), next));
        }
        if (next != 0) {
            lane.set(links(next), PageEntry.withPrevious(lane.get(links(next)), previous));
        }
    }

    /** Puts a page in front of the list that begins at {@code head}; under the list's own guard. */
    void linkTo(Lane lane, long head, long page) {
        long first = lane.get(head);
        lane.set(links(page), PageEntry.links(first, 0));
        lane.set(head, page);
        if (first != 0) {
            lane.set(links(first), PageEntry.withPrevious(lane.get(links(first)), page));
        }
    }

    // ---- growth

    @Override
    public long tailBytes(Lane lane, long end) {
        lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
        long behind = end >>> geometry.pageShift;
        long before = behind == geometry.firstPage() ? 0 : freeSpanBefore(lane, behind);
        lane.unlock(Superblock.PAGE_LOCK_OFFSET);
        return before == 0 ? 0 : (behind - before) << geometry.pageShift;
    }

    @Override
    public void reserve(long end, long newEnd) {
        long entry = geometry.pageEntry(end >>> geometry.pageShift);
        backing.reserve(entry, geometry.pageEntry(newEnd >>> geometry.pageShift) - entry);
        backing.reserve(end, newEnd - end);
    }

    @Override
    public void extend(Lane lane, long end, long newEnd) {
        long page = end >>> geometry.pageShift;
        long pages = (newEnd - end) >>> geometry.pageShift;
        lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
        lane.set(Superblock.HEAP_END_OFFSET, newEnd);
        free(lane, page, pages);
        lane.commit(CommitSite.GROW);
        lane.unlock(Superblock.PAGE_LOCK_OFFSET);
    }

    // ---- places

    long entry(long page) {
        return geometry.pageEntry(page);
    }

    private long links(long page) {
        return geometry.pageEntry(page) + PageEntry.LINKS_OFFSET;
    }
}
