/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a fixed number of numbers of 8 bytes. Each is read and written whole, the array is not. Methods throw as
 * {@link Flyweight} says, and an {@link IndexOutOfBoundsException} where there is no such element.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record LongArrayField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#longArray}. */
    public LongArrayField {
        Objects.requireNonNull(slot, "slot");
    }

    /** Number of elements. */
    public int length() {
        return slot.length();
    }

    public long get(T cursor, int index) {
        return cursor.getLong(slot.at(index, Long.BYTES));
    }

    public void set(T cursor, int index, long value) {
        cursor.putLong(slot.at(index, Long.BYTES), value);
    }
}
