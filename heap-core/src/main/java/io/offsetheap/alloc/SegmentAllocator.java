/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneContext;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.lane.LockRank;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * The product's allocator: stocks of free blocks in the lanes, runs of equal cells for blocks to 8 KiB, spans of pages above.
 * All bookkeeping stands beside the blocks, none in them: a raw block costs no header.
 *
 * <p>Thread-safe, but for the steps of a leased operation.
 */
public final class SegmentAllocator implements BlockAllocator {
    /*
     * allocate     stock -> refill from a run -> new run -> free span -> grow
     *              -> what idle and dead lanes hold, empty runs, every span -> the next larger class -> whole pages -> refusal
     * free         stock -> when it is over its cap: cells back to their runs, spans back to the page heap
     *
     * Most calls end in the stock: one load and one store, which is the commit.
     *
     * Ideas taken from: tcmalloc (classes, spans, per-thread caches), Ralloc by Cai et al., ISMM 2020 (headerless cells,
     * batch refill in persistent memory), LLFree by Wrenger et al., USENIX ATC 2023 (the bits are the truth).
     */

    /** The type of this allocator: what a heap is made with unless another one is asked for. */
    public static final AllocatorType TYPE = new Type();

    private final SegmentMemory memory;
    private final Geometry geometry;
    private final LaneTable lanes;
    private final PageHeap pages;
    private final HeapGrowth growth;
    private final Runs runs;
    /** Blocks that the operation of each lane may still take, by class; the lessee's. */
    private final long[][] reserved;

    private SegmentAllocator(LaneTable lanes) {
        this.lanes = lanes;
        this.memory = lanes.memory();
        this.geometry = lanes.geometry();
        this.pages = new PageHeap(memory, geometry, lanes.backing());
        this.growth = new HeapGrowth(lanes, pages);
        this.runs = new Runs(memory, geometry, pages);
        this.reserved = new long[geometry.lanes][SizeClasses.COUNT];
    }

    @Override
    public LaneTable lanes() {
        return lanes;
    }

    // ---- whole operations

