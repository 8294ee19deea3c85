/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import static java.lang.Long.BYTES;

import io.offsetheap.layout.Superblock;
import io.offsetheap.object.SharedType.Structure;

/**
 * Layout of the header of a {@link BucketTable}, around what every {@link ContainerHeader} has.
 *
 * <pre>
 *   +0  +---------------------------------------------------------------+
 *       | identity: type and generation, 0 = destroyed                  |
 *   +8  +---------------------------------------------------------------+
 *       | structure version, +1 with every change of the directory      |
 *  +16  +---------------------------------------------------------------+
 *       | directory: depth:8 above offset/16:40                         |
 *  +24  +---------------------------------------------------------------+
 *       | parameters: hash algorithm:16 tagBits:8 segmentBits:8 bucketLog2:8, from the low end
 *  +32  +---------------------------------------------------------------+
 *       | seed of the hash, two words                                   |
 *       |                                                               |
 *  +48  +---------------------------------------------------------------+
 *       | counters: block of one word a lane                            |
 *  +56  +---------------------------------------------------------------+
 *       | scrub: local depth:8 above offset/16:40 of the segment, 0 = none
 *  +64  +---------------------------------------------------------------+
 *       | split lock, guard of directory, structure version and scrub   |
 *  +72  +---------------------------------------------------------------+
 *       | next doomed container of the lane                             |
 *  +80  +---------------------------------------------------------------+
 *       | structure                                                     |
 *  +88  +---------------------------------------------------------------+
 *       | doomed only: directory entries before this one are torn down  |
 *  +96  +---------------------------------------------------------------+
 * </pre>
 *
 * Structure version and split lock are never reset: a stale handle may still look at them.
 */
final class HashIndexHeader {
    static final int IDENTITY_OFFSET = ContainerHeader.IDENTITY_OFFSET;
    static final int STRUCTURE_VERSION_OFFSET = IDENTITY_OFFSET + BYTES;
    static final int DIRECTORY_OFFSET = STRUCTURE_VERSION_OFFSET + BYTES;
    static final int PARAMETERS_OFFSET = DIRECTORY_OFFSET + BYTES;
    static final int SEED_OFFSET = PARAMETERS_OFFSET + BYTES;
    static final int COUNTERS_OFFSET = SEED_OFFSET + 2 * BYTES;
    static final int SCRUB_OFFSET = COUNTERS_OFFSET + BYTES;
    static final int SPLIT_LOCK_OFFSET = ContainerHeader.LOCK_OFFSET;
    static final int TORN_DOWN_OFFSET = ContainerHeader.STRUCTURE_OFFSET + BYTES;

    /** What this version writes and reads as {@link #PARAMETERS_OFFSET parameters}. */
    static final long PARAMETERS = Superblock.KEYED_MULTIPLY_HASH
            | (long) Bucket.TAG_BITS << 16
            | (long) Bucket.SEGMENT_BITS << 24
            | (long) Bucket.LINE_SHIFT << 32;

    /** The same for a {@link LongIndex}. */
    static final long LONG_PARAMETERS = Superblock.KEYED_MULTIPLY_HASH
            | (long) PairBucket.TAG_BITS << 16
            | (long) Bucket.SEGMENT_BITS << 24
            | (long) PairBucket.LINE_SHIFT << 32;

    /** Bits by which a directory can tell segments apart: those of a tag. */
    static final int MAX_DEPTH = Bucket.TAG_BITS;

    private static final int DEPTH_SHIFT = 40;
    private static final int COUNTERS_PER_LINE = 8;

    private HashIndexHeader() {}

    /** A directory word, or a scrub word: a depth and a block. */
    static long pack(int depth, long block) {
        return (long) depth << DEPTH_SHIFT | block >>> Bucket.OFFSET_SHIFT;
    }

    static int depth(long packed) {
        return (int) (packed >>> DEPTH_SHIFT);
    }

    static long block(long packed) {
        return (packed & Bucket.OFFSET_MASK) << Bucket.OFFSET_SHIFT;
    }

    static long parameters(Structure structure) {
        return structure == Structure.LONG_INDEX ? LONG_PARAMETERS : PARAMETERS;
    }

    /** Log2 of the bytes of a bucket. */
    static int lineShift(Structure structure) {
        return structure == Structure.LONG_INDEX ? PairBucket.LINE_SHIFT : Bucket.LINE_SHIFT;
    }

    /** Bytes of a directory of a depth: one word a segment. */
    static long directorySize(int depth) {
        return (long) BYTES << depth;
    }

    /** Offset of a lane's counter. Neighbouring lanes count in different cache lines, as far as there are enough lines. */
    static long counter(long counters, int lane, int lanes) {
        int lines = lanes / COUNTERS_PER_LINE;
        int position = lines == 0 ? lane : lane % lines * COUNTERS_PER_LINE + lane / lines;
        return counters + (long) position * BYTES;
    }
}
