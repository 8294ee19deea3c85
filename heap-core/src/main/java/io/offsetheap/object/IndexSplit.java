/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LockRank;
import io.offsetheap.lane.LockWord;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * Splits hash segments of a {@link HashIndex}. From a lane that holds no lock and has no open transaction. Thread-safe: it
 * has no state of its own.
 */
final class IndexSplit {
    /*
     * A segment is split by the next bit of the hash. The right half, where it is 1, is a new segment, built in private
     * memory: slots are copied, entries stay where they are. Where a bucket has more of them than the new one has slots, its
     * chain is sorted first, those of the right half last, and the lines behind change hands as they are: a split needs no
     * line, however long the chains. One commit puts the right half into the directory:
     *
     *   ends of chains, directory range (or: new directory, the old one into the stock), structure version, scrub word, stocks
     *
     * From then on the old segment is the left half. The slots that have been copied are still in it; they cannot match
     * there, because a search comes with the other bit. The scrub clears them one by one and draws the chains together. If
     * the splitter dies in between, the scrub word names the segment, and the next splitter goes on: a slot that is not
     * scrubbed yet only takes room.
     */

    private final HashIndex index;
    private final SegmentMemory memory;
    private final BlockAllocator blocks;
    private final long header;
    private final long splitLock;

    IndexSplit(HashIndex index) {
        this.index = index;
        this.memory = index.memory();
        this.blocks = index.space().blocks();
        this.header = index.header();
        this.splitLock = header + HashIndexHeader.SPLIT_LOCK_OFFSET;
    }

    /**
     * Splits the segment of a hash, unless somebody else just does.
     *
     * @return false if it should not be split, or cannot be: its full buckets are to grow chains
     */
    boolean split(Lane lane, long hash) {
        Directory directory = index.directory();
        long segment = Bucket.at(index.settledBucket(hash), -Bucket.index(hash));
        int depth = directory.depth();
        int localDepth = index.settledLocalDepth(hash);
        if (localDepth >= HashIndexHeader.MAX_DEPTH || !isCrowded(segment)) {
            return false;
        }
        boolean grows = localDepth == depth;
        int[] before = blocks.reservations(lane);
        boolean reserved = reserve(lane, grows, depth);
        if (reserved) {
            lane.lock(LockRank.SPLIT, splitLock);
            finishLocked(lane);
            // The structure version can change only under this lock, so what was seen under the same one is still true.
            if (index.directoryUnderLock().version() == directory.version()) {
                lane.lockBuckets(segment, Bucket.SEGMENT_BITS);
                splitLocked(lane, hash, segment, localDepth);
                lane.unlock(segment);
            }
            lane.unlock(splitLock);
        }
        // Somebody else may have been faster, again and again.
        blocks.endReservations(lane, before);
        return reserved;
    }

    private boolean reserve(Lane lane, boolean grows, int depth) {
        try {
            blocks.reserve(lane, Bucket.SEGMENT_SIZE, 1);
            if (grows) {
                blocks.reserve(lane, HashIndexHeader.directorySize(depth + 1), 1);
                // The old directory goes into the stock, and the entry of the operation may be of the same class.
                if (!blocks.hasRoom(lane, HashIndexHeader.directorySize(depth), 2)) {
                    blocks.makeRoom(lane, HashIndexHeader.directorySize(depth), 2);
                }
            }
            return true;
        } catch (OutOfSegmentMemoryException e) {
            return false;
        }
    }

    /** The bit of a hash, and of its tag in a slot, by which a segment of this local depth is split. */
    private static long bitOf(int localDepth) {
        return Long.MIN_VALUE >>> localDepth;
    }

