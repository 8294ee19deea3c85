/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.lane.LaneTable;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.SegmentMemory;

/**
 * A kind of allocator: how it lays out an empty heap, how it is opened, and what its bookkeeping must look like. A segment
 * names its type by number, for ever; everybody who opens the segment must know the type.
 *
 * <p>A type of your own is all that names, containers, recovery and the verifier need. It keeps its state in the heap, in the
 * words of the superblock from {@link io.offsetheap.layout.Superblock#ALLOCATOR_WORDS_OFFSET} on, in the page table, and in
 * the stocks of the lanes; changes it through {@link io.offsetheap.lane.Lane#set} and
 * {@link io.offsetheap.lane.Lane#commit}; and guards it with the page lock or with locks in words of its own.
 *
 * <p>Stateless and thread-safe.
 */
public interface AllocatorType {
    /** The first number that no allocator of the library will ever have. */
    int FIRST_FOREIGN_ID = 1 << 16;

    /** The number in the superblock. Types of other programs have one from {@value #FIRST_FOREIGN_ID} on. */
    int id();

    /** Bytes from the segment's base that must be backed by memory before {@link #format}. */
    long formattedSize(Geometry geometry);

    /**
     * Writes an empty heap and its end, {@link io.offsetheap.layout.Superblock#HEAP_END_OFFSET}: a multiple of
     * {@link Geometry#growUnit}. The segment reads as zeros up to {@link #formattedSize}, and nobody else works with it yet;
     * what the heap grows into may hold anything.
     */
    void format(SegmentMemory memory, Geometry geometry);

    /** The allocator of one attach. Stores nothing; the segment may be mapped for reading alone. */
    BlockAllocator open(LaneTable lanes);

    /**
     * Shows a visitor every block, and all that contradicts itself. Stores nothing, takes no lock, believes nothing and
     * ends, whatever stands in the segment. The end of the heap has been checked.
     *
     * @return whether the blocks could be told apart, so that it makes sense to look for their owners
     */
    boolean walk(SegmentMemory memory, Geometry geometry, BlockVisitor visitor);

    /**
     * Whether a block can be one that was allocated for {@code size} bytes.
     *
     * @param sizeClass as {@link BlockVisitor#block} was told
     * @param usable as {@link BlockVisitor#block} was told
     */
    boolean isFor(Geometry geometry, long size, int sizeClass, long usable);
}
