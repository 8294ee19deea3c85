/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a fixed number of bytes. Each is read and written whole, the array is not. Methods throw as
 * {@link Flyweight} says, and an {@link IndexOutOfBoundsException} where there is no such element.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record ByteArrayField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#byteArray}. */
    public ByteArrayField {
        Objects.requireNonNull(slot, "slot");
    }

    /** Number of elements. */
    public int length() {
        return slot.length();
    }

    public byte get(T cursor, int index) {
        return cursor.getByte(slot.at(index, Byte.BYTES));
    }

    public void set(T cursor, int index, byte value) {
        cursor.putByte(slot.at(index, Byte.BYTES), value);
    }
}
