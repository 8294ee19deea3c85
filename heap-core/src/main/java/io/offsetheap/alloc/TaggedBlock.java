/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import org.jspecify.annotations.Nullable;

/**
 * Layout of a block of the {@link FirstFitAllocator}: a tag of two words, then the bytes of the user. Blocks tile the heap.
 *
 * <pre>
 *        63                                             4 3    0
 *   +0  +------------------------------------------------+------+
 *       | bytes of the block with its tag                | kind |
 *   +8  +------------------------------------------------+------+
 *       | bytes of the block before it, 0 for the first         |
 *  +16  +-------------------------------------------------------+
 *       | free: offset of the next free block                   |   in use: what the user is told
 *  +24  +-------------------------------------------------------+
 *       | free: offset of the previous free block               |
 *       +-------------------------------------------------------+
 * </pre>
 *
 * The free list is a ring in the order of addresses. Its head, {@link #RING}, has its two links where a block has them, and
 * stands in the superblock: so no link is ever missing. The page lock guards all of it.
 */
public final class TaggedBlock {
    public static final int SIZE_OFFSET = 0;
    public static final int BEFORE_OFFSET = 8;
    public static final int DATA_OFFSET = 16;

    public static final int NEXT_OFFSET = DATA_OFFSET;
    public static final int PREVIOUS_OFFSET = 24;

    /** In a free container header: the next one. Behind all that a header has, for whose reader its words must stay. */
    public static final int NEXT_HEADER_OFFSET = DATA_OFFSET + SizeClasses.HEADER_SIZE;

    /** Bytes of the smallest block: a tag, and room for the links. */
    public static final int MIN_SIZE = 32;
    /** Bytes of a container header's block. */
    public static final int HEADER_BLOCK_SIZE = NEXT_HEADER_OFFSET + SizeClasses.GRANULARITY;

    /** Inside a block: says nothing. */
    public static final int INNER = 0;

    public static final int FREE = 1;
    public static final int USED = 2;
    /** A container header, in use or not: never anything else again. */
    public static final int HEADER = 3;

    /** The head of the free list, as if it were a block. */
    public static final int RING = Superblock.ALLOCATOR_WORDS_OFFSET - NEXT_OFFSET;
    /** The word in the superblock that leads to the first free container header, or 0. */
    public static final int FREE_HEADERS_OFFSET = Superblock.ALLOCATOR_WORDS_OFFSET + 16;

    /** Words of a lane's stocks that hold blocks: offsets of the user's bytes, or 0. */
    public static final int SLOTS = 32;

    private static final int KIND_MASK = 15;

    private TaggedBlock() {}

    static long encode(long size, int kind) {
        return size | kind;
    }

    static long size(long word) {
        return word & ~KIND_MASK;
    }

    static int kind(long word) {
        return (int) word & KIND_MASK;
    }

    /** Bytes that a user can use of a block for {@code size} bytes, if nothing is left over. */
    static long usable(long size) {
        return Math.max(MIN_SIZE - DATA_OFFSET, (size + SizeClasses.GRANULARITY - 1) & -(long) SizeClasses.GRANULARITY);
    }

    /** Offset of a slot in the body of a lane. */
    static long slot(Geometry geometry, int lane, int slot) {
        return geometry.laneBody(lane) + geometry.stock(0) + (long) slot * Long.BYTES;
    }

    /** Why no block in use begins at an offset, or null if one does. Needs no lock for a block that is the caller's. */
    static @Nullable String whyNotInUse(SegmentMemory memory, Geometry geometry, long block) {
        if (block < geometry.heap || !memory.contains(block, MIN_SIZE)) {
            return "it lies outside the heap";
        }
        if (block % SizeClasses.GRANULARITY != 0) {
            return "no block begins there";
        }
        long word = memory.getLong(block + SIZE_OFFSET);
        switch (kind(word)) {
            case USED -> {
                // A word of a user may look like a size. The tag of the next block has it once more.
                long next = block + size(word);
                boolean agrees = size(word) >= MIN_SIZE
                        && memory.contains(next, MIN_SIZE)
                        && memory.getLong(next + BEFORE_OFFSET) == size(word);
                if (agrees) {
                    return null;
                }
            }
            case FREE -> {
                return "it is free already";
            }
            case HEADER -> {
                return "it is no block of a user";
            }
            default -> {}
        }
        return "no block begins there";
    }
}
