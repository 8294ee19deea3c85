/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

/**
 * How the elements of a {@link ChunkedVector} stand in its chunks, as it follows from their length: as a word of up to 8
 * bytes, as several words in place, or as the offset of a block of their own.
 *
 * @param elementLength bytes of every element, or {@link #VARIABLE}
 * @param stride distance of two elements in a chunk, in bytes, a multiple of 8
 * @param firstLog2 log2 of the number of elements in the first chunk; each chunk has twice as many as the one before
 */
record ElementShape(int elementLength, int stride, int firstLog2) {
    /** Length of elements that differ in it. */
    static final int VARIABLE = -1;

    /** Longest element that stands in place: its words fit into every journal. */
    static final int MAX_IN_PLACE = 128;

    /** The first chunk has at least so many bytes. */
    static final int FIRST_CHUNK_SIZE = 128;

    static ElementShape of(int elementLength) {
        boolean inPlace = elementLength >= 0 && elementLength <= MAX_IN_PLACE;
        int stride = inPlace ? Math.max(Long.BYTES, elementLength + Long.BYTES - 1 & -Long.BYTES) : Long.BYTES;
        int firstLog2 = 0;
        while (stride << firstLog2 < FIRST_CHUNK_SIZE) {
            firstLog2++;
        }
        return new ElementShape(elementLength, stride, firstLog2);
    }

    boolean isWord() {
        return elementLength >= 0 && elementLength <= Long.BYTES;
    }

    /** Whether each element has a block of its own. */
    boolean isBlock() {
        return elementLength < 0 || elementLength > MAX_IN_PLACE;
    }

    /** Number of elements in the first chunk. */
    long first() {
        return 1L << firstLog2;
    }

    /** Number of the chunk of an element. */
    int chunk(long index) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(index + first()) - firstLog2;
    }

    /** Bytes of a chunk. */
    long chunkSize(int chunk) {
        return (long) stride << firstLog2 + chunk;
    }

    /** Number of elements in the chunks before this one. */
    long elementsBefore(int chunk) {
        return (first() << chunk) - first();
    }

    /** Distance of an element from the beginning of its chunk, in bytes. */
    long position(long index, int chunk) {
        return (index - elementsBefore(chunk)) * stride;
    }
}
