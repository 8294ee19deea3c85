/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.layout.Superblock;

/**
 * Layout of the roots of the page heap: a list of free spans for each length from 1 to 64 pages, then four to each doubling,
 * and a bit for each list that is not empty. Guarded by the page lock. Pure functions.
 */
public final class SpanBins {
    /** Bins of one length each. */
    static final int EXACT = 64;

    private static final int EXACT_SHIFT = 6;

    private SpanBins() {}

    /** The bin of spans of a length in pages. */
    public static int bin(long pages) {
        if (pages <= EXACT) {
            return (int) pages - 1;
        }
        int doubling = 63 - Long.numberOfLeadingZeros(pages);
        int quarter = (int) (pages >>> (doubling - 2)) & 3;
        return EXACT + (doubling - EXACT_SHIFT) * 4 + quarter;
    }

    /** Offset of a list's head: the page number of its first span, or 0. */
    public static long head(int bin) {
        return Superblock.SPAN_BINS_OFFSET + (long) bin * Long.BYTES;
    }

    /** Offset of the {@code word}th word of occupancy bits. */
    public static long occupancy(int word) {
        return Superblock.SPAN_OCCUPANCY_OFFSET + (long) word * Long.BYTES;
    }
}
