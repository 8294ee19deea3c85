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
     * memory: slots are copied, entries stay where they are. One commit puts it into the directory:
     *
     *   directory range (or: new directory, the old one into the stock), structure version, scrub word, stocks
     *
     * From then on the old segment is the left half. The slots that have moved are still in it; they cannot match there,
     * because a search comes with the other bit. The scrub clears them one by one and draws the chains together. If the
     * splitter dies in between, the scrub word names the segment, and the next splitter goes on: a slot that is not scrubbed
     * yet only takes room.
     */

    /** Most overflow lines that the right half may need. */
    private static final int MAX_NEW_LINES = 16;

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
        long version = index.structureVersion();
        long segment = Bucket.at(index.settledBucket(hash), -Bucket.index(hash));
        int depth = HashIndexHeader.depth(index.directory());
        int localDepth = index.settledLocalDepth(hash);
        if (localDepth >= HashIndexHeader.MAX_DEPTH || !isHalfFull(segment)) {
            return false;
        }
        int lines = linesOfRightHalf(segment, bitOf(localDepth));
        if (lines > MAX_NEW_LINES) {
            return false;
        }
        boolean grows = localDepth == depth;
        try {
            reserve(lane, lines, grows, depth);
        } catch (OutOfSegmentMemoryException e) {
            return false;
        }
        lane.lock(LockRank.SPLIT, splitLock);
        finishLocked(lane);
        // The structure version can change only under this lock, so what was seen under the same one is still true.
        if (index.structureVersion() == version) {
            lane.lockBuckets(segment, Bucket.SEGMENT_BITS);
            if (linesOfRightHalf(segment, bitOf(localDepth)) <= lines) {
                splitLocked(lane, hash, segment, localDepth);
            }
            lane.unlock(segment);
        }
        lane.unlock(splitLock);
        return true;
    }

    private void reserve(Lane lane, int lines, boolean grows, int depth) {
        blocks.reserve(lane, Bucket.SEGMENT_SIZE, 1);
        if (lines > 0) {
            blocks.reserve(lane, Bucket.LINE_SIZE, lines);
        }
        if (grows) {
            blocks.reserve(lane, HashIndexHeader.directorySize(depth + 1), 1);
            // The old directory goes into the stock, and the entry of the operation may be of the same class.
            if (!blocks.hasRoom(lane, HashIndexHeader.directorySize(depth), 2)) {
                blocks.makeRoom(lane, HashIndexHeader.directorySize(depth), 2);
            }
        }
    }

    /** The bit of a hash, and of its tag in a slot, by which a segment of this local depth is split. */
    private static long bitOf(int localDepth) {
        return Long.MIN_VALUE >>> localDepth;
    }

    /** Whether half of the slots that need no line are taken. Below that a split would only spread a few long chains. */
    private boolean isHalfFull(long segment) {
        int taken = 0;
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                if (memory.getLong(Bucket.at(segment, b) + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES) != 0) {
                    taken++;
                }
            }
        }
        return taken * 2 >= Bucket.BUCKETS * Bucket.SLOTS;
    }

    /**
     * Number of overflow lines that the right half needs. Without the locks it is a guess: lines may be freed and filled
     * with anything while it looks.
     */
    private int linesOfRightHalf(long segment, long bit) {
        int lines = 0;
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            int slots = 0;
            int hops = 0;
            for (long line = Bucket.at(segment, b); isLine(line); line = Bucket.overflow(memory, line)) {
                for (int i = 0; i < Bucket.SLOTS; i++) {
                    if ((memory.getLong(line + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES) & bit) != 0) {
                        slots++;
                    }
                }
                if (++hops > HashIndex.MAX_LINES) {
                    return Integer.MAX_VALUE;
                }
            }
            lines += Math.max(0, slots - 1) / Bucket.SLOTS;
        }
        return lines;
    }

    private boolean isLine(long line) {
        return line != 0 && (line & Long.BYTES - 1) == 0 && memory.contains(line, Bucket.LINE_SIZE);
    }

    private void splitLocked(Lane lane, long hash, long segment, int localDepth) {
        long right = newRightHalf(lane, segment, bitOf(localDepth));
        long directory = index.directory();
        int depth = HashIndexHeader.depth(directory);
        long words = HashIndexHeader.block(directory);
        int log2n = depth - localDepth;
        long first = HashIndexHeader.directoryIndex(hash, depth) >>> log2n << log2n;
        if (log2n == 0) {
            long larger = newDirectory(lane, words, depth, first, right);
            lane.set(header + HashIndexHeader.DIRECTORY_OFFSET, HashIndexHeader.pack(depth + 1, larger));
            blocks.give(lane, words, HashIndexHeader.directorySize(depth));
        } else {
            long half = 1L << log2n - 1;
            lane.fill(words + (first + half) * Long.BYTES, log2n - 1, right);
        }
        long version = header + HashIndexHeader.STRUCTURE_VERSION_OFFSET;
        lane.set(version, memory.getLong(version) + 1);
        lane.set(header + HashIndexHeader.SCRUB_OFFSET, HashIndexHeader.pack(localDepth + 1, segment));
        lane.commit(CommitSite.SPLIT);
        scrub(lane, segment, localDepth + 1);
    }

    private long newRightHalf(Lane lane, long segment, long bit) {
        long right = blocks.take(lane, Bucket.SEGMENT_SIZE);
        memory.zero(right, Bucket.SEGMENT_SIZE);
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long target = Bucket.at(right, b);
            int filled = 0;
            for (long line = Bucket.at(segment, b); line != 0; line = Bucket.overflow(memory, line)) {
                for (int i = 0; i < Bucket.SLOTS; i++) {
                    long slot = memory.getLong(line + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES);
                    if ((slot & bit) == 0) {
                        continue;
                    }
                    if (filled == Bucket.SLOTS) {
                        long next = blocks.take(lane, Bucket.LINE_SIZE);
                        memory.zero(next, Bucket.LINE_SIZE);
                        memory.putLong(target + Bucket.OVERFLOW_OFFSET, next);
                        target = next;
                        filled = 0;
                    }
                    memory.putLong(target + Bucket.SLOTS_OFFSET + (long) filled++ * Long.BYTES, slot);
                }
            }
        }
        return right;
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
