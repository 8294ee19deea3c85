/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * Takes a doomed {@link ChunkedVector} apart from its end: elements with blocks of their own, chunks, table. Used once, by
 * the lessee of the lane that the vector is doomed on, after the grace period.
 */
final class VectorTeardown {
    /*
     * Each commit unhooks one block and puts it into the lane's stock, so size and table themselves say what is left. No
     * lock is needed: nobody can reach the vector, and the lane is the guard of all that is doomed on it.
     */

    private final SegmentMemory memory;
    private final BlockAllocator blocks;
    private final Lane lane;
    private final long header;
    private final ElementShape shape;
    private int left;

    VectorTeardown(ObjectSpace space, Lane lane, long header) {
        this.memory = space.memory();
        this.blocks = space.blocks();
        this.lane = lane;
        this.header = header;
        this.shape =
                ElementShape.of(VectorHeader.elementLength(memory.getLong(header + VectorHeader.PARAMETERS_OFFSET)));
    }

    /** Returns whether only the header is left. */
    boolean run(int maxBlocks) {
        left = maxBlocks;
        long table = memory.getLong(header + VectorHeader.TABLE_OFFSET);
        if (table == 0) {
            return true;
        }
        if (shape.isBlock() && !freeElements(table)) {
            return false;
        }
        for (int chunk = VectorHeader.CHUNKS - 1; chunk >= 0; chunk--) {
            long word = table + (long) chunk * Long.BYTES;
            long block = memory.getLong(word);
            if (block != 0) {
                free(word, 0, block, shape.chunkSize(chunk));
            }
        }
        free(header + VectorHeader.TABLE_OFFSET, 0, table, VectorHeader.tableSize());
        return true;
    }

    private boolean freeElements(long table) {
        long sizeWord = header + VectorHeader.SIZE_OFFSET;
        for (long last = memory.getLong(sizeWord) - 1; last >= 0; last--) {
            if (left <= 0) {
                return false;
            }
            int chunk = shape.chunk(last);
            long at = memory.getLong(table + (long) chunk * Long.BYTES) + shape.position(last, chunk);
            long block = memory.getLong(at);
            long length = memory.getLong(block);
            if (length < 0 || length > Integer.MAX_VALUE) {
                throw new CorruptedSegmentException("an element has an impossible length: length=" + length + " offset="
                        + block + " header=" + header + " segment=" + memory.name());
            }
            free(sizeWord, last, block, VectorHeader.elementSize(length));
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
