/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.layout;

import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.SegmentMemory;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Where everything stands in one segment: sizes, counts and area offsets. Chosen once when a segment is made, written to its
 * superblock, and from then on only read from there. Immutable.
 */
public final class Geometry {
    public static final int PROCESS_SLOT_SIZE = 64;
    public static final int BIN_SIZE = 64;
    public static final int LANE_SIZE = 64;

    /** Entries of a lane's lock list. */
    public static final int LOCK_CAPACITY = 8;

    public static final int LOCK_LIST_OFFSET = 0x000;
    /** Offset in a lane body of the number of journal records: the commit word. */
    public static final int JOURNAL_HEAD_OFFSET = 0x040;

    public static final int REDO_OFFSET = 0x080;
    public static final int REDO_RECORD_SIZE = 16;

    /** Offset in a page table entry of the bitmap of a run; in front of it stand four words. */
    public static final int PAGE_BITMAP_OFFSET = 32;

    /** Stock slots that stay empty between operations, so that an operation may free this many blocks without draining. */
    public static final int STOCK_ROOM = 2;

    /** Smallest segment that users can ask for. */
    public static final long MIN_SIZE = 256 << 10;

    private static final int GROW_UNIT = 64 << 10;
    private static final int MAX_RUN_SIZE = 64 << 10;
    private static final int LINE_CLASS = SizeClasses.classOf(64);
    private static final int LINE_SLOTS = 20;
    private static final int CACHE_LINE_SHIFT = 6;

    public final long maxSize;
    public final int pageShift;
    /** An entry has a 64th of a page's size: room for the bitmap of any run that begins there, a cache line at least. */
    public final int pageEntryShift;

    public final int processes;
    public final int lanes;
    public final int redoCapacity;
    public final int growUnit;
    public final int laneBodySize;
    public final long processTable;
    public final long bins;
    public final long laneTable;
    public final long laneBodies;
    public final long pageTable;
    public final long heap;

    private final int[] cellSizes = new int[SizeClasses.COUNT];
    private final int[] slots = new int[SizeClasses.COUNT];
    private final int[] caps = new int[SizeClasses.COUNT];
    private final int[] runPages = new int[SizeClasses.COUNT];
    private final int[] runCells = new int[SizeClasses.COUNT];
    private final int[] stockOffsets = new int[SizeClasses.COUNT];
    /** The class of a block by its size in units of {@link SizeClasses#GRANULARITY}, rounded up. */
    private final byte[] classes = new byte[(SizeClasses.LARGEST_SMALL >>> SizeClasses.GRANULARITY_SHIFT) + 1];

