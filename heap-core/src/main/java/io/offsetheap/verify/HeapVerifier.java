/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.verify;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.BlockVisitor;
import io.offsetheap.error.HeapException;
import io.offsetheap.lane.Journal;
import io.offsetheap.lane.LaneState;
import io.offsetheap.lane.LockWord;
import io.offsetheap.layout.FindingKind;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks everything in a segment and says what does not agree: the allocator's bookkeeping, lanes, journals, the name
 * index and what its names lead to. Never writes, always ends, works on a read-only mapping, and survives whatever stands
 * in the segment.
 *
 * <p>Not thread-safe: one walk per instance. Exact when nobody writes.
 */
public final class HeapVerifier {
    /** A walk stops collecting here: more findings tell no more. */
    public static final int MAX_FINDINGS = 100;

    private final SegmentMemory memory;
    private final Geometry geometry;
    private final AllocatorType allocator;
    private final List<Finding> findings = new ArrayList<>();
    private final BlockMap blocks = new BlockMap();
    private int busyLanes;

    public HeapVerifier(SegmentMemory memory, Geometry geometry, AllocatorType allocator) {
        this.memory = memory;
        this.geometry = geometry;
        this.allocator = allocator;
    }

    /** Walks the whole segment once. */
    public HeapReport verify() {
        try {
            if (checkEnd() && allocator.walk(memory, geometry, new Blocks())) {
                checkLock(Superblock.GROW_LOCK_OFFSET);
                checkLock(Superblock.PAGE_LOCK_OFFSET);
                checkLock(Superblock.NAMES_LOCK_OFFSET);
                for (int lane = 0; lane < geometry.lanes; lane++) {
                    walkLane(lane);
                }
                new ObjectWalk(this, memory, geometry).walk();
            }
        } catch (HeapException e) {
            // Each walk checks before it follows; whatever still leads outside is a finding, not a failure.
            report(FindingKind.DANGLING, 0, "the walk left the segment: " + e.getMessage());
        }
        memory.keepMapped();
        return new HeapReport(findings, blocks.ownedBlocks(), blocks.rawBlocks(), busyLanes);
    }

