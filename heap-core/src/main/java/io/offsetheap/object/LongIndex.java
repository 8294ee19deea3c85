/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.lane.LockWord;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.SegmentMemory;

/**
 * A map from longs to longs in the segment, without a block for each entry. This is a handle to one of them; it holds no
 * state but where it is. Every key and every value is legal.
 *
 * <p>Thread-safe, and safe against writers in other processes and their deaths. Reads take no lock and store nothing. No call
 * but {@link #cursor} makes garbage.
 */
public final class LongIndex {
    /*
     *   bucket: 7 tags in one word, 7 keys, 7 values
     *
     * A BucketTable whose buckets hold the pairs themselves. Which of them are real is said by their tags, so a pair
     * comes with one store of that word and goes with another, and a value is replaced by one store. How readers get by
     * without locks is told in BucketTable.
     *
     * A tag is not there to save comparisons but waiting ones: all that is done with a line before it has come from memory
     * is kept in the processor, which has room for some hundred steps. Seven keys compared are forty of them, and so the
     * gets behind cannot begin. Seven tags compared at once are four; the idea of many tags in one word is that of Swiss
     * tables (Abseil's flat_hash_map).
     *
     * A split leaves pairs behind that have moved, until it has scrubbed them. No search finds them, for it comes with a
     * hash that leads to the other half; whoever walks over a bucket looks at the hashes of its keys.
     */

    private final BucketTable table;
    private final PairLines lines;
    private final SegmentMemory memory;
    private final LaneTable lanes;
    private final LongWriter writer;

    private LongIndex(BucketTable table) {
        this.table = table;
        this.memory = table.memory();
        this.lanes = table.space().lanes();
        this.lines = new PairLines(memory, table.seed0, table.seed1);
        this.writer = new LongWriter(table, lines);
    }

    /**
     * A handle to the index whose header stands at an offset.
     *
     * @throws IllegalStateException if it has been destroyed
     */
    public static LongIndex open(ObjectSpace space, long header) {
        return new LongIndex(BucketTable.open(space, header, SharedType.Structure.LONG_INDEX));
    }

    // ---- life

    /** Reserves the blocks that {@link #create} takes. */
    public static void reserve(ObjectSpace space, Lane lane) {
        BucketTable.reserve(space, lane, SharedType.Structure.LONG_INDEX);
    }

    /**
     * Builds an empty index from reserved blocks. It becomes real with the commit of the lane's transaction.
     *
     * @param identity its first word, never 0 and never given to another object
     * @return the offset of its header
     */
    public static long create(ObjectSpace space, Lane lane, long identity) {
        return BucketTable.create(space, lane, identity, SharedType.Structure.LONG_INDEX);
    }

    /** See {@link Containers#tearDown}. */
    static boolean tearDown(ObjectSpace space, Lane lane, long header, int maxBlocks) {
        return new IndexTeardown(space, lane, header, lines(space.memory(), header)).run(maxBlocks);
    }

    /** See {@link Containers#walk}. */
    static void walk(SegmentMemory memory, Geometry geometry, long header, StructureVisitor visitor) {
        PairLines lines = lines(memory, header);
        new BucketTableWalker(lines, new PairWalker(lines, visitor), geometry, header, visitor)
                .walk(HashIndexHeader.parameters(SharedType.Structure.LONG_INDEX));
    }

    static PairLines lines(SegmentMemory memory, long header) {
        long seed = header + HashIndexHeader.SEED_OFFSET;
        return new PairLines(memory, memory.getLong(seed), memory.getLong(seed + Long.BYTES));
    }

    // ---- what the parts of this package share

    BucketTable table() {
        return table;
    }

    long hash(long key) {
        return lines.hash(key);
    }

    // ---- reading

    /** The value of a key, or {@code absent}. */
    public long get(long key, long absent) {
        lanes.checkOpen();
        // As in HashIndex.getWord, the way of nearly every call has no loop, and no branch but those that always go
        // alike.
        long hash = lines.hash(key);
        Directory known = table.knownDirectory();
        long segment = memory.peekLong(known.word(known.index(hash)));
        long bucket = PairBucket.at(segment, Bucket.index(hash));
        if (segment != 0 && memory.mayPeek(bucket, PairBucket.LINE_SIZE)) {
            long lock = memory.getKnown(bucket);
            memory.loadFence();
            long tags = memory.getKnown(bucket + PairBucket.TAGS_OFFSET);
            long matches = PairTags.matches(tags, hash);
            if ((matches != 0 || (tags & PairBucket.LINKED) == 0) && !LockWord.isLocked(lock)) {
                long value = absent;
                boolean isKey = true;
                if (matches != 0) {
                    long place = PairTags.firstMatch(bucket, matches);
                    isKey = memory.getKnown(place) == key;
                    value = memory.getKnown(PairBucket.value(place));
                }
                if (isKey && table.holds(known.version()) && memory.getKnown(bucket) == lock) {
                    memory.keepMapped();
                    return value;
                }
            }
        }
        return read(key, absent, false);
    }

