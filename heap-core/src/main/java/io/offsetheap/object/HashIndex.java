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
import io.offsetheap.lane.LockWord;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import java.security.SecureRandom;

/**
 * A map from keys to values, both bytes, in the segment: what the shared maps and the names of a heap stand on. This is a
 * handle to one of them; it holds no state but where it is.
 *
 * <p>Thread-safe, and safe against writers in other processes and their deaths. Reads take no lock and store nothing.
 * Steps that take a lane belong to the lane's lessee.
 */
public final class HashIndex {
    /*
     * Extendible hashing with versioned buckets.
     *
     *   header -> directory: 2^depth words -> segment: 16 buckets -> bucket: 6 slots -> entry
     *
     * The first bits of a key's hash choose the segment, the last four the bucket in it, and the first 24, the tag, stand
     * in the slot. A bucket that is full gets overflow lines; one that needs a second line splits its segment (IndexSplit).
     *
     * Reading. A reader notes the structure version and the bucket's lock word, follows pointers that may be stale, and
     * believes what it has found only if both words and the identity are still the same afterwards. Both are needed: the
     * bucket's version tells of changes to its entries, the structure version of directories that have been freed and
     * reused, where a reader may have read anything in place of a segment's offset. A word that looks like a lock is
     * waited for only when it is known to be one.
     *
     * Ideas taken from: CCEH by Nam et al., FAST 2019 (segments split in place, directory by the first bits); Dash by Lu et
     * al., VLDB 2020 (fingerprints, optimistic readers); MICA by Lim et al., NSDI 2014 (a version for each bucket).
     */

    /** When the entry of a key is changed. */
    public enum When {
        /** Whether it is there or not. */
        ALWAYS,
        /** If there is none. */
        ABSENT,
        /** If there is one. */
        PRESENT,
        /** If there is one with the expected value. */
        EXPECTED,
        /** If there is one, the same that the scratch has a copy of. */
        UNCHANGED
    }

    /** What else happens when an entry is removed. */
    @FunctionalInterface
    public interface RemoveAction {
        /**
         * Called under the bucket's lock. Adds records to the lane's transaction, and calls nothing that locks, waits or
         * fails.
         *
         * @return false to leave the entry where it is
         */
        boolean remove(Lane lane, long valueOffset, int valueLength);
    }

    /** Most lines that a reader follows, and most failures it takes, before it asks for the lock. */
    static final int MAX_LINES = 64;

    static final int MAX_FAILURES = 64;

    /** Apart, so that who only opens an index does not pay for it. */
    private static final class Seeds {
        static final SecureRandom RANDOM = new SecureRandom();

        private Seeds() {}
    }

    private final ObjectSpace space;
    private final SegmentMemory memory;
    private final LaneTable lanes;
    private final long header;
    private final long identity;
    private final long seed0;
    private final long seed1;
    private final long counters;
    private final IndexWriter writer;
    /** The last one seen, by whatever thread: immutable, and believed only as long as its version is the index's. */
    private Directory directory;

    private HashIndex(ObjectSpace space, long header) {
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
        if (parameters != HashIndexHeader.PARAMETERS) {
            throw new SegmentFormatException("the container was made by a later version: parameters=0x"
                    + Long.toHexString(parameters) + " supported=0x" + Long.toHexString(HashIndexHeader.PARAMETERS)
                    + " header=" + header + " segment=" + memory.name());
        }
        this.directory = readDirectory();
        this.writer = new IndexWriter(this);
    }

    /**
     * A handle to the index whose header stands at an offset.
     *
     * @throws IllegalStateException if it has been destroyed
     */
    public static HashIndex open(ObjectSpace space, long header) {
        return new HashIndex(space, header);
    }

    // ---- life

