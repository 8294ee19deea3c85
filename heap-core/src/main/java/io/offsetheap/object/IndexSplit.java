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
 * Splits hash segments of a {@link BucketTable}. From a lane that holds no lock and has no open transaction. Thread-safe: it
 * has no state of its own.
 */
final class IndexSplit {
    /*
     * A segment is split by the next bit of the hash. The right half, where it is 1, is a new segment, built in private
     * memory: items are copied, what they lead to stays where it is. Where a bucket has more of them than the new one has
     * places, its chain is sorted first, those of the right half last, and the lines behind change hands as they are: a split
     * needs no line, however long the chains. One commit puts the right half into the directory:
     *
     *   ends of chains, directory range (or: new directory, the old one into the stock), structure version, scrub word, stocks
     *
     * From then on the old segment is the left half. The items that have been copied are still in it; no search finds them
     * there, because it comes with a hash that leads to the right half. The scrub clears them and draws the chains together.
     * If the splitter dies in between, the scrub word names the segment, and the next splitter goes on: an item that is not
     * scrubbed yet only takes room.
     */

    private final BucketTable table;
    private final Lines lines;
    private final SegmentMemory memory;
    private final BlockAllocator blocks;
    private final long header;
    private final long splitLock;

    IndexSplit(BucketTable table, Lines lines) {
        this.table = table;
        this.lines = lines;
        this.memory = table.memory();
        this.blocks = table.space().blocks();
        this.header = table.header();
        this.splitLock = header + HashIndexHeader.SPLIT_LOCK_OFFSET;
    }

