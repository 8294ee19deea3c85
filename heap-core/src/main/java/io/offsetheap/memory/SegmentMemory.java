/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.memory;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.region.MappedRegion;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;
import net.openhft.chronicle.core.UnsafeMemory;

/**
 * The bytes of one mapped segment: the one class that loads and stores, and that says in which order.
 *
 * <p>Positions are offsets, {@code long} bytes from the base of the segment. Words are eight bytes, little-endian and
 * aligned. The ordered narrow forms are aligned to what they move; only the payload forms ({@code getByte} to {@code
 * copyFrom}) take any position. Every access is checked against the end of the heap, every store against read-only mappings
 * as well: neither can fault.
 *
 * <p>Orderings are named as in {@link VarHandle}. The Java memory model does not speak about other processes; this class
 * relies on coherent shared pages and on HotSpot's mapping of the modes, as Aeron and Chronicle do.
 *
 * <p>Thread-safe as memory is: each access is one access, ordered as its name says. The class exists to be extended by
 * tests, which stop a process before any chosen store; the product itself never does.
 */
public class SegmentMemory {
    /*
     * The bounds check compares with a plain field, from the last heapEnd seen. The heap only grows, so a stale value can
     * only refuse too much, and then the word in the superblock is read again before the refusal stands. The field never
     * goes back: where somebody has been, everybody may peek.
     *
     * Raw addresses are taken here and nowhere else. They are safe as long as the region is reachable; the region is
     * reachable from this object, and the public operations above end with keepMapped().
     */

    /** The word in the superblock that holds the end of the heap: the bound of every access. */
    public static final long HEAP_END_OFFSET = 0x140;

    private static final UnsafeMemory MEMORY = UnsafeMemory.INSTANCE;

    /** Where the words of an array begin. */
    private static final long LONGS_OFFSET = MEMORY.arrayBaseOffset(long[].class);

    private final MappedRegion region;
    private final String name;
    private final long base;
    private final boolean readOnly;
    /** Where the last word of the heap begins, as far as is known. */
    private long lastWord;

    /**
     * The bytes of a mapping.
     *
     * @param region the mapping, of the segment's greatest size
     * @param name how error messages call the segment
     * @param limit the end of the accessible part at first, in bytes; grows with the heap
     */
    public SegmentMemory(MappedRegion region, String name, long limit) {
        this.region = region;
        this.name = name;
        this.base = region.address();
        this.readOnly = region.readOnly();
        this.lastWord = limit - Long.BYTES;
    }

    /** The segment's name for messages. */
    public final String name() {
        return name;
    }

    public final boolean isReadOnly() {
        return readOnly;
    }

    /** Length of the mapping in bytes: the most the segment can grow to. */
    public final long capacity() {
        return region.size();
    }

    /** The mapping itself, for views that must keep it alive. */
    public final MappedRegion region() {
        return region;
    }

    /** Keeps the mapping alive up to this call: the last action of every public operation that has read or written. */
    @SuppressWarnings("ReachabilityFenceUsage") // an operation that throws has nothing left to read
    public final void keepMapped() {
        Reference.reachabilityFence(region);
    }

    // ---- words

    public long getLong(long offset) {
        return MEMORY.readLong(word(offset));
    }

    public long getLongVolatile(long offset) {
        return MEMORY.readVolatileLong(word(offset));
    }

    public void putLong(long offset, long value) {
        MEMORY.writeLong(writableWord(offset), value);
    }

    /** A store that stays behind all earlier loads and stores, but that later ones may overtake. */
    public void putLongRelease(long offset, long value) {
        MEMORY.writeOrderedLong(writableWord(offset), value);
    }

    public boolean compareAndSetLong(long offset, long expected, long value) {
        return MEMORY.compareAndSwapLong(writableWord(offset), expected, value);
    }

    /**
     * A store in program order: behind all earlier stores and before all later ones. Lock words, lock lists, lane states
     * and the clearing of a journal are stored so, because a survivor reads them as "everything up to here".
     */
    public final void publish(long offset, long value) {
        putLongRelease(offset, value);
        storeStoreFence();
    }

