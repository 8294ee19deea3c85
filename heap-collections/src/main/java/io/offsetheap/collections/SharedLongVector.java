/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.lane.Lane;
import io.offsetheap.object.ChunkedVector;
import io.offsetheap.object.ChunkedVector.Update;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.Scratch;
import io.offsetheap.object.SharedType;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A growing array of {@code long} in a segment, shared by all processes that map it. It has as many elements as there is
 * room for, and none is ever moved.
 *
 * <p>Reads take no lock and store nothing. Each call that writes takes the vector's lock and is atomic, also for survivors of
 * a death: {@link #set}, {@link #getAndAdd} and {@link #compareAndSet} as well as {@link #addAll(long[])} of any length.
 * Walks and copies are weakly consistent: they meet each element as it is at some moment of the call. No method boxes, and
 * none but {@link #toArray} and {@link #stream} makes garbage.
 *
 * <p>The memory of removed elements is kept for the next ones until the vector is destroyed.
 *
 * <p>Thread-safe. Adding can throw {@link io.offsetheap.error.OutOfSegmentMemoryException}, having changed nothing. Every
 * call is an {@link IllegalStateException} after the heap is closed or the vector destroyed.
 */
public final class SharedLongVector {
    /** Constructs empty vectors. */
    public static final SharedType<SharedLongVector> TYPE = new Type();

    private final ChunkedVector vector;

    private SharedLongVector(ChunkedVector vector) {
        this.vector = vector;
    }

    private static final class Type implements SharedType<SharedLongVector> {
        @Override
        public String fingerprint() {
            return "SharedLongVector/1";
        }

        @Override
        public Structure structure() {
            return Structure.VECTOR;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            SharedVector.checkLength(length);
            ChunkedVector.reserve(space, lane);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return ChunkedVector.create(space, lane, identity, Long.BYTES);
        }

        @Override
        public SharedLongVector bind(ObjectSpace space, long offset, long length) {
            return new SharedLongVector(ChunkedVector.open(space, offset, Long.BYTES));
        }
    }

    // ---- reading

    /** Number of elements. */
    public long size() {
        return vector.size();
    }

    public boolean isEmpty() {
        return vector.size() == 0;
    }

    /**
     * An element.
     *
     * @param index from 0 to {@link #size} - 1
     * @throws IndexOutOfBoundsException if there is none
     */
    public long get(long index) {
        return vector.getWord(index);
    }

    /**
     * Copies elements out.
     *
     * @throws IndexOutOfBoundsException if the vector or the target does not have the range; a vector that is shortened
     *     meanwhile may have filled a part of the target then
     */
    public void copyTo(long index, long[] target, int position, int count) {
        Objects.checkFromIndexSize(position, count, target.length);
        Objects.checkFromIndexSize(index, count, vector.size());
        int copied = vector.copyWords(index, target, position, count);
        Objects.checkFromIndexSize(index, count, index + copied);
    }

    /**
     * All elements.
     *
     * @throws IllegalStateException if they are more than an array can hold
     */
    public long[] toArray() {
        long size = vector.size();
        if (size > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalStateException("an array cannot hold so many elements: size=" + size);
        }
        long[] array = new long[(int) size];
        int copied = vector.copyWords(0, array, 0, array.length);
        return copied == array.length ? array : Arrays.copyOf(array, copied);
    }

    /**
     * Calls a function with each element, in order, to the end as it is when the walk arrives there. Faster than {@link #get}
     * of each, because several elements are loaded at once; so one may have changed since.
     *
     * @param action may write to the same heap
     */
    public void forEach(LongConsumer action) {
        Objects.requireNonNull(action, "action");
        vector.forEachWord(0, Long.MAX_VALUE, action);
    }

    /**
     * All elements that are there when the stream's terminal operation begins, in order. For parallel streams as well.
     *
     * @throws ConcurrentModificationException by the terminal operation, if the vector has been shortened meanwhile
     */
    public LongStream stream() {
        return StreamSupport.longStream(this::spliterator, Words.CHARACTERISTICS, false);
    }

    /** What {@link #stream} goes through. */
    public Spliterator.OfLong spliterator() {
        return new Words(0, vector.size());
    }

    private final class Words implements Spliterator.OfLong {
        static final int CHARACTERISTICS = ORDERED | SIZED | SUBSIZED | NONNULL;

        private long index;
        private final long end;

        Words(long index, long end) {
            this.index = index;
            this.end = end;
        }

        @Override
        public boolean tryAdvance(LongConsumer action) {
            Objects.requireNonNull(action, "action");
            if (index >= end) {
                return false;
            }
            long element;
            try {
                element = vector.getWord(index);
            } catch (IndexOutOfBoundsException e) {
                throw shortened(e);
            }
            index++;
            action.accept(element);
            return true;
        }

        @Override
        public void forEachRemaining(LongConsumer action) {
            Objects.requireNonNull(action, "action");
            long from = index;
            index = end;
            if (vector.forEachWord(from, end, action) < end) {
                throw shortened(null);
            }
        }

        private ConcurrentModificationException shortened(@Nullable Throwable cause) {
            return new ConcurrentModificationException(
                    "the vector has been shortened: end=" + end + " size=" + vector.size(), cause);
        }

        @Override
        public @Nullable OfLong trySplit() {
            long middle = index + end >>> 1;
            if (index >= middle) {
                return null;
            }
            OfLong prefix = new Words(index, middle);
            index = middle;
            return prefix;
        }

        @Override
        public long estimateSize() {
            return end - index;
        }

        @Override
        public int characteristics() {
            return CHARACTERISTICS;
        }
    }

    // ---- writing

    /** Adds an element at the end. */
    public void add(long value) {
        vector.addWord(value);
    }

    /** Adds elements at the end, all in one step, and all or, if there is no room for them, none. */
    public void addAll(long[] values) {
        addAll(values, 0, values.length);
    }

    /**
     * Adds a range of an array. See {@link #addAll(long[])}.
     *
     * @throws IndexOutOfBoundsException if the array does not have the range
     */
    public void addAll(long[] values, int position, int count) {
        Objects.checkFromIndexSize(position, count, values.length);
        vector.addWords(values, position, count);
    }

    /**
     * Replaces an element.
     *
     * @throws IndexOutOfBoundsException if there is none
     */
    public void set(long index, long value) {
        vector.update(index, Update.SET, value, 0);
    }

    /**
     * Adds to an element.
     *
     * @return what it was before
     * @throws IndexOutOfBoundsException if there is none
     */
    public long getAndAdd(long index, long delta) {
        return vector.update(index, Update.ADD, delta, 0);
    }

    /**
     * Replaces an element if it is as expected.
     *
     * @return whether it was
     * @throws IndexOutOfBoundsException if there is none
     */
    public boolean compareAndSet(long index, long expected, long value) {
        return vector.update(index, Update.COMPARE_AND_SET, value, expected) == expected;
    }

    /**
     * Removes the last element.
     *
     * @throws NoSuchElementException if there is none
     */
    public long removeLast() {
        Scratch scratch = Scratch.enter();
        try {
            if (!vector.removeLast(scratch, -1)) {
                throw new NoSuchElementException("the vector is empty");
            }
            return scratch.copyWord();
        } finally {
            scratch.leave();
        }
    }

    /**
     * Removes the elements from an index on, in one step. Does nothing if there are none.
     *
     * @throws IllegalArgumentException if the size is negative
     */
    public void truncate(long size) {
        if (size < 0) {
            throw new IllegalArgumentException("a size must not be negative: size=" + size);
        }
        vector.truncate(size);
    }

    /** Removes all elements, in one step. */
    public void clear() {
        vector.truncate(0);
    }
}
