/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.lane.LockRank;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.SharedType.Structure;
import java.security.SecureRandom;

/**
 * The buckets of an index: where that of a hash is, its lock and versions, and how many items all of them hold. What stands
 * in a bucket is the matter of the index, and of its {@link Lines}.
 *
 * <p>Thread-safe, and safe against writers in other processes and their deaths. Steps that take a lane belong to the lane's
 * lessee.
 */
final class BucketTable {
    /*
     * Extendible hashing with versioned buckets.
     *
     *   header -> directory: 2^depth words -> segment: 16 buckets -> bucket
     *
     * The first bits of a hash choose the segment, the last four the bucket in it. A bucket that is full splits its segment
     * (IndexSplit), or gets overflow lines.
     *
     * Reading. A reader notes the structure version and the bucket's lock word, follows pointers that may be stale, and
     * believes what it has found only if both words and the identity are still the same afterwards. Both are needed: the
     * bucket's version tells of changes to its items, the structure version of directories that have been freed and
     * reused, where a reader may have read anything in place of a segment's offset. A word that looks like a lock is
     * waited for only when it is known to be one.
     *
     * Ideas taken from: CCEH by Nam et al., FAST 2019 (segments split in place, directory by the first bits); Dash by Lu et
     * al., VLDB 2020 (optimistic readers); MICA by Lim et al., NSDI 2014 (a version for each bucket).
     */

    /** Empties one bucket, see {@link #clear}. */
    @FunctionalInterface
    interface Clearing {
        /** Returns the place in the hash space behind the bucket's segment, or the same one to be called again. */
        long clear(Lane lane, long position, int number);
    }

    /** Most lines that a reader follows, and most failures it takes, before it asks for the lock. */
    static final int MAX_LINES = 64;

    static final int MAX_FAILURES = 64;

    /** Apart, so that who only opens an index does not pay for it. */
    private static final class Seeds {
        static final SecureRandom RANDOM = new SecureRandom();

        private Seeds() {}
    }

    final long seed0;
    final long seed1;
    private final ObjectSpace space;
    private final SegmentMemory memory;
    private final LaneTable lanes;
    private final long header;
    private final long identity;
    private final long counters;
    private final int lineShift;
    /** The last one seen, by whatever thread: immutable, and believed only as long as its version is the table's. */
    private Directory directory;

    private BucketTable(ObjectSpace space, long header, Structure structure) {
        this.space = space;
        this.memory = space.memory();
        this.lanes = space.lanes();
        this.header = header;
        this.identity = memory.getLongVolatile(header + HashIndexHeader.IDENTITY_OFFSET);
        long parameters = memory.getLong(header + HashIndexHeader.PARAMETERS_OFFSET);
        this.seed0 = memory.getLong(header + HashIndexHeader.SEED_OFFSET);
        this.seed1 = memory.getLong(header + HashIndexHeader.SEED_OFFSET + Long.BYTES);
        this.counters = memory.getLong(header + HashIndexHeader.COUNTERS_OFFSET);
        memory.loadFence();
        if (identity == 0) {
            throw destroyed();
        }
        checkAlive();
        long expectedParameters = HashIndexHeader.parameters(structure);
        if (parameters != expectedParameters) {
            throw new SegmentFormatException("the container was made by a later version: parameters=0x"
                    + Long.toHexString(parameters) + " supported=0x" + Long.toHexString(expectedParameters)
                    + " header=" + header + " segment=" + memory.name());
        }
        this.lineShift = HashIndexHeader.lineShift(structure);
        this.directory = readDirectory();
    }

    /**
     * The table whose header stands at an offset.
     *
     * @throws IllegalStateException if it has been destroyed
     */
    static BucketTable open(ObjectSpace space, long header, Structure structure) {
        return new BucketTable(space, header, structure);
    }

    // ---- life

    /** Reserves the blocks that {@link #create} takes. */
    static void reserve(ObjectSpace space, Lane lane, Structure structure) {
        BlockAllocator blocks = space.blocks();
        blocks.reserveHeader(lane);
        blocks.reserve(lane, HashIndexHeader.directorySize(0), 1);
        blocks.reserve(lane, segmentSize(structure), 1);
        blocks.reserve(lane, countersSize(space), 1);
    }

    /** Builds an empty table with a seed that nobody can guess. See the other one. */
    static long create(ObjectSpace space, Lane lane, long identity, Structure structure) {
        return create(space, lane, identity, structure, Seeds.RANDOM.nextLong(), Seeds.RANDOM.nextLong());
    }