    /** Reserves the blocks that {@link #create} takes. */
    public static void reserve(ObjectSpace space, Lane lane) {
        BlockAllocator blocks = space.blocks();
        blocks.reserveHeader(lane);
        blocks.reserve(lane, HashIndexHeader.directorySize(0), 1);
        blocks.reserve(lane, Bucket.SEGMENT_SIZE, 1);
        blocks.reserve(lane, countersSize(space), 1);
    }

    /**
     * Builds an empty index from reserved blocks. It becomes real with the commit of the lane's transaction.
     *
     * @param identity its first word, never 0 and never given to another object
     * @return the offset of its header
     */
    public static long create(ObjectSpace space, Lane lane, long identity) {
        return create(space, lane, identity, Seeds.RANDOM.nextLong(), Seeds.RANDOM.nextLong());
    }

    static long create(ObjectSpace space, Lane lane, long identity, long seed0, long seed1) {
        SegmentMemory memory = space.memory();
        BlockAllocator blocks = space.blocks();
        long header = blocks.takeHeader(lane);
        long directory = blocks.take(lane, HashIndexHeader.directorySize(0));
        long segment = blocks.take(lane, Bucket.SEGMENT_SIZE);
        long counters = blocks.take(lane, countersSize(space));
        memory.zero(segment, Bucket.SEGMENT_SIZE);
        memory.zero(counters, countersSize(space));
        memory.putLong(directory, segment);
        // Structure version and split lock go on from where the cell's last container has left them.
        memory.putLong(header + HashIndexHeader.DIRECTORY_OFFSET, HashIndexHeader.pack(0, directory));
        memory.putLong(header + HashIndexHeader.PARAMETERS_OFFSET, HashIndexHeader.PARAMETERS);
        memory.putLong(header + HashIndexHeader.SEED_OFFSET, seed0);
        memory.putLong(header + HashIndexHeader.SEED_OFFSET + Long.BYTES, seed1);
        memory.putLong(header + HashIndexHeader.COUNTERS_OFFSET, counters);
        memory.putLong(header + HashIndexHeader.SCRUB_OFFSET, 0);
        memory.putLong(header + ContainerHeader.DOOMED_NEXT_OFFSET, 0);
        memory.putLong(header + ContainerHeader.STRUCTURE_OFFSET, SharedType.Structure.HASH_INDEX.code());
        memory.putLong(header + HashIndexHeader.TORN_DOWN_OFFSET, 0);
        memory.putLong(header + HashIndexHeader.IDENTITY_OFFSET, identity);
        return header;
    }

    static long countersSize(ObjectSpace space) {
        return (long) Long.BYTES * space.geometry().lanes;
    }

    /** See {@link Containers#tearDown}. */
    static boolean tearDown(ObjectSpace space, Lane lane, long header, int maxBlocks) {
        return new IndexTeardown(space, lane, header).run(maxBlocks);
    }

    // ---- what the parts of this package share

    ObjectSpace space() {
        return space;
    }

    SegmentMemory memory() {
        return memory;
    }

    long header() {
        return header;
    }

    long hash(EncodedKey key) {
        return key.hash(seed0, seed1);
    }

    long counter(Lane lane) {
        return HashIndexHeader.counter(counters, lane.index(), space.geometry().lanes);
    }

    private long structureVersion() {
        return memory.peekLongAcquire(header + HashIndexHeader.STRUCTURE_VERSION_OFFSET);
    }

    /**
     * The directory as it is now. Whoever reads in it compares its version with the index's again, see {@link #holds}: it
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
            if (holds(0, 0, version)) {
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
        return Bucket.at(memory.getLong(directory.word(directory.index(hash))), Bucket.index(hash));
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
            if (holds(0, 0, current.version())) {
                if (failure != null) {
                    throw failure;
                }
                return bucket;
            }
        }
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
            if (holds(0, 0, current.version())) {
                if (failure != null) {
                    throw failure;
                }
                return depth;
            }
        }
    }

    /**
     * Whether what was read since the words were noted is to be believed.
     *
     * @param bucket 0 if none was reached yet
     */
    boolean holds(long bucket, long lock, long version) {
        memory.loadFence();
        return (bucket == 0 || memory.peekLong(bucket) == lock)
                && memory.peekLong(header + HashIndexHeader.STRUCTURE_VERSION_OFFSET) == version
                && memory.peekLong(header + HashIndexHeader.IDENTITY_OFFSET) == identity;
    }

