/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.lane.Lane;
import io.offsetheap.object.ChunkedVector;
import io.offsetheap.object.Codec;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.Scratch;
import io.offsetheap.object.SharedType;
import java.util.AbstractList;
import java.util.Collection;
import java.util.Iterator;
import java.util.ListIterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Spliterator;
import java.util.Spliterators;
import org.jspecify.annotations.Nullable;

/**
 * A list in a segment, shared by all processes that map it, which grows and shrinks at its end. Elements are stored as the
 * bytes that their codec makes of them; those of a fixed length of up to 128 bytes stand side by side, others have a block
 * each. None may be null.
 *
 * <p>Reads take no lock and store nothing in the segment. {@link #add}, {@link #set}, {@link #removeLast} and
 * {@link #remove(int)} are atomic: readers and survivors of a death see the list before or after them. All other changes are
 * sequences of these: {@link #addAll} adds one after the other, {@link #clear} removes one after the other, {@link #sort} and
 * {@link #replaceAll} read everything and set it, and so overwrite what others set meanwhile.
 *
 * <p>Iterators, streams and sublists never throw a {@link java.util.ConcurrentModificationException}: a shared list does not
 * know its modifications. An iterator is weakly consistent: it goes on to the end as it is when it arrives there. A sublist
 * keeps the length it was made with, and throws an {@link IndexOutOfBoundsException} where the list has become shorter.
 *
 * <p>What a {@code List} may leave out and this one does, with an {@link UnsupportedOperationException}: to insert anywhere
 * but at the end and to remove anything but the last element, whether by index, by value, by an iterator or by a predicate.
 * All elements behind would have to move, which no single step could do. Null is refused, and there is no serial form: what
 * is shared is not copied.
 *
 * <p>The memory of chunks is kept for the next elements until the vector is destroyed; blocks of removed elements are free at
 * once.
 *
 * <p>Thread-safe. Adding and setting can throw {@link io.offsetheap.error.OutOfSegmentMemoryException}, having changed
 * nothing. Every call is an {@link IllegalStateException} after the heap is closed or the vector destroyed.
 *
 * @param <E> type of the elements
 */
public final class SharedVector<E> extends AbstractList<E> implements RandomAccess {
    private static final long ANYWHERE = -1;

    private final ChunkedVector vector;
    private final Codec<E> elements;

    private SharedVector(ChunkedVector vector, Codec<E> elements) {
        this.vector = vector;
        this.elements = elements;
    }

    /** The type of vectors with this codec. They are constructed empty. */
    public static <E> SharedType<SharedVector<E>> type(Codec<E> elements) {
        return new Type<>(Objects.requireNonNull(elements, "elements"));
    }

    private record Type<E>(Codec<E> elements) implements SharedType<SharedVector<E>> {
        @Override
        public String fingerprint() {
            return "SharedVector/1<" + elements.id() + ">";
        }

        @Override
        public Structure structure() {
            return Structure.VECTOR;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            checkLength(length);
            ChunkedVector.reserve(space, lane);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return ChunkedVector.create(space, lane, identity, elements.fixedLength());
        }

        @Override
        public SharedVector<E> bind(ObjectSpace space, long offset, long length) {
            return new SharedVector<>(ChunkedVector.open(space, offset, elements.fixedLength()), elements);
        }
    }

    static void checkLength(long length) {
        if (length != 1) {
            throw new IllegalArgumentException(
                    "a vector grows as it is filled and is constructed without a length: length=" + length);
        }
    }

    // ---- reading

    @Override
    public int size() {
        return (int) Math.min(vector.size(), Integer.MAX_VALUE);
    }

    @Override
    public E get(int index) {
        if (elements.isWord()) {
            return elements.fromWord(vector.getWord(index));
        }
        E element = find(index);
        if (element == null) {
            throw new IndexOutOfBoundsException("outside the vector: index=" + index + " size=" + vector.size());
        }
        return element;
    }

    private @Nullable E find(long index) {
        Scratch scratch = Scratch.enter();
        try {
            return vector.copy(scratch, index) ? scratch.decodeCopy(elements) : null;
        } finally {
            scratch.leave();
        }
    }

    /**
     * The first element.
     *
     * @throws NoSuchElementException if there is none
     */
    public E getFirst() {
        return orElseThrow(find(0));
    }

    /**
     * The last element, at some moment of the call.
     *
     * @throws NoSuchElementException if there is none
     */
    public E getLast() {
        long size = vector.size();
        E last = null;
        while (size > 0 && last == null) {
            last = find(size - 1);
            size = vector.size();
        }
        return orElseThrow(last);
    }

    private static <E> E orElseThrow(@Nullable E element) {
        if (element == null) {
            throw new NoSuchElementException("the vector is empty");
        }
        return element;
    }

    // ---- writing

    @Override
    public boolean add(E element) {
        Scratch scratch = enter(element);
        try {
            vector.add(scratch);
            return true;
        } finally {
            scratch.leave();
        }
    }

