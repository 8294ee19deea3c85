/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LockWord;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * The writing operations of a {@link HashIndex}, from a lane that the caller has leased. Thread-safe: it has no state of its
 * own.
 */
final class IndexWriter {
    /*
     * Every operation: reserve its blocks, lock the bucket, look, and make the change real with one commit:
     *
     *   new          slot, stock, counter            replace   slot, stock
     *   new line     line's link, stocks, counter    in place  the words of the value
     *   remove       slot, stock, counter
     *
     * A new entry is filled while it still lies in the lane's stock: a death before the commit leaves it there. The entry
     * that goes is in the stock with the commit that unlinks it, and may be used again at once: readers find their
     * bucket's version changed.
     *
     * What is needed is found out under the lock, but reserved without it: then the lock is given up, the blocks are
     * reserved and the operation begins again, each kind of block once.
     */

    private final HashIndex index;
    private final BucketTable table;
    private final Lines lines;
    private final SegmentMemory memory;
    private final BlockAllocator blocks;
    private final IndexSplit splitter;

    IndexWriter(HashIndex index) {
        this.index = index;
        this.table = index.table();
        this.memory = table.memory();
        this.blocks = table.space().blocks();
        this.lines = new SlotLines(memory);
        this.splitter = new IndexSplit(table, lines);
    }

    // ---- put

    boolean put(Lane lane, Scratch scratch, HashIndex.When when, boolean keep) {
        EncodedKey key = scratch.key;
        long hash = index.hash(key);
        long size = IndexEntry.size(key.length, scratch.valueLength);
        boolean hasEntry = false;
        boolean hasLine = false;
        boolean mayChain = false;
        if (!isLikelyInPlace(scratch, hash, when)) {
            blocks.reserve(lane, size, 1);
            hasEntry = true;
        }
        while (true) {
            long bucket = table.lock(lane, hash);
            long slot = index.findSlot(bucket, hash, key);
            if (slot != 0) {
                long entry = Bucket.entry(memory.getLong(slot));
                long lengths = memory.getLong(entry);
                if (!accepts(lane, scratch, when, bucket, entry, lengths)) {
                    if (refuse(lane, scratch, keep, bucket, entry, lengths)) {
                        return false;
                    }
                } else if (isInPlace(scratch, lengths)) {
                    replaceInPlace(lane, scratch, keep, IndexEntry.value(entry, lengths));
                    lane.unlock(bucket);
                    scratch.present = true;
                    return true;
                } else if (hasEntry) {
                    replace(lane, scratch, slot, entry);
                    lane.unlock(bucket);
                    keepRemoved(scratch, keep, entry, lengths);
                    return true;
                } else {
                    lane.unlock(bucket);
                    blocks.reserve(lane, size, 1);
                    hasEntry = true;
                }
                continue;
            }
            if (when != HashIndex.When.ALWAYS && when != HashIndex.When.ABSENT) {
                lane.unlock(bucket);
                scratch.present = false;
                return false;
            }
            long empty = Bucket.emptySlot(memory, bucket);
            if (!hasEntry) {
                lane.unlock(bucket);
                blocks.reserve(lane, size, 1);
                hasEntry = true;
            } else if (empty != 0) {
                long entry = newEntry(lane, key, scratch.value, scratch.valueLength);
                insert(lane, hash, empty, entry, CommitSite.PUT_NEW);
                lane.unlock(bucket);
                scratch.present = false;
                return true;
            } else if (!mayChain && asksForSplit(bucket)) {
                lane.unlock(bucket);
                mayChain = !splitter.split(lane, hash);
            } else if (!hasLine) {
                lane.unlock(bucket);
                blocks.reserve(lane, Bucket.LINE_SIZE, 1);
                hasLine = true;
            } else {
                long entry = newEntry(lane, key, scratch.value, scratch.valueLength);
                chain(lane, hash, bucket, entry, CommitSite.PUT_NEW_LINE);
                lane.unlock(bucket);
                scratch.present = false;
                return true;
            }
        }
    }

    /** A look without lock: whether a value of the same length is probably there. */
    private boolean isLikelyInPlace(Scratch scratch, long hash, HashIndex.When when) {
        if (scratch.valueLength > IndexEntry.MAX_IN_PLACE || when == HashIndex.When.ABSENT) {
            return false;
        }
        return Bucket.matches(memory, table.settledBucket(hash), hash) != 0;
    }

    private static boolean isInPlace(Scratch scratch, long lengths) {
        return scratch.valueLength <= IndexEntry.MAX_IN_PLACE && IndexEntry.valueLength(lengths) == scratch.valueLength;
    }

