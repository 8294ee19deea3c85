/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.lane.LockRank;
import io.offsetheap.lane.Upkeep;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The plain allocator: one list of free blocks in the order of addresses, of which the first that is large enough is taken;
 * boundary tags, by which a freed block finds its neighbours; one lock. The reference beside {@link SegmentAllocator}, and
 * what to read before writing one's own.
 *
 * <p>Thread-safe, but for the steps of a leased operation.
 */
public final class FirstFitAllocator implements BlockAllocator {
    /*
     * allocate     first fit from the front of the list, what is left over stays in the list
     * free         joined with the free blocks on both sides; without any, put into the list by address
     * reserve      as allocate, into a slot of the lane; take and give move blocks between slots and structures
     * settle       as free, out of the slots
     *
     * Each line is one commit under the page lock, of the list, the tags and the slot together. So a block is always in
     * exactly one of: the list, one slot, a structure, the hands of a program.
     *
     * The last block of the heap is always free, with room for its tag at least. Growth is then that block, longer: the
     * new end and one size. And every block in use has one behind it, whose tag repeats its size.
     *
     * Words inside a free block but its tag and links are nobody's, and are written before the commit. Not so the word
     * that says "in use": it appears with the commit and goes with the commit, so none is left where no block begins.
     *
     * Source: Knuth, The Art of Computer Programming, vol. 1, section 2.5: first fit, lists in the order of addresses
     * (algorithms A and B), boundary tags (algorithm C). simple_seq_fit of Boost.Interprocess is of the same kind.
     */

    /** The type of this allocator, for {@code HeapBuilder.allocator}. */
    public static final AllocatorType TYPE = new Type();

    private static final int NO_SLOT = -1;
    /** In place of the size of a block: a container header. */
    private static final long HEADER_RESERVED = -1;
    /** The class that lanes are touched with: all slots are one. */
    private static final int TOUCHED = 0;

    private final SegmentMemory memory;
    private final Geometry geometry;
    private final LaneTable lanes;
    private final HeapGrowth growth;
    /** What the operation of each lane may still take, by slot: usable bytes asked for, 0 for a slot that may be emptied. */
    private final long[][] reserved;

    private FirstFitAllocator(LaneTable lanes) {
        this.lanes = lanes;
        this.memory = lanes.memory();
        this.geometry = lanes.geometry();
        this.growth = new HeapGrowth(lanes, new Tail());
        this.reserved = new long[geometry.lanes][TaggedBlock.SLOTS];
    }

    @Override
    public LaneTable lanes() {
        return lanes;
    }

    // ---- whole operations