    /** Whether a key is there. */
    public boolean contains(long key) {
        lanes.checkOpen();
        return read(key, 0, true) != 0;
    }

    /** The value of a key, or 1 if only its presence is asked for, or {@code absent}. */
    private long read(long key, long absent, boolean presence) {
        long hash = lines.hash(key);
        int maxLines = BucketTable.MAX_LINES;
        for (int failures = 0; failures < BucketTable.MAX_FAILURES || !table.mayLock(); failures++) {
            Directory directory = table.directory();
            long version = directory.version();
            long bucket = 0;
            long lock = 0;
            try {
                long first = table.bucketOf(hash, directory);
                lock = memory.getLongVolatile(first);
                bucket = first;
                if (LockWord.isLocked(lock)) {
                    table.awaitBucket(bucket, lock, version);
                } else {
                    long found = lines.find(bucket, key, hash, maxLines);
                    long value = found > 0 ? valueOf(found, presence) : absent;
                    if (table.holds(bucket, lock, version)) {
                        if (found >= 0) {
                            memory.keepMapped();
                            return value;
                        }
                        // A chain may be as long as the heap allows; only garbage is not worth the time.
                        if (maxLines == Bucket.MAX_CHAIN) {
                            throw table.endlessChain(bucket);
                        }
                        maxLines *= 2;
                    }
                }
            } catch (CorruptedSegmentException e) {
                if (table.holds(bucket, lock, version)) {
                    throw e;
                }
            }
            table.checkAlive();
        }
        return readLocked(hash, key, absent, presence);
    }

    private long valueOf(long place, boolean presence) {
        return presence ? 1 : memory.getLong(PairBucket.value(place));
    }

    /** For a bucket that changes too often. */
    private long readLocked(long hash, long key, long absent, boolean presence) {
        Lane lane = lanes.lease();
        try {
            long bucket = table.lock(lane, hash);
            long found = writer.find(bucket, key, hash);
            long value = found == 0 ? absent : valueOf(found, presence);
            lane.unlock(bucket);
            lane.giveBack();
            memory.keepMapped();
            return value;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Number of pairs: exact while nobody writes, near it otherwise. */
    public long size() {
        return table.size();
    }

    /** A walk over all pairs, see {@link LongCursor}. */
    public LongCursor cursor() {
        table.checkUsable();
        return new LongCursor(table, lines);
    }

    // ---- writing

    /**
     * Stores a value under a key.
     *
     * @param replaces whether a value that is there is replaced
     * @return whether there was none
     */
    public boolean put(long key, long value, boolean replaces) {
        table.checkAlive();
        Lane lane = lanes.lease();
        try {
            boolean inserted = writer.put(lane, key, value, replaces);
            lane.giveBack();
            memory.keepMapped();
            return inserted;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Replaces the value of a key if it is the expected one. Returns whether it was. */
    public boolean replace(long key, long expected, long value) {
        table.checkAlive();
        Lane lane = lanes.lease();
        try {
            boolean replaced = writer.replace(lane, key, expected, value);
            lane.giveBack();
            memory.keepMapped();
            return replaced;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Adds to the value of a key, which is 0 if there is none, and returns the sum. It wraps around. */
    public long add(long key, long delta) {
        table.checkAlive();
        Lane lane = lanes.lease();
        try {
            long sum = writer.add(lane, key, delta);
            lane.giveBack();
            memory.keepMapped();
            return sum;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /**
     * Removes a key.
     *
     * @param any whether its value does not matter; otherwise it must be the expected one
     * @return whether it has been removed
     */
    public boolean remove(long key, boolean any, long expected) {
        table.checkAlive();
        Lane lane = lanes.lease();
        try {
            boolean removed = writer.remove(lane, key, any, expected);
            lane.giveBack();
            memory.keepMapped();
            return removed;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Removes every pair that is there throughout the call. Not atomic. */
    public void clear() {
        table.clear(writer::clear);
    }
}
