/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

/** Carries what a user's initializer threw out of the operation that called it. */
final class InitializerFailure extends RuntimeException {
    InitializerFailure(Throwable reason) {
        super(null, reason, false, false);
    }

    /** What the user's code threw: a {@link RuntimeException}, or an {@link Error}, which is thrown here. */
    RuntimeException reason() {
        if (getCause() instanceof Error error) {
            throw error;
        }
        return (RuntimeException) getCause();
    }
}
