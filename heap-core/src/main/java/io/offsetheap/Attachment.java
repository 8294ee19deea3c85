package io.offsetheap;

import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.lane.Liveness;
import io.offsetheap.lane.ProcessTable;
import io.offsetheap.lane.Upkeep;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.BackingStore;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.DoomedObjects;
import io.offsetheap.object.NameIndex;
import io.offsetheap.object.ObjectSpace;

/**
 * One attach of one process to a segment: its slot, its lanes, and the layers that work through them. Knows memory and
 * liveness, but not where they come from. Thread-safe.
 */
final class Attachment {
    private final SegmentMemory memory;
    private final Geometry geometry;
    private final Liveness liveness;
    private final int slot;
    private final LaneTable lanes;
    private final SegmentAllocator blocks;
    private final ObjectSpace space;
    private final NameIndex names;
    private boolean detached;

    private Attachment(SegmentMemory memory, Geometry geometry, Liveness liveness, BackingStore backing) {
        this.memory = memory;
        this.geometry = geometry;
        this.liveness = liveness;
        this.slot = ProcessTable.attach(memory, geometry, liveness);
        this.lanes = new LaneTable(memory, geometry, liveness, backing, slot);
        this.blocks = new SegmentAllocator(lanes);
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
    }

    /**
     * Makes an empty segment, in memory that nobody else can see yet and that reads as zeros, and attaches to it.
     *
     * @param memory backed up to {@link SegmentAllocator#formattedSize}, but for lane bodies and the rest of the page table
     */
    static Attachment format(
            SegmentMemory memory, Geometry geometry, Liveness liveness, BackingStore backing, FormatSeed seed) {
        geometry.writeTo(memory, seed.uuidHigh(), seed.uuidLow(), seed.created());
        SegmentAllocator.format(memory, geometry);
        Attachment attachment = new Attachment(memory, geometry, liveness, backing);
        attachment.names.format();
        return attachment;
    }

    /** Attaches to a segment whose superblock has been checked, and finishes the work of whoever died in it. */
    static Attachment attach(SegmentMemory memory, Geometry geometry, Liveness liveness, BackingStore backing) {
        Attachment attachment = new Attachment(memory, geometry, liveness, backing);
        attachment.lanes.helpAll();
        return attachment;
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

    SegmentAllocator blocks() {
        return blocks;
    }

    ObjectSpace space() {
        return space;
    }

    NameIndex names() {
        return names;
    }

    /** Refuses new operations and waits for those that run. Returns whether {@link #detach} may follow at once. */
    boolean close() {
        return lanes.close();
    }

    /** Gives the slot up. No lane is kept by this attach any more. Idempotent. */
    synchronized void detach() {
        if (!detached) {
            detached = true;
            ProcessTable.detach(memory, geometry, liveness, slot);
        }
    }
}