    private Geometry(
            long maxSize, int pageShift, int processes, int lanes, int redoCapacity, int growUnit, boolean fullStocks) {
        this.maxSize = maxSize;
        this.pageShift = pageShift;
        this.pageEntryShift = Math.max(CACHE_LINE_SHIFT, pageShift - 6);
        this.processes = processes;
        this.lanes = lanes;
        this.redoCapacity = redoCapacity;
        this.growUnit = growUnit;
        long pageSize = 1L << pageShift;
        int stock = REDO_OFFSET + redoCapacity * REDO_RECORD_SIZE;
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            cellSizes[c] = SizeClasses.cellSize(c);
            slots[c] = fullStocks ? SizeClasses.fullSlots(c) : c == LINE_CLASS ? LINE_SLOTS : 4;
            stockOffsets[c] = stock;
            stock += Long.BYTES * (1 + slots[c]);
        }
        laneBodySize = (int) align(stock, pageSize);
        processTable = Superblock.SIZE;
        bins = processTable + (long) processes * PROCESS_SLOT_SIZE;
        laneTable = bins + (long) SizeClasses.COUNT * BIN_SIZE;
        laneBodies = align(laneTable + (long) lanes * LANE_SIZE, pageSize);
        pageTable = laneBodies + (long) lanes * laneBodySize;
        heap = align(pageTable + (maxSize >>> pageShift << pageEntryShift), growUnit);
        long longestRun = Math.min(MAX_RUN_SIZE, Long.highestOneBit(Math.max((maxSize - heap) / 32, pageSize)));
        for (int c = 0; c < SizeClasses.LARGE; c++) {
            chooseRun(c, Math.max(longestRun, pageSize));
            long share = maxSize / 16 / lanes / SizeClasses.COUNT / cellSizes[c];
            caps[c] = (int) Math.min(slots[c] - STOCK_ROOM, share);
        }
        int from = 0;
        for (int c = 0; c < SizeClasses.SMALL; c++) {
            int to = (cellSizes[c] >>> SizeClasses.GRANULARITY_SHIFT) + 1;
            Arrays.fill(classes, from, to, (byte) (isUsable(c) ? c : SizeClasses.LARGE));
            from = to;
        }
    }

    /** Chooses the shortest run with at least 8 cells and at most an eighth wasted, or the longest allowed. */
    private void chooseRun(int c, long longestRun) {
        int pages = 1;
        while (true) {
            long size = (long) pages << pageShift;
            int cells = (int) (size / cellSizes[c]);
            long waste = size - (long) cells * cellSizes[c];
            if ((cells >= 8 && waste * 8 <= size) || size * 2 > longestRun) {
                runPages[c] = pages;
                runCells[c] = cells;
                return;
            }
            pages *= 2;
        }
    }

    /**
     * The geometry for a heap of at most {@code maxSize} bytes.
     *
     * @throws IllegalArgumentException if it is below {@link #MIN_SIZE} or above 16 TiB
     */
    public static Geometry of(long maxSize) {
        if (maxSize < MIN_SIZE || maxSize > 1L << 44) {
            throw new IllegalArgumentException(
                    "maxSize must be from 256 KiB (262144) to 16 TiB (17592186044416): maxSize=" + maxSize);
        }
        long size = align(maxSize, GROW_UNIT);
        if (size <= 16 << 20) {
            return new Geometry(size, 12, 32, size < 1 << 20 ? 16 : 64, 64, GROW_UNIT, false);
        }
        if (size <= 1L << 30) {
            return new Geometry(size, 12, 64, 64, 120, GROW_UNIT, true);
        }
        if (size <= 64L << 30) {
            return new Geometry(size, 12, 256, 256, 120, GROW_UNIT, true);
        }
        return new Geometry(size, 14, 256, 512, 120, GROW_UNIT, true);
    }

    /**
     * A tiny geometry in which a crash at every store can be enumerated: pages of 512 bytes, four processes, four lanes.
     *
     * @param maxSize from 64 KiB
     */
    public static Geometry tiny(long maxSize) {
        if (maxSize < 64 << 10) {
            throw new IllegalArgumentException("a tiny segment has at least 64 KiB: maxSize=" + maxSize);
        }
        return new Geometry(align(maxSize, 512), 9, 4, 4, 32, 512, false);
    }

    public long pageSize() {
        return 1L << pageShift;
    }

    /** Bytes that blocks, runs and spans can ever fill. */
    public long capacity() {
        return maxSize - heap;
    }

    public int cellSize(int sizeClass) {
        return cellSizes[sizeClass];
    }

    /** Words of a lane's stock of this class, beside its count. */
    public int slots(int sizeClass) {
        return slots[sizeClass];
    }

    /** Most blocks that a lane keeps between operations. */
    public int cap(int sizeClass) {
        return caps[sizeClass];
    }

    /**
     * The class of which a block of {@code size} bytes is allocated. In a small heap runs are short; where one would hold
     * a single cell, whole pages do as well.
     */
    public int sizeClass(long size) {
        return size > SizeClasses.LARGEST_SMALL
                ? SizeClasses.LARGE
                : classes[(int) (size + SizeClasses.GRANULARITY - 1) >>> SizeClasses.GRANULARITY_SHIFT];
    }

    /** Whether blocks of a class of cells are cut from runs. */
    public boolean isUsable(int sizeClass) {
        return runCells[sizeClass] > 1;
    }

    /** Bytes of a block of a class that holds {@code size} bytes. */
    public long blockSize(int sizeClass, long size) {
        return sizeClass == SizeClasses.LARGE ? Math.max(pageSize(), align(size, pageSize())) : cellSizes[sizeClass];
    }

    public int runPages(int sizeClass) {
        return runPages[sizeClass];
    }

    public int runCells(int sizeClass) {
        return runCells[sizeClass];
    }

    public int bitmapWords(int sizeClass) {
        return (runCells[sizeClass] + 63) / 64;
    }

    /** Offset in a lane body of a stock: its count, then its slots. */
    public int stock(int sizeClass) {
        return stockOffsets[sizeClass];
    }

    public long process(int slot) {
        return processTable + (long) slot * PROCESS_SLOT_SIZE;
    }

    public long bin(int sizeClass) {
        return bins + (long) sizeClass * BIN_SIZE;
    }

    public long lane(int index) {
        return laneTable + (long) index * LANE_SIZE;
    }

    public long laneBody(int index) {
        return laneBodies + (long) index * laneBodySize;
    }

    public long pageEntry(long page) {
        return pageTable + (page << pageEntryShift);
    }

    public long pageOf(long offset) {
        return offset >>> pageShift;
    }

    /** Number of the heap's first page. */
    public long firstPage() {
        return heap >>> pageShift;
    }

    // ---- superblock

    /**
     * Writes the immutable part of the superblock but for its first word, the magic: as long as that is missing, this is no
     * segment.
     *
     * @param allocator number of the allocator's type
     */
    public void writeTo(SegmentMemory memory, int allocator, long uuidHigh, long uuidLow, long created) {
        byte[] block = encode(allocator, uuidHigh, uuidLow, created);
        for (int at = Superblock.VERSION_OFFSET; at < Superblock.IMMUTABLE_END; at += Long.BYTES) {
            memory.putLong(at, ByteArrays.getLong(block, at));
        }
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            int at = Superblock.CLASS_TABLE_OFFSET + c * Long.BYTES;
            memory.putLong(at, ByteArrays.getLong(block, at));
        }
    }

    private byte[] encode(int allocator, long uuidHigh, long uuidLow, long created) {
        byte[] block = new byte[Superblock.SIZE];
        ByteArrays.putLong(block, Superblock.MAGIC_OFFSET, Superblock.MAGIC);
        ByteArrays.putLong(block, Superblock.VERSION_OFFSET, pair(Superblock.MAJOR_VERSION, Superblock.MINOR_VERSION));
        ByteArrays.putLong(block, Superblock.BYTE_ORDER_OFFSET, Superblock.BYTE_ORDER);
        ByteArrays.putLong(block, Superblock.UUID_OFFSET, uuidHigh);
        ByteArrays.putLong(block, Superblock.UUID_OFFSET + Long.BYTES, uuidLow);
        ByteArrays.putLong(block, Superblock.MAX_SIZE_OFFSET, maxSize);
        ByteArrays.putLong(block, Superblock.PAGE_SHIFT_OFFSET, pair(pageShift, laneBodySize));
        ByteArrays.putLong(block, Superblock.PROCESSES_OFFSET, pair(processes, lanes));
        ByteArrays.putLong(block, Superblock.CLASSES_OFFSET, pair(1, SizeClasses.COUNT));
        ByteArrays.putLong(block, Superblock.ALLOCATOR_OFFSET, pair(allocator, Superblock.KEYED_MULTIPLY_HASH));
        ByteArrays.putLong(block, Superblock.CAPACITIES_OFFSET, pair(redoCapacity, LOCK_CAPACITY));
        ByteArrays.putLong(block, Superblock.SEGMENT_BITS_OFFSET, pair(4, 4));
        ByteArrays.putLong(block, Superblock.PROCESS_TABLE_OFFSET, processTable);
        ByteArrays.putLong(block, Superblock.BINS_OFFSET, bins);
        ByteArrays.putLong(block, Superblock.LANE_TABLE_OFFSET, laneTable);
        ByteArrays.putLong(block, Superblock.LANE_BODIES_OFFSET, laneBodies);
        ByteArrays.putLong(block, Superblock.PAGE_TABLE_OFFSET, pageTable);
        ByteArrays.putLong(block, Superblock.HEAP_OFFSET, heap);
        ByteArrays.putLong(block, Superblock.CREATED_OFFSET, created);
        ByteArrays.putLong(block, Superblock.GROW_UNIT_OFFSET, growUnit);
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            ByteArrays.putLong(block, Superblock.CLASS_TABLE_OFFSET + c * Long.BYTES, classWord(c));
        }
        CRC32C classHash = new CRC32C();
        classHash.update(block, Superblock.CLASS_TABLE_OFFSET, SizeClasses.COUNT * Long.BYTES);
        ByteArrays.putLong(block, Superblock.CLASS_HASH_OFFSET, classHash.getValue());
        ByteArrays.putLong(block, Superblock.CRC_OFFSET, checksum(block));
        return block;
    }

    private long classWord(int c) {
        int runShift = runPages[c] == 0 ? 0 : Integer.numberOfTrailingZeros(runPages[c]);
        return cellSizes[c] | (long) slots[c] << 32 | (long) caps[c] << 44 | (long) runShift << 56;
    }

    private static long checksum(byte[] block) {
        CRC32C crc = new CRC32C();
        crc.update(block, 0, Superblock.CRC_OFFSET);
        crc.update(block, Superblock.CLASS_TABLE_OFFSET, SizeClasses.COUNT * Long.BYTES);
        return crc.getValue();
    }

    /** Number of the allocator's type, in the superblock of a segment. */
    public static int allocator(byte[] block) {
        return ByteArrays.getInt(block, Superblock.ALLOCATOR_OFFSET);
    }

    /**
     * Reads and checks a superblock that somebody else wrote. Nothing of it is believed: the geometry is computed again
     * from its few free parameters and must come out the same in every word. Whether the {@link #allocator} is a known one
     * is for the caller to say.
     *
     * @param block the first {@value Superblock#SIZE} bytes of the file
     * @param fileSize bytes the file has now
     * @throws SegmentFormatException if it is not a segment of this version, or a damaged one
     */
    public static Geometry read(byte[] block, long fileSize, String segment) {
        if (ByteArrays.getLong(block, Superblock.MAGIC_OFFSET) != Superblock.MAGIC) {
            throw new SegmentFormatException("not an OffsetHeap segment: magic=0x"
                    + Long.toHexString(ByteArrays.getLong(block, Superblock.MAGIC_OFFSET)) + " expected=0x"
                    + Long.toHexString(Superblock.MAGIC) + " segment=" + segment);
        }
        if (ByteArrays.getLong(block, Superblock.BYTE_ORDER_OFFSET) != Superblock.BYTE_ORDER) {
            throw new SegmentFormatException("the segment has another byte order: byteOrder=0x"
                    + Long.toHexString(ByteArrays.getLong(block, Superblock.BYTE_ORDER_OFFSET)) + " segment="
                    + segment);
        }
        int major = ByteArrays.getInt(block, Superblock.VERSION_OFFSET);
        if (major != Superblock.MAJOR_VERSION) {
            throw new SegmentFormatException("the segment has another format version: found=" + major + " supported="
                    + Superblock.MAJOR_VERSION + " segment=" + segment);
        }
        long stored = ByteArrays.getLong(block, Superblock.CRC_OFFSET);
        if (stored != checksum(block)) {
            throw new SegmentFormatException("the superblock's checksum does not match: stored=0x"
                    + Long.toHexString(stored) + " computed=0x" + Long.toHexString(checksum(block)) + " segment="
                    + segment);
        }
        long features = ByteArrays.getLong(block, Superblock.INCOMPATIBLE_FEATURES_OFFSET)
                | ByteArrays.getLong(block, Superblock.READ_ONLY_FEATURES_OFFSET);
        if (features != 0) {
            throw new SegmentFormatException("the segment uses features of a later version: features=0x"
                    + Long.toHexString(features) + " supported=0 segment=" + segment);
        }
        Geometry geometry = recompute(block, segment);
        byte[] expected = geometry.encode(
                allocator(block),
                ByteArrays.getLong(block, Superblock.UUID_OFFSET),
                ByteArrays.getLong(block, Superblock.UUID_OFFSET + Long.BYTES),
                ByteArrays.getLong(block, Superblock.CREATED_OFFSET));
        requireSame(block, expected, 0, Superblock.CRC_OFFSET, segment);
        requireSame(
                block,
                expected,
                Superblock.CLASS_TABLE_OFFSET,
                Superblock.CLASS_TABLE_OFFSET + SizeClasses.COUNT * Long.BYTES,
                segment);
        long heapEnd = ByteArrays.getLong(block, Superblock.HEAP_END_OFFSET);
        if (heapEnd < geometry.heap || heapEnd > geometry.maxSize || heapEnd % geometry.growUnit != 0) {
            throw new SegmentFormatException("the end of the heap is impossible: heapEnd=" + heapEnd + " heap="
                    + geometry.heap + " maxSize=" + geometry.maxSize + " segment=" + segment);
        }
        if (heapEnd > fileSize) {
            throw new SegmentFormatException("the file is shorter than its heap, it was truncated: fileSize=" + fileSize
                    + " heapEnd=" + heapEnd + " segment=" + segment);
        }
        return geometry;
    }

    private static Geometry recompute(byte[] block, String segment) {
        long maxSize = ByteArrays.getLong(block, Superblock.MAX_SIZE_OFFSET);
        try {
            return ByteArrays.getInt(block, Superblock.PAGE_SHIFT_OFFSET) == 9 ? tiny(maxSize) : of(maxSize);
        } catch (IllegalArgumentException e) {
            throw new SegmentFormatException(
                    "the superblock holds an impossible size: maxSize=" + maxSize + " segment=" + segment, e);
        }
    }

    private static void requireSame(byte[] block, byte[] expected, int from, int to, String segment) {
        int difference = Arrays.mismatch(block, from, to, expected, from, to);
        if (difference >= 0) {
            int at = (from + difference) & -Long.BYTES;
            throw new SegmentFormatException("a word of the superblock does not fit the others: offset=0x"
                    + Integer.toHexString(at) + " found=0x" + Long.toHexString(ByteArrays.getLong(block, at))
                    + " expected=0x"
                    + Long.toHexString(ByteArrays.getLong(expected, at)) + " segment=" + segment);
        }
    }

    private static long pair(int low, int high) {
        return (low & 0xFFFF_FFFFL) | (long) high << 32;
    }

    private static long align(long value, long alignment) {
        return (value + alignment - 1) / alignment * alignment;
    }
}