    private boolean accepts(Lane lane, Scratch scratch, HashIndex.When when, long bucket, long entry, long lengths) {
        return switch (when) {
            case ALWAYS, PRESENT -> true;
            case ABSENT -> false;
            case EXPECTED -> hasValue(entry, lengths, scratch.expected, scratch.expectedLength);
            case UNCHANGED ->
                (bucket == scratch.bucket && memory.getLong(bucket) == scratch.lock + lane.index() + 1)
                        || hasValue(entry, lengths, scratch.copy, scratch.copyLength);
        };
    }

    private boolean hasValue(long entry, long lengths, byte[] bytes, int length) {
        return IndexEntry.valueLength(lengths) == length
                && memory.equalBytes(IndexEntry.value(entry, lengths), bytes, 0, length);
    }

    /** Returns false if the copy needs more room than there is: then it has been made, and the caller begins again. */
    private boolean refuse(Lane lane, Scratch scratch, boolean keep, long bucket, long entry, long lengths) {
        int length = IndexEntry.valueLength(lengths);
        if (keep && !scratch.canCopy(length)) {
            lane.unlock(bucket);
            scratch.roomForCopy(length);
            return false;
        }
        if (keep) {
            copyValue(scratch, IndexEntry.value(entry, lengths), length);
        }
        lane.unlock(bucket);
        scratch.present = true;
        return true;
    }

    private void copyValue(Scratch scratch, long value, int length) {
        memory.copyTo(value, scratch.copy, 0, length);
        scratch.copyLength = length;
    }

    /** The entry is in the lane's own stock now; its bytes stay what they are as long as the lease lasts. */
    private void keepRemoved(Scratch scratch, boolean keep, long entry, long lengths) {
        scratch.present = true;
        if (keep) {
            int length = IndexEntry.valueLength(lengths);
            scratch.roomForCopy(length);
            copyValue(scratch, IndexEntry.value(entry, lengths), length);
        }
    }

    private void replaceInPlace(Lane lane, Scratch scratch, boolean keep, long value) {
        int length = scratch.valueLength;
        if (keep) {
            copyValue(scratch, value, length);
        }
        for (long word = value & -Long.BYTES; word < value + length; word += Long.BYTES) {
            long old = memory.getLong(word);
            long merged = merge(old, (int) (word - value), scratch.value, length);
            if (merged != old) {
                lane.set(word, merged);
            }
        }
        lane.commit(CommitSite.PUT_IN_PLACE);
    }

    /**
     * A word with those of its bytes replaced that belong to a value.
     *
     * @param first position of the word in the value
     */
    private static long merge(long word, int first, byte[] value, int length) {
        if (first >= 0 && first + Long.BYTES <= length) {
            return ByteArrays.getLong(value, first);
        }
        int from = Math.max(0, -first);
        int to = Math.min(Long.BYTES, length - first);
        long mask = EncodedKey.mask(to - from) << Byte.SIZE * from;
        long bytes = ByteArrays.getLong(value, first + from) << Byte.SIZE * from;
        return word & ~mask | bytes & mask;
    }

    private void replace(Lane lane, Scratch scratch, long slot, long entry) {
        long fresh = newEntry(lane, scratch.key, scratch.value, scratch.valueLength);
        lane.set(slot, memory.getLong(slot) & ~Bucket.OFFSET_MASK | fresh >>> Bucket.OFFSET_SHIFT);
        blocks.give(lane, entry, IndexEntry.size(memory, entry));
        lane.commit(CommitSite.PUT_REPLACE);
    }

    private long newEntry(Lane lane, EncodedKey key, byte[] value, int valueLength) {
        long entry = blocks.take(lane, IndexEntry.size(key.length, valueLength));
        memory.putLong(entry, IndexEntry.lengths(key.length, valueLength));
        key.writeTo(memory, entry);
        long at = entry + IndexEntry.valueOffset(key.length, valueLength);
        if (valueLength == Long.BYTES) {
            memory.putLong(at, ByteArrays.getLong(value, 0));
        } else {
            memory.copyFrom(value, 0, at, valueLength);
        }
        return entry;
    }

    private void insert(Lane lane, long hash, long slot, long entry, CommitSite site) {
        lane.set(slot, Bucket.slot(hash, entry));
        table.count(lane, 1);
        lane.commit(site);
    }

    /** Inserts into a new line behind the last one. */
    private void chain(Lane lane, long hash, long bucket, long entry, CommitSite site) {
        // A hint that the segment was not to be split: nobody needs to ask again until an entry leaves the bucket.
        memory.putLong(bucket, memory.getLong(bucket) | LockWord.CHAIN);
        long last = lines.lastLine(bucket);
        long line = blocks.take(lane, Bucket.LINE_SIZE);
        memory.zero(line, Bucket.LINE_SIZE);
        memory.putLong(line + Bucket.SLOTS_OFFSET, Bucket.slot(hash, entry));
        lane.set(last + Bucket.OVERFLOW_OFFSET, line);
        table.count(lane, 1);
        lane.commit(site);
    }

