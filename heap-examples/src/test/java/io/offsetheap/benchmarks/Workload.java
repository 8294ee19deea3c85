/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import java.util.SplittableRandom;

/** What the benchmarks measure over: the same keys, values and heaps for all of them. */
final class Workload {
    static final int ENTRIES = 1_000_000;
    static final int TEXT_KEY_LENGTH = 20;
    static final int TEXT_VALUE_LENGTH = 100;

    private static final long SEED = 42;
    private static final long GIB = 1L << 30;

    private Workload() {}

    /** An empty heap of that name; what an interrupted run has left under it is removed. */
    static OffsetHeap freshHeap(String name) {
        OffsetHeap.sharedMemory(name).remove();
        return OffsetHeap.sharedMemory(name).maxSize(4 * GIB).create();
    }

    static void remove(OffsetHeap heap, String name) {
        heap.close();
        OffsetHeap.sharedMemory(name).remove();
    }

    /** Different numbers in no order. */
    static long[] longKeys() {
        SplittableRandom random = new SplittableRandom(SEED);
        return random.longs(ENTRIES).toArray();
    }

    static int[] shuffled(int count) {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The same numbers, each an object that nobody else has: made beforehand, so that no benchmark measures the making. */
    static Long[] objects(long[] numbers) {
        Long[] result = new Long[numbers.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = numbers[i];
        }
        return result;
    }

    /** The same numbers in another order. */
    static long[] shuffled(long[] keys) {
        int[] order = shuffled(keys.length);
        long[] result = new long[keys.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = keys[order[i]];
        }
        return result;
    }

    static String textKey(int i) {
        String digits = Long.toString(i * 0x9E37_79B9L + 1_000_000_000_000L);
        return "customer" + digits.substring(digits.length() - (TEXT_KEY_LENGTH - 8));
    }

    static String[] textKeys() {
        String[] keys = new String[ENTRIES];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = textKey(i);
        }
        return keys;
    }

    /** Equal keys in another order; not one is the same object. */
    static String[] shuffledTextKeys() {
        int[] order = shuffled(ENTRIES);
        String[] keys = new String[ENTRIES];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = textKey(order[i]);
        }
        return keys;
    }

    static byte[] textValue(int i) {
        byte[] value = new byte[TEXT_VALUE_LENGTH];
        value[0] = (byte) i;
        value[TEXT_VALUE_LENGTH - 1] = (byte) (i >> 8);
        return value;
    }
}
