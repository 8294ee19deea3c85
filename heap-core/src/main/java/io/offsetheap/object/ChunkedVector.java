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
import java.util.function.LongConsumer;

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
     * written anew for an addition that is not committed. The handle remembers a version, and a size that the vector has had
     * at that version: as long as the version is the same, the vector has not become shorter. So a reader loads one word
     * beside the element, and the identity next to it. Longer elements are read between two looks at the lock's version.
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

    /**
     * A number of elements that the vector has had at a version. All of them lie in chunks that were known before this was
     * made.
     *
     * @param version the structure version
     * @param size number of elements
     */
    private record Extent(long version, long size) {}

    /** Most failures that a reader takes before it asks for the lock. */
    static final int MAX_FAILURES = 64;

    /** Most elements that are copied between two looks at the version: few enough to stay in the nearest cache. */
    static final int BLOCK = 512;

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
    /** The last one seen, by whatever thread. Volatile: whoever takes it sees its bases, and loads its elements afterwards. */
    private volatile Extent extent = new Extent(0, 0);

    private ChunkedVector(ObjectSpace space, long header, int elementLength) {
        this.space = space;
        this.memory = space.memory();
        this.lanes = space.lanes();
        this.header = header;
        this.identity = memory.getLongVolatile(header + VectorHeader.IDENTITY_OFFSET);
        long parameters = memory.getLong(header + VectorHeader.PARAMETERS_OFFSET);
        this.table = memory.getLong(header + VectorHeader.TABLE_OFFSET);
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
        Extent known = extent;
        if (index >= 0 && index < known.size) {
            long at = index + first;
            long value = memory.getKnown(bases[Long.numberOfLeadingZeros(at)] + (at << 3));
            if (holds(known.version)) {
                memory.keepMapped();
                return value;
            }
        }
        return getWordSlowly(index);
    }

    private long getWordSlowly(long index) {
        Scratch scratch = Scratch.enter();
        try {
            learn();
            if (!copy(scratch, index)) {
                throw outside(index, size());
            }
            return scratch.copyWord();
        } finally {
            scratch.leave();
        }
    }

    /** Remembers version and size as they are now. */
    private void learn() {
        long version = memory.getLongVolatile(header + VectorHeader.STRUCTURE_VERSION_OFFSET);
        long size = memory.getLongVolatile(header + VectorHeader.SIZE_OFFSET);
        checkAlive();
        try {
            learnChunks(size);
        } catch (CorruptedSegmentException e) {
            // The table may be that of somebody else by now.
            memory.loadFence();
            checkAlive();
            throw e;
        }
        // Of a vector that lives the size was its own, and so are all chunks.
        memory.loadFence();
        checkAlive();
        Extent known = extent;
        if (known.version != version || known.size != size) {
            extent = new Extent(version, size);
        }
    }

    private void learnChunks(long size) {
        int chunks = size == 0 ? 0 : shape.chunk(size - 1) + 1;
        for (int chunk = 0; chunk < chunks; chunk++) {
            long index = shape.elementsBefore(chunk);
            if (bases[Long.numberOfLeadingZeros(index + first)] == UNKNOWN) {
                readBase(index);
            }
        }
    }

    /** Whether nothing has been removed from the vector since it had this version. */
    private boolean holds(long version) {
        memory.loadFence();
        return memory.isKnownPair(header, identity, version);
    }

    private long version() {
        long version = memory.getLongVolatile(header + VectorHeader.STRUCTURE_VERSION_OFFSET);
        checkAlive();
        return version;
    }

    /**
     * Calls a function with elements of 8 bytes, in order. Makes no garbage.
     *
     * @param to the end; the walk ends earlier where the vector does when it arrives there
     * @param action is called without a lock, and may write
     * @return index of the first element that it was not called with
     */
    public long forEachWord(long from, long to, LongConsumer action) {
        Scratch scratch = Scratch.enter();
        try {
            long[] words = scratch.words();
            long index = from;
            while (index < to) {
                int count = copyWords(index, words, 0, (int) Math.min(words.length, to - index));
                if (count == 0) {
                    return index;
                }
                for (int i = 0; i < count; i++) {
                    action.accept(words[i]);
                }
                index += count;
            }
            return index;
        } finally {
            scratch.leave();
        }
    }

    /** What is known of the vector, read again if there is no such element or nobody has looked since a removal. */
    private Extent current(long index) {
        lanes.checkOpen();
        Extent known = extent;
        if (index >= known.size || !holds(known.version)) {
            learn();
            known = extent;
        }
        memory.keepMapped();
        return known;
    }

    private long endOfChunk(long index) {
        return shape.elementsBefore(shape.chunk(index) + 1);
    }

    /**
     * Copies elements of 8 bytes out. Makes no garbage.
     *
     * @return how many: fewer, where the vector ends
     */
    public int copyWords(long index, long[] target, int position, int count) {
        int done = 0;
        int failures = 0;
        while (done < count) {
            long next = index + done;
            Extent known = current(next);
            int part = (int) Math.min(Math.min(count - done, BLOCK), Math.min(known.size, endOfChunk(next)) - next);
            if (part <= 0) {
                return done;
            }
            memory.copyTo(element(next), target, position + done, part);
            if (holds(known.version)) {
                done += part;
                failures = 0;
            } else if (++failures == MAX_FAILURES) {
                if (!copyWord(next, target, position + done)) {
                    return done;
                }
                done++;
                failures = 0;
            }
            memory.keepMapped();
        }
        return done;
    }

    private boolean copyWord(long index, long[] target, int position) {
        Scratch scratch = Scratch.enter();
        try {
            boolean inside = copy(scratch, index);
            target[position] = inside ? scratch.copyWord() : target[position];
            return inside;
        } finally {
            scratch.leave();
        }
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
            long version = version();
            if (!shape.isWord() && LockWord.isLocked(lock)) {
                lanes.await(header + VectorHeader.LOCK_OFFSET, lock, null);
                continue;
            }
            try {
                long size = memory.getLongVolatile(header + VectorHeader.SIZE_OFFSET);
                boolean inside = index >= 0 && index < size;
                long at = inside ? locate(scratch, index) : 0;
                if (!isUndisturbed(lock, version)) {
                    continue;
                }
                if (inside) {
                    scratch.roomForCopy(scratch.foundLength);
                    copyFound(scratch, at);
                }
                if (isUndisturbed(lock, version)) {
                    memory.keepMapped();
                    return inside;
                }
            } catch (CorruptedSegmentException e) {
                if (isUndisturbed(lock, version)) {
                    throw e;
                }
            }
        }
        return copyLocked(scratch, index);
    }

    /** Whether what was read since was whole: a word as long as nothing was removed, others as long as nobody wrote. */
    private boolean isUndisturbed(long lock, long version) {
        return holds(version) && (shape.isWord() || memory.getLong(header + VectorHeader.LOCK_OFFSET) == lock);
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
