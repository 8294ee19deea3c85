/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

import org.jspecify.annotations.Nullable;

/**
 * What one thread knows about its lanes of one heap. Owns nothing. Confined to its thread; others read it only after they
 * have found that thread dead.
 */
public final class LaneContext {
    final Thread thread = Thread.currentThread();

    /** Lane of the last operation: its stock is warm. A number, because a reference would keep the heap mapped. */
    int hint;
    /** The lease that is not returned yet, and the state word it was taken with. */
    @Nullable
    Lane leased;

    long active;

    /** The idle lane that is being tidied up beside the leased one, and its state word. */
    @Nullable
    Lane visited;

    long visitedActive;

    /** Lane kept for a series of operations. */
    @Nullable
    Lane pinned;
    /** Lane of the section that the thread is in: all its operations work with it, and it stays inside one of its own. */
    @Nullable
    Lane section;
    /** Depth of user functions that run inside an operation of this heap. */
    int userFunctions;

    LaneContext() {}

    /** Ends what {@link LaneTable#enterUserFunction} has begun. */
    public void leaveUserFunction() {
        userFunctions--;
    }
}
