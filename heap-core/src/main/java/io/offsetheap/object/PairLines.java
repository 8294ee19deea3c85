/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;

/**
 * The lines of a {@link LongIndex}: an item is a pair of words and the bit that says so. Immutable.
 *
 * @param memory the segment's bytes
 * @param seed0 first word of the seed of the hash
 * @param seed1 the second one
 */
record PairLines(SegmentMemory memory, long seed0, long seed1) implements Lines {
    long hash(long key) {
        return KeyHash.ofWord(key, Long.BYTES, seed0, seed1);
    }

    /** Offset of a key, 0 if it is not there, -1 if the chain is longer than asked for. Readers may meet anything. */
    long find(long bucket, long key, int maxLines) {
        long line = bucket;
        for (int count = 0; count < maxLines; count++) {
            // Before the keys are peeked at: this load looks whether the heap has grown as far as here.
            long link = memory.getLong(linkAt(line));
            int matches = PairBucket.matches(memory, line, link, key);
            if (matches != 0) {
                return PairBucket.firstMatch(line, matches);
            }
            line = PairBucket.overflow(link);
            if (line == 0) {
                return 0;
            }
        }
        return -1;
    }

    @Override
    public int shift() {
        return PairBucket.LINE_SHIFT;
    }

    @Override
    public int places() {
        return PairBucket.PAIRS;
    }

    @Override
    public int taken(long line) {
        return PairBucket.taken(memory.getLong(linkAt(line)));
    }

    @Override
    public int takenWith(long line, long bit) {
        int places = 0;
        for (int left = taken(line); left != 0; left &= left - 1) {
            int place = Integer.numberOfTrailingZeros(left);
            if ((hash(memory.getLong(placeAt(line, place))) & bit) != 0) {
                places |= 1 << place;
            }
        }
        return places;
    }

    @Override
    public long placeAt(long line, int place) {
        return PairBucket.key(line, place);
    }

    @Override
    public long linkAt(long line) {
        return line + PairBucket.LINK_OFFSET;
    }

    @Override
    public long overflow(long line) {
        return PairBucket.overflow(memory.getLong(linkAt(line)));
    }

    @Override
    public void copy(long line, int place, long target, int targetPlace) {
        copyPair(line, place, target, targetPlace);
        memory.putLong(linkAt(target), memory.getLong(linkAt(target)) | 1L << targetPlace);
    }

    private void copyPair(long line, int place, long target, int targetPlace) {
        long from = placeAt(line, place);
        long to = placeAt(target, targetPlace);
        memory.putLong(to, memory.getLong(from));
        memory.putLong(PairBucket.value(to), memory.getLong(PairBucket.value(from)));
    }

    @Override
    public void link(long line, long next) {
        memory.putLong(linkAt(line), next | taken(line));
    }

    @Override
    public void link(Lane lane, long line, long next) {
        lane.set(linkAt(line), next | PairBucket.taken(lane.get(linkAt(line))));
    }

    @Override
    public void copy(Lane lane, long line, int place, long target, int targetPlace) {
        // Nobody looks at a pair before its bit is set, so it needs no record.
        copyPair(line, place, target, targetPlace);
        lane.set(linkAt(target), lane.get(linkAt(target)) | 1L << targetPlace);
    }

    @Override
    public void exchange(Lane lane, long line, int place, long other, int otherPlace) {
        long here = placeAt(line, place);
        long there = placeAt(other, otherPlace);
        exchangeWords(lane, here, there);
        exchangeWords(lane, PairBucket.value(here), PairBucket.value(there));
        boolean isHere = (taken(line) & 1 << place) != 0;
        boolean isThere = (taken(other) & 1 << otherPlace) != 0;
        setTaken(lane, line, place, isThere);
        setTaken(lane, other, otherPlace, isHere);
    }

    private void exchangeWords(Lane lane, long here, long there) {
        lane.set(here, memory.getLong(there));
        lane.set(there, memory.getLong(here));
    }

    private void setTaken(Lane lane, long line, int place, boolean taken) {
        long others = lane.get(linkAt(line)) & ~(1L << place);
        lane.set(linkAt(line), taken ? others | 1L << place : others);
    }

    @Override
    public void empty(Lane lane, long line, int places) {
        lane.set(linkAt(line), lane.get(linkAt(line)) & ~(long) places);
    }

    @Override
    public long block(long line, int place) {
        return 0;
    }

    @Override
    public long blockSize(long block) {
        return 0;
    }
}
