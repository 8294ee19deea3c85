/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import io.offsetheap.object.OffsetRef;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A field that refers to another object of the heap, or to none: zeros refer to none. Loads are acquire and stores release, so
 * that who follows a reference sees what its object held when it was stored.
 *
 * <p>Nothing keeps the object alive. Methods throw as {@link Flyweight} says, and an {@link IllegalStateException} where the
 * reference leads to what has been destroyed, or to no object of the type.
 *
 * @param <T> the flyweight that has the field
 * @param <U> the flyweight that it refers to
 * @param slot where it stands
 * @param target gives the type of what it refers to
 */
public record RefField<T extends Flyweight, U extends Flyweight>(Slot slot, Supplier<FlyweightType<U>> target) {
    /** Made by {@link Layout#ref}. */
    public RefField {
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(target, "target");
    }

    /** Whether it refers to nothing. */
    public boolean isNull(T from) {
        return from.getLongVolatile(slot.offset()) == 0;
    }

    /**
     * Moves a cursor to the object. Makes no garbage.
     *
     * @param cursor may be {@code from} itself
     * @return false if there is none; then the cursor has not moved
     */
    public boolean follow(T from, U cursor) {
        long word = from.getLongVolatile(slot.offset());
        if (word == 0) {
            return false;
        }
        target.get().moveTo(from.heap(), word, cursor);
        return true;
    }

    /** The reference, as a value that can be kept. */
    public @Nullable OffsetRef<U> get(T from) {
        long word = from.getLongVolatile(slot.offset());
        return word == 0
                ? null
                : OffsetRef.of(from.heap(), target.get(), target.get().typeBits(), word);
    }

    /**
     * Refers to an object, or to none.
     *
     * @throws IllegalArgumentException if the object is in another heap
     */
    public void set(T from, @Nullable OffsetRef<U> to) {
        from.putLongRelease(slot.offset(), word(from, to));
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
                    + " to=" + to + " field=" + slot);
        }
        from.putLongRelease(slot.offset(), OffsetRef.word(to.object(), to.identity()));
    }

    /** Replaces the reference if it is as expected, in one step for all processes. Throws as {@link #set}. */
    public boolean compareAndSet(T from, @Nullable OffsetRef<U> expected, @Nullable OffsetRef<U> to) {
        return from.compareAndSetLong(slot.offset(), word(from, expected), word(from, to));
    }

    private long word(T from, @Nullable OffsetRef<U> to) {
        if (to == null) {
            return 0;
        }
        if (!from.mayReferInto(to.space())) {
            throw new IllegalArgumentException(
                    "the object is in another heap: from=" + from + " to=" + to + " field=" + slot);
        }
        return to.word();
    }
}
