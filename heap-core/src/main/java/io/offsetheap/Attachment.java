/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.lane.Liveness;
import io.offsetheap.lane.ProcessTable;
import io.offsetheap.lane.Upkeep;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.BackingStore;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.AnonymousObjects;
import io.offsetheap.object.DoomedObjects;
import io.offsetheap.object.NameIndex;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.verify.HeapReport;
import io.offsetheap.verify.HeapVerifier;

/**
 * One attach of one process to a segment: its slot, its lanes, and the layers that work through them. Knows memory and
 * liveness, but not where they come from. Thread-safe.
 */
final class Attachment {
    private final SegmentMemory memory;
    private final Geometry geometry;
    private final AllocatorType allocator;
    private final Liveness liveness;
    private final int slot;
    private final LaneTable lanes;
    private final BlockAllocator blocks;
    private final ObjectSpace space;
    private final NameIndex names;
    private final AnonymousObjects anonymous;

    private Attachment(
            SegmentMemory memory, Geometry geometry, AllocatorType allocator, Liveness liveness, BackingStore backing) {
        this(memory, geometry, allocator, liveness, ProcessTable.attach(memory, geometry, liveness), backing);
    }

    private Attachment(SegmentMemory memory, Geometry geometry, AllocatorType allocator) {
        this(memory, geometry, allocator, NoLiveness.INSTANCE, -1, (offset, length) -> {});
    }

    private Attachment(
            SegmentMemory memory,
            Geometry geometry,
            AllocatorType allocator,
            Liveness liveness,
            int slot,
            BackingStore backing) {
        this.memory = memory;
        this.geometry = geometry;
        this.liveness = liveness;
        this.slot = slot;
        this.lanes = new LaneTable(memory, geometry, liveness, backing, slot);
        this.allocator = allocator;
        this.blocks = allocator.open(lanes);
        this.space = new ObjectSpace(memory, lanes, blocks);
        DoomedObjects doomed = new DoomedObjects(space);
        lanes.setUpkeep(new Upkeep() {
            @Override
            public void settle(Lane lane, long classes) {
                if (classes == ALL) {
                    doomed.forget(lane);
                }
                blocks.settle(lane, classes);
            }

            @Override
            public boolean sweep(Lane lane) {
                return doomed.sweep(lane);
            }
        });
        this.names = new NameIndex(space, doomed);
        this.anonymous = new AnonymousObjects(names);
    }

    /**
     * Makes an empty segment, in memory that nobody else works with yet, and attaches to it.
     *
     * @param memory reads as zeros up to {@link AllocatorType#formattedSize} and is backed as far, but for lane bodies and the
     *     rest of the page table
     */
    static Attachment format(
            SegmentMemory memory,
            Geometry geometry,
            AllocatorType allocator,
            Liveness liveness,
            BackingStore backing,
            FormatSeed seed) {
        geometry.writeTo(memory, allocator.id(), seed.uuidHigh(), seed.uuidLow(), seed.created());
        allocator.format(memory, geometry);
        Attachment attachment = new Attachment(memory, geometry, allocator, liveness, backing);
        attachment.names.format();
        // Last, for memory that has its name from the beginning: where this word is missing, a maker has died.
        memory.publish(Superblock.MAGIC_OFFSET, Superblock.MAGIC);
        return attachment;
    }

    /** Attaches to a segment whose superblock has been checked, and finishes the work of whoever died in it. */
    static Attachment attach(
            SegmentMemory memory, Geometry geometry, AllocatorType allocator, Liveness liveness, BackingStore backing) {
        Attachment attachment = new Attachment(memory, geometry, allocator, liveness, backing);
        attachment.lanes.helpAll();
        return attachment;
    }

    /** A view of a segment that is mapped for reading alone: no slot, no lease, no help. */
    static Attachment readOnly(SegmentMemory memory, Geometry geometry, AllocatorType allocator) {
        return new Attachment(memory, geometry, allocator);
    }

    SegmentMemory memory() {
        return memory;
    }

    Geometry geometry() {
        return geometry;
    }

    int slot() {
        return slot;
    }

    LaneTable lanes() {
        return lanes;
    }

    BlockAllocator blocks() {
        return blocks;
    }

    ObjectSpace space() {
        return space;
    }

    NameIndex names() {
        return names;
    }

    AnonymousObjects anonymous() {
        return anonymous;
    }

    /**
     * Refuses writes where they cannot be.
     *
     * @throws IllegalStateException after close
     * @throws UnsupportedOperationException on a segment opened for reading alone
     */
    void checkWritable() {
        lanes.checkOpen();
        if (memory.isReadOnly()) {
            throw new UnsupportedOperationException("the segment is open read-only: segment=" + memory.name());
        }
    }

    HeapReport verify() {
        return new HeapVerifier(memory, geometry, allocator).verify();
    }

    /** Whether no other attach holds a slot. Under the INIT byte, so that nobody is about to. */
    boolean isAlone() {
        for (int other = 0; other < geometry.processes; other++) {
            if (other != slot && ProcessTable.isAttached(memory, geometry, other) && liveness.isAlive(other)) {
                return false;
            }
        }
        return true;
    }

    /** Refuses new operations and waits for those that run. Returns whether {@link #detach} may follow at once. */
    boolean close() {
        return lanes.close();
    }

    /** Gives the slot up, once. No lane is kept by this attach any more. */
    void detach() {
        ProcessTable.detach(memory, geometry, liveness, slot);
    }
}
