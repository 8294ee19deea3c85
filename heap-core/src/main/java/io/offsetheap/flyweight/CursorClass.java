/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/** What a class of cursors must not have, looked at once for each, when its first cursor is made. Thread-safe. */
final class CursorClass extends ClassValue<Boolean> {
    /*
     * All three mistakes compile, and seem to work as long as there is one process, or one object. Final fields are let pass: a
     * cursor may have other cursors, and a class its layout. What compilers and agents add is theirs.
     */

    private static final CursorClass CHECKED = new CursorClass();

    private CursorClass() {}

    /**
     * Refuses a class whose objects would not be those of the heap alone.
     *
     * @throws IllegalStateException if there is a layer between it and {@link Flyweight}, or one of its fields can change
     */
    static void check(Class<? extends Flyweight> type) {
        CHECKED.get(type);
    }

    @Override
    protected Boolean computeValue(Class<?> type) {
        if (type.getSuperclass() != Flyweight.class) {
            throw new IllegalStateException(
                    "a flyweight extends Flyweight itself, because two layouts would lie one over the"
                            + " other: class=" + type.getName() + " superclass="
                            + type.getSuperclass().getName());
        }
        for (Field field : type.getDeclaredFields()) {
            if (!field.isSynthetic() && !Modifier.isFinal(field.getModifiers())) {
                throw new IllegalStateException(
                        "a field of a flyweight's class is not in the heap, and what one process stores"
                                + " there no other sees: declare it in the layout, or as final: class=" + type.getName()
                                + " field=" + field.getName());
            }
        }
        return true;
    }
}
