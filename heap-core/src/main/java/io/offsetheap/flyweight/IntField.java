/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a number of 4 bytes. Orderings are called as in {@link java.lang.invoke.VarHandle}; all methods throw as {@link
 * Flyweight} says.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record IntField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#intField}. */
    public IntField {
        Objects.requireNonNull(slot, "slot");
    }

    public int get(T cursor) {
        return cursor.getInt(slot.offset());
    }

    public void set(T cursor, int value) {
        cursor.putInt(slot.offset(), value);
    }

    /** A volatile load, which is one. */
    public int getAcquire(T cursor) {
        return getVolatile(cursor);
    }

    public void setRelease(T cursor, int value) {
        cursor.putIntRelease(slot.offset(), value);
    }

    public int getVolatile(T cursor) {
        return cursor.getIntVolatile(slot.offset());
    }

    public void setVolatile(T cursor, int value) {
        setRelease(cursor, value);
        cursor.fullFence();
    }

    /** Replaces the value if it is as expected, in one step for all processes. Ordered as a volatile access. */
    public boolean compareAndSet(T cursor, int expected, int value) {
        return cursor.compareAndSetInt(slot.offset(), expected, value);
    }

    /**
     * Adds to the value, in one step for all processes. Ordered as a volatile access.
     *
     * @return the value before
     */
    public int getAndAdd(T cursor, int delta) {
        while (true) {
            int value = getVolatile(cursor);
            if (compareAndSet(cursor, value, value + delta)) {
                return value;
            }
        }
    }
}
