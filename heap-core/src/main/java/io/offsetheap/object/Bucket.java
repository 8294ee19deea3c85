/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import static java.lang.Long.BYTES;

import io.offsetheap.memory.SegmentMemory;

/**
 * Layout of a bucket of a {@link HashIndex}, one cache line. Sixteen of them in a row are a hash segment. An overflow line
 * has the same shape; its first word is not used.
 *
 * <pre>
 *   +0  +---------------------------------------------------------------+
 *       | lock word, see {@link io.offsetheap.lane.LockWord}                                  |
 *   +8  +---------------------------------------------------------------+
 *       | six slots: tag:24 above entry offset/16:40, 0 = empty        ...
 *  +56  +---------------------------------------------------------------+
 *       | overflow line, or 0                                           |
 *       +---------------------------------------------------------------+
 * </pre>
 *
 * The tag is the first 24 bits of the key's hash, so it also tells where in the directory the entry belongs.
 */
final class Bucket {
    static final int LOCK_OFFSET = 0;
    static final int SLOTS_OFFSET = LOCK_OFFSET + BYTES;
    static final int SLOTS = 6;
    static final int OVERFLOW_OFFSET = SLOTS_OFFSET + SLOTS * BYTES;
    static final int LINE_SIZE = OVERFLOW_OFFSET + BYTES;
    static final int LINE_SHIFT = 6;

    static final int SEGMENT_BITS = 4;
    static final int BUCKETS = 1 << SEGMENT_BITS;
    static final int SEGMENT_SIZE = BUCKETS * LINE_SIZE;

    static final int TAG_BITS = 24;
    static final int OFFSET_SHIFT = 4;
    static final long OFFSET_MASK = (1L << 64 - TAG_BITS) - 1;

    /** Longer chains of lines than any heap can hold. */
    static final int MAX_CHAIN = 1 << 24;

    private Bucket() {}

    static int index(long hash) {
        return (int) hash & BUCKETS - 1;
    }

    /** Offset of bucket number {@code index} in a segment. */
    static long at(long segment, int index) {
        return segment + ((long) index << LINE_SHIFT);
    }

    /** Offset of slot number {@code index} in a line. */
    static long slotAt(long line, int index) {
        return line + SLOTS_OFFSET + ((long) index << 3);
    }

    static long slot(long hash, long entry) {
        return hash & ~OFFSET_MASK | entry >>> OFFSET_SHIFT;
    }

    static long entry(long slot) {
        return (slot & OFFSET_MASK) << OFFSET_SHIFT;
    }

    static long tag(long slot) {
        return slot >>> 64 - TAG_BITS;
    }

    /** Which slots of a line have the tag of a hash, one bit each. Empty ones look like tag 0. */
    static long matches(SegmentMemory memory, long line, long hash) {
        return memory.peekMatches(line + SLOTS_OFFSET, SLOTS, hash, TAG_BITS);
    }

    /** Offset of the first of the slots that {@link #matches} tells of. */
    static long firstMatch(long line, long matches) {
        return slotAt(line, Long.numberOfTrailingZeros(matches));
    }

    static long overflow(SegmentMemory memory, long line) {
        return memory.getLong(line + OVERFLOW_OFFSET);
    }

    /** Offset of a slot that is empty, in the line or those behind it, or 0. */
    static long emptySlot(SegmentMemory memory, long line) {
        for (long at = line; at != 0; at = overflow(memory, at)) {
            for (int i = 0; i < SLOTS; i++) {
                long slot = slotAt(at, i);
                if (memory.getLong(slot) == 0) {
                    return slot;
                }
            }
        }
        return 0;
    }
}
