/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.object.Codec;
import io.offsetheap.object.ValueView;
import java.nio.ByteBuffer;
import java.util.AbstractMap.SimpleEntry;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import net.jqwik.api.Arbitrary;

/**
 * A shared map through several mappings, beside a {@link HashMap} that says what must be in it. Every method does one thing
 * to both and compares what they answer.
 *
 * <p>The model holds arrays as {@link ByteBuffer}s, which are equal if their bytes are.
 */
final class TestMap<K, V> {
    /**
     * Keys or values of one codec.
     *
     * @param few what they are drawn from, few enough to meet the same again
     * @param combine a function for compute and merge; null for some
     */
    record Domain<T>(Codec<T> codec, Arbitrary<T> few, BinaryOperator<T> combine) {
        byte[] encode(T value) {
            byte[] bytes = new byte[codec.maxLength(value)];
            return Arrays.copyOf(bytes, codec.write(value, bytes, 0));
        }
    }

    private static final long ABSENT = -77;

    private final Domain<K> keys;
    private final Domain<V> values;
    private final Mappings mappings;
    private final List<SharedHashMap<K, V>> maps;
    private final Map<Object, Object> model = new HashMap<>();
    private int calls;

    TestMap(Domain<K> keys, Domain<V> values, Mappings mappings) {
        this.keys = keys;
        this.values = values;
        this.mappings = mappings;
        this.maps = mappings.all("map", SharedHashMap.type(keys.codec(), values.codec()));
    }

    /** The mappings take turns. */
    private SharedHashMap<K, V> map() {
        return maps.get(calls++ % maps.size());
    }

    private static Object modelled(Object value) {
        return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
    }

    @SuppressWarnings("unchecked")
    private static <T> T real(Object modelled) {
        return (T) (modelled instanceof ByteBuffer buffer ? buffer.array() : modelled);
    }

    private Object combined(Object first, Object second) {
        return modelled(values.combine().apply(real(first), real(second)));
    }

    private static void assertSame(Object expected, Object actual) {
        assertEquals(expected, modelled(actual));
    }

    // ---- one key

    void get(K key, V other) {
        assertSame(model.get(modelled(key)), map().get(key));
        assertSame(model.getOrDefault(modelled(key), modelled(other)), map().getOrDefault(key, other));
        assertEquals(model.containsKey(modelled(key)), map().containsKey(key));
        assertEquals(model.containsKey(modelled(key)), map().keySet().contains(key));
        assertEquals(model.containsValue(modelled(other)), map().containsValue(other));
        assertEquals(model.containsValue(modelled(other)), map().values().contains(other));
        assertEquals(
                modelled(other).equals(model.get(modelled(key))),
                map().entrySet().contains(new SimpleEntry<>(key, other)));
    }

    void read(K key) {
        Object value = model.get(modelled(key));
        byte[] bytes = value == null ? null : values.encode(real(value));
        assertSame(modelled(bytes), map().readBytes(key, TestMap::bytesOf));
        long sum = bytes == null ? ABSENT : Arrays.hashCode(bytes);
        assertEquals(sum, map().readBytesAsLong(key, view -> Arrays.hashCode(bytesOf(view)), ABSENT));
        if (!values.codec().isWord()) {
            assertThrows(UnsupportedOperationException.class, () -> map().readLong(key, ABSENT));
        } else if (bytes == null) {
            assertEquals(ABSENT, map().readLong(key, ABSENT));
        } else {
            assertSame(value, values.codec().fromWord(map().readLong(key, ABSENT)));
        }
    }

    private static byte[] bytesOf(ValueView view) {
        byte[] bytes = new byte[view.length()];
        view.get(0, bytes, 0, bytes.length);
        return bytes;
    }

    void put(K key, V value) {
        assertSame(model.put(modelled(key), modelled(value)), map().put(key, value));
    }

    void store(K key, V value) {
        model.put(modelled(key), modelled(value));
        map().store(key, value);
    }

    void putBytes(K key, V value) {
        byte[] bytes = values.encode(value);
        model.put(modelled(key), modelled(value));
        map().putBytes(key, bytes.length, writer -> writer.put(0, bytes, 0, bytes.length));
    }

    void putAll(K key, V value) {
        model.put(modelled(key), modelled(value));
        map().putAll(Map.of(key, value));
    }

    void putIfAbsent(K key, V value) {
        assertSame(model.putIfAbsent(modelled(key), modelled(value)), map().putIfAbsent(key, value));
    }

