/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.lane.LockWord;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * A map from keys to values, both bytes, in the segment: what the shared maps and the names of a heap stand on. This is a
 * handle to one of them; it holds no state but where it is.
 *
 * <p>Thread-safe, and safe against writers in other processes and their deaths. Reads take no lock and store nothing.
 * Steps that take a lane belong to the lane's lessee.
 */
public final class HashIndex {
    /*
     *   bucket: 6 slots -> entry
     *
     * A BucketTable whose buckets hold slots. A slot leads to an entry, a block with key and value, and holds the first 24
     * bits of the key's hash, the tag: few entries are looked at that are not the key's.
     *
     * How readers get by without locks is told there. Here it means that lengths and offsets may be anything until the
     * versions have been compared.
     *
     * Ideas taken from: Dash by Lu et al., VLDB 2020 (fingerprints).
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

    private final BucketTable table;
    private final SegmentMemory memory;
    private final LaneTable lanes;
    private final long seed0;
    private final long seed1;
    private final IndexWriter writer;

    private HashIndex(BucketTable table) {
        this.table = table;
        this.memory = table.memory();
        this.lanes = table.space().lanes();
        this.seed0 = table.seed0;
        this.seed1 = table.seed1;
        this.writer = new IndexWriter(this);
    }

    /**
     * A handle to the index whose header stands at an offset.
     *
     * @throws IllegalStateException if it has been destroyed
     */
    public static HashIndex open(ObjectSpace space, long header) {
        return new HashIndex(BucketTable.open(space, header, SharedType.Structure.HASH_INDEX));
    }

    // ---- life

    /** Reserves the blocks that {@link #create} takes. */
    public static void reserve(ObjectSpace space, Lane lane) {
        BucketTable.reserve(space, lane, SharedType.Structure.HASH_INDEX);
    }

    /**
     * Builds an empty index from reserved blocks. It becomes real with the commit of the lane's transaction.
     *
     * @param identity its first word, never 0 and never given to another object
     * @return the offset of its header
     */
    public static long create(ObjectSpace space, Lane lane, long identity) {
        return BucketTable.create(space, lane, identity, SharedType.Structure.HASH_INDEX);
    }

    /** See {@link Containers#tearDown}. */
    static boolean tearDown(ObjectSpace space, Lane lane, long header, int maxBlocks) {
        return new IndexTeardown(space, lane, header, new SlotLines(space.memory())).run(maxBlocks);
    }

    /** See {@link Containers#walk}. */
    static void walk(SegmentMemory memory, Geometry geometry, long header, StructureVisitor visitor) {
        EntryWalker entries = new EntryWalker(memory, header, visitor);
        new BucketTableWalker(new SlotLines(memory), entries, geometry, header, visitor)
                .walk(HashIndexHeader.PARAMETERS);
    }

    // ---- what the parts of this package share

    BucketTable table() {
        return table;
    }

    long hash(EncodedKey key) {
        return key.hash(seed0, seed1);
    }

    /**
     * Refuses to go on.
     *
     * @throws IllegalStateException if the heap is closed or the index destroyed
     */
    public void checkUsable() {
        table.checkUsable();
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
            throw table.endlessChain(bucket);
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
        Directory known = table.knownDirectory();
        long segment = memory.peekLong(known.word(known.index(hash)));
        long bucket = Bucket.at(segment, Bucket.index(hash));
        long lock = memory.peekLongAcquire(bucket);
        long matches = Bucket.matches(memory, bucket, hash);
        long entry = Bucket.entry(memory.peekLong(Bucket.firstMatch(bucket, matches)));
        if (segment != 0 && matches != 0 && shape.isAt(memory, entry, key)) {
            long value = shape.value(memory, entry);
            if (!LockWord.isLocked(lock) && table.holds(bucket, lock, known.version())) {
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
        Directory current = table.directory();
        long value = absent;
        boolean believed = false;
        try {
            long bucket = table.bucketOf(hash, current);
            long lock = memory.getLongVolatile(bucket);
            long entry = findEntry(bucket, hash, key.length, key.word, key.bytes, BucketTable.MAX_LINES);
            if (entry > 0) {
                value = wordOf(entry, key.length, valueLength);
            }
            believed = entry >= 0 && !LockWord.isLocked(lock) && table.holds(bucket, lock, current.version());
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
                + " expected=" + expected + " header=" + table.header() + " segment=" + memory.name());
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
        int maxLines = BucketTable.MAX_LINES;
        while (scratch.failures < BucketTable.MAX_FAILURES || !table.mayLock()) {
            Directory current = table.directory();
            long version = current.version();
            long bucket = 0;
            long lock = 0;
            try {
                long at = table.bucketOf(hash, current);
                lock = memory.getLongVolatile(at);
                bucket = at;
                if (LockWord.isLocked(lock)) {
                    scratch.failures++;
                    table.awaitBucket(bucket, lock, version);
                    table.checkAlive();
                    continue;
                }
                long entry = findEntry(bucket, hash, key.length, key.word, key.bytes, maxLines);
                if (entry > 0) {
                    long lengths = memory.getLong(entry);
                    if (table.holds(bucket, lock, version)) {
                        found(scratch, entry, lengths);
                        scratch.bucket = bucket;
                        scratch.lock = lock;
                        scratch.version = version;
                        return true;
                    }
                } else if (entry == 0 && table.holds(bucket, lock, version)) {
                    scratch.present = false;
                    memory.keepMapped();
                    return false;
                } else if (entry < 0) {
                    // Who may not ask for the lock goes twice as far, if what he has followed was the chain.
                    scratch.failures = BucketTable.MAX_FAILURES;
                    if (table.holds(bucket, lock, version)) {
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
            scratch.failures++;
        }
        return locateLocked(scratch, hash);
    }

    private void found(Scratch scratch, long entry, long lengths) {
        int length = IndexEntry.valueLength(lengths);
        long value = IndexEntry.value(entry, lengths);
        if (length < 0 || !memory.contains(value, length)) {
            throw new CorruptedSegmentException("an entry reaches beyond the heap: entry=" + entry + " valueLength="
                    + length + " header=" + table.header() + " segment=" + memory.name());
        }
        scratch.present = true;
        scratch.copied = false;
        scratch.valueOffset = value;
        scratch.foundLength = length;
        scratch.view.wrap(memory, value, length);
    }

    /** Whether the value that was located is still the key's value, unchanged. If not, a failure is counted. */
    public boolean isUndisturbed(Scratch scratch) {
        boolean undisturbed = scratch.copied || table.holds(scratch.bucket, scratch.lock, scratch.version);
        if (!undisturbed) {
            table.checkAlive();
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
        long bucket = table.lock(lane, hash);
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

    // ---- whole operations that write

    /**
     * Stores the scratch's value under its key. Afterwards {@link Scratch#present} tells whether the key was there.
     *
     * @param keep whether the value found is to be copied into the scratch
     * @return whether it was stored
     */
    public boolean put(Scratch scratch, When when, boolean keep) {
        table.checkAlive();
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
        table.checkAlive();
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
        table.clear(writer::clear);
    }

    /** Number of entries: exact while nobody writes, near it otherwise. */
    public long size() {
        return table.size();
    }

    /** Whether no entry could be found. */
    public boolean isEmpty() {
        return !cursor().next();
    }

    /** A walk over all entries, see {@link IndexCursor}. */
    public IndexCursor cursor() {
        checkUsable();
        return new IndexCursor(table, new SlotLines(memory));
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
}
