/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.lane.Lane;

/** A lane kept for one thread. Made by {@link OffsetHeap#pin}, closed by the same thread. */
public final class LanePin implements AutoCloseable {
    private final OffsetHeap heap;
    private final Lane lane;
    private final Thread thread = Thread.currentThread();
    private boolean closed;

    LanePin(OffsetHeap heap, Lane lane) {
        this.heap = heap;
        this.lane = lane;
    }

    Lane lane() {
        return lane;
    }

    /**
     * Gives the lane back, unless an operation that failed has cost the thread its lane. Idempotent.
     *
     * @throws IllegalStateException in another thread than the one that pinned, and inside of a section or of a function of
     *     an operation that works with the lane
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (thread != Thread.currentThread()) {
            throw new IllegalStateException("the calling thread has not pinned this lane: lane=" + lane.index()
                    + " pinnedBy=" + thread.getName() + " segment=" + heap);
        }
        heap.unpin(this);
        closed = true;
    }
}