    private Scratch enter(E element) {
        Objects.requireNonNull(element, "element");
        Scratch scratch = Scratch.enter();
        try {
            scratch.encodeValue(elements, element);
            return scratch;
        } catch (Throwable t) {
            scratch.leave();
            throw t;
        }
    }

    /**
     * Adds an element at the end.
     *
     * @throws UnsupportedOperationException if the index is not that of the end
     */
    @Override
    public void add(int index, E element) {
        int size = size();
        Objects.checkIndex(index, size + 1);
        if (index != size) {
            throw new UnsupportedOperationException(
                    "a vector is added to at its end only: index=" + index + " size=" + size);
        }
        add(element);
    }

    @Override
    public boolean addAll(Collection<? extends E> collection) {
        // An array first: it may be this vector, or a view of it.
        Object[] added = collection.toArray();
        for (Object element : added) {
            add(typed(element));
        }
        return added.length > 0;
    }

    @SuppressWarnings("unchecked")
    private E typed(Object element) {
        return (E) element;
    }

    @Override
    public E set(int index, E element) {
        Scratch scratch = enter(element);
        try {
            vector.set(scratch, index);
            return scratch.decodeCopy(elements);
        } finally {
            scratch.leave();
        }
    }

    /**
     * Removes the last element.
     *
     * @throws NoSuchElementException if there is none
     */
    public E removeLast() {
        Scratch scratch = Scratch.enter();
        try {
            return orElseThrow(vector.removeLast(scratch, ANYWHERE) ? scratch.decodeCopy(elements) : null);
        } finally {
            scratch.leave();
        }
    }

    /**
     * Removes the last element.
     *
     * @throws UnsupportedOperationException if there is an element at the index and it is not the last one
     */
    @Override
    public E remove(int index) {
        Scratch scratch = Scratch.enter();
        try {
            Objects.checkIndex(index, size());
            if (!vector.removeLast(scratch, index)) {
                throw new UnsupportedOperationException(
                        "a vector is removed from at its end only: index=" + index + " size=" + size());
            }
            return scratch.decodeCopy(elements);
        } finally {
            scratch.leave();
        }
    }

    @Override
    public void clear() {
        vector.truncate(0);
    }

    /**
     * Removes the elements of a range: what {@code subList(from, to).clear()} does.
     *
     * @throws UnsupportedOperationException if the range does not end with the list
     */
    @Override
    protected void removeRange(int from, int to) {
        int size = size();
        if (to < size && from < to) {
            throw new UnsupportedOperationException(
                    "a vector is removed from at its end only: to=" + to + " size=" + size);
        }
        if (from < to) {
            vector.truncate(from);
        }
    }

    // ---- iterating

    @Override
    public Iterator<E> iterator() {
        return listIterator();
    }

    @Override
    public ListIterator<E> listIterator() {
        vector.checkUsable();
        return new Walk(0);
    }

    @Override
    public ListIterator<E> listIterator(int index) {
        Objects.checkFromToIndex(0, index, size());
        return new Walk(index);
    }

    @Override
    public Spliterator<E> spliterator() {
        // How many elements there will be is not known, because others write meanwhile.
        return Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.CONCURRENT);
    }

    /** Fetches an element when it is asked whether there is one, so that it is still there when it is asked for. */
    private final class Walk implements ListIterator<E> {
        private static final int NONE = -1;

        private int cursor;
        private int last = NONE;
        private @Nullable E ahead;

        Walk(int cursor) {
            this.cursor = cursor;
        }

        @Override
        public boolean hasNext() {
            if (ahead == null) {
                ahead = find(cursor);
            }
            return ahead != null;
        }

        @Override
        public E next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the iterator is at the end");
            }
            E next = Objects.requireNonNull(ahead);
            ahead = null;
            last = cursor++;
            return next;
        }

        @Override
        public int nextIndex() {
            return cursor;
        }

        @Override
        public boolean hasPrevious() {
            vector.checkUsable();
            return cursor > 0;
        }

        @Override
        public E previous() {
            E previous = cursor == 0 ? null : find(cursor - 1);
            if (previous == null) {
                throw new NoSuchElementException("there is no element before: index=" + (cursor - 1));
            }
            ahead = null;
            last = --cursor;
            return previous;
        }

        @Override
        public int previousIndex() {
            return cursor - 1;
        }

        @Override
        public void set(E element) {
            if (last == NONE) {
                throw new IllegalStateException("set() follows a call of next() or previous()");
            }
            SharedVector.this.set(last, element);
            ahead = null;
        }

        @Override
        public void add(E element) {
            SharedVector.this.add(cursor, element);
            cursor++;
            last = NONE;
            ahead = null;
        }

        @Override
        public void remove() {
            throw new UnsupportedOperationException("a vector is removed from at its end only");
        }
    }
}
