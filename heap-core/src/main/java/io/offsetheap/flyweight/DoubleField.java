/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a floating-point number of 8 bytes. Orderings are called as in {@link java.lang.invoke.VarHandle}; all methods throw as {@link
 * Flyweight} says.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record DoubleField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#doubleField}. */
    public DoubleField {
        Objects.requireNonNull(slot, "slot");
    }

    public double get(T cursor) {
        return Double.longBitsToDouble(cursor.getLong(slot.offset()));
    }

    public void set(T cursor, double value) {
        cursor.putLong(slot.offset(), Double.doubleToRawLongBits(value));
    }

    /** A volatile load, which is one. */
    public double getAcquire(T cursor) {
        return getVolatile(cursor);
    }

    public void setRelease(T cursor, double value) {
        cursor.putLongRelease(slot.offset(), Double.doubleToRawLongBits(value));
    }

    public double getVolatile(T cursor) {
        return Double.longBitsToDouble(cursor.getLongVolatile(slot.offset()));
    }

    public void setVolatile(T cursor, double value) {
        setRelease(cursor, value);
        cursor.fullFence();
    }

    /**
     * Replaces the value if its bits are as expected, in one step for all processes. Ordered as a volatile access. So 0.0 is
     * not -0.0, and a NaN is itself.
     */
    public boolean compareAndSet(T cursor, double expected, double value) {
        return cursor.compareAndSetLong(
                slot.offset(), Double.doubleToRawLongBits(expected), Double.doubleToRawLongBits(value));
    }
}