    /**
     * Builds an empty table from reserved blocks. It becomes real with the commit of the lane's transaction.
     *
     * @param identity its first word, never 0 and never given to another object
     * @return the offset of its header
     */
    static long create(ObjectSpace space, Lane lane, long identity, Structure structure, long seed0, long seed1) {
        SegmentMemory memory = space.memory();
        BlockAllocator blocks = space.blocks();
        long segmentSize = segmentSize(structure);
        long header = blocks.takeHeader(lane);
        long directory = blocks.take(lane, HashIndexHeader.directorySize(0));
        long segment = blocks.take(lane, segmentSize);
        long counters = blocks.take(lane, countersSize(space));
        memory.zero(segment, segmentSize);
        memory.zero(counters, countersSize(space));
        memory.putLong(directory, segment);
        // Structure version and split lock go on from where the cell's last container has left them.
        memory.putLong(header + HashIndexHeader.DIRECTORY_OFFSET, HashIndexHeader.pack(0, directory));
        memory.putLong(header + HashIndexHeader.PARAMETERS_OFFSET, HashIndexHeader.parameters(structure));
        memory.putLong(header + HashIndexHeader.SEED_OFFSET, seed0);
        memory.putLong(header + HashIndexHeader.SEED_OFFSET + Long.BYTES, seed1);
        memory.putLong(header + HashIndexHeader.COUNTERS_OFFSET, counters);
        memory.putLong(header + HashIndexHeader.SCRUB_OFFSET, 0);
        memory.putLong(header + ContainerHeader.DOOMED_NEXT_OFFSET, 0);
        memory.putLong(header + ContainerHeader.STRUCTURE_OFFSET, structure.code());
        memory.putLong(header + HashIndexHeader.TORN_DOWN_OFFSET, 0);
        memory.putLong(header + HashIndexHeader.IDENTITY_OFFSET, identity);
        return header;
    }

    private static long segmentSize(Structure structure) {
        return (long) Bucket.BUCKETS << HashIndexHeader.lineShift(structure);
    }

    static long countersSize(ObjectSpace space) {
        return (long) Long.BYTES * space.geometry().lanes;
    }

    // ---- what the index and its parts share

    ObjectSpace space() {
        return space;
    }

    SegmentMemory memory() {
        return memory;
    }

    long header() {
        return header;
    }

    /** Adds to the lane's transaction that items have come or gone. */
    void count(Lane lane, long change) {
        long counter = HashIndexHeader.counter(counters, lane.index(), space.geometry().lanes);
        lane.set(counter, lane.get(counter) + change);
    }

    /** Number of items: exact while nobody writes, near it otherwise. */
    long size() {
        checkUsable();
        long size = 0;
        int count = space.geometry().lanes;
        for (int lane = 0; lane < count; lane++) {
            size += memory.getLong(counters + (long) lane * Long.BYTES);
        }
        memory.loadFence();
        checkAlive();
        memory.keepMapped();
        return Math.max(size, 0);
    }

    /**
     * Refuses to go on.
     *
     * @throws IllegalStateException if the heap is closed or the index destroyed
     */
    void checkUsable() {
        lanes.checkOpen();
        checkAlive();
    }

    void checkAlive() {
        if (memory.getLongVolatile(header + HashIndexHeader.IDENTITY_OFFSET) != identity) {
            throw destroyed();
        }
    }

    private IllegalStateException destroyed() {
        return new IllegalStateException(
                "the object has been destroyed: offset=" + header + " segment=" + memory.name());
    }

    CorruptedSegmentException endlessChain(long bucket) {
        return new CorruptedSegmentException("a chain of overflow lines has no end: bucket=" + bucket + " header="
                + header + " segment=" + memory.name());
    }

    /** Whether the calling thread may take a lock to read. Inside a function of an operation it must not lease a lane. */
    boolean mayLock() {
        return !memory.isReadOnly() && lanes.mayLease();
    }

    // ---- the directory

    private long structureVersion() {
        return memory.peekLongAcquire(header + HashIndexHeader.STRUCTURE_VERSION_OFFSET);
    }

    /** The directory as it was when somebody last looked: for who asks {@link #holds} about its version in the end. */
    Directory knownDirectory() {
        return directory;
    }

    /**
     * The directory as it is now. Whoever reads in it compares its version with the table's again, see {@link #holds}: it
     * may have been freed meanwhile.
     */
    Directory directory() {
        Directory known = directory;
        return known.version() == structureVersion() ? known : readDirectory();
    }

