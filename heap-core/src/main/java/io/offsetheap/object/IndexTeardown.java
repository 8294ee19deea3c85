/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.lane.Lane;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * Takes a doomed {@link BucketTable} apart: entries, lines, segments, counters, directory, in this order. Used once, by the
 * lessee of the lane that the index is doomed on, after the grace period.
 */
final class IndexTeardown {
    /*
     * Each commit unhooks one block and puts it into the lane's stock, so the structure itself says what is left: slots and
     * links are cleared, then the segment's range of the directory is filled with 0. No lock is needed: nobody can reach
     * the index, and the lane is the guard of all that is doomed on it.
     */

    private final Lines lines;
    private final SegmentMemory memory;
    private final BlockAllocator blocks;
    private final Lane lane;
    private final long header;
    private final long countersSize;
    private int left;

    IndexTeardown(ObjectSpace space, Lane lane, long header, Lines lines) {
        this.lines = lines;
        this.memory = space.memory();
        this.blocks = space.blocks();
        this.lane = lane;
        this.header = header;
        this.countersSize = BucketTable.countersSize(space);
    }

    /** Returns whether only the header is left. */
    boolean run(int maxBlocks) {
        left = maxBlocks;
        finishScrub();
        if (!freeSegments()) {
            return false;
        }
        long counters = memory.getLong(header + HashIndexHeader.COUNTERS_OFFSET);
        if (counters != 0) {
            blocks.makeRoom(lane, countersSize, 1);
            lane.set(header + HashIndexHeader.COUNTERS_OFFSET, 0);
            free(counters, countersSize);
        }
        long directory = memory.getLong(header + HashIndexHeader.DIRECTORY_OFFSET);
        if (directory != 0) {
            long size = HashIndexHeader.directorySize(HashIndexHeader.depth(directory));
            blocks.makeRoom(lane, size, 1);
            lane.set(header + HashIndexHeader.DIRECTORY_OFFSET, 0);
            free(HashIndexHeader.block(directory), size);
        }
        return true;
    }

    /** Clears what a split had moved away: it belongs to another segment. */
    private void finishScrub() {
        long pending = memory.getLong(header + HashIndexHeader.SCRUB_OFFSET);
        if (pending == 0) {
            return;
        }
        long moved = Long.MIN_VALUE >>> HashIndexHeader.depth(pending) - 1;
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long bucket = lines.bucketAt(HashIndexHeader.block(pending), b);
            lines.checkChain(bucket);
            for (long line = bucket; line != 0; line = lines.overflow(line)) {
                int places = lines.takenWith(line, moved);
                if (places != 0) {
                    lines.empty(lane, line, places);
                    lane.commit(CommitSite.DOOMED_SCRUB);
                }
            }
        }
        lane.set(header + HashIndexHeader.SCRUB_OFFSET, 0);
        lane.commit(CommitSite.DOOMED_SCRUB);
    }

    private boolean freeSegments() {
        long directory = memory.getLong(header + HashIndexHeader.DIRECTORY_OFFSET);
        if (directory == 0) {
            return true;
        }
        int depth = HashIndexHeader.depth(directory);
        long words = HashIndexHeader.block(directory);
        long next = memory.getLong(header + HashIndexHeader.TORN_DOWN_OFFSET);
        while (next < 1L << depth) {
            if (left <= 0) {
                return false;
            }
            long segment = memory.getLong(words + next * Long.BYTES);
            if (!freeBuckets(segment)) {
                return false;
            }
            int log2n = 0;
            while (log2n < depth && memory.getLong(words + (next ^ 1L << log2n) * Long.BYTES) == segment) {
                log2n++;
            }
            blocks.makeRoom(lane, lines.segmentSize(), 1);
            lane.fill(words + next * Long.BYTES, log2n, 0);
            next += 1L << log2n;
            lane.set(header + HashIndexHeader.TORN_DOWN_OFFSET, next);
            free(segment, lines.segmentSize());
        }
        return true;
    }

    private boolean freeBuckets(long segment) {
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long bucket = lines.bucketAt(segment, b);
            lines.checkChain(bucket);
            if (!freeEntries(bucket)) {
                return false;
            }
            for (long line = lines.overflow(bucket); line != 0; line = lines.overflow(bucket)) {
                if (!freeEntries(line)) {
                    return false;
                }
                blocks.makeRoom(lane, lines.lineSize(), 1);
                lines.link(lane, bucket, lines.overflow(line));
                free(line, lines.lineSize());
            }
        }
        return true;
    }

    private boolean freeEntries(long line) {
        for (int taken = lines.taken(line); taken != 0; taken &= taken - 1) {
            long entry = lines.block(line, Integer.numberOfTrailingZeros(taken));
            if (entry != 0) {
                if (left <= 0) {
                    return false;
                }
                long size = lines.blockSize(entry);
                blocks.makeRoom(lane, size, 1);
                lines.empty(lane, line, Integer.lowestOneBit(taken));
                free(entry, size);
            }
        }
        return true;
    }

    /** Puts a block into the stock and commits, together with what unhooks it. */
    private void free(long block, long size) {
        blocks.give(lane, block, size);
        lane.commit(CommitSite.DOOMED_PART);
        left--;
    }
}
