/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds a byte. Orderings are called as in {@link java.lang.invoke.VarHandle}; all methods throw as {@link
 * Flyweight} says.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands
 */
public record ByteField<T extends Flyweight>(Slot slot) {
    /** Made by {@link Layout#byteField}. */
    public ByteField {
        Objects.requireNonNull(slot, "slot");
    }

    public byte get(T cursor) {
        return cursor.getByte(slot.offset());
    }

    public void set(T cursor, byte value) {
        cursor.putByte(slot.offset(), value);
    }

    /** A volatile load, which is one. */
    public byte getAcquire(T cursor) {
        return getVolatile(cursor);
    }

    public void setRelease(T cursor, byte value) {
        cursor.putByteRelease(slot.offset(), value);
    }

    public byte getVolatile(T cursor) {
        return cursor.getByteVolatile(slot.offset());
    }

    public void setVolatile(T cursor, byte value) {
        setRelease(cursor, value);
        cursor.fullFence();
    }

    /** Replaces the value if it is as expected, in one step for all processes. Ordered as a volatile access. */
    public boolean compareAndSet(T cursor, byte expected, byte value) {
        return cursor.compareAndSetByte(slot.offset(), expected, value);
    }
}
