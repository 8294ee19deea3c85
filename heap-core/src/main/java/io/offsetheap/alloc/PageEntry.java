/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.layout.Geometry;

/**
 * Layout of a page table entry: what one page of the heap belongs to, and which cells of a run that begins there are free.
 * All bookkeeping of a page stands in this one cache line, none in the page. The entries of the first and the last page of
 * every span are always valid; those between are whatever they were, except that none of them looks like a head.
 *
 * <pre>
 *       63                    32 31        20 19    12 11     4 3     0
 *  +0  +------------------------+------------+--------+--------+-------+
 *      | pages, or pages back   | reserved   | arena  | class  | kind  |
 *  +8  +------------------------+------------+--------+--------+-------+
 *      | previous in its list   | next in its list (page numbers)      |
 * +16  +------------------------+--------------------------------------+
 *      | number of free cells of the run that begins here              |
 * +24  +---------------------------------------------------------------+
 *      | reserved                                                      |
 * +32  +---------------------------------------------------------------+
 *      | bitmap of that run, one bit a cell, 1 = free                 ...
 *      +---------------------------------------------------------------+
 * </pre>
 *
 * A free span is listed in its span bin, a run with free cells in the bin of its class. Page 0 ends a list. The page lock
 * guards the first word, and the links of a free span; the bin's lock guards the links of a run and all that follows them.
 */
public final class PageEntry {
    public static final int KIND_OFFSET = 0;
    public static final int LINKS_OFFSET = 8;
    public static final int FREE_CELLS_OFFSET = 16;
    public static final int BITMAP_OFFSET = Geometry.PAGE_BITMAP_OFFSET;

    /** Inside a span: says nothing. */
    public static final int INNER = 0;
    /** First page of a free span, with its length. */
    public static final int FREE_HEAD = 1;
    /** Last page of a free span of several pages, with its length. */
    public static final int FREE_TAIL = 2;
    /** First page of a run, with its class and length. */
    public static final int RUN = 3;
    /** Another page of a run: how many pages back it begins. */
    public static final int CONTINUED = 4;
    /** First page of a large block, with its length. */
    public static final int LARGE = 5;
    /** Last page of a large block of several pages, with its length. */
    public static final int LARGE_TAIL = 6;

    private static final int KIND_MASK = 15;
    private static final int CLASS_SHIFT = 4;
    private static final int CLASS_MASK = 255;
    private static final int PAGES_SHIFT = 32;
    private static final long LOW_MASK = 0xFFFF_FFFFL;

    private PageEntry() {}

    static long encode(int kind, int sizeClass, long pages) {
        return kind | (long) sizeClass << CLASS_SHIFT | pages << PAGES_SHIFT;
    }

    public static int kind(long word) {
        return (int) word & KIND_MASK;
    }

    public static int sizeClass(long word) {
        return (int) word >>> CLASS_SHIFT & CLASS_MASK;
    }

    /** Length of the span, or the distance to the head of a run. */
    public static long pages(long word) {
        return word >>> PAGES_SHIFT;
    }

    static long links(long next, long previous) {
        return next | previous << PAGES_SHIFT;
    }

    public static long next(long links) {
        return links & LOW_MASK;
    }

    public static long previous(long links) {
        return links >>> PAGES_SHIFT;
    }

    static long withNext(long links, long next) {
        return links & ~LOW_MASK | next;
    }

    static long withPrevious(long links, long previous) {
        return links & LOW_MASK | previous << PAGES_SHIFT;
    }
}