    /**
     * The one store that makes a change real: whoever dies before it has done nothing, whoever dies after it has done
     * everything. Ordered like {@link #publish}. The site names the place for those who enumerate the commits.
     */
    public void commitWord(CommitSite site, long offset, long value) {
        publish(offset, value);
    }

    // ---- narrow words: aligned to their size and moved whole, for fields of users' objects and views of blocks

    public byte getByteVolatile(long offset) {
        return MEMORY.readVolatileByte(address(offset, Byte.BYTES));
    }

    public short getShortVolatile(long offset) {
        return MEMORY.readVolatileShort(narrowWord(offset, Short.BYTES));
    }

    public int getIntVolatile(long offset) {
        return MEMORY.readVolatileInt(narrowWord(offset, Integer.BYTES));
    }

    /** Ordered as {@link #putLongRelease}. */
    public void putByteRelease(long offset, byte value) {
        long address = writableAddress(offset, Byte.BYTES);
        VarHandle.releaseFence();
        MEMORY.writeByte(address, value);
    }

    /** Ordered as {@link #putLongRelease}. */
    public void putShortRelease(long offset, short value) {
        long address = writableNarrowWord(offset, Short.BYTES);
        VarHandle.releaseFence();
        MEMORY.writeShort(address, value);
    }

    /** Ordered as {@link #putLongRelease}. */
    public void putIntRelease(long offset, int value) {
        MEMORY.writeOrderedInt(writableNarrowWord(offset, Integer.BYTES), value);
    }

    public boolean compareAndSetInt(long offset, int expected, int value) {
        return MEMORY.compareAndSwapInt(writableNarrowWord(offset, Integer.BYTES), expected, value);
    }

    /** A step on the four bytes around it, whose others keep their values: not every processor has one for less. */
    public final boolean compareAndSetByte(long offset, byte expected, byte value) {
        return compareAndSetPart(offset, Byte.SIZE, expected, value);
    }

    /** As {@link #compareAndSetByte}. */
    public final boolean compareAndSetShort(long offset, short expected, short value) {
        return compareAndSetPart(offset, Short.SIZE, expected, value);
    }

    private boolean compareAndSetPart(long offset, int bits, int expected, int value) {
        writableNarrowWord(offset, bits / Byte.SIZE);
        long whole = offset & -Integer.BYTES;
        int shift = (int) (offset - whole) * Byte.SIZE;
        int mask = (1 << bits) - 1 << shift;
        while (true) {
            int current = getIntVolatile(whole);
            if (((current ^ expected << shift) & mask) != 0) {
                return false;
            } else if (compareAndSetInt(whole, current, current & ~mask | value << shift & mask)) {
                return true;
            }
        }
    }

    // ---- peeking: for readers without a lock, who may have taken anything for an offset

    /**
     * The word, or 0 where {@link #getLong} would look whether the heap has grown, or refuse. Who peeks asks again with {@code
     * getLong} unless what it has found makes sense. A path of such loads has no way out that comes back into it, which is
     * what makes it short.
     */
    public long peekLong(long offset) {
        return offset < 0 || offset > lastWord ? 0 : MEMORY.readLong(base + offset);
    }

    /** {@link #peekLong}, before all later loads and stores. */
    public long peekLongAcquire(long offset) {
        long value = peekLong(offset);
        VarHandle.acquireFence();
        return value;
    }

    /**
     * Which words of a range begin with the same bits as a value: bit i stands for word i. None, if the range is not known
     * to lie inside the heap.
     *
     * @param count number of words; with {@code bits} up to 63
     * @param bits how many of the highest bits are compared
     */
    public long peekMatches(long offset, int count, long value, int bits) {
        if (offset < 0 || offset > lastWord - (count - 1L) * Long.BYTES) {
            return 0;
        }
        long matches = 0;
        for (int i = 0; i < count; i++) {
            // Without branches, which nobody could predict: less one, equal bits are all ones, others less than 2^bits.
            long difference = (MEMORY.readLong(base + offset + (long) i * Long.BYTES) ^ value) >>> Long.SIZE - bits;
            matches |= difference - 1 & 1L << bits + i;
        }
        return matches >>> bits;
    }

