/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a number of 2 bytes. Orderings are called as in {@link java.lang.invoke.VarHandle}; all methods throw as {@link
 * Flyweight} says.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record ShortField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#shortField}. */
    public ShortField {
        Objects.requireNonNull(slot, "slot");
    }

    public short get(T cursor) {
        return cursor.getShort(slot.offset());
    }

    public void set(T cursor, short value) {
        cursor.putShort(slot.offset(), value);
    }

    /** A volatile load, which is one. */
    public short getAcquire(T cursor) {
        return getVolatile(cursor);
    }

    public void setRelease(T cursor, short value) {
        cursor.putShortRelease(slot.offset(), value);
    }

    public short getVolatile(T cursor) {
        return cursor.getShortVolatile(slot.offset());
    }

    public void setVolatile(T cursor, short value) {
        setRelease(cursor, value);
        cursor.fullFence();
    }

    /** Replaces the value if it is as expected, in one step for all processes. Ordered as a volatile access. */
    public boolean compareAndSet(T cursor, short expected, short value) {
        return cursor.compareAndSetShort(slot.offset(), expected, value);
    }
}
