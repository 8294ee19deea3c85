/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a number of 8 bytes. Orderings are called as in {@link java.lang.invoke.VarHandle}; all methods throw as {@link
 * Flyweight} says.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record LongField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#longField}. */
    public LongField {
        Objects.requireNonNull(slot, "slot");
    }

    public long get(T cursor) {
        return cursor.getLong(slot.offset());
    }

    public void set(T cursor, long value) {
        cursor.putLong(slot.offset(), value);
    }

    /** A volatile load, which is one. */
    public long getAcquire(T cursor) {
        return getVolatile(cursor);
    }

    public void setRelease(T cursor, long value) {
        cursor.putLongRelease(slot.offset(), value);
    }

    public long getVolatile(T cursor) {
        return cursor.getLongVolatile(slot.offset());
    }

    public void setVolatile(T cursor, long value) {
        setRelease(cursor, value);
        cursor.fullFence();
    }

    /** Replaces the value if it is as expected, in one step for all processes. Ordered as a volatile access. */
    public boolean compareAndSet(T cursor, long expected, long value) {
        return cursor.compareAndSetLong(slot.offset(), expected, value);
    }

    /**
     * Adds to the value, in one step for all processes. Ordered as a volatile access.
     *
     * @return the value before
     */
    public long getAndAdd(T cursor, long delta) {
        while (true) {
            long value = getVolatile(cursor);
            if (compareAndSet(cursor, value, value + delta)) {
                return value;
            }
        }
    }
}
