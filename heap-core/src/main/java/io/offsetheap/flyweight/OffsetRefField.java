/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import io.offsetheap.object.Identity;
import io.offsetheap.object.OffsetRef;
import io.offsetheap.object.SharedType;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A field that refers to another object of the heap, of any type, or to none: zeros refer to none. Loads are acquire and stores
 * release, so that who follows a reference sees what its object held when it was stored.
 *
 * <p>Nothing keeps the object alive. Methods throw as {@link Flyweight} says, and an {@link IllegalStateException} where the
 * reference leads to what has been destroyed, or to no object of the type.
 *
 * @param <T> the flyweight that has the field
 * @param <U> what it refers to
 */
public class OffsetRefField<T extends Flyweight, U> {
    private final Slot slot;
    private final Supplier<? extends SharedType<U>> target;
    /** Of the target, 0 until it is needed: whoever finds it so computes the same. */
    private int typeBits;

    /** Made by {@link Layout#offsetRef}. */
    OffsetRefField(Slot slot, Supplier<? extends SharedType<U>> target) {
        this.slot = Objects.requireNonNull(slot, "slot");
        this.target = Objects.requireNonNull(target, "target");
    }

    /** Where it stands. */
    public final Slot slot() {
        return slot;
    }

    final int typeBits() {
        int known = typeBits;
        if (known == 0) {
            known = Identity.typeBits(target.get());
            typeBits = known;
        }
        return known;
    }

    /** Whether it refers to nothing. */
    public final boolean isNull(T from) {
        return from.getLongVolatile(slot.offset()) == 0;
    }

    /** The reference, as a value that can be kept. */
    public final @Nullable OffsetRef<U> get(T from) {
        long word = from.getLongVolatile(slot.offset());
        return word == 0 ? null : OffsetRef.of(from.heap(), target.get(), typeBits(), word);
    }

    /**
     * Refers to an object, or to none.
     *
     * @throws IllegalArgumentException if the object is in another heap
     */
    public final void set(T from, @Nullable OffsetRef<U> to) {
        from.putLongRelease(slot.offset(), word(from, to));
    }

    /** Replaces the reference if it is as expected, in one step for all processes. Throws as {@link #set}. */
    public final boolean compareAndSet(T from, @Nullable OffsetRef<U> expected, @Nullable OffsetRef<U> to) {
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
