/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.Bin;
import io.offsetheap.alloc.PageEntry;
import io.offsetheap.alloc.TaggedBlock;
import io.offsetheap.lane.LaneState;
import io.offsetheap.lane.LockWord;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.ContainerGuards;
import io.offsetheap.region.MappedRegion;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The memory of a process that works alone, and asserts at every store of a word that the word's guard is held: the lock or
 * the lane whose holder alone may write it. Which that is follows from the layout, and inside a container from a walk over
 * it after each commit. Words that nobody can reach are free, and so are compare-and-sets: they take guards.
 */
final class GuardedMemory extends SegmentMemory {
    /** Calls back with the header of every living container. */
    interface Containers {
        void forEach(LongConsumer header);
    }

    private final Geometry geometry;
    private final SegmentMemory raw;
    /** Lanes that this process has leased, or is recovering. */
    private final boolean[] own;
    /** Guards of words inside containers: offset of the lock, or -1 - lane. */
    private final Map<Long, Long> guards = new HashMap<>();

    private Containers containers = header -> {};
    private boolean stale;
    /** Whether a journal is being applied: then the structures are between two states. */
    private boolean applying;

    GuardedMemory(MappedRegion region, String name, long limit, Geometry geometry) {
        super(region, name, limit);
        this.geometry = geometry;
        this.raw = new SegmentMemory(region, name, geometry.maxSize);
        this.own = new boolean[geometry.lanes];
    }

    /** Begins to look into containers. */
    void watch(Containers toWatch) {
        containers = toWatch;
        stale = true;
    }

    @Override
    public void putLong(long offset, long value) {
        check(offset);
        super.putLong(offset, value);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        check(offset);
        super.putLongRelease(offset, value);
        if (isLaneState(offset)) {
            own[laneAt(offset)] = LaneState.status(value) == LaneState.ACTIVE;
        } else if (isJournalHead(offset)) {
            applying = value != 0;
            stale = true;
        }
    }

    @Override
    public void commitWord(CommitSite site, long offset, long value) {
        super.commitWord(site, offset, value);
        stale = true;
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        boolean set = super.compareAndSetLong(offset, expected, value);
        if (set && isLaneState(offset)) {
            own[laneAt(offset)] = true;
        }
        return set;
    }

    private boolean isLaneState(long offset) {
        return offset >= geometry.laneTable
                && offset < geometry.lane(geometry.lanes)
                && (offset - geometry.laneTable) % Geometry.LANE_SIZE == LaneState.STATE_OFFSET;
    }

    private int laneAt(long offset) {
        return (int) (offset - geometry.laneTable) / Geometry.LANE_SIZE;
    }

    private boolean isJournalHead(long offset) {
        return offset >= geometry.laneBodies
                && offset < geometry.laneBody(geometry.lanes)
                && (offset - geometry.laneBodies) % geometry.laneBodySize == Geometry.JOURNAL_HEAD_OFFSET;
    }

    // ---- guards

    private void check(long offset) {
        if (offset >= geometry.heap) {
            checkHeap(offset);
        } else if (offset >= geometry.pageTable) {
            checkPageEntry(offset);
        } else if (offset >= geometry.laneBodies) {
            requireLane(offset, (int) ((offset - geometry.laneBodies) / geometry.laneBodySize));
        } else if (offset >= geometry.laneTable) {
            if (!isLaneState(offset)) {
                requireLane(offset, laneAt(offset));
            }
        } else if (offset >= geometry.bins) {
            requireLock(offset, geometry.bin((int) (offset - geometry.bins) / Geometry.BIN_SIZE) + Bin.LOCK_OFFSET);
        } else if (offset == Superblock.GROW_LOCK_OFFSET) {
            requireLock(offset, offset);
        } else if (offset >= Superblock.HEAP_END_OFFSET && offset < Superblock.CLASS_TABLE_OFFSET) {
            requireLock(offset, Superblock.PAGE_LOCK_OFFSET);
        }
    }

    private void checkPageEntry(long offset) {
        long size = geometry.pageEntry(1) - geometry.pageEntry(0);
        long page = (offset - geometry.pageTable) / size;
        long word = raw.getLong(geometry.pageEntry(page));
        boolean isOfRun =
                PageEntry.kind(word) == PageEntry.RUN && offset != geometry.pageEntry(page) + PageEntry.KIND_OFFSET;
        requireLock(
                offset,
                isOfRun ? geometry.bin(PageEntry.sizeClass(word)) + Bin.LOCK_OFFSET : Superblock.PAGE_LOCK_OFFSET);
    }

    private void checkHeap(long offset) {
        if (stale && !applying) {
            readGuards();
        }
        Long guard = guards.get(offset);
        if (guard != null && guard < 0) {
            requireLane(offset, (int) (-1 - guard));
        } else if (guard != null) {
            requireLock(offset, guard);
        }
    }

    private void readGuards() {
        stale = false;
        guards.clear();
        if ((int) raw.getLong(Superblock.ALLOCATOR_OFFSET) == Superblock.FIRST_FIT_ALLOCATOR) {
            readTags();
        }
        containers.forEach(header -> ContainerGuards.visit(raw, geometry, header, new ContainerGuards.Visitor() {
            @Override
            public void lock(long from, long length, long lock) {
                for (long at = from; at < from + length; at += Long.BYTES) {
                    guards.put(at, lock);
                }
            }

            @Override
            public void lane(long at, int lane) {
                guards.put(at, -1L - lane);
            }
        }));
    }

    /** Tags of blocks, and the links of free ones. Those that are written inside a free block are not there before the commit. */
    private void readTags() {
        long end = raw.getLong(Superblock.HEAP_END_OFFSET);
        long size;
        for (long block = geometry.heap; block < end; block += size) {
            long word = raw.getLong(block + TaggedBlock.SIZE_OFFSET);
            size = word & -(long) TaggedBlock.DATA_OFFSET;
            int words = word - size == TaggedBlock.FREE ? TaggedBlock.MIN_SIZE : TaggedBlock.DATA_OFFSET;
            for (long at = block; at < block + words; at += Long.BYTES) {
                guards.put(at, (long) Superblock.PAGE_LOCK_OFFSET);
            }
        }
    }

    private void requireLock(long offset, long lock) {
        int owner = LockWord.owner(raw.getLong(lock));
        if (owner < 0 || !own[owner]) {
            throw new AssertionError(
                    "a word is stored without its guard: offset=" + offset + " lock=" + lock + " owner=" + owner);
        }
    }

    private void requireLane(long offset, int lane) {
        if (!own[lane]) {
            throw new AssertionError("a word is stored without its guard: offset=" + offset + " lane=" + lane);
        }
    }
}
