/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.lane.Lane;
import io.offsetheap.object.Codec;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.SharedType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One value under a name, of any length, shared by all processes that map the segment: a {@link SharedHashMap} with one
 * entry, whose key has no bytes. What that class says of atomicity, reads without locks and exceptions holds here: readers
 * and survivors of a death see the old value or the new one, whole.
 *
 * <p>For many values use one map: a value alone takes a map's least memory, about 2 KiB.
 *
 * <p>Thread-safe.
 *
 * @param <T> type of the value, never null
 */
public final class SharedValue<T> {
    private static final boolean KEY = true;

    private final SharedHashMap<Boolean, T> map;

    private SharedValue(SharedHashMap<Boolean, T> map) {
        this.map = map;
    }

    /** The type of values with this codec. */
    public static <T> SharedType<SharedValue<T>> type(Codec<T> codec) {
        Objects.requireNonNull(codec, "codec");
        return new Type<>(codec, SharedHashMap.type(SharedSet.PRESENT, codec));
    }

    private record Type<T>(Codec<T> codec, SharedType<SharedHashMap<Boolean, T>> map)
            implements SharedType<SharedValue<T>> {
        @Override
        public String fingerprint() {
            return "SharedValue/1<" + codec.id() + ">";
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
        public SharedValue<T> bind(ObjectSpace space, long offset, long length) {
            return new SharedValue<>(map.bind(space, offset, length));
        }
    }

    /** The value, or null if none has been set yet. */
    public @Nullable T get() {
        return map.get(KEY);
    }

    /** Replaces the value. */
    public void set(T value) {
        map.store(KEY, value);
    }

    /**
     * Replaces the value if it is as expected.
     *
     * @param expected null if none has been set yet; else compared by its bytes
     * @return whether it was
     */
    public boolean compareAndSet(@Nullable T expected, T value) {
        return expected == null ? map.putIfAbsent(KEY, value) == null : map.replace(KEY, expected, value);
    }

    @Override
    public String toString() {
        return String.valueOf(get());
    }
}
