/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

/**
 * What the layers above do with a lane at the ends of an operation, when it holds no lock. Called by the lane's lessee.
 */
public interface Upkeep {
    /** Every size class: the lane comes from a stranger, so nothing known of it holds any more. */
    long ALL = -1;

    /**
     * Brings stocks back to their caps and ends the reservations of the operation.
     *
     * @param classes bit set of the size classes to look at
     */
    void settle(Lane lane, long classes);

    /**
     * Frees a share of the lane's doomed containers, if no write that could still see them is running.
     *
     * @return whether it is worth calling again at once
     */
    boolean sweep(Lane lane);
}
