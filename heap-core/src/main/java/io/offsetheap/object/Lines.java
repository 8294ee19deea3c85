/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;

/**
 * The lines of an index: a bucket, and those that are chained behind one. A line has a few places, and each that is taken
 * holds an item. This is all that splitting and tearing down a {@link BucketTable} need to know of them.
 *
 * <p>Sets of places are bit sets: bit i stands for place i.
 */
interface Lines {
    SegmentMemory memory();

    /** Log2 of the bytes of a line. */
    int shift();

    /** Number of places in a bucket that has no overflow lines. */
    int places();

    /** Number of places in each line of a bucket that has some: what stands in places behind them is no item. */
    int chainedPlaces();

    /** The places that are taken. */
    int taken(long line);

    /**
     * The places that are taken by items whose hash has a bit set.
     *
     * @param bit one of the first {@value HashIndexHeader#MAX_DEPTH}
     */
    int takenWith(long line, long bit);

    /** Offset of the first word of a place. */
    long placeAt(long line, int place);

    /** Offset of the word that holds a line's link. */
    long linkAt(long line);

    /** Offset of the line behind this one, or 0. */
    long overflow(long line);

    /** Copies an item to an empty place of a line that nobody can reach. */
    void copy(long line, int place, long target, int targetPlace);

    /** Stores the link of a line that nobody can reach. */
    void link(long line, long next);

    /** Adds to the lane's transaction the link of a line. */
    void link(Lane lane, long line, long next);

    /** Adds to the lane's transaction that an item stands in a place, empty until now, as well. */
    void copy(Lane lane, long line, int place, long target, int targetPlace);

    /** Adds to the lane's transaction that two places change what they hold, be it an item or nothing. */
    void exchange(Lane lane, long line, int place, long other, int otherPlace);

    /** Adds to the lane's transaction that places are empty. */
    void empty(Lane lane, long line, int places);

    /** Offset of the block that an item leads to and that nothing else does, or 0. */
    long block(long line, int place);

    /** Bytes of such a block. */
    long blockSize(long block);

    /** Offset of a bucket in a segment. */
    default long bucketAt(long segment, int index) {
        return segment + ((long) index << shift());
    }

    /** Bytes of a line. */
    default long lineSize() {
        return 1L << shift();
    }

    /** Bytes of a segment. */
    default long segmentSize() {
        return (long) Bucket.BUCKETS << shift();
    }

    /** The last line of a bucket: the bucket itself if it has no overflow. */
    default long lastLine(long bucket) {
        long line = bucket;
        for (long next = overflow(line); next != 0; next = overflow(line)) {
            line = next;
        }
        return line;
    }

    /** Refuses a chain that has no end, before somebody walks along it and changes it. */
    default void checkChain(long bucket) {
        int lines = 0;
        for (long line = bucket; line != 0; line = overflow(line)) {
            if (++lines > Bucket.MAX_CHAIN) {
                throw new CorruptedSegmentException(
                        "a chain of overflow lines has no end: bucket=" + bucket + " segment=" + memory().name());
            }
        }
    }
}
