/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import static java.lang.Long.BYTES;

import io.offsetheap.memory.SegmentMemory;

/**
 * Layout of a bucket of a {@link LongIndex}, two cache lines: one that is searched, one that holds what is found. Sixteen of
 * them in a row are a hash segment. An overflow line has the same shape; its first word is not used.
 *
 * <pre>
 *   +0  +---------------------------------------------------------------+
 *       | lock word, see {@link io.offsetheap.lane.LockWord}                                  |
 *   +8  +---------------------------------------------------------------+
 *       | seven keys                                                   ...
 *  +64  +---------------------------------------------------------------+
 *       | their values                                                 ...
 * +120  +---------------------------------------------------------------+
 *       | offset of the overflow line, or 0; bit i: pair i is taken     |
 *       +---------------------------------------------------------------+
 * </pre>
 *
 * Lines are aligned to their size, so an offset leaves the low bits free. What stands in a pair that is not taken means
 * nothing. An item's place is known by the offset of its key.
 */
final class PairBucket {
    static final int LOCK_OFFSET = 0;
    static final int KEYS_OFFSET = LOCK_OFFSET + BYTES;
    static final int PAIRS = 7;
    static final int VALUES_OFFSET = KEYS_OFFSET + PAIRS * BYTES;
    static final int LINK_OFFSET = VALUES_OFFSET + PAIRS * BYTES;
    static final int LINE_SIZE = LINK_OFFSET + BYTES;
    static final int LINE_SHIFT = 7;
    static final int SEGMENT_SIZE = Bucket.BUCKETS * LINE_SIZE;

    static final long TAKEN_MASK = (1L << PAIRS) - 1;

    private PairBucket() {}

    /** Offset of bucket number {@code index} in a segment. */
    static long at(long segment, int index) {
        return segment + ((long) index << LINE_SHIFT);
    }

    /** Offset of a key in a line. */
    static long key(long line, int place) {
        return line + KEYS_OFFSET + ((long) place << 3);
    }

    /** Offset of the value of the key at an offset. */
    static long value(long key) {
        return key + (VALUES_OFFSET - KEYS_OFFSET);
    }

    /** Offset of the word with link and bits of the line in which a key stands. */
    static long link(long key) {
        return (key & -LINE_SIZE) + LINK_OFFSET;
    }

    /** The bit of the pair whose key stands at an offset. */
    static long bit(long key) {
        return 1L << ((key & LINE_SIZE - 1) - KEYS_OFFSET >>> 3);
    }

    static long overflow(long link) {
        return link & -LINE_SIZE;
    }

    static int taken(long link) {
        return (int) (link & TAKEN_MASK);
    }

    /** Which pairs of a line have a key, one bit each. */
    static int matches(SegmentMemory memory, long line, long link, long key) {
        return memory.peekEqual(line + KEYS_OFFSET, PAIRS, key) & taken(link);
    }

    /** Offset of the first of the keys that {@link #matches} tells of. */
    static long firstMatch(long line, int matches) {
        return key(line, Integer.numberOfTrailingZeros(matches));
    }
}