    /** Whether a range is known to lie inside the heap, as {@link #contains}, but without a look whether it has grown. */
    public final boolean mayPeek(long offset, long length) {
        return fits(offset, length);
    }

    // ---- known places: found inside the heap before, by a load or by contains, and the heap never shrinks

    /** {@link #getLong} at a known place: the bounds are not looked at again. */
    public long getKnown(long offset) {
        return MEMORY.readLong(base + offset);
    }

    /** Whether two words side by side, at a known place, are these. */
    public boolean isKnownPair(long offset, long first, long second) {
        return MEMORY.readLong(base + offset) == first && MEMORY.readLong(base + offset + Long.BYTES) == second;
    }

    // ---- payload: any position, no atomicity across words

    public byte getByte(long offset) {
        return MEMORY.readByte(address(offset, 1));
    }

    public short getShort(long offset) {
        return MEMORY.readShort(address(offset, Short.BYTES));
    }

    public int getInt(long offset) {
        return MEMORY.readInt(address(offset, Integer.BYTES));
    }

    /** Eight bytes at any position, little-endian. */
    public long getLongUnaligned(long offset) {
        return MEMORY.readLong(address(offset, Long.BYTES));
    }

    public void putByte(long offset, byte value) {
        MEMORY.writeByte(writableAddress(offset, 1), value);
    }

    public void putShort(long offset, short value) {
        MEMORY.writeShort(writableAddress(offset, Short.BYTES), value);
    }

    public void putInt(long offset, int value) {
        MEMORY.writeInt(writableAddress(offset, Integer.BYTES), value);
    }

    /** Eight bytes at any position, little-endian. */
    public void putLongUnaligned(long offset, long value) {
        MEMORY.writeLong(writableAddress(offset, Long.BYTES), value);
    }

    /**
     * Copies {@code length} bytes of the segment out.
     *
     * @throws IndexOutOfBoundsException if they do not fit into the target
     */
    public void copyTo(long offset, byte[] target, int position, int length) {
        Objects.checkFromIndexSize(position, length, target.length);
        if (length == 0) {
            return;
        }
        MEMORY.readBytes(address(offset, length), target, position, length);
    }

    /**
     * Copies {@code count} words of the segment out, each with one access.
     *
     * @throws IndexOutOfBoundsException if they do not fit into the target
     */
    public void copyTo(long offset, long[] target, int position, int count) {
        Objects.checkFromIndexSize(position, count, target.length);
        if (count == 0) {
            return;
        }
        long address = words(offset, count);
        MEMORY.copyMemory(address, target, LONGS_OFFSET + ((long) position << 3), count << 3);
    }

    /**
     * Copies {@code length} bytes into the segment.
     *
     * @throws IndexOutOfBoundsException if the source does not have them
     */
    public void copyFrom(byte[] source, int position, long offset, int length) {
        Objects.checkFromIndexSize(position, length, source.length);
        if (length == 0) {
            return;
        }
        MEMORY.writeBytes(writableAddress(offset, length), source, position, length);
    }

    /**
     * Copies {@code count} words into the segment, each with one access.
     *
     * @throws IndexOutOfBoundsException if the source does not have them
     */
    public void copyFrom(long[] source, int position, long offset, int count) {
        Objects.checkFromIndexSize(position, count, source.length);
        if (readOnly) {
            throw readOnly();
        }
        if (count == 0) {
            return;
        }
        long address = words(offset, count);
        for (int i = 0; i < count; i++) {
            MEMORY.writeLong(address + ((long) i << 3), source[position + i]);
        }
    }

    /** Fills a range with zeros. */
    public void zero(long offset, long length) {
        if (length == 0) {
            return;
        }
        MEMORY.setMemory(writableAddress(offset, length), length, (byte) 0);
    }

    /**
     * A range as a buffer of the JDK: not through this class, but checked as well. The mapping lives as long as the buffer.
     *
     * @throws UnsupportedOperationException if the segment is open read-only
     */
    public final ByteBuffer buffer(long offset, int length) {
        return region.buffer(writableAddress(offset, length) - base, length);
    }

