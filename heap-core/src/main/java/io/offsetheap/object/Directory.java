/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

/**
 * The directory of a {@link HashIndex} as it was at one structure version: where it stands and how large it is. Its words are
 * in the segment, one for each value of a hash's first {@code depth} bits, each the offset of a hash segment.
 *
 * @param version the structure version
 * @param words offset of the first word
 * @param shift 63 - depth
 */
record Directory(long version, long words, int shift) {
    static Directory of(long version, long directoryWord) {
        return new Directory(
                version, HashIndexHeader.block(directoryWord), Long.SIZE - 1 - HashIndexHeader.depth(directoryWord));
    }

    int depth() {
        return Long.SIZE - 1 - shift;
    }

    /** Number of the word for a hash. */
    long index(long hash) {
        // Two shifts, because one by 64 is none.
        return hash >>> 1 >>> shift;
    }

    /** Offset of a word. */
    long word(long index) {
        return words + (index << 3);
    }
}
