/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.memory.SegmentMemory;

/**
 * Layout of an entry of a {@link HashIndex}, a block of its own.
 *
 * <pre>
 *   +0  +-------------------------------+-------------------------------+
 *       | length of the key             | length of the value           |
 *   +8  +-------------------------------+-------------------------------+
 *       | the key                                                      ...
 *       +---------------------------------------------------------------+
 *       | the value, from the next position that its length divides,   ...
 *       | counting no power of two beyond 8
 *       +---------------------------------------------------------------+
 * </pre>
 *
 * So a value of 8 bytes is a word, a value of 4 bytes lies inside one, and no byte is lost on others.
 */
final class IndexEntry {
    static final int LENGTHS_OFFSET = 0;
    static final int KEY_OFFSET = LENGTHS_OFFSET + Long.BYTES;

    /** Longest value that is replaced in place: its words fit into every journal. */
    static final int MAX_IN_PLACE = 64;

    private IndexEntry() {}

    static long lengths(int key, int value) {
        return (key & 0xFFFF_FFFFL) | (long) value << 32;
    }

    static int keyLength(long lengths) {
        return (int) lengths;
    }

    static int valueLength(long lengths) {
        return (int) (lengths >>> 32);
    }

    /** Distance of the value from the beginning of the entry. */
    static long valueOffset(int keyLength, int valueLength) {
        long end = KEY_OFFSET + (long) keyLength;
        long alignment = valueLength == 0 ? 1 : Math.min(Long.BYTES, valueLength & -valueLength);
        return (end + alignment - 1) & -alignment;
    }

    /** Bytes of an entry. */
    static long size(int keyLength, int valueLength) {
        return valueOffset(keyLength, valueLength) + valueLength;
    }

    /** Bytes of the entry at an offset. Checked, because a length that was never written would free somebody else's block. */
    static long size(SegmentMemory memory, long entry) {
        long lengths = memory.getLong(entry + LENGTHS_OFFSET);
        if (keyLength(lengths) < 0 || valueLength(lengths) < 0) {
            throw new CorruptedSegmentException("an entry has a negative length: lengths=0x" + Long.toHexString(lengths)
                    + " entry=" + entry + " segment=" + memory.name());
        }
        return size(keyLength(lengths), valueLength(lengths));
    }

    /** Offset in the segment of an entry's value. */
    static long value(long entry, long lengths) {
        return entry + valueOffset(keyLength(lengths), valueLength(lengths));
    }

    /** A value of up to 8 bytes as a number with a sign. Reads the one or two words that cover it, or none. */
    static long word(SegmentMemory memory, long at, int length) {
        if (length == 0) {
            return 0;
        }
        int shift = ((int) at & 7) << 3;
        long word = memory.getLong(at & -Long.BYTES) >>> shift;
        int bits = length << 3;
        if (shift + bits > Long.SIZE) {
            word |= memory.getLong((at & -Long.BYTES) + Long.BYTES) << (Long.SIZE - shift);
        }
        return word << (Long.SIZE - bits) >> (Long.SIZE - bits);
    }
}