    /** Whether one of {@code count} words has the value. */
    public final boolean containsWord(long offset, int count, long value) {
        long address = address(offset, (long) count * Long.BYTES);
        long end = address + (long) count * Long.BYTES;
        long at = address;
        for (; at <= end - 4 * Long.BYTES; at += 4 * Long.BYTES) {
            if (MEMORY.readLong(at) == value
                    || MEMORY.readLong(at + 8) == value
                    || MEMORY.readLong(at + 16) == value
                    || MEMORY.readLong(at + 24) == value) {
                return true;
            }
        }
        for (; at < end; at += Long.BYTES) {
            if (MEMORY.readLong(at) == value) {
                return true;
            }
        }
        return false;
    }

    /** Whether the range holds exactly the given bytes. */
    public final boolean equalBytes(long offset, byte[] other, int position, int length) {
        long address = address(offset, length);
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (MEMORY.readLong(address + i) != ByteArrays.getLong(other, position + i)) {
                return false;
            }
        }
        if (i < length && length > Long.BYTES) {
            // The last word once more from where it ends: it overlaps the one before.
            i = length - Long.BYTES;
            return MEMORY.readLong(address + i) == ByteArrays.getLong(other, position + i);
        }
        for (; i < length; i++) {
            if (MEMORY.readByte(address + i) != other[position + i]) {
                return false;
            }
        }
        return true;
    }

    // ---- order

    /** Keeps loads before it from being repeated or delayed behind it. */
    public void loadFence() {
        VarHandle.acquireFence();
    }

    public void storeStoreFence() {
        VarHandle.storeStoreFence();
    }

    public void fullFence() {
        VarHandle.fullFence();
    }

    // ---- bounds

    /** Whether the range lies inside the heap as it is now; never throws. */
    public final boolean contains(long offset, long length) {
        if (fits(offset, length)) {
            return true;
        }
        refreshLimit();
        return fits(offset, length);
    }

    private long word(long offset) {
        // Three branches that are never taken cost less than the arithmetic that makes one of them.
        if (offset < 0 || offset > lastWord || (offset & Long.BYTES - 1) != 0) {
            checkWord(offset);
        }
        return base + offset;
    }

    private long words(long offset, long count) {
        word(offset);
        return address(offset, count * Long.BYTES);
    }

    private long writableWord(long offset) {
        if (readOnly) {
            throw readOnly();
        }
        return word(offset);
    }

    private long narrowWord(long offset, int size) {
        checkAligned(offset, size);
        return address(offset, size);
    }

    private long writableNarrowWord(long offset, int size) {
        if (readOnly) {
            throw readOnly();
        }
        return narrowWord(offset, size);
    }

    private long address(long offset, long length) {
        if (!fits(offset, length)) {
            checkBounds(offset, length);
        }
        return base + offset;
    }

    private long writableAddress(long offset, long length) {
        if (readOnly) {
            throw readOnly();
        }
        return address(offset, length);
    }

    private boolean fits(long offset, long length) {
        return offset >= 0 && length >= 0 && offset <= lastWord + Long.BYTES - length;
    }

    private void checkWord(long offset) {
        checkAligned(offset, Long.BYTES);
        checkBounds(offset, Long.BYTES);
    }

    private void checkAligned(long offset, int alignment) {
        if ((offset & (alignment - 1)) != 0) {
            throw new CorruptedSegmentException(
                    "a word must be aligned to " + alignment + " bytes: offset=" + offset + " segment=" + name);
        }
    }

    private void checkBounds(long offset, long length) {
        refreshLimit();
        if (!fits(offset, length)) {
            throw new CorruptedSegmentException("outside the heap: offset=" + offset + " length=" + length + " heapEnd="
                    + (lastWord + Long.BYTES) + " segment=" + name);
        }
    }

    /** Reads the end of the heap again. One thread at a time: an end read earlier must not be stored later. */
    private synchronized void refreshLimit() {
        if (lastWord + Long.BYTES == region.size()) {
            return;
        }
        long end = MEMORY.readVolatileLong(base + HEAP_END_OFFSET);
        if (end <= region.size()) {
            lastWord = Math.max(lastWord, end - Long.BYTES);
        }
    }

    private UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("the segment is open read-only: segment=" + name);
    }
}
