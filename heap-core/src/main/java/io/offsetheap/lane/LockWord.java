/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

/**
 * Layout of a lock word, mutex and version in one. It stands at the head of the line it guards.
 *
 * <pre>
 *   63                              24  23    22        16 15              0
 *  +----------------------------------+-----+------------+-----------------+
 *  | version, +1 with every unlock    |chain| reserved   | owner lane + 1  |
 *  +----------------------------------+-----+------------+-----------------+
 * </pre>
 */
public final class LockWord {
    private static final long OWNER_MASK = 0xFFFF;
    private static final long VERSION_UNIT = 1L << 24;

    /** A hint of the hash index: this bucket was chained because its hash segment could not be split. */
    public static final long CHAIN = 1L << 23;

    private LockWord() {}

    /** Lane that holds the lock, or -1. */
    public static int owner(long word) {
        return (int) (word & OWNER_MASK) - 1;
    }

    public static boolean isLocked(long word) {
        return (word & OWNER_MASK) != 0;
    }

    static long lockedBy(long word, int lane) {
        return word | (lane + 1);
    }

    static long unlocked(long word) {
        return (word & ~OWNER_MASK) + VERSION_UNIT;
    }
}
