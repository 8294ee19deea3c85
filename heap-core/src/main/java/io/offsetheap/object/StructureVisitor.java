/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

/** Is told what a walk over a container meets, see {@link Containers#walk}. */
public interface StructureVisitor {
    /** What can be wrong with a container. */
    enum Rule {
        /** Its header and the parts that lead to others form a whole. */
        STRUCTURE,
        /** Every element or key stands where it belongs, once. */
        SLOT,
        /** An entry's lengths and key are what leads to it says. */
        ENTRY,
        /** The counters add up to the number of entries. */
        COUNT
    }

    /** The cell of the container's header. Returns as {@link #block}. */
    boolean header(long offset);

    /** A block of the container. Returns whether it is one in use, of that size: what is in it is read only then. */
    boolean block(long offset, long size, String what);

    /** An entry of a hash index with its key and value, which lie inside the heap. */
    default void entry(long key, int keyLength, long value, int valueLength) {}

    /** A lock word of the container. */
    void lock(long offset);

    /** A rule that is broken at an offset. */
    void problem(Rule rule, long offset, String text);
}
