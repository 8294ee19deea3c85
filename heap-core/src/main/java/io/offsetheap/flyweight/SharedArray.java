/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.BlockShape;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.SharedType;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * An object of a fixed number of flyweights, one behind the other.
 *
 * <pre>
 *   +0  identity, 0 when destroyed      +8  length      +16  the elements, each of {@link FlyweightType#size} bytes
 * </pre>
 *
 * <p>The handle is thread-safe; cursors are confined to a thread, and who writes an element is the program's to say. Every call
 * is an {@link IllegalStateException} after the heap is closed or the array destroyed.
 *
 * @param <T> the flyweight
 */
public final class SharedArray<T extends Flyweight> {
    static final int ELEMENTS_OFFSET = 2 * Long.BYTES;

    private final ObjectSpace space;
    private final FlyweightType<T> elements;
    private final long object;
    private final long identity;
    private final long size;

    private SharedArray(ObjectSpace space, FlyweightType<T> elements, long object, long size) {
        this.space = space;
        this.elements = elements;
        this.object = object;
        this.identity = space.memory().getLongVolatile(object);
        this.size = size;
        checkUsable();
    }

    /**
     * The type of arrays of a flyweight. They are constructed with a length, from 0; their elements are zeros at first.
     *
     * @param elements the type of the elements
     */
    public static <T extends Flyweight> SharedType<SharedArray<T>> type(FlyweightType<T> elements) {
        return new Type<>(elements);
    }

    /** Number of elements. */
    public long size() {
        checkUsable();
        return size;
    }

    /**
     * A new cursor at an element.
     *
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public T get(long index) {
        T cursor = elements.newCursor();
        moveTo(index, cursor);
        return cursor;
    }

    /**
     * Moves a cursor to an element. Makes no garbage.
     *
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public void moveTo(long index, T cursor) {
        checkUsable();
        Objects.checkIndex(index, size);
        cursor.moveToObject(space, object, identity, object + ELEMENTS_OFFSET + index * elements.size());
    }

    /** Calls a function with each element in turn: with one cursor, that moves on when the function has returned. */
    public void forEach(Consumer<? super T> action) {
        checkUsable();
        T cursor = elements.newCursor();
        for (long i = 0; i < size; i++) {
            moveTo(i, cursor);
            action.accept(cursor);
        }
    }

    private void checkUsable() {
        space.lanes().checkOpen();
        SegmentMemory memory = space.memory();
        if (identity == 0 || memory.getLongVolatile(object) != identity) {
            throw new IllegalStateException(
                    "the object has been destroyed: offset=" + object + " segment=" + memory.name());
        }
        memory.keepMapped();
    }

    private record Type<T extends Flyweight>(FlyweightType<T> elements) implements SharedType<SharedArray<T>> {
        Type {
            Objects.requireNonNull(elements, "elements");
        }

        @Override
        public String fingerprint() {
            return "SharedArray/1<" + elements.fingerprint() + ">";
        }

        @Override
        public Structure structure() {
            return Structure.BLOCK;
        }

        @Override
        public BlockShape shape() {
            return new BlockShape(ELEMENTS_OFFSET, elements.size(), elements.references());
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            shape().reserve(space, lane, length);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return shape().create(space, lane, identity, length);
        }

        @Override
        public SharedArray<T> bind(ObjectSpace space, long offset, long length) {
            return new SharedArray<>(space, elements, offset, length);
        }
    }
}
