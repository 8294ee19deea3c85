/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.lane.Lane;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * Takes a doomed {@link HashIndex} apart: entries, lines, segments, counters, directory, in this order. Used once, by the
 * lessee of the lane that the index is doomed on, after the grace period.
 */
final class IndexTeardown {
    /*
     * Each commit unhooks one block and puts it into the lane's stock, so the structure itself says what is left: slots and
     * links are cleared, then the segment's range of the directory is filled with 0. No lock is needed: nobody can reach
     * the index, and the lane is the guard of all that is doomed on it.
     */

    private final SegmentMemory memory;
    private final BlockAllocator blocks;
    private final Lane lane;
    private final long header;
    private final long countersSize;
    private int left;

    IndexTeardown(ObjectSpace space, Lane lane, long header) {
        this.memory = space.memory();
        this.blocks = space.blocks();
        this.lane = lane;
        this.header = header;
        this.countersSize = HashIndex.countersSize(space);
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
            free(header + HashIndexHeader.COUNTERS_OFFSET, 0, counters, countersSize);
        }
        long directory = memory.getLong(header + HashIndexHeader.DIRECTORY_OFFSET);
        if (directory != 0) {
            long size = HashIndexHeader.directorySize(HashIndexHeader.depth(directory));
            free(header + HashIndexHeader.DIRECTORY_OFFSET, 0, HashIndexHeader.block(directory), size);
        }
        return true;
    }

    /** Clears the slots that a split had moved away: their entries belong to another segment. */
    private void finishScrub() {
        long pending = memory.getLong(header + HashIndexHeader.SCRUB_OFFSET);
        if (pending == 0) {
            return;
        }
        long moved = Long.MIN_VALUE >>> HashIndexHeader.depth(pending) - 1;
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long line = Bucket.at(HashIndexHeader.block(pending), b);
            Bucket.checkChain(memory, line);
            for (; line != 0; line = Bucket.overflow(memory, line)) {
                for (int i = 0; i < Bucket.SLOTS; i++) {
                    long slot = line + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES;
                    if ((memory.getLong(slot) & moved) != 0) {
                        lane.set(slot, 0);
                        lane.commit(CommitSite.DOOMED_SCRUB);
                    }
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
            blocks.makeRoom(lane, Bucket.SEGMENT_SIZE, 1);
            lane.fill(words + next * Long.BYTES, log2n, 0);
            next += 1L << log2n;
            lane.set(header + HashIndexHeader.TORN_DOWN_OFFSET, next);
            blocks.give(lane, segment, Bucket.SEGMENT_SIZE);
            lane.commit(CommitSite.DOOMED_PART);
            left--;
        }
        return true;
    }

    private boolean freeBuckets(long segment) {
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            long bucket = Bucket.at(segment, b);
            Bucket.checkChain(memory, bucket);
            if (!freeEntries(bucket)) {
                return false;
            }
            for (long line = Bucket.overflow(memory, bucket); line != 0; line = Bucket.overflow(memory, bucket)) {
                if (!freeEntries(line)) {
                    return false;
                }
                free(bucket + Bucket.OVERFLOW_OFFSET, Bucket.overflow(memory, line), line, Bucket.LINE_SIZE);
            }
        }
        return true;
    }

    private boolean freeEntries(long line) {
        for (int i = 0; i < Bucket.SLOTS; i++) {
            long slot = line + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES;
            if (memory.getLong(slot) != 0) {
                if (left <= 0) {
                    return false;
                }
                long entry = Bucket.entry(memory.getLong(slot));
                free(slot, 0, entry, IndexEntry.size(memory, entry));
            }
        }
        return true;
    }

    /** Stores a word that unhooks a block, and puts the block into the stock. */
    private void free(long word, long value, long block, long size) {
        blocks.makeRoom(lane, size, 1);
        lane.set(word, value);
        blocks.give(lane, block, size);
        lane.commit(CommitSite.DOOMED_PART);
        left--;
    }
}
