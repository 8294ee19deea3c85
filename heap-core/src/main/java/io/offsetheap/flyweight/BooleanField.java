/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a boolean, in a byte that is 0 or 1. Orderings are called as in {@link java.lang.invoke.VarHandle}; all methods throw as {@link
 * Flyweight} says.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record BooleanField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#booleanField}. */
    public BooleanField {
        Objects.requireNonNull(slot, "slot");
    }

    public boolean get(T cursor) {
        return cursor.getByte(slot.offset()) != 0;
    }

    public void set(T cursor, boolean value) {
        cursor.putByte(slot.offset(), (byte) (value ? 1 : 0));
    }

    /** A volatile load, which is one. */
    public boolean getAcquire(T cursor) {
        return getVolatile(cursor);
    }

    public void setRelease(T cursor, boolean value) {
        cursor.putByteRelease(slot.offset(), (byte) (value ? 1 : 0));
    }

    public boolean getVolatile(T cursor) {
        return cursor.getByteVolatile(slot.offset()) != 0;
    }

    public void setVolatile(T cursor, boolean value) {
        setRelease(cursor, value);
        cursor.fullFence();
    }

    /** Replaces the value if it is as expected, in one step for all processes. Ordered as a volatile access. */
    public boolean compareAndSet(T cursor, boolean expected, boolean value) {
        return cursor.compareAndSetByte(slot.offset(), (byte) (expected ? 1 : 0), (byte) (value ? 1 : 0));
    }
}
