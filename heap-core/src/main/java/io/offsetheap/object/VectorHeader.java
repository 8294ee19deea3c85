/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import static java.lang.Long.BYTES;

/**
 * Layout of the header of a {@link ChunkedVector}, around what every {@link ContainerHeader} has, and of the blocks it leads
 * to.
 *
 * <pre>
 *   +0  +---------------------------------------------------------------+
 *       | identity: type and generation, 0 = destroyed                  |
 *   +8  +---------------------------------------------------------------+
 *       | structure version, +1 with every removal                      |
 *  +16  +---------------------------------------------------------------+
 *       | size: number of elements                                      |
 *  +24  +-------------------------------+-------------------------------+
 *       | layout                        | length of an element, or -1   |
 *  +32  +-------------------------------+-------------------------------+
 *       | table: block of {@value #CHUNKS} words, the offsets of the chunks           |
 *  +40  +---------------------------------------------------------------+
 *
 *  +64  +---------------------------------------------------------------+
 *       | lock, guard of all that can change                            |
 *       +---------------------------------------------------------------+
 * </pre>
 *
 * All that a reader compares stands in one cache line, and the lock, which every writer stores to, in another.
 */
final class VectorHeader {
    static final int IDENTITY_OFFSET = ContainerHeader.IDENTITY_OFFSET;
    static final int STRUCTURE_VERSION_OFFSET = IDENTITY_OFFSET + BYTES;
    static final int SIZE_OFFSET = STRUCTURE_VERSION_OFFSET + BYTES;
    static final int PARAMETERS_OFFSET = SIZE_OFFSET + BYTES;
    static final int TABLE_OFFSET = PARAMETERS_OFFSET + BYTES;
    static final int LOCK_OFFSET = ContainerHeader.LOCK_OFFSET;

    /** Words of the table: more than the largest segment has room for. */
    static final int CHUNKS = 40;

    /** What this version writes and reads in the low half of the parameters. */
    static final int LAYOUT = 1;

    /** Offset of the bytes in the block of an element that has one of its own; in front of them stands their number. */
    static final int ELEMENT_BYTES_OFFSET = BYTES;

    private VectorHeader() {}

    static long parameters(int elementLength) {
        return (long) elementLength << Integer.SIZE | LAYOUT;
    }

    static int elementLength(long parameters) {
        return (int) (parameters >> Integer.SIZE);
    }

    static long tableSize() {
        return (long) CHUNKS * BYTES;
    }

    /** Bytes of the block of an element that has one of its own. */
    static long elementSize(long length) {
        return ELEMENT_BYTES_OFFSET + length;
    }
}
