/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * More threads are inside the segment at this moment than it has lanes, and none became free within the time allowed.
 * Use fewer threads at once, or create the segment with more lanes.
 */
public final class OutOfLanesException extends HeapException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public OutOfLanesException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public OutOfLanesException(String message, Throwable cause) {
        super(message, cause);
    }
}