    /**
     * Whether seven tenths of the slots that need no line are taken. Below that a split would spread a few long chains and
     * little else; much above it many keys would stand in lines, where a reader takes a miss more to find them.
     */
    private boolean isCrowded(long segment) {
        int taken = 0;
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                if (memory.getLong(Bucket.at(segment, b) + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES) != 0) {
                    taken++;
                }
            }
        }
        return taken * 10 >= Bucket.BUCKETS * Bucket.SLOTS * 7;
    }

    private void splitLocked(Lane lane, long hash, long segment, int localDepth) {
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            Bucket.checkChain(memory, Bucket.at(segment, b));
            sort(lane, Bucket.at(segment, b), bitOf(localDepth));
        }
        long right = newRightHalf(lane, segment, bitOf(localDepth));
        Directory directory = index.directoryUnderLock();
        int depth = directory.depth();
        long words = directory.words();
        int log2n = depth - localDepth;
        long first = directory.index(hash) >>> log2n << log2n;
        if (log2n == 0) {
            long larger = newDirectory(lane, words, depth, first, right);
            lane.set(header + HashIndexHeader.DIRECTORY_OFFSET, HashIndexHeader.pack(depth + 1, larger));
            blocks.give(lane, words, HashIndexHeader.directorySize(depth));
        } else {
            long half = 1L << log2n - 1;
            lane.fill(directory.word(first + half), log2n - 1, right);
        }
        // Behind the directory: a reader remembers what it finds under a version as what belongs to it.
        long version = header + HashIndexHeader.STRUCTURE_VERSION_OFFSET;
        lane.set(version, memory.getLong(version) + 1);
        lane.set(header + HashIndexHeader.SCRUB_OFFSET, HashIndexHeader.pack(localDepth + 1, segment));
        lane.commit(CommitSite.SPLIT);
        scrub(lane, segment, localDepth + 1);
    }

    /** Brings the slots of the right half to the end of a chain, if a bucket is too small for them. */
    private void sort(Lane lane, long bucket, long bit) {
        if (countMoving(bucket, bit) <= Bucket.SLOTS) {
            return;
        }
        long place = bucket;
        int next = 0;
        for (long line = bucket; line != 0; line = Bucket.overflow(memory, line)) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long slot = memory.getLong(Bucket.slotAt(line, i));
                if ((slot & bit) != 0) {
                    continue;
                }
                // Between the place and here, all slots are of the right half.
                if (place != line || next != i) {
                    lane.set(Bucket.slotAt(line, i), memory.getLong(Bucket.slotAt(place, next)));
                    lane.set(Bucket.slotAt(place, next), slot);
                    lane.commit(CommitSite.SPLIT_SORT);
                }
                if (++next == Bucket.SLOTS) {
                    place = Bucket.overflow(memory, place);
                    next = 0;
                }
            }
        }
    }

    private int countMoving(long bucket, long bit) {
        int moving = 0;
        for (long line = bucket; line != 0; line = Bucket.overflow(memory, line)) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                if ((memory.getLong(Bucket.slotAt(line, i)) & bit) != 0) {
                    moving++;
                }
            }
        }
        return moving;
    }

    private long newRightHalf(Lane lane, long segment, long bit) {
        long right = blocks.take(lane, Bucket.SEGMENT_SIZE);
        memory.zero(right, Bucket.SEGMENT_SIZE);
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long target = Bucket.at(right, b);
            long line = Bucket.at(segment, b);
            int moving = countMoving(line, bit);
            int copied = moving - Math.max(0, moving - 1) / Bucket.SLOTS * Bucket.SLOTS;
            int filled = copy(line, target, 0, bit);
            while (filled < copied) {
                line = Bucket.overflow(memory, line);
                filled = copy(line, target, filled, bit);
            }
            if (copied < moving) {
                // The lines behind are full of slots of the right half.
                memory.putLong(target + Bucket.OVERFLOW_OFFSET, Bucket.overflow(memory, line));
                lane.set(line + Bucket.OVERFLOW_OFFSET, 0);
            }
        }
        return right;
    }

    /** Copies the slots of the right half in a line. Returns how many the target has then. */
    private int copy(long line, long target, int filled, long bit) {
        int count = filled;
        for (int i = 0; i < Bucket.SLOTS; i++) {
            long slot = memory.getLong(Bucket.slotAt(line, i));
            if ((slot & bit) != 0) {
                memory.putLong(Bucket.slotAt(target, count++), slot);
            }
        }
        return count;
    }

    /** A directory of twice the size, with the right half in place. */
    private long newDirectory(Lane lane, long words, int depth, long split, long right) {
        long larger = blocks.take(lane, HashIndexHeader.directorySize(depth + 1));
        for (long i = 0; i < 1L << depth; i++) {
            long segment = memory.getLong(words + i * Long.BYTES);
            memory.putLong(larger + 2 * i * Long.BYTES, segment);
            memory.putLong(larger + (2 * i + 1) * Long.BYTES, i == split ? right : segment);
        }
        return larger;
    }

    // ---- scrub

    /** Finishes what a dead splitter has left behind. */
    void finish(Lane lane) {
        if (memory.getLongVolatile(header + HashIndexHeader.SCRUB_OFFSET) != 0) {
            lane.lock(LockRank.SPLIT, splitLock);
            finishLocked(lane);
            lane.unlock(splitLock);
        }
    }

    private void finishLocked(Lane lane) {
        long pending = memory.getLong(header + HashIndexHeader.SCRUB_OFFSET);
        if (pending != 0) {
            long segment = HashIndexHeader.block(pending);
            lane.lockBuckets(segment, Bucket.SEGMENT_BITS);
            scrub(lane, segment, HashIndexHeader.depth(pending));
            lane.unlock(segment);
        }
    }

    private void scrub(Lane lane, long segment, int localDepth) {
        long moved = bitOf(localDepth - 1);
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long bucket = Bucket.at(segment, b);
            Bucket.checkChain(memory, bucket);
            memory.putLong(bucket, memory.getLong(bucket) & ~LockWord.CHAIN);
            clearMoved(lane, bucket, moved);
            while (dropLastLine(lane, bucket)) {}
        }
        lane.set(header + HashIndexHeader.SCRUB_OFFSET, 0);
        lane.commit(CommitSite.SCRUB_DONE);
    }

    private void clearMoved(Lane lane, long bucket, long moved) {
        for (long line = bucket; line != 0; line = Bucket.overflow(memory, line)) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long slot = line + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES;
                if ((memory.getLong(slot) & moved) != 0) {
                    lane.set(slot, 0);
                    lane.commit(CommitSite.SCRUB_SLOT);
                }
            }
        }
    }

    /** Moves the slots of the last line to the front and frees it, in one commit. Returns false if they do not fit. */
    private boolean dropLastLine(Lane lane, long bucket) {
        long last = Bucket.lastLine(memory, bucket);
        // One place in the stock stays for the entry of the operation.
        if (last == bucket || !blocks.hasRoom(lane, Bucket.LINE_SIZE, 2)) {
            return false;
        }
        long place = bucket;
        int next = 0;
        long before = bucket;
        for (int i = 0; i < Bucket.SLOTS; i++) {
            long slot = memory.getLong(last + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES);
            while (slot != 0) {
                if (next == Bucket.SLOTS) {
                    place = Bucket.overflow(memory, place);
                    next = 0;
                    if (place == last) {
                        lane.rollback();
                        return false;
                    }
                }
                long at = place + Bucket.SLOTS_OFFSET + (long) next++ * Long.BYTES;
                if (memory.getLong(at) == 0) {
                    lane.set(at, slot);
                    break;
                }
            }
        }
        while (Bucket.overflow(memory, before) != last) {
            before = Bucket.overflow(memory, before);
        }
        lane.set(before + Bucket.OVERFLOW_OFFSET, 0);
        blocks.give(lane, last, Bucket.LINE_SIZE);
        lane.commit(CommitSite.SCRUB_LINE);
        return true;
    }
}
