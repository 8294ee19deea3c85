/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import io.offsetheap.alloc.AllocatorStats;
import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;

/** An allocator that passes every call on to another one: for variations of it, which override what they do in another way. */
public class ForwardingAllocator implements BlockAllocator {
    private final BlockAllocator to;

    public ForwardingAllocator(BlockAllocator to) {
        this.to = to;
    }

    @Override
    public LaneTable lanes() {
        return to.lanes();
    }

    @Override
    public long allocate(long size, long alignment) {
        return to.allocate(size, alignment);
    }

    @Override
    public void free(long block) {
        to.free(block);
    }

    @Override
    public long usableSize(long block) {
        return to.usableSize(block);
    }

    @Override
    public void grow(long bytes) {
        to.grow(bytes);
    }

    @Override
    public void trim() {
        to.trim();
    }

    @Override
    public AllocatorStats stats() {
        return to.stats();
    }

    @Override
    public void reserve(Lane lane, long size, int count) {
        to.reserve(lane, size, count);
    }

    @Override
    public void reserveHeader(Lane lane) {
        to.reserveHeader(lane);
    }

    @Override
    public long[] reservations(Lane lane) {
        return to.reservations(lane);
    }

    @Override
    public void endReservations(Lane lane, long[] before) {
        to.endReservations(lane, before);
    }

    @Override
    public long take(Lane lane, long size) {
        return to.take(lane, size);
    }

    @Override
    public long takeHeader(Lane lane) {
        return to.takeHeader(lane);
    }

    @Override
    public boolean hasRoom(Lane lane, long size, int count) {
        return to.hasRoom(lane, size, count);
    }

    @Override
    public void makeRoom(Lane lane, long size, int count) {
        to.makeRoom(lane, size, count);
    }

    @Override
    public void makeHeaderRoom(Lane lane) {
        to.makeHeaderRoom(lane);
    }

    @Override
    public void give(Lane lane, long block, long size) {
        to.give(lane, block, size);
    }

    @Override
    public void giveHeader(Lane lane, long header) {
        to.giveHeader(lane, header);
    }

    @Override
    public void settle(Lane lane, long classes) {
        to.settle(lane, classes);
    }
}
