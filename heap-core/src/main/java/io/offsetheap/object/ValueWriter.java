/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.ByteArrays;
import java.util.Arrays;
import java.util.Objects;

/**
 * The bytes of a value that is being written, in private memory, zeros at first. Positions are bytes from its beginning;
 * numbers are little-endian and may stand anywhere. Not thread-safe; dead when the function it was handed to has returned.
 */
public final class ValueWriter {
    private static final byte[] NONE = new byte[0];
    private static final int DEAD = -1;

    private final ValueView view = new ValueView();
    private byte[] array = NONE;
    private int length = DEAD;

    ValueWriter() {}

    /** A writer into an array, that ends with neither. */
    public static ValueWriter over(byte[] array) {
        ValueWriter writer = new ValueWriter();
        writer.wrapWritten(array, array.length);
        return writer;
    }

    void wrap(byte[] array, int length) {
        Arrays.fill(array, 0, length, (byte) 0);
        wrapWritten(array, length);
    }

    private void wrapWritten(byte[] array, int length) {
        this.array = array;
        this.length = length;
        view.wrap(array, 0, length);
    }

    void release() {
        array = NONE;
        length = DEAD;
        view.release();
    }

    /** What has been written so far. It is dead when the writer is. */
    public ValueView view() {
        return view;
    }

    /**
     * Number of bytes.
     *
     * @throws IllegalStateException if the writer is dead
     */
    public int length() {
        if (length < 0) {
            throw new IllegalStateException("a writer of a value ends with the call it was made for");
        }
        return length;
    }

    /**
     * Sets a byte.
     *
     * @throws IndexOutOfBoundsException if it does not lie inside the value
     * @throws IllegalStateException if the writer is dead
     */
    public void putByte(int position, byte value) {
        array[at(position, Byte.BYTES)] = value;
    }

    /** Sets two bytes. Throws as {@link #putByte}. */
    public void putShort(int position, short value) {
        int at = at(position, Short.BYTES);
        array[at] = (byte) value;
        array[at + 1] = (byte) (value >> Byte.SIZE);
    }

    /** Sets four bytes. Throws as {@link #putByte}. */
    public void putInt(int position, int value) {
        ByteArrays.putInt(array, at(position, Integer.BYTES), value);
    }

    /** Sets eight bytes. Throws as {@link #putByte}. */
    public void putLong(int position, long value) {
        ByteArrays.putLong(array, at(position, Long.BYTES), value);
    }

    /** Sets four bytes. Throws as {@link #putByte}. */
    public void putFloat(int position, float value) {
        putInt(position, Float.floatToRawIntBits(value));
    }

    /** Sets eight bytes. Throws as {@link #putByte}. */
    public void putDouble(int position, double value) {
        putLong(position, Double.doubleToRawLongBits(value));
    }

    /** Copies a range in. Throws as {@link #putByte}. */
    public void put(int position, byte[] source, int sourcePosition, int count) {
        Objects.checkFromIndexSize(sourcePosition, count, source.length);
        System.arraycopy(source, sourcePosition, array, at(position, count), count);
    }

    private int at(int position, int count) {
        Objects.checkFromIndexSize(position, count, length());
        return position;
    }

    @Override
    public String toString() {
        return length < 0 ? "dead writer" : "writer of " + length + " bytes";
    }
}
