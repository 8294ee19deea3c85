/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a fixed number of numbers of 4 bytes. Each is read and written whole, the array is not. Methods throw as
 * {@link Flyweight} says, and an {@link IndexOutOfBoundsException} where there is no such element.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record IntArrayField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#intArray}. */
    public IntArrayField {
        Objects.requireNonNull(slot, "slot");
    }

    /** Number of elements. */
    public int length() {
        return slot.length();
    }

    public int get(T cursor, int index) {
        return cursor.getInt(slot.at(index, Integer.BYTES));
    }

    public void set(T cursor, int index, int value) {
        cursor.putInt(slot.at(index, Integer.BYTES), value);
    }
}
