/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.SegmentMemory;
import org.jspecify.annotations.Nullable;

/**
 * Where an {@link IndexEntry} has its key and value if both are words of fixed lengths, computed once for all entries of an
 * index. Immutable.
 */
public final class WordEntry {
    final int keyLength;
    final int valueLength;
    private final long size;
    private final long lengths;
    private final long keyMask;
    /** Bits of the key's word that are not the key's. */
    private final int keyUnused;
    /** Distance from the beginning of the entry to the word that holds the value. */
    private final long valueWord;
    /** Bits above the value in that word. */
    private final int valueAbove;
    /** Bits of that word that are not the value's. */
    private final int valueUnused;

    private WordEntry(int keyLength, int valueLength) {
        long valueOffset = IndexEntry.valueOffset(keyLength, valueLength);
        int below = Byte.SIZE * (int) (valueOffset % Long.BYTES);
        this.keyLength = keyLength;
        this.valueLength = valueLength;
        this.size = IndexEntry.size(keyLength, valueLength);
        this.lengths = IndexEntry.lengths(keyLength, valueLength);
        this.keyMask = EncodedKey.mask(keyLength);
        this.keyUnused = Long.SIZE - Byte.SIZE * keyLength;
        this.valueWord = valueOffset & -Long.BYTES;
        this.valueUnused = Long.SIZE - Byte.SIZE * valueLength;
        this.valueAbove = valueUnused - below;
    }

    /** For keys and values of two codecs, or null if one of them makes no words or a value would not lie in one word. */
    public static @Nullable WordEntry of(Codec<?> keys, Codec<?> values) {
        if (!keys.isWord() || !values.isWord() || keys.fixedLength() == 0 || values.fixedLength() == 0) {
            return null;
        }
        WordEntry entry = new WordEntry(keys.fixedLength(), values.fixedLength());
        return entry.valueAbove < 0 ? null : entry;
    }

    /** The key that a codec's word stands for: the bytes beyond its length are not part of it. */
    public long key(long word) {
        return word & keyMask;
    }

    /** Whether there is an entry of this shape with a key. For any offset, see {@link SegmentMemory#peekLong}. */
    boolean isAt(SegmentMemory memory, long entry, long key) {
        return memory.peekLong(entry + IndexEntry.LENGTHS_OFFSET) == lengths
                && (memory.peekLong(entry + IndexEntry.KEY_OFFSET) ^ key) << keyUnused == 0
                && memory.contains(entry, size);
    }

    /** The value as a number with a sign. */
    long value(SegmentMemory memory, long entry) {
        return memory.peekLong(entry + valueWord) << valueAbove >> valueUnused;
    }
}
