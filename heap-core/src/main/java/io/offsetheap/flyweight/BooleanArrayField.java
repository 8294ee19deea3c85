/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a fixed number of booleans, each in a byte that is 0 or 1. Each is read and written whole, the array is not. Methods throw as
 * {@link Flyweight} says, and an {@link IndexOutOfBoundsException} where there is no such element.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record BooleanArrayField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#booleanArray}. */
    public BooleanArrayField {
        Objects.requireNonNull(slot, "slot");
    }

    /** Number of elements. */
    public int length() {
        return slot.length();
    }

    public boolean get(T cursor, int index) {
        return cursor.getByte(slot.at(index, Byte.BYTES)) != 0;
    }

    public void set(T cursor, int index, boolean value) {
        cursor.putByte(slot.at(index, Byte.BYTES), (byte) (value ? 1 : 0));
    }
}
