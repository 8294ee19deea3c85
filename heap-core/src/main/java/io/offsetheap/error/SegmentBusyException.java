/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * Other processes keep the segment in a state that does not allow this call: all slots are taken, or another process is
 * still opening or saving it. The message names the holders where they are known. Try again, or end one of them.
 */
public final class SegmentBusyException extends HeapException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public SegmentBusyException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public SegmentBusyException(String message, Throwable cause) {
        super(message, cause);
    }
}
