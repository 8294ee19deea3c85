/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import static java.lang.Long.BYTES;

/**
 * Layout of a bucket of a {@link LongIndex}, two cache lines. Sixteen of them in a row are a hash segment. An overflow line
 * has the same shape; its first word is not used.
 *
 * <pre>
 *   +0  +---------------------------------------------------------------+
 *       | lock word, see {@link io.offsetheap.lane.LockWord}                                  |
 *   +8  +---------------------------------------------------------------+
 *       | byte i: tag of pair i, 0 = it is not taken; bit 63: linked    |
 *  +16  +---------------------------------------------------------------+
 *       | seven keys                                                   ...
 *  +72  +---------------------------------------------------------------+
 *       | their values; if linked, the last is the next line's offset  ...
 * +128  +---------------------------------------------------------------+
 * </pre>
 *
 * A tag is seven bits of the key's hash below a 1. What stands in a pair that is not taken means nothing. In a bucket with
 * overflow lines no line uses its last pair, so that each of them has room for a link. An item's place is known by the
 * offset of its key.
 */
final class PairBucket {
    static final int LOCK_OFFSET = 0;
    static final int TAGS_OFFSET = LOCK_OFFSET + BYTES;
    static final int KEYS_OFFSET = TAGS_OFFSET + BYTES;
    static final int PAIRS = 7;
    static final int CHAINED_PAIRS = PAIRS - 1;
    static final int VALUES_OFFSET = KEYS_OFFSET + PAIRS * BYTES;
    static final int LINK_OFFSET = VALUES_OFFSET + CHAINED_PAIRS * BYTES;
    static final int LINE_SIZE = LINK_OFFSET + BYTES;
    static final int LINE_SHIFT = 7;
    static final int SEGMENT_SIZE = Bucket.BUCKETS * LINE_SIZE;

    static final int TAG_BITS = 8;
    static final long LINKED = Long.MIN_VALUE;

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

    /** Offset of the tags of the line in which a key stands. */
    static long tags(long key) {
        return (key & -LINE_SIZE) + TAGS_OFFSET;
    }

    /** Number of the pair whose key stands at an offset. */
    static int place(long key) {
        return (int) (key & LINE_SIZE - 1) - KEYS_OFFSET >>> 3;
    }
}
