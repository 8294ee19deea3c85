/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.SegmentMemory;
import java.util.Arrays;

/**
 * The bytes of a key, in private memory, as a {@link HashIndex} compares them. Reused from key to key. Not thread-safe.
 */
public final class EncodedKey {
    private static final int SPARE = Long.BYTES;

    byte[] bytes = new byte[64];
    int length;
    /** The key if it has up to 8 bytes: the first one lowest, zeros above. */
    long word;

    /** Makes a key of no bytes. */
    public EncodedKey() {}

    /** A key of the given bytes. */
    public static EncodedKey of(byte[] bytes) {
        EncodedKey key = new EncodedKey();
        key.set(bytes, 0, bytes.length);
        return key;
    }

    /** Becomes a copy of a range of bytes. */
    public void set(byte[] source, int position, int count) {
        room(count);
        System.arraycopy(source, position, bytes, 0, count);
        finish(count);
    }

    void set(EncodedKey other) {
        if (other.length <= Long.BYTES) {
            setWord(other.word, other.length);
        } else {
            set(other.bytes, 0, other.length);
        }
    }

    void setWord(long word, int length) {
        this.word = word;
        this.length = length;
    }

    /** Becomes the encoding of a value. */
    public <K> void encode(Codec<K> codec, K key) {
        if (codec.isWord()) {
            setWord(codec.toWord(key) & mask(codec.fixedLength()), codec.fixedLength());
            return;
        }
        byte[] target = room(codec.maxLength(key));
        finish(codec.write(key, target, 0));
    }

    /** Number of bytes. */
    public int length() {
        return length;
    }

    private byte[] room(int count) {
        if (bytes.length - SPARE < count) {
            bytes = new byte[Scratch.capacityFor(count)];
        }
        return bytes;
    }

    private void finish(int count) {
        length = count;
        if (count <= Long.BYTES) {
            word = ByteArrays.getLong(bytes, 0) & mask(count);
        }
    }

    /** The low {@code length} bytes of a word. */
    static long mask(int length) {
        return length == 0 ? 0 : -1L >>> (Long.SIZE - Byte.SIZE * length);
    }

    long hash(long seed0, long seed1) {
        return length <= Long.BYTES
                ? KeyHash.ofWord(word, length, seed0, seed1)
                : KeyHash.ofBytes(bytes, length, seed0, seed1);
    }

    /** Stores the key into a new entry; up to 8 bytes behind it are overwritten. */
    void writeTo(SegmentMemory memory, long entry) {
        if (length <= Long.BYTES) {
            memory.putLong(entry + IndexEntry.KEY_OFFSET, word);
        } else {
            memory.copyFrom(bytes, 0, entry + IndexEntry.KEY_OFFSET, length);
        }
    }

    void shrink() {
        if (bytes.length > Scratch.KEPT_CAPACITY) {
            bytes = new byte[64];
        }
    }

    @Override
    public String toString() {
        byte[] key = new byte[length];
        if (length <= Long.BYTES) {
            for (int i = 0; i < length; i++) {
                key[i] = (byte) (word >>> Byte.SIZE * i);
            }
        } else {
            System.arraycopy(bytes, 0, key, 0, length);
        }
        return "key " + Arrays.toString(key);
    }
}
