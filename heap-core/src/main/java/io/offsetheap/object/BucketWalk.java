/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LockWord;
import io.offsetheap.memory.SegmentMemory;

/**
 * A walk over the buckets of a {@link BucketTable} while others write. An item that is there from the beginning to the end is
 * met exactly once; one that comes or goes on the way, at most once. Not thread-safe.
 */
final class BucketWalk {
    /*
     * The walk is a bucket number and a place in the hash space. It goes through bucket 0 of all segments in the order of
     * their hashes, then bucket 1, and so on: a split keeps the number of a bucket and only divides a segment's range of
     * hashes, so what lies behind the walk stays behind it.
     *
     * A bucket is read whole, and counts if its version and the directory's have not changed. Items outside the range of
     * the segment have been moved away by a split and are met where they belong.
     */

    /** What is read of a bucket. */
    interface Reader {
        /** Forgets what it has noted. */
        void restart();

        /** Notes the items of a line that are {@link BucketWalk#isHere here}. May read anything, and trusts nothing. */
        void collect(long line);

        /** Whether there is memory for what is to be copied of the items that have been noted. */
        default boolean hasRoom() {
            return true;
        }

        /** Takes as much memory as that. */
        default void makeRoom() {}

        /** Copies what the items that have been noted lead to. */
        default void copy() {}
    }

    private final BucketTable table;
    private final Lines lines;
    private final SegmentMemory memory;
    private final Reader reader;

    private int bucket;
    /** First place of the hash space that is not behind the walk, as the first bits of a hash. */
    private long position;
    /** How many of them do not tell segments apart. */
    private int shift;

    BucketWalk(BucketTable table, Lines lines, Reader reader) {
        this.table = table;
        this.lines = lines;
        this.memory = table.memory();
        this.reader = reader;
    }

    /** Reads the next bucket. Returns false at the end. */
    boolean next() {
        if (bucket == Bucket.BUCKETS) {
            return false;
        }
        long hash = position << (Long.SIZE - HashIndexHeader.MAX_DEPTH) | bucket;
        if (!tryRead(hash)) {
            readLocked(hash);
        }
        // Behind the segment.
        position = ((position >>> shift) + 1) << shift;
        if (position == 1L << HashIndexHeader.MAX_DEPTH) {
            position = 0;
            bucket++;
        }
        memory.keepMapped();
        return true;
    }

    /** Whether an item with these first bits of its hash belongs to the segment that is being read. */
    boolean isHere(long firstBits) {
        return firstBits >>> shift == position >>> shift;
    }

    /** Returns false if the bucket changes too often. */
    private boolean tryRead(long hash) {
        for (int failures = 0; failures < BucketTable.MAX_FAILURES || !table.mayLock(); failures++) {
            Directory directory = table.directory();
            long version = directory.version();
            long noted = 0;
            long lock = 0;
            try {
                long first = table.bucketOf(hash, directory);
                lock = memory.getLongVolatile(first);
                noted = first;
                if (LockWord.isLocked(lock)) {
                    table.awaitBucket(noted, lock, version);
                    table.checkAlive();
                    continue;
                }
                shift = HashIndexHeader.MAX_DEPTH - table.localDepth(hash, directory);
                // What has been noted decides about memory, so it is believed only after a look at the versions.
                if (collect(first, lock, version) && table.holds(noted, lock, version)) {
                    if (!reader.hasRoom()) {
                        reader.makeRoom();
                    }
                    reader.copy();
                    if (table.holds(noted, lock, version)) {
                        return true;
                    }
                }
            } catch (CorruptedSegmentException e) {
                if (table.holds(noted, lock, version)) {
                    throw e;
                }
            }
            table.checkAlive();
        }
        return false;
    }

    private boolean collect(long first, long lock, long version) {
        reader.restart();
        int count = 0;
        for (long line = first; line != 0; line = lines.overflow(line)) {
            if (++count > Bucket.MAX_CHAIN) {
                throw table.endlessChain(first);
            }
            // A chain may be as long as the heap allows, but garbage is not worth the time and the memory.
            if (count % BucketTable.MAX_LINES == 0 && !table.holds(first, lock, version)) {
                return false;
            }
            reader.collect(line);
        }
        return true;
    }

    private void readLocked(long hash) {
        while (true) {
            Lane lane = table.space().lanes().lease();
            boolean done;
            try {
                done = tryReadLocked(lane, hash);
                lane.giveBack();
            } catch (Throwable t) {
                lane.abandon(t);
                throw t;
            }
            if (done) {
                return;
            }
            reader.makeRoom();
        }
    }

    private boolean tryReadLocked(Lane lane, long hash) {
        long first = table.lock(lane, hash);
        Directory directory = table.directoryUnderLock();
        shift = HashIndexHeader.MAX_DEPTH - table.localDepth(hash, directory);
        boolean done = collect(first, memory.getLong(first), directory.version()) && reader.hasRoom();
        if (done) {
            reader.copy();
        }
        lane.unlock(first);
        return done;
    }
}
