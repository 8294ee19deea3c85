/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * A structure in the segment is not what every correct writer leaves there: the message names offset, field, expected and
 * actual value. The segment must not be used any further; keep a copy of it for the report, and create a new one.
 */
public final class CorruptedSegmentException extends HeapException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public CorruptedSegmentException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public CorruptedSegmentException(String message, Throwable cause) {
        super(message, cause);
    }
}