    private Directory readDirectory() {
        while (true) {
            long version = structureVersion();
            long word = memory.getLong(header + HashIndexHeader.DIRECTORY_OFFSET);
            checkAlive();
            if (holds(version)) {
                Directory current = Directory.of(version, word);
                directory = current;
                return current;
            }
        }
    }

    /** The directory as somebody reads it who holds a lock of the index and so must not be refused: unchecked. */
    Directory directoryUnderLock() {
        Directory known = directory;
        long version = structureVersion();
        return known.version() == version
                ? known
                : Directory.of(version, memory.getLong(header + HashIndexHeader.DIRECTORY_OFFSET));
    }

    /** Where the directory says that a hash belongs. */
    long bucketOf(long hash, Directory directory) {
        long segment = memory.getLong(directory.word(directory.index(hash)));
        return segment + ((long) Bucket.index(hash) << lineShift);
    }

    /** How many first bits the hashes of a segment have in common. Valid as long as the directory is. */
    int localDepth(long hash, Directory directory) {
        int depth = directory.depth();
        long index = directory.index(hash);
        long segment = memory.getLong(directory.word(index));
        // The entries of a segment are an aligned range of a power of two: its other half is either all of it or none.
        int log2 = 0;
        while (log2 < depth && memory.getLong(directory.word(index ^ 1L << log2)) == segment) {
            log2++;
        }
        return depth - log2;
    }

    /**
     * The bucket of a hash, as a writer may lock it: a segment that was in the directory while this lane was leased, and
     * is not freed before the lease ends.
     */
    long settledBucket(long hash) {
        while (true) {
            Directory current = directory();
            checkAlive();
            long bucket = 0;
            CorruptedSegmentException failure = null;
            try {
                bucket = bucketOf(hash, current);
            } catch (CorruptedSegmentException e) {
                failure = e;
            }
            if (holds(current.version())) {
                if (failure != null) {
                    throw failure;
                }
                return bucket;
            }
        }
    }

    /** The segment of a hash, see {@link #settledBucket}. */
    long settledSegment(long hash) {
        return settledBucket(hash) - ((long) Bucket.index(hash) << lineShift);
    }

    /** {@link #localDepth} of a directory that was current at some moment of the call. */
    int settledLocalDepth(long hash) {
        while (true) {
            Directory current = directory();
            checkAlive();
            int depth = 0;
            CorruptedSegmentException failure = null;
            try {
                depth = localDepth(hash, current);
            } catch (CorruptedSegmentException e) {
                failure = e;
            }
            if (holds(current.version())) {
                if (failure != null) {
                    throw failure;
                }
                return depth;
            }
        }
    }

    // ---- buckets

    /**
     * Whether what was read since the words were noted is to be believed.
     *
     * @param bucket 0 if none was reached yet
     */
    boolean holds(long bucket, long lock, long version) {
        return holds(version) && (bucket == 0 || memory.peekLong(bucket) == lock);
    }

    /** Whether the directory is still that of a version. */
    boolean holds(long version) {
        memory.loadFence();
        return memory.isKnownPair(header + HashIndexHeader.IDENTITY_OFFSET, identity, version);
    }

    /** Waits for a bucket's lock if the word is still known to be one. */
    void awaitBucket(long bucket, long lock, long version) {
        if (holds(bucket, lock, version)) {
            lanes.await(bucket, lock, null);
        }
    }

    /** Locks the bucket of a hash. */
    long lock(Lane lane, long hash) {
        while (true) {
            long bucket = settledBucket(hash);
            lane.lock(LockRank.BUCKET, bucket);
            // A segment's place in the directory changes only while all its buckets are locked.
            if (bucketOf(hash, directoryUnderLock()) == bucket) {
                return bucket;
            }
            lane.unlock(bucket);
        }
    }

    /** Empties all buckets: bucket 0 of all segments in the order of their hashes, then bucket 1, and so on. */
    void clear(Clearing clearing) {
        checkUsable();
        for (int bucket = 0; bucket < Bucket.BUCKETS; bucket++) {
            long position = 0;
            while (position < 1L << HashIndexHeader.MAX_DEPTH) {
                Lane lane = lanes.lease();
                try {
                    position = clearing.clear(lane, position, bucket);
                    lane.giveBack();
                } catch (Throwable t) {
                    lane.abandon(t);
                    throw t;
                }
            }
        }
        memory.keepMapped();
    }
}
