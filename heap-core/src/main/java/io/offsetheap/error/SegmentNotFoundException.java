/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * There is no segment of this name. Check the name, start the process that creates it first, or use a call that creates
 * the segment when it is absent.
 */
public final class SegmentNotFoundException extends HeapException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public SegmentNotFoundException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public SegmentNotFoundException(String message, Throwable cause) {
        super(message, cause);
    }
}
