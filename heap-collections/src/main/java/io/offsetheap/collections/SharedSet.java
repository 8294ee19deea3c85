/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.lane.Lane;
import io.offsetheap.object.Codec;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.SharedType;
import io.offsetheap.object.ValueView;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;

/**
 * A hash set in a segment, shared by all processes that map it: a {@link SharedHashMap} whose values have no bytes. What
 * that class says of keys, atomicity, reads without locks, weak consistency and exceptions holds of the elements here.
 *
 * <p>Elements are stored as the bytes that the codec makes of them, and equal if those are. None may be null.
 *
 * <p>Thread-safe.
 *
 * @param <E> type of the elements
 */
public final class SharedSet<E> extends AbstractSet<E> {
    /** A value, or a key, that has no bytes. */
    static final Codec<Boolean> PRESENT = new Codec<>() {
        @Override
        public String id() {
            return "present/1";
        }

        @Override
        public int fixedLength() {
            return 0;
        }

        @Override
        public int write(Boolean value, byte[] target, int position) {
            return 0;
        }

        @Override
        public Boolean read(ValueView view) {
            return true;
        }
    };

    private final SharedHashMap<E, Boolean> map;

    private SharedSet(SharedHashMap<E, Boolean> map) {
        this.map = map;
    }

    /** The type of sets with this codec. */
    public static <E> SharedType<SharedSet<E>> type(Codec<E> elements) {
        Objects.requireNonNull(elements, "elements");
        return new Type<>(elements, SharedHashMap.type(elements, PRESENT));
    }

    private record Type<E>(Codec<E> elements, SharedType<SharedHashMap<E, Boolean>> map)
            implements SharedType<SharedSet<E>> {
        @Override
        public String fingerprint() {
            return "SharedSet/1<" + elements.id() + ">";
        }

        @Override
        public Structure structure() {
            return map.structure();
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            map.reserve(space, lane, length);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return map.create(space, lane, identity, length);
        }

        @Override
        public SharedSet<E> bind(ObjectSpace space, long offset, long length) {
            return new SharedSet<>(map.bind(space, offset, length));
        }
    }

    @Override
    public boolean add(E element) {
        return map.putIfAbsent(element, true) == null;
    }

    @Override
    public boolean contains(Object element) {
        return map.containsKey(element);
    }

    @Override
    public boolean remove(Object element) {
        return map.keySet().remove(element);
    }

    @Override
    public Iterator<E> iterator() {
        return map.keySet().iterator();
    }

    /** Not sized: the set may grow and shrink while it is walked. */
    @Override
    public Spliterator<E> spliterator() {
        return map.keySet().spliterator();
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public boolean isEmpty() {
        return map.isEmpty();
    }

    @Override
    public void clear() {
        map.clear();
    }
}
