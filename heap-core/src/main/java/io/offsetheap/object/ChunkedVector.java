/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.lane.LockWord;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.SegmentMemory;
import java.util.Arrays;

/**
 * A sequence of elements, all bytes, in the segment, which grows and shrinks at its end: what the shared vectors stand on.
 * This is a handle to one of them; it holds no state but where it is.
 *
 * <p>Thread-safe, and safe against writers in other processes and their deaths. Reads take no lock and store nothing. An
 * element is never seen half written, and never before it belongs to the vector.
 */
public final class ChunkedVector {
    /*
     *   header -> table: 40 words -> chunk i: 2^(first + i) elements, in place or each the offset of a block
     *
     * A chunk that is linked stays where it is until the vector is destroyed: growth moves nothing, and a removal keeps the
     * memory for the next elements. So a handle remembers the offset of each chunk it has seen, for ever.
     *
     * Writing (VectorWriter) is done under one lock. Elements behind the size are nobody's: a new one is written there first
     * and the size is stored behind it.
     *
     * Reading. An element of one word is loaded with one access. It was whole, and the vector's, if the index was below the
     * size before and nothing has been removed since, which the structure version tells: otherwise the word may have been
     * written anew for an addition that is not committed. The version is remembered by the handle, so that it is loaded
     * once, at the end. Longer elements are read between two looks at the lock's version.
     *
     * The idea of chunks that double is that of Dechev, Pirkelbauer and Stroustrup, "Lock-free dynamically resizable
     * arrays", OPODIS 2006.
     */

    /** What is done with a word that is there. */
    public enum Update {
        /** Nothing: it is read. */
        READ,
        /** It becomes the operand. */
        SET,
        /** The operand is added to it. */
        ADD,
        /** It becomes the operand if it is as expected. */
        COMPARE_AND_SET
    }

    /** Most failures that a reader takes before it asks for the lock. */
    static final int MAX_FAILURES = 64;

    /** No base: all are multiples of 16. */
    private static final long UNKNOWN = 1;

    private final ObjectSpace space;
    private final SegmentMemory memory;
    private final LaneTable lanes;
    private final long header;
    private final long identity;
    private final ElementShape shape;
    private final long first;
    private final long table;
    private final VectorWriter writer;
    /**
     * The chunks that are known, by the leading zeros of (index + first): where an element 0 of their arithmetic would stand,
     * so that an element stands at base + (index + first) * stride.
     */
    private final long[] bases = new long[Long.SIZE + 1];
    /** The last one seen, by whatever thread: believed only as long as it is the vector's. */
    private volatile long version;

    private ChunkedVector(ObjectSpace space, long header, int elementLength) {
        this.space = space;
        this.memory = space.memory();
        this.lanes = space.lanes();
        this.header = header;
        this.identity = memory.getLongVolatile(header + VectorHeader.IDENTITY_OFFSET);
        long parameters = memory.getLong(header + VectorHeader.PARAMETERS_OFFSET);
        this.table = memory.getLong(header + VectorHeader.TABLE_OFFSET);
        this.version = memory.getLong(header + VectorHeader.STRUCTURE_VERSION_OFFSET);
        memory.loadFence();
        if (identity == 0) {
            throw destroyed();
        }
        checkAlive();
        if (parameters != VectorHeader.parameters(elementLength)) {
            throw new SegmentFormatException("the container was made by a later version: parameters=0x"
                    + Long.toHexString(parameters) + " supported=0x"
                    + Long.toHexString(VectorHeader.parameters(elementLength)) + " header=" + header + " segment="
                    + memory.name());
        }
        this.shape = ElementShape.of(elementLength);
        this.first = shape.first();
        Arrays.fill(bases, UNKNOWN);
        this.writer = new VectorWriter(this);
    }

    /**
     * A handle to the vector whose header stands at an offset.
     *
     * @param elementLength as it was created with
     * @throws IllegalStateException if it has been destroyed
     */
    public static ChunkedVector open(ObjectSpace space, long header, int elementLength) {
        return new ChunkedVector(space, header, elementLength);
    }

    // ---- life

    /** Reserves the blocks that {@link #create} takes. */
    public static void reserve(ObjectSpace space, Lane lane) {
        BlockAllocator blocks = space.blocks();
        blocks.reserveHeader(lane);
        blocks.reserve(lane, VectorHeader.tableSize(), 1);
    }

