/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

/**
 * Layout of a lane's state word, and of its entry in the lane table.
 *
 * <pre>
 *  word:   63 62 61        52 51            32 31           18 17        0
 *         +-----+------------+----------------+---------------+-----------+
 *         |stat.| process    | its generation | recoverer     | gen       |
 *         +-----+------------+----------------+---------------+-----------+
 *
 *  entry:  +0 state   +8 claim: lane being recovered + 1   +16 1 when the body is allocated
 *          +24 head of the list of doomed containers       +32 last object generation given out
 *          +40 to +63 reserved
 * </pre>
 *
 * An odd gen means: inside an operation. Every lease and every return adds one, so a word of a living incarnation comes
 * back only when 2^17 leases have gone by, and one of a dead incarnation never.
 */
public final class LaneState {
    public static final int STATE_OFFSET = 0;
    public static final int CLAIM_OFFSET = 8;
    public static final int BODY_OFFSET = 16;
    public static final int DOOMED_OFFSET = 24;
    public static final int SERIAL_OFFSET = 32;

    public static final int FREE = 0;
    public static final int ACTIVE = 1;
    public static final int RECOVERING = 2;
    public static final int POISONED = 3;

    private static final int RECOVERER_SHIFT = 18;
    private static final int PROCESS_GENERATION_SHIFT = 32;
    private static final int PROCESS_SHIFT = 52;
    private static final int STATUS_SHIFT = 62;
    private static final long GEN_MASK = (1L << RECOVERER_SHIFT) - 1;
    private static final long RECOVERER_MASK = (1L << 14) - 1;
    private static final long PROCESS_GENERATION_MASK = (1L << 20) - 1;
    private static final long PROCESS_MASK = (1L << 10) - 1;
    private static final long INCARNATION_MASK =
            PROCESS_MASK << PROCESS_SHIFT | PROCESS_GENERATION_MASK << PROCESS_GENERATION_SHIFT;

    private LaneState() {}

    public static int status(long word) {
        return (int) (word >>> STATUS_SHIFT);
    }

    static int process(long word) {
        return (int) (word >>> PROCESS_SHIFT & PROCESS_MASK);
    }

    static long processGeneration(long word) {
        return word >>> PROCESS_GENERATION_SHIFT & PROCESS_GENERATION_MASK;
    }

    public static int recoverer(long word) {
        return (int) (word >>> RECOVERER_SHIFT & RECOVERER_MASK);
    }

    /** Process and generation bits of one attach, as they stand in every word it writes. */
    static long incarnation(int process, long generation) {
        return (long) process << PROCESS_SHIFT | (generation & PROCESS_GENERATION_MASK) << PROCESS_GENERATION_SHIFT;
    }

    static boolean isOf(long word, long incarnation) {
        return (word & INCARNATION_MASK) == incarnation;
    }

    static boolean sameGeneration(long word, long slotGeneration) {
        return processGeneration(word) == (slotGeneration & PROCESS_GENERATION_MASK);
    }

    /** Whether a write may be running under this word: such a lane holds back the memory of destroyed containers. */
    public static boolean inOperation(long word) {
        int status = status(word);
        return status == ACTIVE ? (word & 1) != 0 : status != FREE;
    }

    /** ACTIVE of the incarnation, inside an operation, with the next odd gen. */
    static long entered(long word, long incarnation) {
        return (long) ACTIVE << STATUS_SHIFT | incarnation | nextGen(word, 1);
    }

    /** ACTIVE of the incarnation, kept but outside an operation, with the next even gen. */
    static long pinned(long word, long incarnation) {
        return (long) ACTIVE << STATUS_SHIFT | incarnation | nextGen(word, 0);
    }

    /** FREE with the next even gen. The incarnation stays: a lessee tells by it whether a stranger had the lane. */
    static long freed(long word) {
        return word & INCARNATION_MASK | nextGen(word, 0);
    }

    static long poisoned(long word) {
        return (long) POISONED << STATUS_SHIFT | word & (INCARNATION_MASK | GEN_MASK);
    }

    static long recovering(long word, int recoverer) {
        return (long) RECOVERING << STATUS_SHIFT
                | word & (INCARNATION_MASK | GEN_MASK)
                | (long) recoverer << RECOVERER_SHIFT;
    }

    private static long nextGen(long word, int parity) {
        long gen = word & GEN_MASK;
        long next = (gen & 1) == parity ? gen + 2 : gen + 1;
        return next & GEN_MASK;
    }
}
