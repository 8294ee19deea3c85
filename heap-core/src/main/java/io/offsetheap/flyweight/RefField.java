/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import io.offsetheap.object.OffsetRef;
import java.util.function.Supplier;

/**
 * A reference to another flyweight, which a cursor can follow without garbage.
 *
 * @param <T> the flyweight that has the field
 * @param <U> the flyweight that it refers to
 */
public final class RefField<T extends Flyweight, U extends Flyweight> extends OffsetRefField<T, U> {
    private final Supplier<FlyweightType<U>> target;

    /** Made by {@link Layout#ref}. */
    RefField(Slot slot, Supplier<FlyweightType<U>> target) {
        super(slot, target);
        this.target = target;
    }

    /**
     * Moves a cursor to the object. Makes no garbage.
     *
     * @param cursor may be {@code from} itself
     * @return false if there is none; then the cursor has not moved
     */
    public boolean follow(T from, U cursor) {
        long word = from.getLongVolatile(slot().offset());
        if (word == 0) {
            return false;
        }
        target.get().moveTo(from.heap(), word, cursor);
        return true;
    }

    /**
     * Refers to the object that a cursor is at. Makes no garbage.
     *
     * @throws IllegalArgumentException if the cursor is in another heap, or not at an object of its own: at an element of an
     *     array, a struct or a value
     */
    public void link(T from, U to) {
        if (!to.isObject(target.get().typeBits()) || !from.mayReferInto(to.heap())) {
            throw new IllegalArgumentException("only an object of the same heap can be referred to: from=" + from
                    + " to=" + to + " field=" + slot());
        }
        from.putLongRelease(slot().offset(), OffsetRef.word(to.object(), to.identity()));
    }
}