    /**
     * Builds an empty vector from reserved blocks. It becomes real with the commit of the lane's transaction.
     *
     * @param identity its first word, never 0 and never given to another object
     * @param elementLength bytes of every element, or -1 if they differ
     * @return the offset of its header
     */
    public static long create(ObjectSpace space, Lane lane, long identity, int elementLength) {
        SegmentMemory memory = space.memory();
        long header = space.blocks().takeHeader(lane);
        long table = space.blocks().take(lane, VectorHeader.tableSize());
        memory.zero(table, VectorHeader.tableSize());
        // The lock goes on from where the cell's last container has left it.
        memory.putLong(header + VectorHeader.STRUCTURE_VERSION_OFFSET, 0);
        memory.putLong(header + VectorHeader.SIZE_OFFSET, 0);
        memory.putLong(header + VectorHeader.PARAMETERS_OFFSET, VectorHeader.parameters(elementLength));
        memory.putLong(header + VectorHeader.TABLE_OFFSET, table);
        memory.putLong(header + ContainerHeader.DOOMED_NEXT_OFFSET, 0);
        memory.putLong(header + ContainerHeader.STRUCTURE_OFFSET, SharedType.Structure.VECTOR.code());
        memory.putLong(header + VectorHeader.IDENTITY_OFFSET, identity);
        return header;
    }

    // ---- what the parts of this package share

    ObjectSpace space() {
        return space;
    }

    SegmentMemory memory() {
        return memory;
    }

    long header() {
        return header;
    }

    long table() {
        return table;
    }

    ElementShape shape() {
        return shape;
    }

    /**
     * Offset of an element, or of where it would stand, in a chunk that is linked. Who calls without the lock and finds
     * afterwards that the vector has been destroyed must not use it.
     */
    long element(long index) {
        long at = index + first;
        long base = bases[Long.numberOfLeadingZeros(at)];
        return (base == UNKNOWN ? readBase(index) : base) + at * shape.stride();
    }

    private long readBase(long index) {
        int chunk = shape.chunk(index);
        long block = chunk < VectorHeader.CHUNKS ? memory.getLong(table + (long) chunk * Long.BYTES) : 0;
        if (block == 0 || !memory.contains(block, shape.chunkSize(chunk))) {
            throw new CorruptedSegmentException("a vector has no chunk where an element should be: index=" + index
                    + " chunk=" + chunk + " offset=" + block + " header=" + header + " segment=" + memory.name());
        }
        long base = block - (first << chunk) * shape.stride();
        memory.loadFence();
        if (memory.getLong(header + VectorHeader.IDENTITY_OFFSET) == identity) {
            // From here on every access to the chunk lies inside the heap.
            bases[Long.numberOfLeadingZeros(index + first)] = base;
        }
        return base;
    }

    /** Length of an element that has a block of its own. Checked, because a reader may have met anything. */
    int lengthOf(long block) {
        long length = memory.getLong(block);
        if (length < 0 || length > Integer.MAX_VALUE || !memory.contains(block, VectorHeader.elementSize(length))) {
            throw new CorruptedSegmentException("an element reaches beyond the heap: offset=" + block + " length="
                    + length + " header=" + header + " segment=" + memory.name());
        }
        return (int) length;
    }

    /** An element of one word as a number with a sign. */
    long toWord(byte[] bytes) {
        int unused = Long.SIZE - Byte.SIZE * shape.elementLength();
        return shape.elementLength() == 0 ? 0 : ByteArrays.getLong(bytes, 0) << unused >> unused;
    }

    void checkAlive() {
        if (memory.getLongVolatile(header + VectorHeader.IDENTITY_OFFSET) != identity) {
            throw destroyed();
        }
    }

    /**
     * Refuses to go on.
     *
     * @throws IllegalStateException if the heap is closed or the vector destroyed
     */
    public void checkUsable() {
        lanes.checkOpen();
        checkAlive();
    }

    private IllegalStateException destroyed() {
        return new IllegalStateException(
                "the object has been destroyed: offset=" + header + " segment=" + memory.name());
    }

    private static IndexOutOfBoundsException outside(long index, long size) {
        return new IndexOutOfBoundsException("outside the vector: index=" + index + " size=" + size);
    }

    private boolean mayLock() {
        return !memory.isReadOnly() && lanes.mayLease();
    }

    // ---- reading

    /** Number of elements. */
    public long size() {
        lanes.checkOpen();
        long size = memory.getLongVolatile(header + VectorHeader.SIZE_OFFSET);
        memory.loadFence();
        checkAlive();
        memory.keepMapped();
        return size;
    }