    /**
     * Refuses to go on.
     *
     * @throws IllegalStateException if the heap is closed or the index destroyed
     */
    public void checkUsable() {
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

    /** Waits for a bucket's lock if the word is still known to be one. */
    void awaitBucket(long bucket, long lock, long version) {
        if (holds(bucket, lock, version)) {
            lanes.await(bucket, lock, null);
        }
    }

    // ---- search

    /** Offset of the entry of a key, 0 if there is none, -1 if the chain is too long for a reader. Readers may meet anything. */
    private long findEntry(long bucket, long hash, int keyLength, long keyWord, byte[] keyBytes, int maxLines) {
        // Most keys are the first match of the bucket's own line: on this way nothing loops.
        long matches = Bucket.matches(memory, bucket, hash);
        if (matches != 0) {
            long entry = Bucket.entry(memory.getLong(Bucket.firstMatch(bucket, matches)));
            if (isEntry(entry, keyLength, keyWord, keyBytes)) {
                return entry;
            }
        }
        long slot = findSlot(bucket, hash, keyLength, keyWord, keyBytes, maxLines);
        return slot <= 0 ? slot : Bucket.entry(memory.getLong(slot));
    }

    /** Offset of the slot of a key, or 0. Under the bucket's lock. */
    long findSlot(long bucket, long hash, EncodedKey key) {
        long slot = findSlot(bucket, hash, key.length, key.word, key.bytes, Bucket.MAX_CHAIN);
        if (slot < 0) {
            throw endlessChain(bucket);
        }
        return slot;
    }

    /** Offset of the slot of a key, 0 if there is none, -1 if the chain is longer than asked for. Readers may meet anything. */
    private long findSlot(long bucket, long hash, int keyLength, long keyWord, byte[] keyBytes, int maxLines) {
        long line = bucket;
        for (int lines = 0; lines <= maxLines; lines++) {
            // Before the slots are peeked at: this load looks whether the heap has grown as far as here.
            long next = Bucket.overflow(memory, line);
            long matches = Bucket.matches(memory, line, hash);
            while (matches != 0) {
                long slot = Bucket.firstMatch(line, matches);
                if (isEntry(Bucket.entry(memory.getLong(slot)), keyLength, keyWord, keyBytes)) {
                    return slot;
                }
                matches &= matches - 1;
            }
            if (next == 0) {
                return 0;
            }
            line = next;
        }
        return -1;
    }

    CorruptedSegmentException endlessChain(long bucket) {
        return new CorruptedSegmentException("a chain of overflow lines has no end: bucket=" + bucket + " header="
                + header + " segment=" + memory.name());
    }

    /** Whether an entry has a key. The entry is 0 where an empty slot looks like one of tag 0. */
    private boolean isEntry(long entry, int length, long word, byte[] bytes) {
        if (entry == 0 || IndexEntry.keyLength(memory.getLong(entry)) != length) {
            return false;
        }
        long at = entry + IndexEntry.KEY_OFFSET;
        if (length > Long.BYTES) {
            return memory.equalBytes(at, bytes, 0, length);
        }
        return length == 0 || (memory.getLong(at) ^ word) << (Long.SIZE - Byte.SIZE * length) == 0;
    }

    // ---- reading

    /**
     * The value of a key, both words, as a number with a sign, or {@code absent}.
     *
     * @param key as {@link WordEntry#key} gives it
     */
    public long getWord(long key, WordEntry shape, long absent) {
        lanes.checkOpen();
        // The way of nearly every hit has no branch but those that always go alike, no loop and no way back into it. So
        // a processor works on several calls at once, and the misses of one hide behind those of the others.
        long hash = KeyHash.ofWord(key, shape.keyLength, seed0, seed1);
        Directory known = directory;
        long segment = memory.peekLong(known.word(known.index(hash)));
        long bucket = Bucket.at(segment, Bucket.index(hash));
        long lock = memory.peekLongAcquire(bucket);
        long matches = Bucket.matches(memory, bucket, hash);
        long entry = Bucket.entry(memory.peekLong(Bucket.firstMatch(bucket, matches)));
        if (segment != 0 && matches != 0 && shape.isAt(memory, entry, key)) {
            long value = shape.value(memory, entry);
            if (!LockWord.isLocked(lock) && holds(bucket, lock, known.version())) {
                memory.keepMapped();
                return value;
            }
        }
        return getWordSlowly(key, shape, absent);
    }

    private long getWordSlowly(long key, WordEntry shape, long absent) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.key.setWord(key, shape.keyLength);
            return getWord(scratch, shape.valueLength, absent);
        } finally {
            scratch.leave();
        }
    }

    /** The value of the scratch's key, of up to 8 bytes, as a number with a sign, or {@code absent}. */
    public long getWord(Scratch scratch, int valueLength, long absent) {
        lanes.checkOpen();
        EncodedKey key = scratch.key;
        long hash = hash(key);
        Directory current = directory();
        long value = absent;
        boolean believed = false;
        try {
            long bucket = bucketOf(hash, current);
            long lock = memory.getLongVolatile(bucket);
            long entry = findEntry(bucket, hash, key.length, key.word, key.bytes, MAX_LINES);
            if (entry > 0) {
                value = wordOf(entry, key.length, valueLength);
            }
            believed = entry >= 0 && !LockWord.isLocked(lock) && holds(bucket, lock, current.version());
        } catch (CorruptedSegmentException e) {
            believed = false;
        }
        memory.keepMapped();
        return believed ? value : getWordCarefully(scratch, valueLength, absent);
    }

    private long wordOf(long entry, int keyLength, int valueLength) {
        int length = IndexEntry.valueLength(memory.getLong(entry));
        if (length != valueLength) {
            throw wrongLength(length, valueLength);
        }
        return IndexEntry.word(memory, entry + IndexEntry.valueOffset(keyLength, valueLength), valueLength);
    }

    private CorruptedSegmentException wrongLength(int length, int expected) {
        return new CorruptedSegmentException("a value has a length that its type does not allow: length=" + length
                + " expected=" + expected + " header=" + header + " segment=" + memory.name());
    }

    private long getWordCarefully(Scratch scratch, int valueLength, long absent) {
        if (!copy(scratch)) {
            return absent;
        }
        if (scratch.copyLength != valueLength) {
            throw wrongLength(scratch.copyLength, valueLength);
        }
        return scratch.copyWord();
    }

    /** Whether the scratch's key is there. */
    public boolean contains(Scratch scratch) {
        begin(scratch);
        boolean found = locate(scratch);
        memory.keepMapped();
        return found;
    }

    /** Copies the value of the scratch's key into the scratch. Returns false if there is none. */
    public boolean copy(Scratch scratch) {
        begin(scratch);
        while (locate(scratch)) {
            if (scratch.copied) {
                return true;
            }
            int length = scratch.foundLength;
            scratch.roomForCopy(length);
            memory.copyTo(scratch.valueOffset, scratch.copy, 0, length);
            scratch.copyLength = length;
            if (isUndisturbed(scratch)) {
                memory.keepMapped();
                return true;
            }
        }
        memory.keepMapped();
        return false;
    }

    /** A value by key, copied into the view's own memory. Returns false if there is none. */
    public boolean find(EncodedKey key, ValueView view) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.key.set(key);
            if (!copy(scratch)) {
                return false;
            }
            System.arraycopy(scratch.copy, 0, view.wrapOwn(scratch.copyLength), 0, scratch.copyLength);
            return true;
        } finally {
            scratch.leave();
        }
    }

    /** Begins a search with {@link #locate}. */
    public void begin(Scratch scratch) {
        lanes.checkOpen();
        scratch.failures = 0;
    }

    /**
     * Points the scratch's view to the value of its key: to the bytes in the segment, which may change at any time, or to
     * a copy after too many failures. What was made of them counts only if {@link #isUndisturbed} says so afterwards.
     *
     * @return false if there is none
     */
    public boolean locate(Scratch scratch) {
        EncodedKey key = scratch.key;
        long hash = hash(key);
        int maxLines = MAX_LINES;
        while (scratch.failures < MAX_FAILURES || !mayLock()) {
            Directory current = directory();
            long version = current.version();
            long bucket = 0;
            long lock = 0;
            try {
                long at = bucketOf(hash, current);
                lock = memory.getLongVolatile(at);
                bucket = at;
                if (LockWord.isLocked(lock)) {
                    scratch.failures++;
                    awaitBucket(bucket, lock, version);
                    checkAlive();
                    continue;
                }
                long entry = findEntry(bucket, hash, key.length, key.word, key.bytes, maxLines);
                if (entry > 0) {
                    long lengths = memory.getLong(entry);
                    if (holds(bucket, lock, version)) {
                        found(scratch, entry, lengths);
                        scratch.bucket = bucket;
                        scratch.lock = lock;
                        scratch.version = version;
                        return true;
                    }
                } else if (entry == 0 && holds(bucket, lock, version)) {
                    scratch.present = false;
                    memory.keepMapped();
                    return false;
                } else if (entry < 0) {
                    // Who may not ask for the lock goes twice as far, if what he has followed was the chain.
                    scratch.failures = MAX_FAILURES;
                    if (holds(bucket, lock, version)) {
                        if (maxLines == Bucket.MAX_CHAIN) {
                            throw endlessChain(bucket);
                        }
                        maxLines *= 2;
                    }
                }
            } catch (CorruptedSegmentException e) {
                if (holds(bucket, lock, version)) {
                    throw e;
                }
            }
            checkAlive();
            scratch.failures++;
        }
        return locateLocked(scratch, hash);
    }

    private void found(Scratch scratch, long entry, long lengths) {
        int length = IndexEntry.valueLength(lengths);
        long value = IndexEntry.value(entry, lengths);
        if (length < 0 || !memory.contains(value, length)) {
            throw new CorruptedSegmentException("an entry reaches beyond the heap: entry=" + entry + " valueLength="
                    + length + " header=" + header + " segment=" + memory.name());
        }
        scratch.present = true;
        scratch.copied = false;
        scratch.valueOffset = value;
        scratch.foundLength = length;
        scratch.view.wrap(memory, value, length);
    }

    /** Whether the value that was located is still the key's value, unchanged. If not, a failure is counted. */
    public boolean isUndisturbed(Scratch scratch) {
        boolean undisturbed = scratch.copied || holds(scratch.bucket, scratch.lock, scratch.version);
        if (!undisturbed) {
            checkAlive();
            scratch.failures++;
        }
        memory.keepMapped();
        return undisturbed;
    }

    /** Copies the value under the bucket's lock: the way of a reader that was disturbed too often. */
    private boolean locateLocked(Scratch scratch, long hash) {
        while (true) {
            int missing;
            Lane lane = lanes.lease();
            try {
                missing = copyLocked(lane, scratch, hash);
                lane.giveBack();
            } catch (Throwable t) {
                lane.abandon(t);
                throw t;
            }
            if (missing == 0) {
                return scratch.present;
            }
            scratch.roomForCopy(missing);
        }
    }

    /** Returns 0, or how many bytes the copy needs. */
    private int copyLocked(Lane lane, Scratch scratch, long hash) {
        long bucket = lock(lane, hash);
        int missing = 0;
        long slot = findSlot(bucket, hash, scratch.key);
        scratch.present = slot != 0;
        if (slot != 0) {
            long entry = Bucket.entry(memory.getLong(slot));
            long lengths = memory.getLong(entry);
            int length = IndexEntry.valueLength(lengths);
            if (scratch.canCopy(length)) {
                memory.copyTo(IndexEntry.value(entry, lengths), scratch.copy, 0, length);
                scratch.copyLength = length;
                scratch.copied = true;
                scratch.view.wrap(scratch.copy, 0, length);
            } else {
                missing = length;
            }
        }
        // No version to compare later: whoever wants to know compares the copy.
        scratch.bucket = 0;
        lane.unlock(bucket);
        return missing;
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

    // ---- whole operations that write

    /**
     * Stores the scratch's value under its key. Afterwards {@link Scratch#present} tells whether the key was there.
     *
     * @param keep whether the value found is to be copied into the scratch
     * @return whether it was stored
     */
    public boolean put(Scratch scratch, When when, boolean keep) {
        checkAlive();
        Lane lane = lanes.lease();
        try {
            boolean stored = writer.put(lane, scratch, when, keep);
            lane.giveBack();
            memory.keepMapped();
            return stored;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Removes the entry of the scratch's key. See {@link #put}. */
    public boolean remove(Scratch scratch, When when, boolean keep) {
        checkAlive();
        Lane lane = lanes.lease();
        try {
            boolean removed = writer.remove(lane, scratch, when, keep);
            lane.giveBack();
            memory.keepMapped();
            return removed;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Removes every entry that is there throughout the call. Not atomic. */
    public void clear() {
        checkUsable();
        for (int bucket = 0; bucket < Bucket.BUCKETS; bucket++) {
            long position = 0;
            while (position < 1L << Bucket.TAG_BITS) {
                Lane lane = lanes.lease();
                try {
                    position = writer.clear(lane, position, bucket);
                    lane.giveBack();
                } catch (Throwable t) {
                    lane.abandon(t);
                    throw t;
                }
            }
        }
        memory.keepMapped();
    }

    /** Number of entries: exact while nobody writes, near it otherwise. */
    public long size() {
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

    /** Whether no entry could be found. */
    public boolean isEmpty() {
        return !cursor().next();
    }

    /** A walk over all entries, see {@link IndexCursor}. */
    public IndexCursor cursor() {
        checkUsable();
        return new IndexCursor(this);
    }

    // ---- steps of a leased operation

    /**
     * Makes everything ready for {@link #insertIfAbsent}: reserves its blocks and splits a full segment. Commits of its
     * own: the lane has no open transaction.
     */
    public void prepareInsert(Lane lane, EncodedKey key, int valueLength) {
        writer.prepareInsert(lane, key, valueLength);
    }

    /**
     * Adds an entry to the lane's transaction and commits all of it, or, if the key is there, rolls all of it back.
     *
     * @return whether it was inserted
     */
    public boolean insertIfAbsent(Lane lane, EncodedKey key, byte[] value, CommitSite site) {
        return writer.insertIfAbsent(lane, key, value, site);
    }

    /**
     * Removes an entry, together with what the action adds to the lane's transaction, in one commit.
     *
     * @return whether there was one and the action agreed
     */
    public boolean remove(Lane lane, EncodedKey key, RemoveAction action, CommitSite site) {
        return writer.remove(lane, key, action, site);
    }

    /** Finishes what a splitter has left behind when it died. */
    public void finishSplit(Lane lane) {
        writer.finishSplit(lane);
    }

    /** Whether the calling thread may take a lock to read. Inside a function of an operation it must not lease a lane. */
    boolean mayLock() {
        return !memory.isReadOnly() && lanes.mayLease();
    }
}