    @Override
    public long allocate(long size, long alignment) {
        BlockAllocator.checkRequest(size, alignment);
        Lane lane = lanes.lease();
        try {
            long block = place(lane, size, alignment, TaggedBlock.USED, NO_SLOT, CommitSite.ALLOCATE);
            lane.giveBack();
            return block + TaggedBlock.DATA_OFFSET;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    @Override
    public void free(long block) {
        if (block == 0) {
            return;
        }
        Lane lane = lanes.lease();
        try {
            lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
            String reason = TaggedBlock.whyNotInUse(memory, geometry, block - TaggedBlock.DATA_OFFSET);
            if (reason == null) {
                release(lane, block - TaggedBlock.DATA_OFFSET);
                lane.commit(CommitSite.FREE);
            }
            lane.unlock(Superblock.PAGE_LOCK_OFFSET);
            requireInUse(block, reason);
            lane.giveBack();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    @Override
    public long usableSize(long block) {
        long at = block - TaggedBlock.DATA_OFFSET;
        requireInUse(block, TaggedBlock.whyNotInUse(memory, geometry, at));
        return size(at) - TaggedBlock.DATA_OFFSET;
    }

    private void requireInUse(long block, @Nullable String reason) {
        if (reason != null) {
            throw new IllegalArgumentException(
                    "not a block in use, " + reason + ": block=" + block + " segment=" + memory.name());
        }
    }

    @Override
    public void grow(long bytes) {
        growth.grow(bytes);
    }

    @Override
    public void trim() {
        lanes.helpAll();
        // From outside of an operation: one of our own would hold back what was destroyed before it began.
        lanes.visitIdle(this::emptySlots);
        Lane lane = lanes.lease();
        try {
            collect(lane);
            lane.giveBack();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    // ---- allocation

    /** Makes a block in use, for a slot of the lane or, with {@link #NO_SLOT}, for the caller. */
    private long place(Lane lane, long size, long alignment, int kind, int slot, CommitSite site) {
        if (size > geometry.capacity() || alignment > geometry.capacity()) {
            throw growth.refusal(size, stats());
        }
        long usable = TaggedBlock.usable(size);
        // Where the last block begins is not known here: as if all that an alignment can skip were skipped.
        long skipped = alignment > ALIGNMENT ? alignment + TaggedBlock.MIN_SIZE : 0;
        long wanted = skipped + TaggedBlock.DATA_OFFSET + usable + TaggedBlock.MIN_SIZE;
        while (true) {
            long end = memory.getLongVolatile(Superblock.HEAP_END_OFFSET);
            long block = tryPlace(lane, usable, alignment, kind, slot, site);
            if (block != 0) {
                return block;
            }
            if (!growth.grow(lane, wanted, end)) {
                break;
            }
        }
        collect(lane);
        long block = tryPlace(lane, usable, alignment, kind, slot, site);
        if (block == 0) {
            throw growth.refusal(size, stats());
        }
        return block;
    }

    /** Returns 0 if no free block is large enough. */
    private long tryPlace(Lane lane, long usable, long alignment, int kind, int slot, CommitSite site) {
        lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
        long block = 0;
        long free = next(TaggedBlock.RING);
        while (free != TaggedBlock.RING && block == 0) {
            block = fit(free, usable, alignment);
            if (block == 0) {
                free = nextInOrder(free);
            }
        }
        if (block != 0) {
            carve(lane, free, block, TaggedBlock.DATA_OFFSET + usable, kind);
            if (slot != NO_SLOT) {
                lane.set(slot(lane, slot), block + TaggedBlock.DATA_OFFSET);
            }
            lane.commit(site);
        }
        lane.unlock(Superblock.PAGE_LOCK_OFFSET);
        return block;
    }

    /** Where in a free block one could begin, or 0: what it leaves in front is a block, or nothing. */
    private long fit(long free, long usable, long alignment) {
        long end = free + size(free);
        long data = free + TaggedBlock.DATA_OFFSET;
        long aligned = alignUp(data, alignment);
        if (aligned != data && aligned - data < TaggedBlock.MIN_SIZE) {
            aligned = alignUp(data + TaggedBlock.MIN_SIZE, alignment);
        }
        long least = isEnd(end) ? TaggedBlock.MIN_SIZE : 0;
        return end - aligned - usable >= least ? aligned - TaggedBlock.DATA_OFFSET : 0;
    }

    private static long alignUp(long offset, long alignment) {
        return (offset + alignment - 1) & -alignment;
    }

    /** Adds to the transaction that a part of a free block is in use. What is left over too short for a block goes with it. */
    private void carve(Lane lane, long free, long block, long wanted, int kind) {
        long end = free + size(free);
        long next = next(free);
        long previous = previous(free);
        long rest = end - block - wanted;
        long size = rest < TaggedBlock.MIN_SIZE ? wanted + rest : wanted;
        if (block > free) {
            lane.set(free + TaggedBlock.SIZE_OFFSET, TaggedBlock.encode(block - free, TaggedBlock.FREE));
            memory.putLong(block + TaggedBlock.BEFORE_OFFSET, block - free);
            previous = free;
        }
        lane.set(block + TaggedBlock.SIZE_OFFSET, TaggedBlock.encode(size, kind));
        if (kind == TaggedBlock.HEADER) {
            // What a user has left here must not look like a lock. In front of it are links that count until the
            // commit.
            long behindLinks = TaggedBlock.PREVIOUS_OFFSET + Long.BYTES;
            memory.zero(block + behindLinks, wanted - behindLinks);
        }
        long behind = block + size;
        if (behind < end) {
            memory.putLong(behind + TaggedBlock.SIZE_OFFSET, TaggedBlock.encode(end - behind, TaggedBlock.FREE));
            memory.putLong(behind + TaggedBlock.BEFORE_OFFSET, size);
            memory.putLong(behind + TaggedBlock.NEXT_OFFSET, next);
            memory.putLong(behind + TaggedBlock.PREVIOUS_OFFSET, previous);
            lane.set(previous + TaggedBlock.NEXT_OFFSET, behind);
            lane.set(next + TaggedBlock.PREVIOUS_OFFSET, behind);
            setBefore(lane, end, end - behind);
        } else if (block > free) {
            setBefore(lane, end, size);
        } else {
            unlink(lane, free);
        }
    }

    /** Brings back whatever nobody needs: what idle or dead lanes hold, and destroyed containers. */
    private void collect(Lane lane) {
        lanes.helpAll(lane);
        lanes.sweepAll(lane);
        emptySlots(lane);
        lanes.visitIdle(this::emptySlots);
    }

    // ---- giving back

    /** Adds to the transaction that a block is free, joined with the free blocks beside it. */
    private void release(Lane lane, long block) {
        long size = size(block);
        long before = memory.getLong(block + TaggedBlock.BEFORE_OFFSET);
        long behind = block + size;
        boolean joinsBehind = isFree(behind);
        long joined = joinsBehind ? size + size(behind) : size;
        if (before != 0 && isFree(block - before)) {
            // The block is gone: where it began, nothing may look like one in use.
            lane.set(block + TaggedBlock.SIZE_OFFSET, TaggedBlock.INNER);
            if (joinsBehind) {
                unlink(lane, behind);
            }
            resize(lane, block - before, before + joined);
            return;
        }
        // What is free behind it gives its place in the list; its successor there stays.
        long next = joinsBehind ? next(behind) : firstFreeBehind(block);
        long previous = joinsBehind ? previous(behind) : previous(next);
        lane.set(block + TaggedBlock.NEXT_OFFSET, next);
        lane.set(block + TaggedBlock.PREVIOUS_OFFSET, previous);
        lane.set(previous + TaggedBlock.NEXT_OFFSET, block);
        lane.set(next + TaggedBlock.PREVIOUS_OFFSET, block);
        resize(lane, block, joined);
    }

    private void resize(Lane lane, long free, long size) {
        lane.set(free + TaggedBlock.SIZE_OFFSET, TaggedBlock.encode(size, TaggedBlock.FREE));
        setBefore(lane, free + size, size);
    }

    /** The tag of the block that begins at an offset, if one does, says how long the one before it is. */
    private void setBefore(Lane lane, long block, long size) {
        if (!isEnd(block)) {
            lane.set(block + TaggedBlock.BEFORE_OFFSET, size);
        }
    }

    private boolean isEnd(long offset) {
        return offset == memory.getLong(Superblock.HEAP_END_OFFSET);
    }

    private long firstFreeBehind(long block) {
        long free = next(TaggedBlock.RING);
        while (free < block) {
            free = nextInOrder(free);
        }
        return free;
    }

    // ---- the list

    private void unlink(Lane lane, long free) {
        lane.set(previous(free) + TaggedBlock.NEXT_OFFSET, next(free));
        lane.set(next(free) + TaggedBlock.PREVIOUS_OFFSET, previous(free));
    }

    private long next(long free) {
        return memory.getLong(free + TaggedBlock.NEXT_OFFSET);
    }

    private long previous(long free) {
        return memory.getLong(free + TaggedBlock.PREVIOUS_OFFSET);
    }

    /** The next free block. A list that leads back would never end. */
    private long nextInOrder(long free) {
        long next = next(free);
        if (next <= free && next != TaggedBlock.RING) {
            throw new CorruptedSegmentException("the list of free blocks leads back: block=" + free + " next=" + next
                    + " segment=" + memory.name());
        }
        return next;
    }

    private boolean isFree(long block) {
        return TaggedBlock.kind(memory.getLong(block + TaggedBlock.SIZE_OFFSET)) == TaggedBlock.FREE;
    }

    private long size(long block) {
        return TaggedBlock.size(memory.getLong(block + TaggedBlock.SIZE_OFFSET));
    }

    // ---- growth

    private final class Tail implements HeapGrowth.Tail {
        @Override
        public long tailBytes(Lane lane, long end) {
            lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
            long bytes = size(previous(TaggedBlock.RING));
            lane.unlock(Superblock.PAGE_LOCK_OFFSET);
            return bytes;
        }

        @Override
        public void reserve(long end, long newEnd) {
            lanes.backing().reserve(end, newEnd - end);
        }

        @Override
        public void extend(Lane lane, long end, long newEnd) {
            lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
            long last = previous(TaggedBlock.RING);
            lane.set(Superblock.HEAP_END_OFFSET, newEnd);
            lane.set(last + TaggedBlock.SIZE_OFFSET, TaggedBlock.encode(newEnd - last, TaggedBlock.FREE));
            lane.commit(CommitSite.GROW);
            lane.unlock(Superblock.PAGE_LOCK_OFFSET);
        }
    }

    // ---- steps of a leased operation

    @Override
    public void reserve(Lane lane, long size, int count) {
        for (int i = 0; i < count; i++) {
            int slot = slotToFill(lane, size);
            place(lane, size, alignmentOf(size), TaggedBlock.USED, slot, CommitSite.RESERVE);
            reserved[lane.index()][slot] = TaggedBlock.usable(size);
        }
    }

    private static long alignmentOf(long size) {
        return Math.max(ALIGNMENT, Math.min(Long.lowestOneBit(size), LINE_ALIGNMENT));
    }

    @Override
    public void reserveHeader(Lane lane) {
        int slot = slotToFill(lane, SizeClasses.HEADER_SIZE);
        if (!takeFreeHeader(lane, slot)) {
            long size = TaggedBlock.HEADER_BLOCK_SIZE - TaggedBlock.DATA_OFFSET;
            place(lane, size, LINE_ALIGNMENT, TaggedBlock.HEADER, slot, CommitSite.RESERVE);
        }
        reserved[lane.index()][slot] = HEADER_RESERVED;
    }

    private boolean takeFreeHeader(Lane lane, int slot) {
        lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
        long header = memory.getLong(TaggedBlock.FREE_HEADERS_OFFSET);
        if (header != 0) {
            lane.set(TaggedBlock.FREE_HEADERS_OFFSET, memory.getLong(header + TaggedBlock.NEXT_HEADER_OFFSET));
            lane.set(slot(lane, slot), header + TaggedBlock.DATA_OFFSET);
            lane.commit(CommitSite.RESERVE_HEADER);
        }
        lane.unlock(Superblock.PAGE_LOCK_OFFSET);
        return header != 0;
    }

    private int slotToFill(Lane lane, long size) {
        lane.touch(TOUCHED);
        if (emptySlot(lane) == NO_SLOT) {
            emptySlots(lane);
        }
        int slot = emptySlot(lane);
        if (slot == NO_SLOT) {
            throw new OutOfSegmentMemoryException("an operation needs more blocks at once than a lane can hold: size="
                    + size + " slots=" + TaggedBlock.SLOTS + " segment=" + memory.name());
        }
        return slot;
    }

    @Override
    public long[] reservations(Lane lane) {
        return reserved[lane.index()].clone();
    }

    /** As many blocks of each size stay reserved as were before: equal ones may have changed their places. */
    @Override
    public void endReservations(Lane lane, long[] before) {
        long[] slots = reserved[lane.index()];
        long[] kept = before.clone();
        for (int i = 0; i < TaggedBlock.SLOTS; i++) {
            int same = indexOf(kept, slots[i]);
            if (same == NO_SLOT) {
                slots[i] = 0;
            } else {
                kept[same] = 0;
            }
        }
    }

    private static int indexOf(long[] reservations, long reservation) {
        for (int i = 0; i < reservations.length; i++) {
            if (reservations[i] == reservation) {
                return i;
            }
        }
        return NO_SLOT;
    }

    @Override
    public long take(Lane lane, long size) {
        return takeReserved(lane, TaggedBlock.usable(size));
    }

    @Override
    public long takeHeader(Lane lane) {
        return takeReserved(lane, HEADER_RESERVED);
    }

    private long takeReserved(Lane lane, long reservation) {
        int slot = indexOf(reserved[lane.index()], reservation);
        if (slot == NO_SLOT) {
            throw new IllegalStateException(
                    "taken but not reserved: usable=" + reservation + " segment=" + memory.name());
        }
        reserved[lane.index()][slot] = 0;
        long block = lane.get(slot(lane, slot));
        lane.set(slot(lane, slot), 0);
        // What the caller fills in must not overtake the stores that have warned the readers of the block's last life.
        memory.storeStoreFence();
        return block;
    }

    @Override
    public boolean hasRoom(Lane lane, long size, int count) {
        int empty = 0;
        for (int i = 0; i < TaggedBlock.SLOTS; i++) {
            empty += lane.get(slot(lane, i)) == 0 ? 1 : 0;
        }
        return empty >= count;
    }

    @Override
    public void makeRoom(Lane lane, long size, int count) {
        if (!hasRoom(lane, size, count)) {
            emptySlots(lane);
        }
        if (!hasRoom(lane, size, count)) {
            throw new OutOfSegmentMemoryException("an operation frees more blocks at once than a lane can hold: room="
                    + count + " slots=" + TaggedBlock.SLOTS + " segment=" + memory.name());
        }
    }

    @Override
    public void makeHeaderRoom(Lane lane) {
        makeRoom(lane, SizeClasses.HEADER_SIZE, 1);
    }

    @Override
    public void give(Lane lane, long block, long size) {
        int slot = emptySlot(lane);
        if (slot == NO_SLOT) {
            throw new IllegalStateException("given without room: block=" + block + " segment=" + memory.name());
        }
        lane.set(slot(lane, slot), block);
        lane.touch(TOUCHED);
    }

    @Override
    public void giveHeader(Lane lane, long header) {
        give(lane, header, SizeClasses.HEADER_SIZE);
    }

    @Override
    public void settle(Lane lane, long classes) {
        if (classes == Upkeep.ALL || (classes & 1L << TOUCHED) != 0) {
            Arrays.fill(reserved[lane.index()], 0);
            emptySlots(lane);
        }
    }

    /** Gives back what stands in the slots of a lane and is not reserved, one commit each. */
    private void emptySlots(Lane lane) {
        for (int i = 0; i < TaggedBlock.SLOTS; i++) {
            if (reserved[lane.index()][i] == 0 && memory.getLong(slot(lane, i)) != 0) {
                lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
                emptySlot(lane, slot(lane, i));
                lane.unlock(Superblock.PAGE_LOCK_OFFSET);
            }
        }
    }

    private void emptySlot(Lane lane, long slot) {
        long block = memory.getLong(slot) - TaggedBlock.DATA_OFFSET;
        lane.set(slot, 0);
        if (isHeader(block)) {
            lane.set(block + TaggedBlock.NEXT_HEADER_OFFSET, memory.getLong(TaggedBlock.FREE_HEADERS_OFFSET));
            lane.set(TaggedBlock.FREE_HEADERS_OFFSET, block);
            lane.commit(CommitSite.RETURN_HEADER);
            return;
        }
        String reason = TaggedBlock.whyNotInUse(memory, geometry, block);
        if (reason != null) {
            throw new CorruptedSegmentException("a lane holds what is no block in use, " + reason + ": lane="
                    + lane.index() + " block=" + block + " segment=" + memory.name());
        }
        release(lane, block);
        lane.commit(CommitSite.RETURN);
    }

    private boolean isHeader(long block) {
        return memory.contains(block, TaggedBlock.HEADER_BLOCK_SIZE)
                && TaggedBlock.kind(memory.getLong(block + TaggedBlock.SIZE_OFFSET)) == TaggedBlock.HEADER;
    }

    private int emptySlot(Lane lane) {
        for (int i = 0; i < TaggedBlock.SLOTS; i++) {
            if (lane.get(slot(lane, i)) == 0) {
                return i;
            }
        }
        return NO_SLOT;
    }

    private long slot(Lane lane, int slot) {
        return TaggedBlock.slot(geometry, lane.index(), slot);
    }

    // ---- statistics

    @Override
    public AllocatorStats stats() {
        return new FirstFitCensus(memory, geometry).stats();
    }

    // ---- the type

    private static final class Type implements AllocatorType {
        @Override
        public int id() {
            return Superblock.FIRST_FIT_ALLOCATOR;
        }

        @Override
        public long formattedSize(Geometry geometry) {
            return geometry.heap + HeapGrowth.firstSize(geometry);
        }

        /** One free block: the last one. */
        @Override
        public void format(SegmentMemory memory, Geometry geometry) {
            long size = HeapGrowth.firstSize(geometry);
            memory.putLong(geometry.heap + TaggedBlock.SIZE_OFFSET, TaggedBlock.encode(size, TaggedBlock.FREE));
            memory.putLong(geometry.heap + TaggedBlock.NEXT_OFFSET, TaggedBlock.RING);
            memory.putLong(geometry.heap + TaggedBlock.PREVIOUS_OFFSET, TaggedBlock.RING);
            memory.putLong(TaggedBlock.RING + TaggedBlock.NEXT_OFFSET, geometry.heap);
            memory.putLong(TaggedBlock.RING + TaggedBlock.PREVIOUS_OFFSET, geometry.heap);
            memory.putLong(Superblock.HEAP_END_OFFSET, geometry.heap + size);
        }

        @Override
        public BlockAllocator open(LaneTable lanes) {
            return new FirstFitAllocator(lanes);
        }

        @Override
        public boolean walk(SegmentMemory memory, Geometry geometry, BlockVisitor visitor) {
            return new FirstFitWalk(memory, geometry, visitor).walk();
        }

        /** What was too short for a block of its own may have been added. */
        @Override
        public boolean isFor(Geometry geometry, long size, int sizeClass, long usable) {
            long added = usable - TaggedBlock.usable(size);
            return sizeClass != SizeClasses.HEADER && added >= 0 && added < TaggedBlock.MIN_SIZE;
        }

        @Override
        public String toString() {
            return "FirstFitAllocator";
        }
    }
}
