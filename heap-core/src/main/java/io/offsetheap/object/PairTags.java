/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

/**
 * The word of a {@link PairBucket} that holds the tags of its pairs, one byte each, and what is asked of all of them at once.
 * Stateless.
 */
final class PairTags {
    /** The lowest bit of each tag, and the highest, which is set if the pair is taken. */
    private static final long LOWEST = 0x0001_0101_0101_0101L;

    private static final long HIGHEST = LOWEST << PairBucket.TAG_BITS - 1;

    /** Brings the highest bits of the tags side by side, from bit 56 on: bit 7 + 8i is shifted by 49 - 7i. */
    private static final long GATHER = 1L << 49 | 1L << 42 | 1L << 35 | 1L << 28 | 1L << 21 | 1L << 14 | 1L << 7;

    private PairTags() {}

    /** The tag of a key with a hash: of bits that neither the directory nor the bucket is chosen by. */
    static long tag(long hash) {
        return hash >>> Bucket.SEGMENT_BITS & 0x7f | 0x80;
    }

    /** Tags that differ from others in that of one pair. */
    static long with(long tags, int place, long tag) {
        int shift = place * PairBucket.TAG_BITS;
        return tags & ~(0xffL << shift) | tag << shift;
    }

    static long tagOf(long tags, int place) {
        return tags >>> place * PairBucket.TAG_BITS & 0xff;
    }

    /** Which pairs of a line are taken, one bit each. */
    static int taken(long tags) {
        return (int) ((tags & HIGHEST) * GATHER >>> Long.SIZE - PairBucket.TAG_BITS) & (1 << PairBucket.PAIRS) - 1;
    }

    /**
     * Which pairs of a line have the tag of a hash: for the first of them a bit that {@link #firstMatch} understands, for
     * others perhaps. Without branches, and with few steps: it is what many lookups at once wait for.
     */
    static long matches(long tags, long hash) {
        // Less one, the first byte that is 0 gets a highest bit that it has not had. Bytes below it do not, and what it
        // borrows from those above comes behind it.
        long difference = tags ^ tag(hash) * LOWEST;
        return difference - LOWEST & ~difference & HIGHEST;
    }

    /** Offset of the key of the first of the pairs that {@link #matches} tells of. */
    static long firstMatch(long line, long matches) {
        return line + (PairBucket.KEYS_OFFSET - (PairBucket.TAG_BITS - 1)) + Long.numberOfTrailingZeros(matches);
    }
}
