/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneContext;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.object.Codec;
import io.offsetheap.object.CursorCodec;
import io.offsetheap.object.HashIndex;
import io.offsetheap.object.HashIndex.When;
import io.offsetheap.object.IndexCursor;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.Scratch;
import io.offsetheap.object.SharedType;
import io.offsetheap.object.ValueView;
import io.offsetheap.object.ValueWriter;
import io.offsetheap.object.WordEntry;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A hash map in a segment, shared by all processes that map it. Keys and values are stored as the bytes that their codecs
 * make of them; hash and equality are those of the bytes. Neither may be null.
 *
 * <p>Reads take no lock and store nothing in the segment. A change is atomic: readers and survivors of a death see the old
 * value or the new one, nothing between. Iterators, {@link #size}, {@link #clear} and {@link #putAll} are weakly
 * consistent, as those of {@link java.util.concurrent.ConcurrentHashMap}; an iterator meets a key that is there throughout
 * exactly once.
 *
 * <p>{@link #get} and {@link #put} make objects. {@link #readLong(Object, long)}, {@link #store} and {@link #delete} make no
 * garbage. Nor do {@link #read} and {@link #putWith} where the values are flyweights, and {@link #readBytes} and {@link
 * #putBytes}, which work on the bytes of any values.
 *
 * <p>Functions that are passed in run without any lock, perhaps more than once; what they write to the same heap is an
 * {@link IllegalStateException}. {@link #forEach} and iterators are free of that rule.
 *
 * <p>Thread-safe. Writing can throw {@link io.offsetheap.error.OutOfSegmentMemoryException}, having changed nothing. Every
 * call is an {@link IllegalStateException} after the heap is closed or the map destroyed.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class SharedHashMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
    /*
     * Each operation encodes key and value into the thread's Scratch first, then works on bytes, and decodes last. Codecs
     * and user functions therefore never run inside a lease or under a lock. A function's result is stored only if the
     * value it has seen is still there; otherwise it is called again.
     */

    /** Looks unlikely as a value; if it is one after all, the slow way answers. */
    private static final long PROBABLY_ABSENT = 0x8D2C_5A91_6F3B_E047L;

    private static final int NO_WORD = -1;

    private final ObjectSpace space;
    private final HashIndex index;
    private final LaneTable lanes;
    private final Codec<K> keys;
    private final Codec<V> values;
    private final int valueWordLength;
    private final @Nullable WordEntry words;
    /** The codec of the values, if they are flyweights. */
    private final @Nullable CursorCodec<V> cursors;
    /** The value that has been located, as readers are given it. */
    private final Function<Scratch, V> located;

    private SharedHashMap(ObjectSpace space, HashIndex index, Codec<K> keys, Codec<V> values) {
        this.space = space;
        this.index = index;
        this.lanes = space.lanes();
        this.keys = keys;
        this.values = values;
        this.valueWordLength = values.isWord() ? values.fixedLength() : NO_WORD;
        this.words = WordEntry.of(keys, values);
        this.cursors = values instanceof CursorCodec<V> codec ? codec : null;
        this.located = values instanceof CursorCodec<V> codec
                ? scratch -> locatedCursor(scratch, codec)
                : scratch -> values.read(scratch.view());
    }

    private V locatedCursor(Scratch scratch, CursorCodec<V> codec) {
        V cursor = scratch.cursor(codec);
        codec.moveTo(cursor, space, scratch.view(), null);
        return cursor;
    }

    /** The type of maps with these codecs. */
    public static <K, V> SharedType<SharedHashMap<K, V>> type(Codec<K> keys, Codec<V> values) {
        return new Type<>(keys, values);
    }

    private record Type<K, V>(Codec<K> keys, Codec<V> values) implements SharedType<SharedHashMap<K, V>> {
        Type {
            Objects.requireNonNull(keys, "keys");
            Objects.requireNonNull(values, "values");
        }

        @Override
        public String fingerprint() {
            return "SharedHashMap/1<" + keys.id() + "," + values.id() + ">";
        }

        @Override
        public Structure structure() {
            return Structure.HASH_INDEX;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            if (length != 1) {
                throw new IllegalArgumentException(
                        "a map grows as it is filled and is constructed without a length: length=" + length);
            }
            HashIndex.reserve(space, lane);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return HashIndex.create(space, lane, identity);
        }

        @Override
        public SharedHashMap<K, V> bind(ObjectSpace space, long offset, long length) {
            return new SharedHashMap<>(space, HashIndex.open(space, offset), keys, values);
        }
    }

    // ---- reading

    @Override
    public @Nullable V get(Object key) {
        K typed = typedKey(key);
        if (words != null) {
            long word = index.getWord(words.key(keys.toWord(typed)), words, PROBABLY_ABSENT);
            if (word != PROBABLY_ABSENT) {
                return values.fromWord(word);
            }
        }
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, typed);
            return index.copy(scratch) ? scratch.decodeCopy(values) : null;
        } finally {
            scratch.leave();
        }
    }

    @SuppressWarnings("unchecked")
    private K typedKey(Object key) {
        // The codec fails with a ClassCastException on a key of another type, as Map allows.
        return (K) Objects.requireNonNull(key, "key");
    }

    @Override
    public V getOrDefault(Object key, V defaultValue) {
        V value = get(key);
        return value == null ? defaultValue : value;
    }

    @Override
    public boolean containsKey(Object key) {
        K typed = typedKey(key);
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, typed);
            return index.contains(scratch);
        } finally {
            scratch.leave();
        }
    }

    /**
     * The value of a key as a number: its bytes, little-endian, the last one's highest bit being the sign. Makes no
     * garbage.
     *
     * @param absent what to return if there is no such key
     * @throws UnsupportedOperationException if the values of this map are not of a fixed length of up to 8 bytes
     */
    public long readLong(K key, long absent) {
        Objects.requireNonNull(key, "key");
        if (words != null) {
            return index.getWord(words.key(keys.toWord(key)), words, absent);
        }
        if (valueWordLength == NO_WORD) {
            throw new UnsupportedOperationException(
                    "the values of this map are not of a fixed length of up to 8 bytes: codec=" + values.id());
        }
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            return index.getWord(scratch, valueWordLength, absent);
        } finally {
            scratch.leave();
        }
    }

    /**
     * Reads a value where it lies. Makes no garbage if the values are flyweights; others are decoded, as by {@link #get}.
     *
     * @param function is given the value, which may change while it runs; if it did, its result or exception is dropped and
     *     it is called again. A flyweight cannot be changed by it, and ends with the call.
     * @param absent what to return if there is no such key
     */
    public long readLong(K key, ToLongFunction<? super V> function, long absent) {
        return readLong(key, located, function, absent);
    }

    /**
     * Reads a value where it lies: {@link #readLong(Object, ToLongFunction, long)} for any result.
     *
     * @return what the function made of the value, or null if there is no such key
     */
    public <R> @Nullable R read(K key, Function<? super V, ? extends @Nullable R> function) {
        return read(key, located, function);
    }

    /**
     * Reads the bytes of a value where they lie. Makes no garbage.
     *
     * @param function is given the bytes, which may change while it runs; if they did, its result or exception is dropped
     *     and it is called again. It keeps no reference to the view.
     * @param absent what to return if there is no such key
     */
    public long readBytesAsLong(K key, ToLongFunction<? super ValueView> function, long absent) {
        return readLong(key, Scratch::view, function, absent);
    }

    /**
     * Reads the bytes of a value where they lie: {@link #readBytesAsLong} for any result.
     *
     * @return what the function made of the bytes, or null if there is no such key
     */
    public <R> @Nullable R readBytes(K key, Function<? super ValueView, ? extends @Nullable R> function) {
        return read(key, Scratch::view, function);
    }

    private <X> long readLong(K key, Function<Scratch, X> form, ToLongFunction<? super X> function, long absent) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(function, "function");
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            index.begin(scratch);
            while (index.locate(scratch)) {
                long result = 0;
                LaneContext context = lanes.enterUserFunction();
                try {
                    result = function.applyAsLong(form.apply(scratch));
                } catch (RuntimeException | Error e) {
                    if (index.isUndisturbed(scratch)) {
                        throw e;
                    }
                    continue;
                } finally {
                    context.leaveUserFunction();
                }
                if (index.isUndisturbed(scratch)) {
                    return result;
                }
            }
            return absent;
        } finally {
            scratch.leave();
        }
    }

    private <X, R> @Nullable R read(
            K key, Function<Scratch, X> form, Function<? super X, ? extends @Nullable R> function) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(function, "function");
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            index.begin(scratch);
            while (index.locate(scratch)) {
                R result = null;
                LaneContext context = lanes.enterUserFunction();
                try {
                    result = function.apply(form.apply(scratch));
                } catch (RuntimeException | Error e) {
                    if (index.isUndisturbed(scratch)) {
                        throw e;
                    }
                    continue;
                } finally {
                    context.leaveUserFunction();
                }
                if (index.isUndisturbed(scratch)) {
                    return result;
                }
            }
            return null;
        } finally {
            scratch.leave();
        }
    }

    @Override
    public int size() {
        return (int) Math.min(index.size(), Integer.MAX_VALUE);
    }

    /** {@link #size} without the limit of an int. */
    public long mappingCount() {
        return index.size();
    }

    @Override
    public boolean isEmpty() {
        return index.isEmpty();
    }

    @Override
    public boolean containsValue(Object value) {
        V typed = typedValue(value);
        Scratch scratch = Scratch.enter();
        try {
            scratch.encodeExpected(values, typed);
            IndexCursor cursor = index.cursor();
            while (cursor.next()) {
                cursor.key(scratch.key());
                if (index.copy(scratch) && scratch.copyIsExpected()) {
                    return true;
                }
            }
            return false;
        } finally {
            scratch.leave();
        }
    }

    @SuppressWarnings("unchecked")
    private V typedValue(Object value) {
        return (V) Objects.requireNonNull(value, "value");
    }

    private boolean containsEntry(Object key, Object value) {
        K typed = typedKey(key);
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, typed);
            scratch.encodeExpected(values, typedValue(value));
            return index.copy(scratch) && scratch.copyIsExpected();
        } finally {
            scratch.leave();
        }
    }

    // ---- writing

    @Override
    public @Nullable V put(K key, V value) {
        return put(key, value, When.ALWAYS);
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        return put(key, value, When.ABSENT);
    }

    @Override
    public @Nullable V replace(K key, V value) {
        return put(key, value, When.PRESENT);
    }

    private @Nullable V put(K key, V value, When when) {
        Scratch scratch = enter(key, value);
        try {
            index.put(scratch, when, true);
            return scratch.present() ? scratch.decodeCopy(values) : null;
        } finally {
            scratch.leave();
        }
    }

    private Scratch enter(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            scratch.encodeValue(values, value);
            return scratch;
        } catch (Throwable t) {
            scratch.leave();
            throw t;
        }
    }

    /** {@link #put} without the old value: makes no garbage. */
    public void store(K key, V value) {
        Scratch scratch = enter(key, value);
        try {
            index.put(scratch, When.ALWAYS, false);
        } finally {
            scratch.leave();
        }
    }

    /**
     * Stores a flyweight that is filled where it lies: makes no garbage.
     *
     * @param writer fills it, once, in private memory; it is zeros at first, and ends with the call
     * @throws UnsupportedOperationException if the values of this map are not flyweights
     */
    public void putWith(K key, Consumer<? super V> writer) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(writer, "writer");
        CursorCodec<V> codec = cursors;
        if (codec == null) {
            index.checkUsable();
            throw new UnsupportedOperationException(
                    "only flyweights are filled where they lie; others are put, or written as bytes: codec="
                            + values.id());
        }
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            ValueWriter target = scratch.beginWrite(codec.fixedLength());
            try {
                V cursor = scratch.cursor(codec);
                codec.moveTo(cursor, space, target.view(), target);
                writer.accept(cursor);
            } finally {
                scratch.endWrite();
            }
            index.put(scratch, When.ALWAYS, false);
        } finally {
            scratch.leave();
        }
    }

    /**
     * Stores a value that is written as bytes, without an object for it: makes no garbage.
     *
     * @param length bytes of the value; zeros at first
     * @param writer writes them, once, in private memory; it keeps no reference to its argument
     * @throws IllegalArgumentException if the values of this map have another fixed length, or the length is negative
     */
    public void putBytes(K key, int length, Consumer<? super ValueWriter> writer) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(writer, "writer");
        int fixed = values.fixedLength();
        if (fixed >= 0 && length != fixed) {
            throw new IllegalArgumentException(
                    "the values of this map have a fixed length: length=" + length + " fixed=" + fixed);
        }
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            ValueWriter target = scratch.beginWrite(length);
            try {
                writer.accept(target);
            } finally {
                scratch.endWrite();
            }
            index.put(scratch, When.ALWAYS, false);
        } finally {
            scratch.leave();
        }
    }

    @Override
    public boolean replace(K key, V oldValue, V newValue) {
        Objects.requireNonNull(oldValue, "oldValue");
        Scratch scratch = enter(key, newValue);
        try {
            scratch.encodeExpected(values, oldValue);
            return index.put(scratch, When.EXPECTED, false);
        } finally {
            scratch.leave();
        }
    }

    @Override
    public @Nullable V remove(Object key) {
        K typed = typedKey(key);
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, typed);
            return index.remove(scratch, When.ALWAYS, true) ? scratch.decodeCopy(values) : null;
        } finally {
            scratch.leave();
        }
    }

    @Override
    public boolean remove(Object key, @Nullable Object value) {
        K typed = typedKey(key);
        if (value == null) {
            return false;
        }
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, typed);
            scratch.encodeExpected(values, typedValue(value));
            return index.remove(scratch, When.EXPECTED, false);
        } finally {
            scratch.leave();
        }
    }

    /**
     * {@link #remove(Object)} without the old value: makes no garbage.
     *
     * @return whether there was one
     */
    public boolean delete(K key) {
        Objects.requireNonNull(key, "key");
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            return index.remove(scratch, When.ALWAYS, false);
        } finally {
            scratch.leave();
        }
    }

    @Override
    public void clear() {
        index.clear();
    }

    // ---- computing

    @Override
    public @Nullable V compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(function, "function");
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            while (true) {
                V old = index.copy(scratch) ? scratch.decodeCopy(values) : null;
                V result = call(function, key, old);
                if (finish(scratch, old, result)) {
                    return result;
                }
            }
        } finally {
            scratch.leave();
        }
    }

    @Override
    public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(function, "function");
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            while (index.copy(scratch)) {
                V old = scratch.decodeCopy(values);
                V result = call(function, key, old);
                if (finish(scratch, old, result)) {
                    return result;
                }
            }
            return null;
        } finally {
            scratch.leave();
        }
    }

    @Override
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(function, "function");
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            if (index.copy(scratch)) {
                return scratch.decodeCopy(values);
            }
            V result = callOn(function, key);
            if (result == null) {
                return null;
            }
            scratch.encodeValue(values, result);
            return index.put(scratch, When.ABSENT, true) ? result : scratch.decodeCopy(values);
        } finally {
            scratch.leave();
        }
    }

    @Override
    public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(function, "function");
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(keys, key);
            while (true) {
                V old = index.copy(scratch) ? scratch.decodeCopy(values) : null;
                V result = old == null ? value : call(function, old, value);
                if (finish(scratch, old, result)) {
                    return result;
                }
            }
        } finally {
            scratch.leave();
        }
    }

    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        IndexCursor cursor = index.cursor();
        while (cursor.next()) {
            computeIfPresent(
                    cursor.key(keys), (key, value) -> Objects.requireNonNull(function.apply(key, value), "new value"));
        }
    }

    @SuppressWarnings("NullAway") // compute() passes null for an absent value, as Map says
    private <A, B, R> @Nullable R call(
            BiFunction<? super A, ? super B, ? extends @Nullable R> function, A first, @Nullable B second) {
        LaneContext context = lanes.enterUserFunction();
        try {
            return function.apply(first, second);
        } finally {
            context.leaveUserFunction();
        }
    }

    private <A, R> @Nullable R callOn(Function<? super A, ? extends @Nullable R> function, A argument) {
        LaneContext context = lanes.enterUserFunction();
        try {
            return function.apply(argument);
        } finally {
            context.leaveUserFunction();
        }
    }

    /** Stores what a function has made of the value in the scratch. Returns false if that is not the value any more. */
    private boolean finish(Scratch scratch, @Nullable V old, @Nullable V result) {
        if (result == null) {
            return old == null || index.remove(scratch, When.UNCHANGED, false);
        }
        scratch.encodeValue(values, result);
        return index.put(scratch, old == null ? When.ABSENT : When.UNCHANGED, false);
    }

    // ---- iterating

    @Override
    public void forEach(BiConsumer<? super K, ? super V> action) {
        Objects.requireNonNull(action, "action");
        for (Entry<K, V> entry : entrySet()) {
            action.accept(entry.getKey(), entry.getValue());
        }
    }

    /** Walks the keys; a subclass says what it makes of each. */
    private abstract class MapIterator<T> implements Iterator<T> {
        private final IndexCursor cursor = index.cursor();
        private @Nullable K last;
        private @Nullable K nextKey;
        private @Nullable T next;

        /** The element for a key, or null if its entry has gone. */
        abstract @Nullable T element(K key, IndexCursor position);

        @Override
        public boolean hasNext() {
            while (next == null && cursor.next()) {
                K key = cursor.key(keys);
                next = element(key, cursor);
                nextKey = key;
            }
            return next != null;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the iterator is at the end");
            }
            T result = Objects.requireNonNull(next);
            last = nextKey;
            next = null;
            return result;
        }

        @Override
        public void remove() {
            if (last == null) {
                throw new IllegalStateException("remove() follows a call of next(), and only once");
            }
            delete(last);
            last = null;
        }

        @Nullable
        V value(IndexCursor position) {
            Scratch scratch = Scratch.enter();
            try {
                position.key(scratch.key());
                return index.copy(scratch) ? scratch.decodeCopy(values) : null;
            } finally {
                scratch.leave();
            }
        }
    }

    /** For streams: how many elements there will be is not known, because others write meanwhile. */
    private static <T> Spliterator<T> unsized(Iterator<T> iterator, int characteristics) {
        return Spliterators.spliteratorUnknownSize(
                iterator, characteristics | Spliterator.NONNULL | Spliterator.CONCURRENT);
    }

    /** An entry as it was when the iterator met it; a new value goes into the map as well. */
    private final class SharedEntry extends SimpleEntry<K, V> {
        private static final long serialVersionUID = 1;

        SharedEntry(K key, V value) {
            super(key, value);
        }

        @Override
        public V setValue(V value) {
            store(getKey(), value);
            return super.setValue(value);
        }
    }

    @Override
    public Set<K> keySet() {
        index.checkUsable();
        return new KeySet();
    }

    private final class KeySet extends AbstractSet<K> {
        @Override
        public Iterator<K> iterator() {
            return new MapIterator<>() {
                @Override
                K element(K key, IndexCursor position) {
                    return key;
                }
            };
        }

        @Override
        public Spliterator<K> spliterator() {
            return unsized(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public int size() {
            return SharedHashMap.this.size();
        }

        @Override
        public boolean isEmpty() {
            return SharedHashMap.this.isEmpty();
        }

        @Override
        public boolean contains(Object key) {
            return containsKey(key);
        }

        @Override
        public boolean remove(Object key) {
            return delete(typedKey(key));
        }

        @Override
        public void clear() {
            SharedHashMap.this.clear();
        }
    }

    @Override
    public Collection<V> values() {
        index.checkUsable();
        return new Values();
    }

    private final class Values extends AbstractCollection<V> {
        @Override
        public Iterator<V> iterator() {
            return new MapIterator<>() {
                @Override
                @Nullable
                V element(K key, IndexCursor position) {
                    return value(position);
                }
            };
        }

        @Override
        public Spliterator<V> spliterator() {
            return unsized(iterator(), 0);
        }

        @Override
        public int size() {
            return SharedHashMap.this.size();
        }

        @Override
        public boolean isEmpty() {
            return SharedHashMap.this.isEmpty();
        }

        @Override
        public boolean contains(Object value) {
            return containsValue(value);
        }

        @Override
        public void clear() {
            SharedHashMap.this.clear();
        }
    }

    @Override
    public Set<Entry<K, V>> entrySet() {
        index.checkUsable();
        return new EntrySet();
    }

    private final class EntrySet extends AbstractSet<Entry<K, V>> {
        @Override
        public Iterator<Entry<K, V>> iterator() {
            return new MapIterator<>() {
                @Override
                @Nullable
                Entry<K, V> element(K key, IndexCursor position) {
                    V value = value(position);
                    return value == null ? null : new SharedEntry(key, value);
                }
            };
        }

        @Override
        public Spliterator<Entry<K, V>> spliterator() {
            return unsized(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public int size() {
            return SharedHashMap.this.size();
        }

        @Override
        public boolean isEmpty() {
            return SharedHashMap.this.isEmpty();
        }

        @Override
        public boolean contains(Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && entry.getValue() != null
                    && containsEntry(entry.getKey(), entry.getValue());
        }

        @Override
        public boolean remove(Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && SharedHashMap.this.remove(entry.getKey(), entry.getValue());
        }

        @Override
        public void clear() {
            SharedHashMap.this.clear();
        }
    }
}