    /**
     * An element of up to 8 bytes, as a number with a sign. Makes no garbage.
     *
     * @throws IndexOutOfBoundsException if there is none
     */
    public long getWord(long index) {
        lanes.checkOpen();
        long known = version;
        long size = memory.getLongVolatile(header + VectorHeader.SIZE_OFFSET);
        long at = index + first;
        long base = bases[Long.numberOfLeadingZeros(at)];
        if (base != UNKNOWN && index >= 0 && index < size) {
            long value = memory.getLong(base + (at << 3));
            if (holds(known)) {
                memory.keepMapped();
                return value;
            }
        }
        return getWordSlowly(index);
    }

    private long getWordSlowly(long index) {
        Scratch scratch = Scratch.enter();
        try {
            if (!copy(scratch, index)) {
                throw outside(index, size());
            }
            return scratch.copyWord();
        } finally {
            scratch.leave();
        }
    }

    /** Whether nothing has been removed from the vector since it had this version. */
    private boolean holds(long known) {
        memory.loadFence();
        return memory.getLong(header + VectorHeader.STRUCTURE_VERSION_OFFSET) == known
                && memory.getLong(header + VectorHeader.IDENTITY_OFFSET) == identity;
    }

    private long refreshVersion() {
        long current = memory.getLongVolatile(header + VectorHeader.STRUCTURE_VERSION_OFFSET);
        checkAlive();
        version = current;
        return current;
    }

