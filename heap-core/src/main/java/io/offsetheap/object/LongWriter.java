/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LockWord;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * The writing operations of a {@link LongIndex}, from a lane that the caller has leased. Thread-safe: it has no state of its
 * own.
 */
final class LongWriter {
    /*
     * Every operation locks the bucket, looks, and makes the change real with one commit:
     *
     *   new          tag, counter                     value     its word
     *   new line     link and tags, stock, counter    remove    tag, counter
     *
     * A new pair is stored into an empty place first, where nobody looks at it: a death before the commit leaves the place
     * empty. Only a line needs a block, which is reserved without the lock: the lock is given up, and the operation begins
     * again.
     */

    private final BucketTable table;
    private final PairLines lines;
    private final SegmentMemory memory;
    private final BlockAllocator blocks;
    private final IndexSplit splitter;

    LongWriter(BucketTable table, PairLines lines) {
        this.table = table;
        this.lines = lines;
        this.memory = table.memory();
        this.blocks = table.space().blocks();
        this.splitter = new IndexSplit(table, lines);
    }

    /** Offset of a key, or 0. Under the bucket's lock. */
    long find(long bucket, long key, long hash) {
        long place = lines.find(bucket, key, hash, Bucket.MAX_CHAIN);
        if (place < 0) {
            throw table.endlessChain(bucket);
        }
        return place;
    }

    // ---- put

    boolean put(Lane lane, long key, long value, boolean replaces) {
        long hash = lines.hash(key);
        boolean hasLine = false;
        boolean mayChain = false;
        while (true) {
            long bucket = table.lock(lane, hash);
            long place = find(bucket, key, hash);
            if (place != 0) {
                if (replaces) {
                    store(lane, place, value);
                }
                lane.unlock(bucket);
                return false;
            }
            long empty = emptyPlace(bucket);
            if (empty != 0) {
                insert(lane, empty, key, hash, value);
                lane.unlock(bucket);
                return true;
            }
            if (!mayChain && (memory.getLong(bucket) & LockWord.CHAIN) == 0) {
                lane.unlock(bucket);
                mayChain = !splitter.split(lane, hash);
            } else if (!hasLine) {
                lane.unlock(bucket);
                blocks.reserve(lane, PairBucket.LINE_SIZE, 1);
                hasLine = true;
            } else {
                chain(lane, bucket, key, hash, value);
                lane.unlock(bucket);
                return true;
            }
        }
    }

    private void store(Lane lane, long place, long value) {
        lane.set(PairBucket.value(place), value);
        lane.commit(CommitSite.LONG_STORE);
    }

    /** Offset for a key in a place that is not taken, or 0. */
    private long emptyPlace(long bucket) {
        int places = lines.overflow(bucket) == 0 ? lines.places() : lines.chainedPlaces();
        for (long line = bucket; line != 0; line = lines.overflow(line)) {
            int place = Integer.numberOfTrailingZeros(~lines.taken(line));
            if (place < places) {
                return lines.placeAt(line, place);
            }
        }
        return 0;
    }

    private void insert(Lane lane, long place, long key, long hash, long value) {
        memory.putLong(place, key);
        memory.putLong(PairBucket.value(place), value);
        setTag(lane, place, PairTags.tag(hash));
        table.count(lane, 1);
        lane.commit(CommitSite.LONG_INSERT);
    }

    private void setTag(Lane lane, long place, long tag) {
        long tags = PairBucket.tags(place);
        lane.set(tags, PairTags.with(memory.getLong(tags), PairBucket.place(place), tag));
    }

    /** Inserts into a new line behind the last one. */
    private void chain(Lane lane, long bucket, long key, long hash, long value) {
        // A hint that the segment was not to be split: nobody needs to ask again until a key leaves the bucket.
        memory.putLong(bucket, memory.getLong(bucket) | LockWord.CHAIN);
        long last = lines.lastLine(bucket);
        long line = blocks.take(lane, PairBucket.LINE_SIZE);
        long place = lines.placeAt(line, 0);
        memory.putLong(place, key);
        memory.putLong(PairBucket.value(place), value);
        memory.putLong(PairBucket.tags(place), PairTags.tag(hash));
        if (last == bucket) {
            // The first link takes the last pair's place.
            lines.copy(bucket, PairBucket.CHAINED_PAIRS, line, 1);
            lines.empty(lane, bucket, 1 << PairBucket.CHAINED_PAIRS);
        }
        lines.link(lane, last, line);
        table.count(lane, 1);
        lane.commit(CommitSite.LONG_INSERT_LINE);
    }

    // ---- other changes

    boolean replace(Lane lane, long key, long expected, long value) {
        long hash = lines.hash(key);
        long bucket = table.lock(lane, hash);
        long place = find(bucket, key, hash);
        boolean replaced = place != 0 && memory.getLong(PairBucket.value(place)) == expected;
        if (replaced) {
            store(lane, place, value);
        }
        lane.unlock(bucket);
        return replaced;
    }

    long add(Lane lane, long key, long delta) {
        long hash = lines.hash(key);
        while (true) {
            long bucket = table.lock(lane, hash);
            long place = find(bucket, key, hash);
            if (place != 0) {
                long sum = memory.getLong(PairBucket.value(place)) + delta;
                store(lane, place, sum);
                lane.unlock(bucket);
                return sum;
            }
            lane.unlock(bucket);
            if (put(lane, key, delta, false)) {
                return delta;
            }
        }
    }

    boolean remove(Lane lane, long key, boolean any, long expected) {
        long hash = lines.hash(key);
        long bucket = table.lock(lane, hash);
        long place = find(bucket, key, hash);
        boolean removed = place != 0 && (any || memory.getLong(PairBucket.value(place)) == expected);
        if (removed) {
            mayBeSplit(bucket);
            setTag(lane, place, 0);
            table.count(lane, -1);
            lane.commit(CommitSite.LONG_REMOVE);
        }
        lane.unlock(bucket);
        return removed;
    }

    /** Takes back the hint of {@link #chain}. */
    private void mayBeSplit(long bucket) {
        long word = memory.getLong(bucket);
        if ((word & LockWord.CHAIN) != 0) {
            memory.putLong(bucket, word & ~LockWord.CHAIN);
        }
    }

    /** See {@link BucketTable.Clearing}. */
    long clear(Lane lane, long position, int number) {
        long hash = position << (Long.SIZE - HashIndexHeader.MAX_DEPTH) | number;
        long bucket = table.lock(lane, hash);
        lines.checkChain(bucket);
        mayBeSplit(bucket);
        int shift = HashIndexHeader.MAX_DEPTH - table.localDepth(hash, table.directoryUnderLock());
        for (long line = bucket; line != 0; line = lines.overflow(line)) {
            int gone = 0;
            for (int left = lines.taken(line); left != 0; left &= left - 1) {
                int place = Integer.numberOfTrailingZeros(left);
                long first = lines.hash(memory.getLong(lines.placeAt(line, place)));
                // A pair that a split has moved away belongs to another segment, until it is scrubbed.
                if (first >>> Long.SIZE - HashIndexHeader.MAX_DEPTH >>> shift == position >>> shift) {
                    gone |= 1 << place;
                }
            }
            if (gone != 0) {
                lines.empty(lane, line, gone);
                table.count(lane, -Integer.bitCount(gone));
                lane.commit(CommitSite.LONG_CLEAR);
            }
        }
        lane.unlock(bucket);
        return ((position >>> shift) + 1) << shift;
    }
}
