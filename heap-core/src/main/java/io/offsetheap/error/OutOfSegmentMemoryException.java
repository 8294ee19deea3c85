/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * There is no room: the segment has reached its capacity, or the file system or shared memory behind it is full.
 * Nothing was changed by the call. Free blocks, or create a segment with a larger capacity, or make room on the device.
 */
public final class OutOfSegmentMemoryException extends HeapException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public OutOfSegmentMemoryException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public OutOfSegmentMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
