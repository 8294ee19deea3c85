/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

/** Carries what a user's initializer threw out of the operation that called it. */
final class InitializerFailure extends RuntimeException {
    private final transient Throwable reason;

    InitializerFailure(Throwable reason) {
        super(null, reason, false, false);
        this.reason = reason;
    }

    /** What the user's code threw: a {@link RuntimeException}, or an {@link Error}, which is thrown here. */
    RuntimeException reason() {
        if (reason instanceof Error error) {
            throw error;
        }
        return (RuntimeException) reason;
    }
}