    private boolean asksForSplit(long bucket) {
        return (memory.getLong(bucket) & LockWord.CHAIN) == 0;
    }

    // ---- remove

    boolean remove(Lane lane, Scratch scratch, HashIndex.When when, boolean keep) {
        long hash = index.hash(scratch.key);
        while (true) {
            long bucket = table.lock(lane, hash);
            long slot = index.findSlot(bucket, hash, scratch.key);
            if (slot == 0) {
                lane.unlock(bucket);
                scratch.present = false;
                return false;
            }
            long entry = Bucket.entry(memory.getLong(slot));
            long lengths = memory.getLong(entry);
            if (accepts(lane, scratch, when, bucket, entry, lengths)) {
                unlink(lane, bucket, slot, entry, CommitSite.REMOVE);
                lane.unlock(bucket);
                keepRemoved(scratch, keep, entry, lengths);
                return true;
            }
            if (refuse(lane, scratch, keep, bucket, entry, lengths)) {
                return false;
            }
        }
    }

    private void unlink(Lane lane, long bucket, long slot, long entry, CommitSite site) {
        long word = memory.getLong(bucket);
        if ((word & LockWord.CHAIN) != 0) {
            memory.putLong(bucket, word & ~LockWord.CHAIN);
        }
        lane.set(slot, 0);
        table.count(lane, -1);
        blocks.give(lane, entry, IndexEntry.size(memory, entry));
        lane.commit(site);
    }

    // ---- clear

    /**
     * Empties the bucket of this number in the segment at a position of the hash space, given by a tag. Returns the tag
     * behind the segment, or the same position if it has to be called again.
     */
    long clear(Lane lane, long position, int number) {
        long hash = position << (Long.SIZE - Bucket.TAG_BITS) | number;
        long bucket = table.lock(lane, hash);
        lines.checkChain(bucket);
        int shift = Bucket.TAG_BITS - table.localDepth(hash, table.directoryUnderLock());
        for (long line = bucket; line != 0; line = Bucket.overflow(memory, line)) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long at = line + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES;
                long slot = memory.getLong(at);
                // A slot that a split has moved away belongs to another segment, until it is scrubbed.
                if (slot != 0 && Bucket.tag(slot) >>> shift == position >>> shift) {
                    long entry = Bucket.entry(slot);
                    long size = IndexEntry.size(memory, entry);
                    if (!blocks.hasRoom(lane, size, 1)) {
                        lane.unlock(bucket);
                        blocks.makeRoom(lane, size, 1);
                        return position;
                    }
                    unlink(lane, bucket, at, entry, CommitSite.REMOVE);
                }
            }
        }
        lane.unlock(bucket);
        return ((position >>> shift) + 1) << shift;
    }

    // ---- steps of a leased operation

    void prepareInsert(Lane lane, EncodedKey key, int valueLength) {
        blocks.reserve(lane, IndexEntry.size(key.length, valueLength), 1);
        blocks.reserve(lane, Bucket.LINE_SIZE, 1);
        long hash = index.hash(key);
        while (isFull(lane, hash) && splitter.split(lane, hash)) {}
    }

    private boolean isFull(Lane lane, long hash) {
        long bucket = table.lock(lane, hash);
        boolean full = Bucket.emptySlot(memory, bucket) == 0 && asksForSplit(bucket);
        lane.unlock(bucket);
        return full;
    }

    boolean insertIfAbsent(Lane lane, EncodedKey key, byte[] value, CommitSite site) {
        long hash = index.hash(key);
        long bucket = table.lock(lane, hash);
        if (index.findSlot(bucket, hash, key) != 0) {
            lane.unlock(bucket);
            lane.rollback();
            return false;
        }
        long empty = Bucket.emptySlot(memory, bucket);
        long entry = newEntry(lane, key, value, value.length);
        if (empty != 0) {
            insert(lane, hash, empty, entry, site);
        } else {
            chain(lane, hash, bucket, entry, site);
        }
        lane.unlock(bucket);
        return true;
    }

    boolean remove(Lane lane, EncodedKey key, HashIndex.RemoveAction action, CommitSite site) {
        long hash = index.hash(key);
        long bucket = table.lock(lane, hash);
        long slot = index.findSlot(bucket, hash, key);
        boolean removed = false;
        if (slot != 0) {
            long entry = Bucket.entry(memory.getLong(slot));
            long lengths = memory.getLong(entry);
            removed = action.remove(lane, IndexEntry.value(entry, lengths), IndexEntry.valueLength(lengths));
            if (removed) {
                unlink(lane, bucket, slot, entry, site);
            }
        }
        lane.unlock(bucket);
        if (!removed) {
            lane.rollback();
        }
        return removed;
    }

    void finishSplit(Lane lane) {
        splitter.finish(lane);
    }
}
