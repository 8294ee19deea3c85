/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.layout.FindingKind;

/** What a walk over an allocator's bookkeeping meets. Not thread-safe. */
public interface BlockVisitor {
    /** What {@link #free} returns when there is no such block, or it has been freed already. */
    int UNKNOWN = -1;

    /**
     * A block that is in use, as far as the heap itself tells: by a program, a structure, or the stock of a lane.
     *
     * @param sizeClass the allocator's own; {@link io.offsetheap.layout.SizeClasses#HEADER} for container headers
     * @param usable bytes
     */
    void block(long offset, int sizeClass, long usable);

    /**
     * The block is not in use after all: a lane holds it, or a list of free ones.
     *
     * @return its class, or {@link #UNKNOWN}: then it is held twice, or no block begins there
     */
    int free(long offset);

    /** A lock word of the allocator's own. The growth lock and the page lock are known. */
    void lock(long offset);

    /**
     * Something that must not be.
     *
     * @param offset where it stands
     * @param text {@code name=value} pairs
     */
    void problem(FindingKind kind, long offset, String text);
}
