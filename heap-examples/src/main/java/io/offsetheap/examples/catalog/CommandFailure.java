/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

/** A command cannot do what it was asked to do; its user is told why in one line. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    CommandFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    /** One of {@link ExitStatus}. */
    int status() {
        return status;
    }
}
