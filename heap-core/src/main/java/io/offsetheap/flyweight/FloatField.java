/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a floating-point number of 4 bytes. Orderings are called as in {@link java.lang.invoke.VarHandle}; all methods throw as {@link
 * Flyweight} says.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record FloatField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#floatField}. */
    public FloatField {
        Objects.requireNonNull(slot, "slot");
    }

    public float get(T cursor) {
        return Float.intBitsToFloat(cursor.getInt(slot.offset()));
    }

    public void set(T cursor, float value) {
        cursor.putInt(slot.offset(), Float.floatToRawIntBits(value));
    }

    /** A volatile load, which is one. */
    public float getAcquire(T cursor) {
        return getVolatile(cursor);
    }

    public void setRelease(T cursor, float value) {
        cursor.putIntRelease(slot.offset(), Float.floatToRawIntBits(value));
    }

    public float getVolatile(T cursor) {
        return Float.intBitsToFloat(cursor.getIntVolatile(slot.offset()));
    }

    public void setVolatile(T cursor, float value) {
        setRelease(cursor, value);
        cursor.fullFence();
    }

    /**
     * Replaces the value if its bits are as expected, in one step for all processes. Ordered as a volatile access. So 0.0 is
     * not -0.0, and a NaN is itself.
     */
    public boolean compareAndSet(T cursor, float expected, float value) {
        return cursor.compareAndSetInt(
                slot.offset(), Float.floatToRawIntBits(expected), Float.floatToRawIntBits(value));
    }
}
