/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * The object in the segment was written with another type, layout or codec than the one it is being opened with. The message
 * shows both. Open it with the type it was constructed with.
 */
public final class TypeMismatchException extends HeapException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public TypeMismatchException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public TypeMismatchException(String message, Throwable cause) {
        super(message, cause);
    }
}
