/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.ByteArrays;

/**
 * The hash of encoded keys, {@link io.offsetheap.layout.Superblock#KEYED_MULTIPLY_HASH}: 64 bits, keyed by the 128-bit seed
 * of an index, so that nobody who does not know the seed can choose keys that collide. Stateless.
 */
final class KeyHash {
    /*
     * A step multiplies two words to 128 bits and folds the halves into one another, as wyhash by Wang Yi and rapidhash by
     * Nicolas De Carli do (https://github.com/wangyi-fudan/wyhash, https://github.com/Nicoshev/rapidhash), but as signed
     * numbers: that is what Java multiplies in one instruction, and mixes as well. Keys of up to
     * eight bytes are one word and take two steps; longer keys take one for each 16 bytes, the last 16 overlapping.
     */

    private static final long FIRST = 0xA0761D6478BD642FL;
    private static final long SECOND = 0xE7037ED1A0B428DBL;

    private KeyHash() {}

    /**
     * Hash of a key of up to 8 bytes.
     *
     * @param word the bytes, the first one lowest, zeros above
     */
    static long ofWord(long word, int length, long seed0, long seed1) {
        return finish(word ^ seed0, seed1 ^ SECOND, length, seed0);
    }

    /** Hash of a key of more than 8 bytes. */
    static long ofBytes(byte[] key, int length, long seed0, long seed1) {
        long state = seed1 ^ SECOND;
        int at = 0;
        for (; at < length - 16; at += 16) {
            state = fold(ByteArrays.getLong(key, at) ^ seed0, ByteArrays.getLong(key, at + 8) ^ state);
        }
        long low = ByteArrays.getLong(key, Math.max(0, length - 16));
        long high = ByteArrays.getLong(key, length - 8);
        return finish(low ^ seed0, high ^ state, length, seed0);
    }

    private static long finish(long a, long b, int length, long seed0) {
        return fold((a * b) ^ FIRST ^ length, Math.multiplyHigh(a, b) ^ seed0);
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.multiplyHigh(a, b);
    }
}
