/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * Hands out blocks of a segment. Two levels: whole operations, for users; and steps of a leased operation, with which
 * containers move blocks in and out of their structures in the same commit that links or unlinks them.
 *
 * <p>The whole operations are thread-safe. The steps belong to the lane's lessee.
 */
public interface BlockAllocator {
    /** What a block is aligned to unless more is asked for, in bytes. */
    int ALIGNMENT = 16;

    /**
     * The most that a block of an operation is aligned to by its size alone, in bytes: two cache lines, which processors
     * fetch together.
     */
    int LINE_ALIGNMENT = 128;

    /** The lanes that the operations work in. */
    LaneTable lanes();

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
    default long allocate(long size) {
        return allocate(size, ALIGNMENT);
    }

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
    default long allocateInto(long cell, long size, BlockInitializer initializer) {
        checkRequest(size, ALIGNMENT);
        SegmentMemory memory = lanes().memory();
        long heap = lanes().geometry().heap;
        if (cell < heap || cell % Long.BYTES != 0 || !memory.contains(cell, Long.BYTES)) {
            throw new IllegalArgumentException("the cell must be an aligned word inside the heap: cell=" + cell
                    + " heap=" + heap + " segment=" + memory.name());
        }
        Lane lane = lanes().lease();
        try {
            reserve(lane, size, 1);
            long block = take(lane, size);
            lane.call(() -> {
                initializer.initialize(memory, block);
                return block;
            });
            lane.set(cell, block);
            lane.commit(CommitSite.ALLOCATE_INTO);
            lane.giveBack();
            return block;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /**
     * Refuses what no allocator may be asked for.
     *
     * @throws IllegalArgumentException if the size is negative, or the alignment not a power of two from 1
     */
    static void checkRequest(long size, long alignment) {
        if (size < 0) {
            throw new IllegalArgumentException("a size must not be negative: size=" + size);
        }
        if (alignment <= 0 || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("alignment must be a power of two: alignment=" + alignment);
        }
    }

    /**
     * Lengthens the heap by at least {@code bytes}.
     *
     * @throws IllegalArgumentException if they are less than 0
     * @throws io.offsetheap.error.OutOfSegmentMemoryException if that would pass the segment's greatest size, or the file
     *     system has no room
     */
    void grow(long bytes);

    /** Returns all that lanes hold back and that no block needs: large blocks find all the room there is. */
    void trim();

    /** Never stores, also on a segment that is mapped for reading alone. */
    AllocatorStats stats();

    // ---- steps of a leased operation

    /**
     * Makes sure that {@code count} more {@link #take takes} of this size cannot fail until the operation ends. Each block
     * begins at a multiple of the largest power of two that divides its size, up to {@link #LINE_ALIGNMENT}: buckets and the
     * words of headers share no line with others.
     * Reservations of one operation add up. Takes locks and commits; the caller holds no lock and has no open transaction.
     *
     * @throws io.offsetheap.error.OutOfSegmentMemoryException if there is not enough room; blocks already reserved stay
     *     in the lane's stocks
     */
    void reserve(Lane lane, long size, int count);

    /**
     * {@link #reserve} for a container header of {@value io.offsetheap.layout.SizeClasses#HEADER_SIZE} bytes: one that has been
     * a header before, as it was left, or one that never was, zeros behind its first two words.
     */
    void reserveHeader(Lane lane);

    /** What the operation has reserved and not taken yet, for {@link #endReservations}. */
    long[] reservations(Lane lane);

    /** Ends the reservations made since, as far as they were not taken: the blocks stay in the stocks, but nothing keeps them. */
    void endReservations(Lane lane, long[] before);

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

    /**
     * Ends an operation: its reservations are over, and the lane keeps no more than it may.
     *
     * @param classes as {@link Lane#touch} has noted them; {@link io.offsetheap.lane.Upkeep#ALL} when the lane comes from a
     *     stranger
     */
    void settle(Lane lane, long classes);
}