    @Override
    public long allocate(long size, long alignment) {
        BlockAllocator.checkRequest(size, alignment);
        int c = alignment <= ALIGNMENT ? geometry.sizeClass(size) : alignedClassOf(size, alignment);
        LaneContext context = lanes.context();
        Lane pinned = lanes.pinned(context);
        if (pinned != null && c != SizeClasses.LARGE) {
            long count = memory.getLong(pinned.stock(c));
            if (count > 0) {
                return pop(pinned, c, count);
            }
        }
        Lane lane = lanes.lease(context);
        try {
            long block = allocate(lane, c, size, alignment);
            lane.giveBack();
            return block;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    private long allocate(Lane lane, int c, long size, long alignment) {
        if (c == SizeClasses.LARGE) {
            return allocateLarge(lane, size, alignment);
        }
        long stock = lane.stock(c);
        if (memory.getLong(stock) == 0) {
            if (!refill(lane, c, 1, Math.max(1, geometry.cap(c) / 2))) {
                return allocateLarger(lane, c, size, alignment);
            }
        }
        return pop(lane, c, memory.getLong(stock));
    }

    private long pop(Lane lane, int c, long count) {
        long stock = lane.stock(c);
        long block = memory.getLong(stock + count * Long.BYTES);
        memory.commitWord(CommitSite.ALLOCATE, stock, count - 1);
        return block;
    }

    /** No cell of the class is left: one of a larger class, or whole pages, before refusing. */
    private long allocateLarger(Lane lane, int c, long size, long alignment) {
        for (int larger = c + 1; larger < SizeClasses.SMALL; larger++) {
            if (geometry.isUsable(larger)
                    && geometry.cellSize(larger) % alignment == 0
                    && runs.refill(lane, larger, 1, true)) {
                lane.touch(larger);
                return pop(lane, larger, memory.getLong(lane.stock(larger)));
            }
        }
        return allocateLarge(lane, size, alignment);
    }

    private long allocateLarge(Lane lane, long size, long alignment) {
        carve(lane, size, alignment);
        return pop(lane, SizeClasses.LARGE, memory.getLong(lane.stock(SizeClasses.LARGE)));
    }

    @Override
    public void free(long block) {
        if (block == 0) {
            return;
        }
        int c = checkLive(block);
        LaneContext context = lanes.context();
        Lane pinned = lanes.pinned(context);
        if (pinned != null && c != SizeClasses.LARGE) {
            long count = memory.getLong(pinned.stock(c));
            if (count < geometry.cap(c)) {
                push(pinned, c, block, count);
                return;
            }
        }
        Lane lane = lanes.lease(context);
        try {
            long count = memory.getLong(lane.stock(c));
            push(lane, c, block, count);
            if (count >= geometry.cap(c)) {
                lane.touch(c);
            }
            lane.giveBack();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    private void push(Lane lane, int c, long block, long count) {
        long stock = lane.stock(c);
        if (memory.containsWord(stock + Long.BYTES, (int) count, block)) {
            throw notLive(block, "it is free already");
        }
        // Above the count the slot is nobody's; the block is free with the count.
        memory.putLong(stock + (count + 1) * Long.BYTES, block);
        memory.commitWord(CommitSite.FREE, stock, count + 1);
    }

    @Override
    public long usableSize(long block) {
        int c = checkLive(block);
        return c == SizeClasses.LARGE
                ? PageEntry.pages(memory.getLong(pages.entry(geometry.pageOf(block)))) << geometry.pageShift
                : geometry.cellSize(c);
    }

    // ---- which block

    /** Class of a block in use that begins at an offset. */
    private int checkLive(long block) {
        long page = geometry.pageOf(block);
        if (page < geometry.firstPage() || !memory.contains(block, 1)) {
            throw notLive(block, "it lies outside the heap");
        }
        long word = memory.getLong(pages.entry(page));
        int kind = PageEntry.kind(word);
        if (kind == PageEntry.LARGE) {
            if (block != page << geometry.pageShift) {
                throw notLive(block, "it lies inside a block");
            }
            return SizeClasses.LARGE;
        }
        if (kind == PageEntry.CONTINUED) {
            long back = PageEntry.pages(word);
            page -= back;
            word = memory.getLong(pages.entry(Math.max(page, geometry.firstPage())));
            if (PageEntry.kind(word) != PageEntry.RUN || PageEntry.pages(word) <= back) {
                throw notLive(block, "its page is not in use");
            }
        } else if (kind != PageEntry.RUN) {
            throw notLive(block, "its page is not in use");
        }
        int c = PageEntry.sizeClass(word);
        if (c >= SizeClasses.SMALL) {
            throw notLive(block, "it is no block of a user");
        }
        int index = runs.cellIndex(c, page, block);
        if (index < 0) {
            throw notLive(block, "no block begins there");
        }
        if (runs.isFree(page, index)) {
            throw notLive(block, "it is free already");
        }
        return c;
    }

    private IllegalArgumentException notLive(long block, String reason) {
        return new IllegalArgumentException(
                "not a block in use, " + reason + ": block=" + block + " segment=" + memory.name());
    }

    private int alignedClassOf(long size, long alignment) {
        // A run begins with a page, its cells stand at multiples of their size.
        if (alignment > geometry.pageSize() || size > SizeClasses.LARGEST_SMALL) {
            return SizeClasses.LARGE;
        }
        for (int c = SizeClasses.classOf(size); c < SizeClasses.SMALL; c++) {
            if (geometry.cellSize(c) % alignment == 0) {
                return geometry.isUsable(c) ? c : SizeClasses.LARGE;
            }
        }
        return SizeClasses.LARGE;
    }

    // ---- filling the stocks

    /** Fills the stock, to {@code hoped} blocks if that is easy. Returns whether it holds at least {@code enough}. */
    private boolean refill(Lane lane, int c, int enough, int hoped) {
        long runLength = geometry.runPages(c);
        while (true) {
            long end = memory.getLongVolatile(Superblock.HEAP_END_OFFSET);
            if (runs.refill(lane, c, hoped, false) || memory.getLong(lane.stock(c)) >= enough) {
                return true;
            }
            if (!growth.grow(lane, runLength << geometry.pageShift, end)) {
                break;
            }
        }
        collect(lane);
        return runs.refill(lane, c, enough, true);
    }

    /** Moves a free span of whole pages into the stock of large blocks. */
    private void carve(Lane lane, long size, long alignment) {
        if (size > geometry.capacity() || alignment > geometry.capacity()) {
            throw growth.refusal(size, stats());
        }
        long length = geometry.blockSize(SizeClasses.LARGE, size) >>> geometry.pageShift;
        long step = Math.max(1, alignment >>> geometry.pageShift);
        // Large blocks differ, so the stock has an order: those that are reserved, then those that were given.
        drainSpans(lane, reserved[lane.index()][SizeClasses.LARGE]);
        while (true) {
            long end = memory.getLongVolatile(Superblock.HEAP_END_OFFSET);
            if (carveFrom(lane, length, step, false)) {
                return;
            }
            if (!growth.grow(lane, (length + step - 1) << geometry.pageShift, end)) {
                break;
            }
        }
        collect(lane);
        if (!carveFrom(lane, length, step, true)) {
            throw growth.refusal(size, stats());
        }
    }

    private boolean carveFrom(Lane lane, long length, long step, boolean thorough) {
        long stock = lane.stock(SizeClasses.LARGE);
        lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
        long page = pages.take(lane, length, step, thorough);
        if (page != 0) {
            long count = memory.getLong(stock);
            memory.putLong(stock + (count + 1) * Long.BYTES, page << geometry.pageShift);
            lane.set(pages.entry(page), PageEntry.encode(PageEntry.LARGE, SizeClasses.LARGE, length));
            if (length > 1) {
                lane.set(
                        pages.entry(page + length - 1),
                        PageEntry.encode(PageEntry.LARGE_TAIL, SizeClasses.LARGE, length));
            }
            lane.set(stock, count + 1);
            lane.commit(CommitSite.ALLOCATE_SPAN);
        }
        lane.unlock(Superblock.PAGE_LOCK_OFFSET);
        return page != 0;
    }

    private void drainSpans(Lane lane, long target) {
        long stock = lane.stock(SizeClasses.LARGE);
        while (memory.getLong(stock) > target) {
            lane.lock(LockRank.PAGE, Superblock.PAGE_LOCK_OFFSET);
            long count = memory.getLong(stock);
            long page = geometry.pageOf(memory.getLong(stock + count * Long.BYTES));
            long word = memory.getLong(pages.entry(page));
            if (PageEntry.kind(word) != PageEntry.LARGE) {
                throw new CorruptedSegmentException(
                        "a stock holds what is no block of pages: page=" + page + " segment=" + memory.name());
            }
            pages.free(lane, page, PageEntry.pages(word));
            lane.set(stock, count - 1);
            lane.commit(CommitSite.DRAIN_SPAN);
            lane.unlock(Superblock.PAGE_LOCK_OFFSET);
        }
    }

    private void drain(Lane lane, int c, long target) {
        if (c == SizeClasses.LARGE) {
            drainSpans(lane, target);
        } else {
            runs.drain(lane, c, target);
        }
    }

    /** Brings back to the page heap whatever nobody needs: what this lane and idle or dead ones hold, and empty runs. */
    private void collect(Lane lane) {
        lanes.helpAll(lane);
        lanes.sweepAll(lane);
        drainUnreserved(lane);
        lanes.visitIdle(this::drainUnreserved);
        for (int c = 0; c < SizeClasses.LARGE; c++) {
            runs.releaseEmptyRuns(lane, c);
        }
    }

    private void drainUnreserved(Lane lane) {
        long[] kept = reserved[lane.index()];
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            if (memory.getLong(lane.stock(c)) > kept[c]) {
                drain(lane, c, kept[c]);
            }
        }
    }

    @Override
    public void trim() {
        lanes.helpAll();
        // From outside of an operation: one of our own would hold back what was destroyed before it began.
        lanes.visitIdle(this::drainUnreserved);
        Lane lane = lanes.lease();
        try {
            collect(lane);
            lane.giveBack();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    @Override
    public void grow(long bytes) {
        growth.grow(bytes);
    }

    @Override
    public void settle(Lane lane, long classes) {
        long[] kept = reserved[lane.index()];
        for (long left = classes & ((1L << SizeClasses.COUNT) - 1); left != 0; left &= left - 1) {
            int c = Long.numberOfTrailingZeros(left);
            kept[c] = 0;
            int cap = geometry.cap(c);
            if (memory.getLong(lane.stock(c)) > cap) {
                drain(lane, c, cap / 2);
            }
        }
    }

    // ---- steps of a leased operation

    @Override
    public void reserve(Lane lane, long size, int count) {
        reserveClass(lane, geometry.sizeClass(size), size, count);
    }

    @Override
    public void reserveHeader(Lane lane) {
        reserveClass(lane, SizeClasses.HEADER, SizeClasses.HEADER_SIZE, 1);
    }

    private void reserveClass(Lane lane, int c, long size, int count) {
        long[] kept = reserved[lane.index()];
        lane.touch(c);
        if (kept[c] + count > geometry.slots(c)) {
            throw new OutOfSegmentMemoryException("an operation needs more blocks at once than a lane can hold: size="
                    + size + " count=" + (kept[c] + count) + " slots=" + geometry.slots(c) + " segment="
                    + memory.name() + ". A larger maxSize gives a new heap larger stocks.");
        }
        if (c == SizeClasses.LARGE) {
            for (int i = 0; i < count; i++) {
                carve(lane, size, ALIGNMENT);
                kept[c]++;
            }
            return;
        }
        int needed = (int) kept[c] + count;
        if (memory.getLong(lane.stock(c)) < needed && !refill(lane, c, needed, Math.max(needed, geometry.cap(c) / 2))) {
            throw growth.refusal(size, stats());
        }
        kept[c] = needed;
    }

    @Override
    public long[] reservations(Lane lane) {
        return reserved[lane.index()].clone();
    }

    @Override
    public void endReservations(Lane lane, long[] before) {
        System.arraycopy(before, 0, reserved[lane.index()], 0, before.length);
    }

    @Override
    public long take(Lane lane, long size) {
        int c = geometry.sizeClass(size);
        return c == SizeClasses.LARGE ? takeLarge(lane, size) : takeTop(lane, c);
    }

    @Override
    public long takeHeader(Lane lane) {
        return takeTop(lane, SizeClasses.HEADER);
    }

    private long takeTop(Lane lane, int c) {
        long stock = lane.stock(c);
        long count = lane.get(stock);
        long block = lane.get(stock + count * Long.BYTES);
        lane.set(stock, count - 1);
        reserved[lane.index()][c]--;
        // What the caller fills in must not overtake the stores that have warned the readers of the block's last life.
        memory.storeStoreFence();
        return block;
    }

    private long takeLarge(Lane lane, long size) {
        long length = geometry.blockSize(SizeClasses.LARGE, size) >>> geometry.pageShift;
        long stock = lane.stock(SizeClasses.LARGE);
        long count = lane.get(stock);
        for (long i = 1; i <= count; i++) {
            long block = lane.get(stock + i * Long.BYTES);
            if (PageEntry.pages(memory.getLong(pages.entry(geometry.pageOf(block)))) == length) {
                for (long next = i + 1; next <= count; next++) {
                    lane.set(stock + (next - 1) * Long.BYTES, lane.get(stock + next * Long.BYTES));
                }
                lane.set(stock, count - 1);
                reserved[lane.index()][SizeClasses.LARGE]--;
                memory.storeStoreFence();
                return block;
            }
        }
        throw new IllegalStateException("taken but not reserved: size=" + size + " segment=" + memory.name());
    }

    @Override
    public boolean hasRoom(Lane lane, long size, int count) {
        int c = geometry.sizeClass(size);
        return lane.get(lane.stock(c)) + count <= geometry.slots(c);
    }

    @Override
    public void makeRoom(Lane lane, long size, int count) {
        makeRoom(lane, geometry.sizeClass(size), count);
    }

    @Override
    public void makeHeaderRoom(Lane lane) {
        makeRoom(lane, SizeClasses.HEADER, 1);
    }

    private void makeRoom(Lane lane, int c, int count) {
        int target = geometry.slots(c) - count;
        if (memory.getLong(lane.stock(c)) > target) {
            if (reserved[lane.index()][c] > target) {
                throw new OutOfSegmentMemoryException(
                        "an operation frees more blocks at once than a lane can hold: room=" + count + " slots="
                                + geometry.slots(c) + " segment=" + memory.name());
            }
            drain(lane, c, Math.max(reserved[lane.index()][c], Math.min(target, geometry.cap(c) / 2)));
        }
    }

    @Override
    public void give(Lane lane, long block, long size) {
        giveTo(lane, geometry.sizeClass(size), block);
    }

    @Override
    public void giveHeader(Lane lane, long header) {
        giveTo(lane, SizeClasses.HEADER, header);
    }

    private void giveTo(Lane lane, int c, long block) {
        long stock = lane.stock(c);
        long count = lane.get(stock);
        if (count == geometry.slots(c)) {
            throw new IllegalStateException(
                    "given without room: block=" + block + " count=" + count + " segment=" + memory.name());
        }
        long slot = stock + (count + 1) * Long.BYTES;
        // Below the committed count the slot still holds a block of the stock, which must come back if this operation
        // dies: then the store belongs to the transaction. Above it the slot is nobody's.
        if (count < memory.getLong(stock)) {
            lane.set(slot, block);
        } else {
            memory.putLong(slot, block);
        }
        lane.set(stock, count + 1);
        lane.touch(c);
    }

    // ---- statistics

    @Override
    public AllocatorStats stats() {
        return new HeapCensus(memory, geometry).stats();
    }

    // ---- the type

    private static final class Type implements AllocatorType {
        @Override
        public int id() {
            return Superblock.SEGMENT_ALLOCATOR;
        }

        @Override
        public long formattedSize(Geometry geometry) {
            return geometry.heap + HeapGrowth.firstSize(geometry);
        }

        /** One free span. */
        @Override
        public void format(SegmentMemory memory, Geometry geometry) {
            long size = HeapGrowth.firstSize(geometry);
            long length = size >>> geometry.pageShift;
            long first = geometry.firstPage();
            long entry = geometry.pageEntry(first);
            memory.putLong(entry, PageEntry.encode(PageEntry.FREE_HEAD, 0, length));
            if (length > 1) {
                memory.putLong(
                        geometry.pageEntry(first + length - 1), PageEntry.encode(PageEntry.FREE_TAIL, 0, length));
            }
            int bin = SpanBins.bin(length);
            memory.putLong(SpanBins.head(bin), first);
            memory.putLong(SpanBins.occupancy(bin >>> 6), 1L << bin);
            memory.putLong(Superblock.HEAP_END_OFFSET, geometry.heap + size);
        }

        @Override
        public BlockAllocator open(LaneTable lanes) {
            return new SegmentAllocator(lanes);
        }

        @Override
        public boolean walk(SegmentMemory memory, Geometry geometry, BlockVisitor visitor) {
            return new SegmentWalk(memory, geometry, visitor).walk();
        }

        @Override
        public boolean isFor(Geometry geometry, long size, int sizeClass, long usable) {
            return sizeClass == geometry.sizeClass(size) && usable == geometry.blockSize(sizeClass, size);
        }

        @Override
        public String toString() {
            return "SegmentAllocator";
        }
    }
}
