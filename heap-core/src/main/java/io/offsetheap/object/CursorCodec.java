/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import org.jspecify.annotations.Nullable;

/**
 * A codec of values that are cursors: they can be read, and filled, where their bytes are, without an object for each.
 *
 * @param <T> type of the cursors
 */
public interface CursorCodec<T> extends Codec<T> {
    /** A cursor that stands nowhere. */
    T newCursor();

    /**
     * Moves a cursor to a value. It may be used as long as the view is alive.
     *
     * @param space the heap that the value belongs to
     * @param value the bytes, which another process may change meanwhile
     * @param writer changes the same bytes; null if they are only read
     */
    void moveTo(T cursor, ObjectSpace space, ValueView value, @Nullable ValueWriter writer);
}
