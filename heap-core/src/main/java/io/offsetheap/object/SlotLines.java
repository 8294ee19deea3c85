/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;

/**
 * The lines of a {@link HashIndex}: an item is a slot, and its first bits are those of the hash. Immutable.
 *
 * @param memory the segment's bytes
 */
record SlotLines(SegmentMemory memory) implements Lines {
    @Override
    public int shift() {
        return Bucket.LINE_SHIFT;
    }

    @Override
    public int places() {
        return Bucket.SLOTS;
    }

    @Override
    public int chainedPlaces() {
        return Bucket.SLOTS;
    }

    @Override
    public int taken(long line) {
        return takenWith(line, -1);
    }

    @Override
    public int takenWith(long line, long bit) {
        int places = 0;
        for (int i = 0; i < Bucket.SLOTS; i++) {
            if ((memory.getLong(Bucket.slotAt(line, i)) & bit) != 0) {
                places |= 1 << i;
            }
        }
        return places;
    }

    @Override
    public long placeAt(long line, int place) {
        return Bucket.slotAt(line, place);
    }

    @Override
    public long linkAt(long line) {
        return line + Bucket.OVERFLOW_OFFSET;
    }

    @Override
    public long overflow(long line) {
        return Bucket.overflow(memory, line);
    }

    @Override
    public void copy(long line, int place, long target, int targetPlace) {
        memory.putLong(Bucket.slotAt(target, targetPlace), memory.getLong(Bucket.slotAt(line, place)));
    }

    @Override
    public void link(long line, long next) {
        memory.putLong(line + Bucket.OVERFLOW_OFFSET, next);
    }

    @Override
    public void link(Lane lane, long line, long next) {
        lane.set(line + Bucket.OVERFLOW_OFFSET, next);
    }

    @Override
    public void copy(Lane lane, long line, int place, long target, int targetPlace) {
        lane.set(Bucket.slotAt(target, targetPlace), memory.getLong(Bucket.slotAt(line, place)));
    }

    @Override
    public void exchange(Lane lane, long line, int place, long other, int otherPlace) {
        copy(lane, line, place, other, otherPlace);
        copy(lane, other, otherPlace, line, place);
    }

    @Override
    public void empty(Lane lane, long line, int places) {
        for (int left = places; left != 0; left &= left - 1) {
            lane.set(Bucket.slotAt(line, Integer.numberOfTrailingZeros(left)), 0);
        }
    }

    @Override
    public long block(long line, int place) {
        return Bucket.entry(memory.getLong(Bucket.slotAt(line, place)));
    }

    @Override
    public long blockSize(long block) {
        return IndexEntry.size(memory, block);
    }
}
