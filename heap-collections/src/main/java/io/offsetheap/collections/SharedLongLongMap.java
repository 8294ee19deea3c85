/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneContext;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.object.LongCursor;
import io.offsetheap.object.LongIndex;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.SharedType;
import java.util.Objects;
import java.util.function.LongBinaryOperator;

/**
 * A hash map from longs to longs in a segment, shared by all processes that map it. Every key and every value is legal. It is
 * no {@link java.util.Map}: nothing is boxed, and two maps are equal only if they are the same object.
 *
 * <p>Reads take no lock and store nothing in the segment. A change is atomic: readers and survivors of a death see the old
 * value or the new one. {@link #cursor}, {@link #forEach}, {@link #size} and {@link #clear} are weakly consistent, as those
 * of {@link java.util.concurrent.ConcurrentHashMap}; a cursor meets a key that is there throughout exactly once.
 *
 * <p>No method but {@link #cursor} and those that walk, {@link #forEach}, {@link #isEmpty} and {@link #toString}, makes
 * garbage. A pair takes 16 bytes, and its share of the places that are empty.
 *
 * <p>Thread-safe. Writing can throw {@link io.offsetheap.error.OutOfSegmentMemoryException}, having changed nothing. Every
 * call but {@code equals} and {@code hashCode} is an {@link IllegalStateException} after the heap is closed or the map
 * destroyed.
 */
public final class SharedLongLongMap {
    /** The type of these maps. */
    public static final SharedType<SharedLongLongMap> TYPE = new Type();

    private static final int SHOWN = 100;

    private final LongIndex index;
    private final LaneTable lanes;

    private SharedLongLongMap(ObjectSpace space, LongIndex index) {
        this.index = index;
        this.lanes = space.lanes();
    }

    private static final class Type implements SharedType<SharedLongLongMap> {
        @Override
        public String fingerprint() {
            return "SharedLongLongMap/1";
        }

        @Override
        public Structure structure() {
            return Structure.LONG_INDEX;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            if (length != 1) {
                throw new IllegalArgumentException(
                        "a map grows as it is filled and is constructed without a length: length=" + length);
            }
            LongIndex.reserve(space, lane);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return LongIndex.create(space, lane, identity);
        }

        @Override
        public SharedLongLongMap bind(ObjectSpace space, long offset, long length) {
            return new SharedLongLongMap(space, LongIndex.open(space, offset));
        }
    }

    // ---- reading

    /**
     * The value of a key.
     *
     * @param absent what to return if there is no such key
     */
    public long get(long key, long absent) {
        return index.get(key, absent);
    }

    public boolean containsKey(long key) {
        return index.contains(key);
    }

    /** Number of pairs: exact while nobody writes, near it otherwise. */
    public long size() {
        return index.size();
    }

    /** Whether no pair could be found. */
    public boolean isEmpty() {
        return !index.cursor().next();
    }

    // ---- writing

    /**
     * Stores a value under a key, whatever it had before.
     *
     * @return whether the key is new
     */
    public boolean put(long key, long value) {
        return index.put(key, value, true);
    }

    /**
     * Stores a value under a key that has none.
     *
     * @return whether it has been stored
     */
    public boolean putIfAbsent(long key, long value) {
        return index.put(key, value, false);
    }

    /**
     * Replaces the value of a key if it is the expected one.
     *
     * @return whether it was
     */
    public boolean replace(long key, long expected, long value) {
        return index.replace(key, expected, value);
    }

    /**
     * Adds to the value of a key; a key that is not there counts as 0 and comes to be. The sum wraps around, as that of
     * {@code +}.
     *
     * @return the sum
     */
    public long addAndGet(long key, long delta) {
        return index.add(key, delta);
    }

    /**
     * Removes a key.
     *
     * @return whether it was there
     */
    public boolean remove(long key) {
        return index.remove(key, true, 0);
    }

    /**
     * Removes a key if it has the expected value.
     *
     * @return whether it has been removed
     */
    public boolean remove(long key, long expected) {
        return index.remove(key, false, expected);
    }

    /** Removes every pair that is there throughout the call. Not atomic: others see some of them gone and some not. */
    public void clear() {
        index.clear();
    }

    /**
     * Stores a value under a key that has none, or what a function makes of the one it has.
     *
     * @param function is given the key's value and the new one. It runs without any lock, and again if the key's value has
     *     changed meanwhile; what it writes to the same heap is an {@link IllegalStateException}
     * @return what has been stored
     */
    public long merge(long key, long value, LongBinaryOperator function) {
        Objects.requireNonNull(function, "function");
        while (true) {
            long old = index.get(key, 0);
            if (old == 0) {
                // Every value is legal, so 0 says little; but the key is there if it is asked for again and has no 1.
                old = index.get(key, 1);
                if (old == 1) {
                    if (index.put(key, value, false)) {
                        return value;
                    }
                    continue;
                }
            }
            long result = call(function, old, value);
            if (index.replace(key, old, result)) {
                return result;
            }
        }
    }

    private long call(LongBinaryOperator function, long old, long value) {
        LaneContext context = lanes.enterUserFunction();
        try {
            return function.applyAsLong(old, value);
        } finally {
            context.leaveUserFunction();
        }
    }

    // ---- walking

    /** A walk over the pairs. It belongs to one thread; others may write meanwhile. */
    public LongCursor cursor() {
        return index.cursor();
    }

    /** Does something with every pair, see {@link #cursor}. The action may write to the heap. */
    public void forEach(LongLongConsumer action) {
        Objects.requireNonNull(action, "action");
        LongCursor cursor = index.cursor();
        while (cursor.next()) {
            action.accept(cursor.key(), cursor.value());
        }
    }

    /** Up to {@value #SHOWN} pairs, and how many there are if that is not all. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        LongCursor cursor = index.cursor();
        for (int i = 0; cursor.next(); i++) {
            text.append(i == 0 ? "" : ", ");
            if (i == SHOWN) {
                text.append("... size=").append(index.size());
                break;
            }
            text.append(cursor.key()).append('=').append(cursor.value());
        }
        return text.append('}').toString();
    }
}
