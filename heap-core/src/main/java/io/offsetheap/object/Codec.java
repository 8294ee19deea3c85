/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.ByteArrays;

/**
 * Turns values into bytes and back. Hash and equality of keys and values in the segment are those of the bytes, so equal
 * values must have equal bytes. Stateless and thread-safe.
 *
 * <p>A codec is never called while a lock in the segment is held, and sees only bytes that {@link #write} has made, unless
 * the segment is damaged: then it may throw anything, and should not loop.
 *
 * @param <T> type of the values, never null
 */
public interface Codec<T> {
    /** Name and version of the format, such as {@code utf8/1}: part of the fingerprint of a map's type. */
    String id();

    /** Bytes of every value if all have the same, else -1. */
    int fixedLength();

    /** A bound for the number of bytes that {@link #write} will make of this value; it may be too large, never too small. */
    default int maxLength(T value) {
        return fixedLength();
    }

    /**
     * Writes a value into private memory.
     *
     * @param target has room for {@link #maxLength} bytes from the position on
     * @return number of bytes written: {@link #fixedLength}, if that is not -1
     */
    int write(T value, byte[] target, int position);

    /** Reads a value. Nothing of it may refer to the view after the call. */
    T read(ValueView view);

    /** Whether values have a fixed length of up to 8 bytes and so a form as a word. */
    default boolean isWord() {
        int length = fixedLength();
        return length >= 0 && length <= Long.BYTES;
    }

    /** The bytes of a value of up to 8 bytes, the first one lowest. Bytes above {@link #fixedLength} do not count. */
    default long toWord(T value) {
        byte[] bytes = new byte[Long.BYTES];
        write(value, bytes, 0);
        return ByteArrays.getLong(bytes, 0);
    }

    /** A value from {@link #toWord}. Bytes above {@link #fixedLength} are copies of the sign. */
    default T fromWord(long word) {
        byte[] bytes = new byte[Long.BYTES];
        ByteArrays.putLong(bytes, 0, word);
        ValueView view = new ValueView();
        view.wrap(bytes, 0, fixedLength());
        return read(view);
    }
}
