/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * Something is wrong with a segment, not with the call: the common type of all exceptions of this library that are not
 * misuse. Misuse is a JDK exception ({@link IllegalArgumentException}, {@link IllegalStateException} after close).
 *
 * <p>Catch a subclass where the program can act on it, and this class where it can only report. The message says what is
 * wrong, then {@code name=value} pairs, the segment last.
 */
public class HeapException extends RuntimeException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public HeapException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public HeapException(String message, Throwable cause) {
        super(message, cause);
    }
}
