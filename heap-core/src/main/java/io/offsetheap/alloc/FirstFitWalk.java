/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.FindingKind;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import org.agrona.collections.LongHashSet;

/** Walks the blocks, lists and slots of a {@link FirstFitAllocator}. Not thread-safe: one walk per instance. */
final class FirstFitWalk {
    private final SegmentMemory memory;
    private final Geometry geometry;
    private final BlockVisitor visitor;
    private final long end;
    private final LongHashSet free = new LongHashSet();

    FirstFitWalk(SegmentMemory memory, Geometry geometry, BlockVisitor visitor) {
        this.memory = memory;
        this.geometry = geometry;
        this.visitor = visitor;
        this.end = memory.getLongVolatile(Superblock.HEAP_END_OFFSET);
    }

    /** See {@link AllocatorType#walk}. */
    boolean walk() {
        if (!walkBlocks()) {
            return false;
        }
        walkFreeList();
        walkFreeHeaders();
        for (int lane = 0; lane < geometry.lanes; lane++) {
            if (memory.getLongVolatile(geometry.lane(lane) + LaneState.BODY_OFFSET) != 0) {
                walkSlots(lane);
            }
        }
        return true;
    }

    private boolean walkBlocks() {
        long before = 0;
        boolean freeBefore = false;
        long block = geometry.heap;
        while (block < end) {
            long word = memory.getLongVolatile(block + TaggedBlock.SIZE_OFFSET);
            long size = TaggedBlock.size(word);
            int kind = TaggedBlock.kind(word);
            if (kind < TaggedBlock.FREE || kind > TaggedBlock.HEADER) {
                visitor.problem(FindingKind.PAGE_KIND, block, "block=" + block + " kind=" + kind);
                return false;
            }
            long least = kind == TaggedBlock.HEADER ? TaggedBlock.HEADER_BLOCK_SIZE : TaggedBlock.MIN_SIZE;
            if (size < least || size > end - block) {
                visitor.problem(FindingKind.TILING, block, "block=" + block + " size=" + size + " heapEnd=" + end);
                return false;
            }
            long told = memory.getLongVolatile(block + TaggedBlock.BEFORE_OFFSET);
            if (told != before) {
                visitor.problem(
                        FindingKind.PAGE_TAIL,
                        block + TaggedBlock.BEFORE_OFFSET,
                        "block=" + block + " sizeBefore=" + told + " expected=" + before);
            }
            if (kind != TaggedBlock.FREE) {
                visitor.block(
                        block + TaggedBlock.DATA_OFFSET,
                        kind == TaggedBlock.HEADER ? SizeClasses.HEADER : 0,
                        size - TaggedBlock.DATA_OFFSET);
            } else {
                free.add(block);
                if (freeBefore) {
                    visitor.problem(
                            FindingKind.UNCOALESCED, block, "block=" + block + " and the one before it are both free");
                }
            }
            freeBefore = kind == TaggedBlock.FREE;
            before = size;
            block += size;
        }
        if (!freeBefore) {
            visitor.problem(FindingKind.TILING, end - before, "the last block is in use: block=" + (end - before));
        }
        return true;
    }

    private void walkFreeList() {
        long previous = TaggedBlock.RING;
        long block = memory.getLongVolatile(previous + TaggedBlock.NEXT_OFFSET);
        while (block != TaggedBlock.RING) {
            if (!free.remove(block)) {
                visitor.problem(
                        FindingKind.SPAN_LIST,
                        previous + TaggedBlock.NEXT_OFFSET,
                        "block=" + block + " is no free block, or is listed twice");
                return;
            }
            checkBack(block, previous);
            if (block < previous) {
                visitor.problem(
                        FindingKind.SPAN_LIST,
                        previous + TaggedBlock.NEXT_OFFSET,
                        "not in the order of addresses: block=" + block + " previous=" + previous);
            }
            previous = block;
            block = memory.getLongVolatile(block + TaggedBlock.NEXT_OFFSET);
        }
        checkBack(block, previous);
        free.forEach(lost ->
                visitor.problem(FindingKind.SPAN_UNLISTED, lost, "the free block is not listed: block=" + lost));
    }

    private void checkBack(long block, long previous) {
        long told = memory.getLongVolatile(block + TaggedBlock.PREVIOUS_OFFSET);
        if (told != previous) {
            visitor.problem(
                    FindingKind.SPAN_LIST,
                    block + TaggedBlock.PREVIOUS_OFFSET,
                    "block=" + block + " previous=" + told + " expected=" + previous);
        }
    }

    private void walkFreeHeaders() {
        long at = TaggedBlock.FREE_HEADERS_OFFSET;
        long header = memory.getLongVolatile(at);
        while (header != 0) {
            if (visitor.free(header + TaggedBlock.DATA_OFFSET) != SizeClasses.HEADER) {
                visitor.problem(
                        FindingKind.PARTIAL_LIST,
                        at,
                        "header=" + header + " is no container header, or is listed twice");
                return;
            }
            at = header + TaggedBlock.NEXT_HEADER_OFFSET;
            header = memory.getLongVolatile(at);
        }
    }

    private void walkSlots(int lane) {
        for (int i = 0; i < TaggedBlock.SLOTS; i++) {
            long slot = TaggedBlock.slot(geometry, lane, i);
            long block = memory.getLongVolatile(slot);
            if (block != 0 && visitor.free(block) == BlockVisitor.UNKNOWN) {
                visitor.problem(
                        FindingKind.OWNED_TWICE,
                        slot,
                        "a lane holds what is no block in use, or held elsewhere: lane=" + lane + " block=" + block);
            }
        }
    }
}
