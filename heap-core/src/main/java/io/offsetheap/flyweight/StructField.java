/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.util.Objects;

/**
 * A field that holds the fields of another flyweight, in place. Methods throw as {@link Flyweight} says.
 *
 * @param <T> the flyweight that has the field
 * @param <S> the flyweight whose fields it holds
 * @param slot where it stands
 * @param type the type of what it holds
 */
public record StructField<T extends Flyweight, S extends Flyweight>(Slot slot, FlyweightType<S> type) {
    /** Made by {@link Layout#struct}. */
    public StructField {
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(type, "type");
    }

    /** A new cursor at the struct, dead when the object is. */
    public S get(T from) {
        S cursor = type.newCursor();
        moveTo(from, cursor);
        return cursor;
    }

    /** Moves a cursor to the struct. Makes no garbage. */
    public void moveTo(T from, S cursor) {
        cursor.moveInto(from, slot.offset());
    }
}
