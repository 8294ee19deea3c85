/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.lane.Lane;

/**
 * Hands out blocks of a segment. Two levels: whole operations, for users; and steps of a leased operation, with which
 * containers move blocks in and out of their structures in the same commit that links or unlinks them.
 *
 * <p>The whole operations are thread-safe. The steps belong to the lane's lessee.
 */
public interface BlockAllocator {
    /** What a block is aligned to unless more is asked for, in bytes. */
    int ALIGNMENT = 16;

    // ---- whole operations

    /**
     * Allocates a block of at least {@code size} bytes. Its content is undefined.
     *
     * <p>Nobody but the caller knows the block until it has stored the offset somewhere: a death in between leaks it. Use
     * {@link #allocateInto}, or a container, where that matters.
     *
     * @param size 0 or more; every block has an offset of its own, also one of 0 bytes
     * @return the block's offset, a multiple of {@link #ALIGNMENT}
     * @throws IllegalArgumentException if the size is negative
     * @throws io.offsetheap.error.OutOfSegmentMemoryException if no block is large enough; nothing has changed then
     */
    long allocate(long size);

    /**
     * Like {@link #allocate(long)}, at a multiple of {@code alignment}.
     *
     * @throws IllegalArgumentException if the alignment is not a power of two from 1
     */
    long allocate(long size, long alignment);

    /**
     * Frees a block. Offset 0 is ignored.
     *
     * @throws IllegalArgumentException if no block that is in use begins there; nothing has changed then. A second free
     *     of the same block is noticed at once or, if it went through another lane, when that lane's stock is drained.
     */
    void free(long block);

    /**
     * Bytes that may be used of a block, at least those asked for.
     *
     * @throws IllegalArgumentException as {@link #free}
     */
    long usableSize(long block);

    /**
     * Allocates a block and stores its offset into a word of another block, in one commit: whoever dies, the block is
     * either free or linked.
     *
     * @param cell offset of the word, a multiple of 8 inside a block of the caller, who alone writes it
     * @param initializer fills the block before anybody can see it
     */
    long allocateInto(long cell, long size, BlockInitializer initializer);

    /** Returns all that lanes hold back and that no block needs to the page heap: best fit for large blocks again. */
    void trim();

    AllocatorStats stats();

    // ---- steps of a leased operation

    /**
     * Makes sure that {@code count} more {@link #take takes} of this size cannot fail until the operation ends.
     * Reservations of one operation add up. Takes locks and commits; the caller holds no lock and has no open transaction.
     *
     * @throws io.offsetheap.error.OutOfSegmentMemoryException if there is not enough room; blocks already reserved stay
     *     in the lane's stocks
     */
    void reserve(Lane lane, long size, int count);

    /** {@link #reserve} for a container header of {@value io.offsetheap.layout.SizeClasses#HEADER_SIZE} bytes. */
    void reserveHeader(Lane lane);

    /** What the operation has reserved and not taken yet, for {@link #endReservations}. */
    int[] reservations(Lane lane);

    /** Ends the reservations made since, as far as they were not taken: the blocks stay in the stocks, but nothing keeps them. */
    void endReservations(Lane lane, int[] before);

    /** Takes a reserved block: the caller's with the commit of the lane's transaction, in the stock without it. */
    long take(Lane lane, long size);

    long takeHeader(Lane lane);

    /** Whether {@code count} blocks of this size may be {@link #give given} without {@link #makeRoom}. */
    boolean hasRoom(Lane lane, long size, int count);

    /** Makes room for {@code count} blocks of this size. Takes locks and commits, as {@link #reserve}. */
    void makeRoom(Lane lane, long size, int count);

    /** {@link #makeRoom} for one container header. */
    void makeHeaderRoom(Lane lane);

    /**
     * Gives a block back: free with the commit of the lane's transaction. At the beginning of an operation there is room
     * for {@value io.offsetheap.layout.Geometry#STOCK_ROOM} blocks of any size.
     *
     * @param size as it was asked for
     */
    void give(Lane lane, long block, long size);

    void giveHeader(Lane lane, long header);
}