    void replace(K key, V value) {
        assertSame(model.replace(modelled(key), modelled(value)), map().replace(key, value));
    }

    void replaceExpected(K key, V value, V guess) {
        V expected = likely(key, guess);
        assertEquals(
                model.replace(modelled(key), modelled(expected), modelled(value)), map().replace(key, expected, value));
    }

    /** Half of the guesses are right. */
    private V likely(K key, V guess) {
        Object value = model.get(modelled(key));
        return value == null || calls % 2 == 0 ? guess : real(value);
    }

    void remove(K key) {
        assertSame(model.remove(modelled(key)), map().remove(key));
    }

    void delete(K key) {
        assertEquals(model.remove(modelled(key)) != null, map().delete(key));
    }

    void removeExpected(K key, V guess) {
        V expected = likely(key, guess);
        assertEquals(model.remove(modelled(key), modelled(expected)), map().remove(key, expected));
        assertFalse(map().remove(key, null));
    }

    void removeKeyFromItsView(K key) {
        assertEquals(model.keySet().remove(modelled(key)), map().keySet().remove(key));
    }

    void removeEntryFromItsView(K key, V guess) {
        V expected = likely(key, guess);
        assertEquals(
                model.entrySet().remove(new SimpleEntry<>(modelled(key), modelled(expected))),
                map().entrySet().remove(new SimpleEntry<>(key, expected)));
    }

    void compute(K key, V value) {
        assertSame(
                model.compute(
                        modelled(key), (k, old) -> old == null ? modelled(value) : combined(old, modelled(value))),
                map().compute(
                                key,
                                (k, old) ->
                                        old == null ? value : values.combine().apply(old, value)));
    }

    void computeToNothing(K key) {
        model.remove(modelled(key));
        assertNull(map().compute(key, (k, old) -> null));
        assertNull(map().computeIfAbsent(key, k -> null));
    }

    void computeIfAbsent(K key, V value) {
        assertSame(model.computeIfAbsent(modelled(key), k -> modelled(value)), map().computeIfAbsent(key, k -> value));
    }

    void computeIfPresent(K key, V value) {
        assertSame(
                model.computeIfPresent(modelled(key), (k, old) -> combined(old, modelled(value))),
                map().computeIfPresent(key, (k, old) -> values.combine().apply(old, value)));
    }

    void merge(K key, V value) {
        assertSame(
                model.merge(modelled(key), modelled(value), this::combined), map().merge(key, value, values.combine()));
    }

    /** A function that fails leaves the map as it was, and its failure reaches the caller. */
    void computeAndFail(K key, V value) {
        RuntimeException failure = new ArithmeticException("mine");
        for (Runnable call : List.<Runnable>of(
                () -> map().compute(key, (k, old) -> {
                    throw failure;
                }),
                () -> map().readBytes(key, view -> {
                    throw failure;
                }),
                () -> map().computeIfPresent(key, (k, old) -> {
                    throw failure;
                }),
                () -> map().computeIfAbsent(key, k -> {
                    throw failure;
                }),
                () -> map().putBytes(key, values.encode(value).length, writer -> {
                    throw failure;
                }))) {
            try {
                call.run();
            } catch (ArithmeticException e) {
                assertEquals(failure, e);
            }
        }
    }

    /** A function may read the map, and may not write to it. */
    void computeAndLookAround(K key, V value) {
        Object old = model.get(modelled(key));
        SharedHashMap<K, V> map = map();
        V result = map.compute(key, (k, present) -> {
            assertSame(old, present);
            assertSame(old, map.get(key));
            assertEquals(model.size(), map.size());
            map.forEach((other, its) -> assertSame(model.get(modelled(other)), its));
            assertThrows(IllegalStateException.class, () -> map.put(key, value));
            assertThrows(IllegalStateException.class, () -> map.compute(key, (same, its) -> value));
            assertThrows(IllegalStateException.class, map::clear);
            return value;
        });
        assertSame(modelled(value), result);
        model.put(modelled(key), modelled(value));
    }

    // ---- all keys

    void clear(int way) {
        model.clear();
        switch (way % 4) {
            case 0 -> map().clear();
            case 1 -> map().keySet().clear();
            case 2 -> map().values().clear();
            default -> map().entrySet().clear();
        }
    }

    void replaceAll(V value) {
        // A map's replaceAll wants a value for each, so nothing of it may be combined to nothing.
        model.replaceAll(
                (k, old) -> combined(old, modelled(value)) == null ? modelled(value) : combined(old, modelled(value)));
        map().replaceAll((k, old) -> {
            V result = values.combine().apply(old, value);
            return result == null ? value : result;
        });
    }

