/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.alloc.BlockVisitor;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.SegmentMemory;
import java.util.function.UnaryOperator;

/** A type of allocator that lays out heaps as another one does, and works in them in a variation of its way. */
public final class ForwardingType implements AllocatorType {
    private final int id;
    private final AllocatorType to;
    private final UnaryOperator<BlockAllocator> variation;

    /**
     * A variation of a type.
     *
     * @param id from {@link AllocatorType#FIRST_FOREIGN_ID} on
     * @param to whose heaps these are
     * @param variation makes of that type's allocator the one to work with
     */
    public ForwardingType(int id, AllocatorType to, UnaryOperator<BlockAllocator> variation) {
        this.id = id;
        this.to = to;
        this.variation = variation;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long formattedSize(Geometry geometry) {
        return to.formattedSize(geometry);
    }

    @Override
    public void format(SegmentMemory memory, Geometry geometry) {
        to.format(memory, geometry);
    }

    @Override
    public BlockAllocator open(LaneTable lanes) {
        return variation.apply(to.open(lanes));
    }

    @Override
    public boolean walk(SegmentMemory memory, Geometry geometry, BlockVisitor visitor) {
        return to.walk(memory, geometry, visitor);
    }

    @Override
    public boolean isFor(Geometry geometry, long size, int sizeClass, long usable) {
        return to.isFor(geometry, size, sizeClass, usable);
    }

    @Override
    public String toString() {
        return "variation " + id + " of " + to;
    }
}
