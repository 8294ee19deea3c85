/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * A segment, or another file, of this name exists already and is never replaced. Open it, choose another name, or remove it
 * first.
 */
public final class SegmentExistsException extends HeapException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public SegmentExistsException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public SegmentExistsException(String message, Throwable cause) {
        super(message, cause);
    }
}
