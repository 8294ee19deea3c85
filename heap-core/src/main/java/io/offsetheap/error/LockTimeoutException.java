/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * A lock in the segment was not free within the time allowed; its holder is alive, for a dead holder's locks are taken over.
 * The message names holder and time waited. Nothing was changed by the call; it can be repeated.
 */
public final class LockTimeoutException extends HeapException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public LockTimeoutException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public LockTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
