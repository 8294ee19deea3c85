/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.verify;

import io.offsetheap.layout.FindingKind;

/**
 * One thing that is wrong.
 *
 * @param kind which invariant is broken
 * @param offset where, in bytes from the segment's base
 * @param message what stands there and what should
 */
public record Finding(FindingKind kind, long offset, String message) {
    @Override
    public String toString() {
        return kind + "@" + offset + ": " + message;
    }
}