    private Predicate<Object> oneOf(int number) {
        return value -> (modelled(value).hashCode() & 3) == (number & 3);
    }

    void removeIf(int number) {
        Predicate<Object> chosen = oneOf(number);
        switch (number % 3) {
            case 0 ->
                assertEquals(model.keySet().removeIf(chosen), map().keySet().removeIf(chosen));
            case 1 ->
                assertEquals(model.values().removeIf(chosen), map().values().removeIf(chosen));
            default ->
                assertEquals(
                        model.entrySet()
                                .removeIf(entry -> chosen.test(entry.getKey()) && chosen.test(entry.getValue())),
                        map().entrySet()
                                .removeIf(entry -> chosen.test(entry.getKey()) && chosen.test(entry.getValue())));
        }
    }

    void retainAll(int number) {
        // Arrays are equal only to themselves for a collection: the keys to keep are taken from the map.
        Predicate<Object> chosen = oneOf(number);
        Set<Object> kept = new HashSet<>();
        model.keySet().stream().filter(chosen).forEach(kept::add);
        boolean changes = model.keySet().retainAll(kept);
        Collection<Object> wanted = new SetOf(kept);
        assertEquals(changes, map().keySet().retainAll(wanted));
        assertFalse(map().keySet().retainAll(wanted));
        assertFalse(map().keySet().removeAll(List.of()));
    }

    /** Holds what the model holds, asked about real objects. */
    private static final class SetOf extends java.util.AbstractCollection<Object> {
        private final Set<Object> modelled;

        SetOf(Set<Object> modelled) {
            this.modelled = modelled;
        }

        @Override
        public boolean contains(Object object) {
            return modelled.contains(modelled(object));
        }

        @Override
        public Iterator<Object> iterator() {
            return modelled.stream().map(TestMap::<Object>real).iterator();
        }

        @Override
        public int size() {
            return modelled.size();
        }
    }

    /** Walks the entries: removes some, gives a new value to others. */
    void changeWhileIterating(int number, V value) {
        Predicate<Object> chosen = oneOf(number);
        Iterator<Map.Entry<K, V>> entries = map().entrySet().iterator();
        assertThrows(IllegalStateException.class, entries::remove);
        Set<Object> met = new HashSet<>();
        while (entries.hasNext()) {
            Map.Entry<K, V> entry = entries.next();
            Object key = modelled(entry.getKey());
            assertTrue(met.add(key), "met twice");
            assertSame(model.get(key), entry.getValue());
            if (chosen.test(key)) {
                entries.remove();
                assertThrows(IllegalStateException.class, entries::remove);
                model.remove(key);
            } else if (calls++ % 2 == 0) {
                assertSame(model.put(key, modelled(value)), entry.setValue(value));
                assertSame(modelled(value), entry.getValue());
            }
        }
        assertThrows(NoSuchElementException.class, entries::next);
    }

    // ---- what must hold after every step

    /** The verifier is silent, and every mapping sees the model. */
    void verify() {
        mappings.verify();
        for (SharedHashMap<K, V> map : maps) {
            assertEquals(model.size(), map.size());
            assertEquals(model.size(), map.mappingCount());
            assertEquals(model.isEmpty(), map.isEmpty());
            Map<Object, Object> found = new HashMap<>();
            map.forEach((key, value) -> assertNull(found.put(modelled(key), modelled(value)), "met twice"));
            assertEquals(model, found);
            found.clear();
            map.keySet().forEach(key -> found.put(modelled(key), modelled(map.get(key))));
            assertEquals(model, found);
        }
    }

    /** As {@link Map} defines them; only for types whose equals compares contents. */
    void verifyAsObject() {
        for (SharedHashMap<K, V> map : maps) {
            assertEquals(model, map);
            assertTrue(map.equals(model));
            assertTrue(map.equals(maps.get(0)));
            assertEquals(model.hashCode(), map.hashCode());
            assertEquals(model.keySet(), map.keySet());
            assertEquals(model.entrySet(), map.entrySet());
            assertEquals(model.toString().length(), map.toString().length());
            Map<Object, Object> other = new HashMap<>(model);
            other.put("one", "more");
            assertFalse(map.equals(other));
        }
    }

    void close() {
        mappings.close();
    }

    @Override
    public String toString() {
        return model.toString();
    }
}