    /**
     * Copies elements of 8 bytes out, from an index to the end of their chunk at most. Makes no garbage.
     *
     * @return how many; 0 if there is no element at the index
     */
    public int copyWords(long index, long[] target, int position, int count) {
        lanes.checkOpen();
        for (int failures = 0; failures < MAX_FAILURES || !mayLock(); failures++) {
            long known = refreshVersion();
            int copied = copyWordsUnchecked(index, target, position, count);
            if (holds(known)) {
                memory.keepMapped();
                return copied;
            }
        }
        checkAlive();
        Lane lane = lanes.lease();
        try {
            writer.lock(lane);
            int copied = copyWordsUnchecked(index, target, position, count);
            writer.unlock(lane);
            lane.giveBack();
            memory.keepMapped();
            return copied;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    private int copyWordsUnchecked(long index, long[] target, int position, int count) {
        long size = memory.getLongVolatile(header + VectorHeader.SIZE_OFFSET);
        if (index >= size) {
            return 0;
        }
        long end = Math.min(size, shape.elementsBefore(shape.chunk(index) + 1));
        int copied = (int) Math.min(count, end - index);
        memory.copyTo(element(index), target, position, copied);
        return copied;
    }

    /**
     * Copies an element into the scratch.
     *
     * @return false if there is none at the index
     */
    public boolean copy(Scratch scratch, long index) {
        lanes.checkOpen();
        for (int failures = 0; failures < MAX_FAILURES || !mayLock(); failures++) {
            long lock = memory.getLongVolatile(header + VectorHeader.LOCK_OFFSET);
            long known = refreshVersion();
            if (!shape.isWord() && LockWord.isLocked(lock)) {
                lanes.await(header + VectorHeader.LOCK_OFFSET, lock, null);
                continue;
            }
            try {
                long size = memory.getLongVolatile(header + VectorHeader.SIZE_OFFSET);
                boolean inside = index >= 0 && index < size;
                long at = inside ? locate(scratch, index) : 0;
                if (!isUndisturbed(lock, known)) {
                    continue;
                }
                if (inside) {
                    scratch.roomForCopy(scratch.foundLength);
                    copyFound(scratch, at);
                }
                if (isUndisturbed(lock, known)) {
                    memory.keepMapped();
                    return inside;
                }
            } catch (CorruptedSegmentException e) {
                if (isUndisturbed(lock, known)) {
                    throw e;
                }
            }
        }
        return copyLocked(scratch, index);
    }

    /** Whether what was read since was whole: a word as long as nothing was removed, others as long as nobody wrote. */
    private boolean isUndisturbed(long lock, long known) {
        return holds(known) && (shape.isWord() || memory.getLong(header + VectorHeader.LOCK_OFFSET) == lock);
    }

    /** Offset of an element's bytes; their number is in the scratch. */
    long locate(Scratch scratch, long index) {
        long at = element(index);
        if (!shape.isBlock()) {
            scratch.foundLength = shape.elementLength();
            return at;
        }
        long block = memory.getLong(at);
        scratch.foundLength = lengthOf(block);
        return block + VectorHeader.ELEMENT_BYTES_OFFSET;
    }

    /** Copies the bytes that were located, into room that is there. */
    void copyFound(Scratch scratch, long at) {
        scratch.copyLength = scratch.foundLength;
        if (shape.isWord()) {
            // In one access, which a copy of bytes might not be.
            ByteArrays.putLong(scratch.copy, 0, memory.getLong(at));
        } else {
            memory.copyTo(at, scratch.copy, 0, scratch.copyLength);
        }
    }

    /** Copies an element under the lock: the way of a reader that was disturbed too often. */
    private boolean copyLocked(Scratch scratch, long index) {
        while (true) {
            checkAlive();
            Lane lane = lanes.lease();
            boolean inside;
            boolean fits = true;
            try {
                long size = writer.lock(lane);
                inside = index >= 0 && index < size;
                if (inside) {
                    long at = locate(scratch, index);
                    fits = scratch.canCopy(scratch.foundLength);
                    if (fits) {
                        copyFound(scratch, at);
                    }
                }
                writer.unlock(lane);
                lane.giveBack();
            } catch (Throwable t) {
                lane.abandon(t);
                throw t;
            }
            if (fits) {
                memory.keepMapped();
                return inside;
            }
            scratch.roomForCopy(scratch.foundLength);
        }
    }

    // ---- writing

    /** Adds the scratch's value at the end. */
    public void add(Scratch scratch) {
        checkAlive();
        Lane lane = lanes.lease();
        try {
            writer.add(lane, scratch);
            lane.giveBack();
            memory.keepMapped();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Adds an element of 8 bytes at the end. Makes no garbage. */
    public void addWord(long word) {
        checkAlive();
        Lane lane = lanes.lease();
        try {
            writer.addWord(lane, word);
            lane.giveBack();
            memory.keepMapped();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /**
     * Adds elements of 8 bytes at the end, all in one step.
     *
     * @throws io.offsetheap.error.OutOfSegmentMemoryException if there is no room for all; then none was added
     */
    public void addWords(long[] source, int position, int count) {
        checkAlive();
        Lane lane = lanes.lease();
        try {
            writer.addWords(lane, source, position, count);
            lane.giveBack();
            memory.keepMapped();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /**
     * Replaces an element by the scratch's value, and copies what it was into the scratch.
     *
     * @throws IndexOutOfBoundsException if there is none
     */
    public void set(Scratch scratch, long index) {
        checkAlive();
        Lane lane = lanes.lease();
        long size;
        try {
            size = writer.set(lane, scratch, index);
            lane.giveBack();
            memory.keepMapped();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
        if (index < 0 || index >= size) {
            throw outside(index, size);
        }
    }

    /**
     * Updates an element of 8 bytes. Makes no garbage.
     *
     * @return the word as it was before
     * @throws IndexOutOfBoundsException if there is none
     */
    public long update(long index, Update update, long operand, long expected) {
        checkAlive();
        Lane lane = lanes.lease();
        long size;
        long old = 0;
        try {
            size = writer.lock(lane);
            if (index >= 0 && index < size) {
                old = writer.update(lane, index, update, operand, expected);
            }
            writer.unlock(lane);
            lane.giveBack();
            memory.keepMapped();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
        if (index < 0 || index >= size) {
            throw outside(index, size);
        }
        return old;
    }

    /**
     * Removes the last element, and copies it into the scratch.
     *
     * @param index where it must be, or -1 for anywhere
     * @return false if it is not there, or there is none
     */
    public boolean removeLast(Scratch scratch, long index) {
        checkAlive();
        Lane lane = lanes.lease();
        try {
            boolean removed = writer.removeLast(lane, scratch, index);
            lane.giveBack();
            memory.keepMapped();
            return removed;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /**
     * Removes the elements from an index on, the last one first. Elements with blocks of their own go one by one, others all
     * at once. The chunks stay.
     */
    public void truncate(long size) {
        boolean done = false;
        while (!done) {
            checkAlive();
            Lane lane = lanes.lease();
            try {
                done = writer.truncate(lane, size);
                lane.giveBack();
            } catch (Throwable t) {
                lane.abandon(t);
                throw t;
            }
        }
        memory.keepMapped();
    }
}