    void report(FindingKind kind, long offset, String message) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(new Finding(kind, offset, message));
        }
    }

    private boolean checkEnd() {
        long end = memory.getLongVolatile(Superblock.HEAP_END_OFFSET);
        if (end < geometry.heap || end > geometry.maxSize || end % geometry.growUnit != 0) {
            report(
                    FindingKind.HEAP_END,
                    Superblock.HEAP_END_OFFSET,
                    "heapEnd=" + end + " heap=" + geometry.heap + " maxSize=" + geometry.maxSize);
            return false;
        }
        return true;
    }

    // ---- lanes

    private void walkLane(int lane) {
        long entry = geometry.lane(lane);
        long state = memory.getLongVolatile(entry + LaneState.STATE_OFFSET);
        boolean busy = LaneState.inOperation(state);
        if (busy) {
            busyLanes++;
        } else if (memory.getLongVolatile(entry + LaneState.CLAIM_OFFSET) != 0) {
            report(
                    FindingKind.CLAIM,
                    entry + LaneState.CLAIM_OFFSET,
                    "an idle lane claims another: lane=" + lane + " claim="
                            + memory.getLongVolatile(entry + LaneState.CLAIM_OFFSET));
        }
        if (LaneState.status(state) == LaneState.RECOVERING) {
            checkClaim(lane, entry, state);
        }
        if (memory.getLongVolatile(entry + LaneState.BODY_OFFSET) == 0) {
            return;
        }
        long body = geometry.laneBody(lane);
        walkJournal(lane, body, busy);
        walkLockList(lane, body, busy);
    }

    private void walkJournal(int lane, long body, boolean busy) {
        long head = body + Geometry.JOURNAL_HEAD_OFFSET;
        long records = memory.getLongVolatile(head);
        if (!busy && records != 0) {
            report(FindingKind.JOURNAL, head, "an idle lane has an open journal: lane=" + lane + " records=" + records);
            return;
        }
        if (records < 0 || records > geometry.redoCapacity) {
            report(
                    FindingKind.JOURNAL,
                    head,
                    "lane=" + lane + " records=" + records + " capacity=" + geometry.redoCapacity);
            return;
        }
        for (int i = 0; i < records; i++) {
            long at = body + Geometry.REDO_OFFSET + (long) i * Geometry.REDO_RECORD_SIZE;
            if (!Journal.isPossibleRecord(memory, memory.getLongVolatile(at))) {
                report(FindingKind.JOURNAL, at, "an impossible record: lane=" + lane + " record=" + i);
            }
        }
    }

    private void walkLockList(int lane, long body, boolean busy) {
        for (int i = 0; i < Geometry.LOCK_CAPACITY; i++) {
            long at = body + Geometry.LOCK_LIST_OFFSET + (long) i * Long.BYTES;
            long listed = memory.getLongVolatile(at);
            if (listed != 0 && !busy) {
                report(FindingKind.LOCK_LIST, at, "an idle lane lists a lock: lane=" + lane);
            } else if (listed != 0 && !Journal.isPossibleLock(memory, listed)) {
                report(FindingKind.LOCK_LIST, at, "an impossible lock: lane=" + lane + " entry=" + i);
            }
        }
    }

    private void checkClaim(int lane, long entry, long state) {
        int recoverer = LaneState.recoverer(state);
        if (recoverer >= geometry.lanes
                || memory.getLongVolatile(geometry.lane(recoverer) + LaneState.CLAIM_OFFSET) != lane + 1) {
            report(
                    FindingKind.CLAIM,
                    entry,
                    "the lane is being recovered by one that does not claim it: lane=" + lane + " recoverer="
                            + recoverer);
        }
    }

    // ---- locks

    /** A lock may be held only by a lane that runs an operation. */
    void checkLock(long offset) {
        long word = memory.getLongVolatile(offset);
        int owner = LockWord.owner(word);
        if (owner < 0) {
            return;
        }
        if (owner >= geometry.lanes
                || !LaneState.inOperation(memory.getLongVolatile(geometry.lane(owner) + LaneState.STATE_OFFSET))) {
            report(FindingKind.LOCK_HELD, offset, "the lock's owner runs no operation: owner=" + owner);
        }
    }

    /** Notes that a structure owns a block that was allocated for {@code size} bytes. Returns whether there is one. */
    boolean own(long block, long size, String owner) {
        if (size < 0 || size > geometry.capacity()) {
            report(FindingKind.BLOCK_SIZE, block, "owner=" + owner + " size=" + size);
            return false;
        }
        return own(block, owner) && checkSize(block, fits(block, false, size), size, owner);
    }

    /** Notes that a container owns a header cell. */
    boolean ownHeader(long header) {
        return own(header, "header")
                && checkSize(header, fits(header, true, SizeClasses.HEADER_SIZE), SizeClasses.HEADER_SIZE, "header");
    }

    /** Whether something owns what begins at an offset. */
    boolean isOwned(long block) {
        return blocks.contains(block) && blocks.isOwned(block);
    }

    /** Whether a block in use begins at an offset that was allocated for {@code size} bytes, or for a container's header. */
    boolean isInUse(long block, boolean header, long size) {
        return blocks.contains(block) && size >= 0 && size <= geometry.capacity() && fits(block, header, size);
    }

    private boolean fits(long block, boolean header, long size) {
        int sizeClass = blocks.sizeClass(block);
        return header
                ? sizeClass == SizeClasses.HEADER
                : allocator.isFor(geometry, size, sizeClass, blocks.size(block));
    }

    private boolean own(long block, String owner) {
        if (!blocks.contains(block)) {
            report(FindingKind.DANGLING, block, "no block in use begins there: owner=" + owner);
            return false;
        }
        if (blocks.isOwned(block)) {
            report(FindingKind.OWNED_TWICE, block, "a second owner: owner=" + owner);
            return false;
        }
        blocks.own(block);
        return true;
    }

    private boolean checkSize(long block, boolean fits, long size, String owner) {
        if (!fits) {
            report(
                    FindingKind.BLOCK_SIZE,
                    block,
                    "owner=" + owner + " size=" + size + " foundClass=" + blocks.sizeClass(block) + " foundSize="
                            + blocks.size(block));
        }
        return fits;
    }

    /** Collects the blocks that the allocator shows. */
    private final class Blocks implements BlockVisitor {
        @Override
        public void block(long offset, int sizeClass, long usable) {
            blocks.add(offset, sizeClass, usable);
        }

        @Override
        public int free(long offset) {
            return blocks.remove(offset);
        }

        @Override
        public void lock(long offset) {
            checkLock(offset);
        }

        @Override
        public void problem(FindingKind kind, long offset, String text) {
            report(kind, offset, text);
        }
    }
}
