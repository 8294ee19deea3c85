/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;

/**
 * The lines of a {@link LongIndex}: an item is a pair of words and the tag that says so. Immutable.
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
    long find(long bucket, long key, long hash, int maxLines) {
        long line = bucket;
        for (int count = 0; count < maxLines; count++) {
            long tags = tags(line);
            for (long matches = PairTags.matches(tags, hash); matches != 0; matches &= matches - 1) {
                long place = PairTags.firstMatch(line, matches);
                if (memory.getLong(place) == key) {
                    return place;
                }
            }
            line = next(line, tags);
            if (line == 0) {
                return 0;
            }
        }
        return -1;
    }

    long tags(long line) {
        return memory.getLong(tagsAt(line));
    }

    private static long tagsAt(long line) {
        return line + PairBucket.TAGS_OFFSET;
    }

    private long next(long line, long tags) {
        return (tags & PairBucket.LINKED) == 0 ? 0 : memory.getLong(linkAt(line));
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
    public int chainedPlaces() {
        return PairBucket.CHAINED_PAIRS;
    }

    @Override
    public int taken(long line) {
        return PairTags.taken(tags(line));
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
        return next(line, tags(line));
    }

    @Override
    public void copy(long line, int place, long target, int targetPlace) {
        copyPair(line, place, target, targetPlace);
        long tag = PairTags.tagOf(tags(line), place);
        memory.putLong(tagsAt(target), PairTags.with(tags(target), targetPlace, tag));
    }

    private void copyPair(long line, int place, long target, int targetPlace) {
        long from = placeAt(line, place);
        long to = placeAt(target, targetPlace);
        memory.putLong(to, memory.getLong(from));
        memory.putLong(PairBucket.value(to), memory.getLong(PairBucket.value(from)));
    }

    @Override
    public void link(long line, long next) {
        memory.putLong(linkAt(line), next);
        memory.putLong(tagsAt(line), tags(line) | PairBucket.LINKED);
    }

    @Override
    public void link(Lane lane, long line, long next) {
        long tags = lane.get(tagsAt(line)) & ~PairBucket.LINKED;
        if (next != 0) {
            lane.set(linkAt(line), next);
            tags |= PairBucket.LINKED;
        }
        lane.set(tagsAt(line), tags);
    }

    @Override
    public void copy(Lane lane, long line, int place, long target, int targetPlace) {
        // Nobody looks at a pair before it has a tag, so it needs no record.
        copyPair(line, place, target, targetPlace);
        setTag(lane, target, targetPlace, PairTags.tagOf(tags(line), place));
    }

    @Override
    public void exchange(Lane lane, long line, int place, long other, int otherPlace) {
        long here = placeAt(line, place);
        long there = placeAt(other, otherPlace);
        exchangeWords(lane, here, there);
        exchangeWords(lane, PairBucket.value(here), PairBucket.value(there));
        long tag = PairTags.tagOf(tags(line), place);
        setTag(lane, line, place, PairTags.tagOf(tags(other), otherPlace));
        setTag(lane, other, otherPlace, tag);
    }

    private void exchangeWords(Lane lane, long here, long there) {
        lane.set(here, memory.getLong(there));
        lane.set(there, memory.getLong(here));
    }

    private void setTag(Lane lane, long line, int place, long tag) {
        lane.set(tagsAt(line), PairTags.with(lane.get(tagsAt(line)), place, tag));
    }

    @Override
    public void empty(Lane lane, long line, int places) {
        for (int left = places; left != 0; left &= left - 1) {
            setTag(lane, line, Integer.numberOfTrailingZeros(left), 0);
        }
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