    /**
     * Splits the segment of a hash, unless somebody else just does.
     *
     * @return false if it should not be split, or cannot be: its full buckets are to grow chains
     */
    boolean split(Lane lane, long hash) {
        Directory directory = table.directory();
        long segment = table.settledSegment(hash);
        int depth = directory.depth();
        int localDepth = table.settledLocalDepth(hash);
        if (localDepth >= HashIndexHeader.MAX_DEPTH || !isCrowded(segment)) {
            return false;
        }
        boolean grows = localDepth == depth;
        long[] before = blocks.reservations(lane);
        boolean reserved = reserve(lane, grows, depth);
        if (reserved) {
            lane.lock(LockRank.CONTAINER, splitLock);
            finishLocked(lane);
            // The structure version can change only under this lock, so what was seen under the same one is still true.
            if (table.directoryUnderLock().version() == directory.version()) {
                lane.lockBuckets(segment, Bucket.SEGMENT_BITS, lines.shift());
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
            blocks.reserve(lane, lines.segmentSize(), 1);
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

    /** The bit of a hash by which a segment of this local depth is split. */
    private static long bitOf(int localDepth) {
        return Long.MIN_VALUE >>> localDepth;
    }

    /**
     * Whether seven tenths of the places that need no line are taken. Below that a split would spread a few long chains and
     * little else; much above it many keys would stand in lines, where a reader takes a miss more to find them.
     */
    private boolean isCrowded(long segment) {
        int taken = 0;
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            taken += Integer.bitCount(lines.taken(lines.bucketAt(segment, b)));
        }
        return taken * 10 >= Bucket.BUCKETS * lines.places() * 7;
    }

    private void splitLocked(Lane lane, long hash, long segment, int localDepth) {
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long bucket = lines.bucketAt(segment, b);
            lines.checkChain(bucket);
            sort(lane, bucket, bitOf(localDepth));
        }
        long right = newRightHalf(lane, segment, bitOf(localDepth));
        Directory directory = table.directoryUnderLock();
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

    /** Brings the items of the right half to the end of a chain, if a bucket is too small for them. */
    private void sort(Lane lane, long bucket, long bit) {
        if (lines.overflow(bucket) == 0 || countMoving(bucket, bit) <= lines.chainedPlaces()) {
            return;
        }
        long place = bucket;
        int next = 0;
        for (long line = bucket; line != 0; line = lines.overflow(line)) {
            int moving = lines.takenWith(line, bit);
            for (int i = 0; i < lines.chainedPlaces(); i++) {
                if ((moving & 1 << i) != 0) {
                    continue;
                }
                // Between the place and here, all items are of the right half.
                if (place != line || next != i) {
                    lines.exchange(lane, line, i, place, next);
                    lane.commit(CommitSite.SPLIT_SORT);
                }
                if (++next == lines.chainedPlaces()) {
                    place = lines.overflow(place);
                    next = 0;
                }
            }
        }
    }

    private int countMoving(long bucket, long bit) {
        int moving = 0;
        for (long line = bucket; line != 0; line = lines.overflow(line)) {
            moving += Integer.bitCount(lines.takenWith(line, bit));
        }
        return moving;
    }

    private long newRightHalf(Lane lane, long segment, long bit) {
        long right = blocks.take(lane, lines.segmentSize());
        memory.zero(right, lines.segmentSize());
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long line = lines.bucketAt(segment, b);
            long target = lines.bucketAt(right, b);
            if (lines.overflow(line) == 0) {
                copy(line, target, 0, bit);
                continue;
            }
            int moving = countMoving(line, bit);
            int copied = moving - Math.max(0, moving - 1) / lines.chainedPlaces() * lines.chainedPlaces();
            int filled = copy(line, target, 0, bit);
            while (filled < copied) {
                line = lines.overflow(line);
                filled = copy(line, target, filled, bit);
            }
            if (copied < moving) {
                // The lines behind are full of items of the right half.
                lines.link(target, lines.overflow(line));
                lines.link(lane, line, 0);
            }
        }
        return right;
    }

    /** Copies the items of the right half in a line. Returns how many the target has then. */
    private int copy(long line, long target, int filled, long bit) {
        int count = filled;
        for (int left = lines.takenWith(line, bit); left != 0; left &= left - 1) {
            lines.copy(line, Integer.numberOfTrailingZeros(left), target, count++);
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
            lane.lock(LockRank.CONTAINER, splitLock);
            finishLocked(lane);
            lane.unlock(splitLock);
        }
    }

    private void finishLocked(Lane lane) {
        long pending = memory.getLong(header + HashIndexHeader.SCRUB_OFFSET);
        if (pending != 0) {
            long segment = HashIndexHeader.block(pending);
            lane.lockBuckets(segment, Bucket.SEGMENT_BITS, lines.shift());
            scrub(lane, segment, HashIndexHeader.depth(pending));
            lane.unlock(segment);
        }
    }

    private void scrub(Lane lane, long segment, int localDepth) {
        long moved = bitOf(localDepth - 1);
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long bucket = lines.bucketAt(segment, b);
            lines.checkChain(bucket);
            memory.putLong(bucket, memory.getLong(bucket) & ~LockWord.CHAIN);
            for (long line = bucket; line != 0; line = lines.overflow(line)) {
                int places = lines.takenWith(line, moved);
                if (places != 0) {
                    lines.empty(lane, line, places);
                    lane.commit(CommitSite.SCRUB_SLOT);
                }
            }
            while (dropLastLine(lane, bucket)) {}
        }
        lane.set(header + HashIndexHeader.SCRUB_OFFSET, 0);
        lane.commit(CommitSite.SCRUB_DONE);
    }

    /** Moves the items of the last line to the front and frees it, in one commit. Returns false if they do not fit. */
    private boolean dropLastLine(Lane lane, long bucket) {
        long last = lines.lastLine(bucket);
        // One place in the stock stays for the entry of the operation.
        if (last == bucket || !blocks.hasRoom(lane, lines.lineSize(), 2)) {
            return false;
        }
        long before = bucket;
        int empty = emptyPlaces(bucket);
        for (int left = lines.taken(last); left != 0; left &= left - 1) {
            while (empty == 0) {
                before = lines.overflow(before);
                if (before == last) {
                    lane.rollback();
                    return false;
                }
                empty = emptyPlaces(before);
            }
            int place = Integer.numberOfTrailingZeros(empty);
            lines.copy(lane, last, Integer.numberOfTrailingZeros(left), before, place);
            empty &= empty - 1;
        }
        while (lines.overflow(before) != last) {
            before = lines.overflow(before);
        }
        lines.link(lane, before, 0);
        blocks.give(lane, last, lines.lineSize());
        lane.commit(CommitSite.SCRUB_LINE);
        return true;
    }

    private int emptyPlaces(long line) {
        return ~lines.taken(line) & (1 << lines.chainedPlaces()) - 1;
    }
}
