/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.lane.LockRank;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lengthens the heap, under the growth lock: how far, and what to do when the file system is nearly full. What the new bytes
 * become is the allocator's.
 *
 * <p>Called by a lane's lessee, who holds no lock and has no open transaction.
 */
public final class HeapGrowth {
    private static final long LONGEST_GROWTH = 64 << 20;
    private static final long LARGEST_FIRST_HEAP = 1 << 20;

    /** The allocator whose heap it is. Called under the growth lock, with no open transaction. */
    public interface Tail {
        /** Bytes of the free block at the end of the heap: what growth adds to. */
        long tailBytes(Lane lane, long end);

        /**
         * Backs what is new with real memory, before {@link #extend}: a file that is longer than its heap is harmless, a heap
         * that is longer than its file is not.
         *
         * @throws OutOfSegmentMemoryException if the file system has no room
         */
        void reserve(long end, long newEnd);

        /** Commits the new end, and a free block up to it, at once. */
        void extend(Lane lane, long end, long newEnd);
    }

    private final LaneTable lanes;
    private final SegmentMemory memory;
    private final Geometry geometry;
    private final Tail tail;
    /** Why the last growth that was tried has failed, or null: for the message of a refusal. */
    private volatile @Nullable OutOfSegmentMemoryException noRoom;

    public HeapGrowth(LaneTable lanes, Tail tail) {
        this.lanes = lanes;
        this.memory = lanes.memory();
        this.geometry = lanes.geometry();
        this.tail = tail;
    }

    /** Bytes of the heap when a segment is made. */
    public static long firstSize(Geometry geometry) {
        long share = geometry.capacity() / 16 / geometry.growUnit * geometry.growUnit;
        return Math.min(geometry.capacity(), Math.max(geometry.growUnit, Math.min(share, LARGEST_FIRST_HEAP)));
    }

    /**
     * Lengthens the heap, if that can make a free block of {@code bytes} at its end.
     *
     * @param seenEnd end of the heap when the caller found no block: if somebody has grown it since, nothing is done
     * @return whether it is worth looking again; if not because of a full file system, {@link #refusal} tells
     */
    public boolean grow(Lane lane, long bytes, long seenEnd) {
        lane.lock(LockRank.GROW, Superblock.GROW_LOCK_OFFSET);
        noRoom = null;
        long end = memory.getLong(Superblock.HEAP_END_OFFSET);
        boolean grown = end != seenEnd;
        if (!grown && end < geometry.maxSize) {
            long missing = bytes - tail.tailBytes(lane, end);
            if (missing <= geometry.maxSize - end) {
                grown = tryExtend(lane, end, Math.max(bytes, step(end)), Math.max(1, missing));
            }
        }
        lane.unlock(Superblock.GROW_LOCK_OFFSET);
        return grown;
    }

    /** By a generous step, or by half of it and so on, down to what is needed: a nearly full file system has room for that. */
    private boolean tryExtend(Lane lane, long end, long generous, long needed) {
        long step = Math.min(generous, geometry.maxSize - end);
        while (!tryExtend(lane, end, roundUp(end + step))) {
            if (step <= needed) {
                return false;
            }
            step = Math.max(needed, step / 2);
        }
        return true;
    }

    private boolean tryExtend(Lane lane, long end, long newEnd) {
        try {
            tail.reserve(end, newEnd);
        } catch (OutOfSegmentMemoryException e) {
            noRoom = e;
            return false;
        }
        noRoom = null;
        tail.extend(lane, end, newEnd);
        return true;
    }

    /** Why a request cannot be granted: a full file system, or no free block that is large enough. */
    public OutOfSegmentMemoryException refusal(long size, AllocatorStats stats) {
        OutOfSegmentMemoryException full = noRoom;
        if (full != null) {
            return new OutOfSegmentMemoryException(Objects.requireNonNull(full.getMessage()), full);
        }
        return new OutOfSegmentMemoryException("no free block is large enough: requested=" + size + " largestFree="
                + stats.largestFree() + " free=" + stats.free() + " capacity=" + stats.capacity() + " segment="
                + memory.name());
    }

    /** {@link BlockAllocator#grow}, as an operation of its own. */
    public void grow(long bytes) {
        Lane lane = lanes.lease();
        try {
            grow(lane, bytes);
            lane.giveBack();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    private void grow(Lane lane, long bytes) {
        long seenEnd = memory.getLongVolatile(Superblock.HEAP_END_OFFSET);
        if (bytes < 0) {
            throw new IllegalArgumentException("a heap cannot shrink: bytes=" + bytes);
        }
        if (bytes > geometry.maxSize - seenEnd) {
            throw new OutOfSegmentMemoryException("the heap cannot grow so far: bytes=" + bytes + " heapEnd=" + seenEnd
                    + " maxSize=" + geometry.maxSize + " segment=" + memory.name());
        }
        lane.lock(LockRank.GROW, Superblock.GROW_LOCK_OFFSET);
        long end = memory.getLong(Superblock.HEAP_END_OFFSET);
        long newEnd = roundUp(seenEnd + bytes);
        if (newEnd > end) {
            try {
                tail.reserve(end, newEnd);
            } catch (OutOfSegmentMemoryException e) {
                lane.unlock(Superblock.GROW_LOCK_OFFSET);
                throw e;
            }
            tail.extend(lane, end, newEnd);
        }
        lane.unlock(Superblock.GROW_LOCK_OFFSET);
    }

    private long step(long end) {
        return Math.max(firstSize(geometry), Math.min(end / 4, LONGEST_GROWTH));
    }

    private long roundUp(long end) {
        long unit = geometry.growUnit;
        return (end + unit - 1) / unit * unit;
    }
}
