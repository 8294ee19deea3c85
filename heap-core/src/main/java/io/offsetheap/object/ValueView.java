/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.SegmentMemory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one encoded value, in the segment or in private memory. Positions are bytes from its beginning; numbers are
 * little-endian and may stand anywhere. Not thread-safe.
 *
 * <p>A view that is handed to a function is dead when that function has returned. While it runs, another process may
 * change the bytes: then the function's result is dropped and it is called again. So it may see anything, but nothing
 * outside this value.
 */
public final class ValueView {
    private static final byte[] NONE = new byte[0];
    private static final int DEAD = -1;

    private @Nullable SegmentMemory memory;
    private byte[] array = NONE;
    private long start;
    private int length = DEAD;
    private byte[] own = NONE;

    /** Makes a view that must be pointed somewhere before it can be read. */
    public ValueView() {}

    void wrap(SegmentMemory memory, long offset, int length) {
        this.memory = memory;
        this.start = offset;
        this.length = length;
    }

    void wrap(byte[] array, int position, int length) {
        Objects.checkFromIndexSize(position, length, array.length);
        this.memory = null;
        this.array = array;
        this.start = position;
        this.length = length;
    }

    /** Points the view to private memory of its own and returns that, for a copy of {@code length} bytes. */
    byte[] wrapOwn(int length) {
        if (own.length < length) {
            own = new byte[Scratch.capacityFor(length)];
        }
        wrap(own, 0, length);
        return own;
    }

    /** Ends the life of the view. */
    void release() {
        length = DEAD;
        memory = null;
        array = NONE;
    }

    /**
     * Number of bytes.
     *
     * @throws IllegalStateException if the view is dead
     */
    public int length() {
        if (length < 0) {
            throw new IllegalStateException("a view of a value ends with the call it was made for");
        }
        return length;
    }

    /**
     * A byte.
     *
     * @throws IndexOutOfBoundsException if it does not lie inside the value
     * @throws IllegalStateException if the view is dead
     */
    public byte getByte(int position) {
        long at = at(position, Byte.BYTES);
        return memory != null ? memory.getByte(at) : array[(int) at];
    }

    /** Two bytes as a number. Throws as {@link #getByte}. */
    public short getShort(int position) {
        long at = at(position, Short.BYTES);
        return memory != null
                ? memory.getShort(at)
                : (short) (array[(int) at] & 0xFF | array[(int) at + 1] << Byte.SIZE);
    }

    /** Four bytes as a number. Throws as {@link #getByte}. */
    public int getInt(int position) {
        long at = at(position, Integer.BYTES);
        return memory != null ? memory.getInt(at) : ByteArrays.getInt(array, (int) at);
    }

    /** Eight bytes as a number. Throws as {@link #getByte}. */
    public long getLong(int position) {
        long at = at(position, Long.BYTES);
        return memory != null ? memory.getLongUnaligned(at) : ByteArrays.getLong(array, (int) at);
    }

    /** Four bytes as a number. Throws as {@link #getByte}. */
    public float getFloat(int position) {
        return Float.intBitsToFloat(getInt(position));
    }

    /** Eight bytes as a number. Throws as {@link #getByte}. */
    public double getDouble(int position) {
        return Double.longBitsToDouble(getLong(position));
    }

    /** Copies a range out. Throws as {@link #getByte}. */
    public void get(int position, byte[] target, int targetPosition, int count) {
        Objects.checkFromIndexSize(targetPosition, count, target.length);
        long at = at(position, count);
        if (memory != null) {
            memory.copyTo(at, target, targetPosition, count);
        } else {
            System.arraycopy(array, (int) at, target, targetPosition, count);
        }
    }

    /** The array and first position behind a view that lies in private memory: for codecs that can read it in place. */
    byte[] array() {
        if (memory != null) {
            byte[] copy = new byte[length()];
            get(0, copy, 0, copy.length);
            return copy;
        }
        return array;
    }

    int arrayPosition() {
        return memory != null ? 0 : (int) start;
    }

    private long at(int position, int count) {
        int length = this.length;
        if ((position | count | (length - count - position)) < 0) {
            Objects.checkFromIndexSize(position, count, length());
        }
        return start + position;
    }

    @Override
    public String toString() {
        return length < 0 ? "dead view" : "view of " + length + " bytes";
    }
}
