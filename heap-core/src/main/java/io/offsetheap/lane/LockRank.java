/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

/**
 * The order in which locks are taken: rising rank, and rising offset among equals. Checked at every lock, so that a
 * deadlock is an exception in the first test that could have met it.
 */
public enum LockRank {
    /** The names of the heap, for a section of several operations. */
    NAMES,
    /** A container as a whole: the split lock of a hash index, the lock of a vector. */
    CONTAINER,
    /** Buckets of a hash index. */
    BUCKET,
    /** Growth of the heap. */
    GROW,
    /** The partial runs of one size class. */
    BIN,
    /** The page heap. */
    PAGE
}
