/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.EveryMethod;
import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.alloc.BlockInitializer;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.OffsetRef;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongBinaryOperator;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Law C-127: in a heap that is open for reading alone every query answers, and every other method is refused. */
class ReadOnlyTest {
    private static final SharedType<SharedHashMap<Long, Long>> MAP = SharedHashMap.type(Codecs.LONG, Codecs.LONG);
    private static final SharedType<SharedSet<Long>> SET = SharedSet.type(Codecs.LONG);
    private static final SharedType<SharedVector<Long>> VECTOR = SharedVector.type(Codecs.LONG);
    private static final SharedType<SharedValue<Long>> VALUE = SharedValue.type(Codecs.LONG);

    /** Of a collection that has 1 and 2, in this order. */
    private static final Map<Class<?>, Object> ARGUMENTS = Map.ofEntries(
            Map.entry(Object.class, 1L),
            Map.entry(long.class, 1L),
            Map.entry(int.class, 1),
            Map.entry(long[].class, new long[] {1}),
            Map.entry(byte.class, (byte) 1),
            Map.entry(byte[].class, new byte[1]),
            Map.entry(Map.class, Map.of(1L, 2L)),
            Map.entry(Collection.class, List.of(1L)),
            Map.entry(Object[].class, new Object[0]),
            Map.entry(Comparator.class, Comparator.reverseOrder()),
            Map.entry(UnaryOperator.class, UnaryOperator.identity()),
            Map.entry(Predicate.class, (Predicate<Object>) value -> true),
            Map.entry(IntFunction.class, (IntFunction<Object[]>) Object[]::new),
            Map.entry(Consumer.class, (Consumer<Object>) value -> {}),
            Map.entry(LongConsumer.class, (LongConsumer) value -> {}),
            Map.entry(LongLongConsumer.class, (LongLongConsumer) (key, value) -> {}),
            Map.entry(BiConsumer.class, (BiConsumer<Object, Object>) (key, value) -> {}),
            Map.entry(Function.class, (Function<Object, Long>) value -> 1L),
            Map.entry(BiFunction.class, (BiFunction<Object, Object, Long>) (key, value) -> 3L),
            Map.entry(LongBinaryOperator.class, (LongBinaryOperator) Long::sum),
            Map.entry(ToLongFunction.class, (ToLongFunction<Object>) value -> 1L));

    @TempDir
    Path directory;

    private Path path;
    private byte[] bytes;
    private OffsetHeap heap;

    @BeforeEach
    void fillAHeap() throws IOException {
        path = directory.resolve("heap");
        HeapBuilder builder = OffsetHeap.file(path).maxSize(1 << 20);
        try (OffsetHeap writer = builder.create()) {
            writer.construct("map", MAP).putAll(Map.of(1L, 1L, 2L, 2L));
            SharedLongLongMap longs = writer.construct("longs", SharedLongLongMap.TYPE);
            longs.put(1, 1);
            longs.put(2, 2);
            writer.construct("set", SET).addAll(List.of(1L, 2L));
            writer.construct("vector", VECTOR).addAll(List.of(1L, 2L));
            writer.construct("long vector", SharedLongVector.TYPE).addAll(new long[] {1, 2});
            writer.construct("value", VALUE).set(1L);
            writer.construct("text", SharedString.of("text"));
            writer.construct("bytes", SharedBytes.TYPE, 16);
            writer.singleton(SharedLongVector.TYPE);
        }
        bytes = Files.readAllBytes(path);
        heap = builder.openReadOnly();
    }

    @AfterEach
    void nothingHasChanged() throws IOException {
        heap.close();
        assertArrayEquals(bytes, Files.readAllBytes(path));
    }

    private <T> T find(String name, SharedType<T> type) {
        return heap.find(name, type).orElseThrow();
    }

    @Test
    void aHeap() {
        OffsetRef<SharedBytes> ref = heap.findRef("bytes", SharedBytes.TYPE).orElseThrow();
        Map<Class<?>, Object> arguments = new HashMap<>(ARGUMENTS);
        arguments.put(String.class, "bytes");
        arguments.put(SharedType.class, SharedBytes.TYPE);
        arguments.put(OffsetRef.class, ref);
        arguments.put(long.class, ref.offset());
        arguments.put(BlockInitializer.class, (BlockInitializer) (memory, block) -> {});
        arguments.put(Supplier.class, (Supplier<Object>) Object::new);
        arguments.put(Runnable.class, (Runnable) () -> {});
        EveryMethod.isForReading(
                heap,
                OffsetHeap.class,
                arguments,
                Set.of(
                        "find",
                        "findRef",
                        "findSingleton",
                        "refAt",
                        "names",
                        "nameStats",
                        "usableSize",
                        "memory",
                        "stats",
                        "verify",
                        "path",
                        "maxSize",
                        "isReadOnly",
                        "toString"),
                Set.of("close"));
        assertTrue(heap.findSingleton(SharedLongVector.TYPE).isPresent());
        assertTrue(heap.isReadOnly());
        assertEquals(List.of(), heap.verify().findings());
        assertEquals(8, heap.nameStats().named());
        int seen = 0;
        for (var object : heap.names()) {
            seen += object.name().isEmpty() ? 0 : 1;
        }
        assertEquals(8, seen);
    }

    @Test
    void itsMemory() {
        SegmentMemory memory = heap.memory();
        for (var store : List.<Runnable>of(
                () -> memory.putLong(4096, 1),
                () -> memory.putLongRelease(4096, 1),
                () -> memory.compareAndSetLong(4096, 0, 1),
                () -> memory.putInt(4096, 1),
                () -> memory.putShort(4096, (short) 1),
                () -> memory.putByte(4096, (byte) 1),
                () -> memory.zero(4096, 8),
                () -> memory.copyFrom(new byte[8], 0, 4096, 8),
                () -> memory.copyFrom(new long[8], 0, 4096, 8),
                () -> memory.buffer(4096, 8))) {
            assertThrows(UnsupportedOperationException.class, store::run);
        }
    }

    @Test
    void bytes() {
        EveryMethod.isForReading(
                find("bytes", SharedBytes.TYPE),
                SharedBytes.class,
                Map.of(long.class, 8L, int.class, 1, byte.class, (byte) 1, byte[].class, new byte[2]),
                Set.of("length", "offset", "getByte", "getLong", "get"),
                Set.of());
    }

    @Test
    void aMap() {
        SharedHashMap<Long, Long> map = find("map", MAP);
        Map<Class<?>, Object> arguments = new HashMap<>(ARGUMENTS);
        arguments.put(int.class, Long.BYTES);
        EveryMethod.isForReading(
                map,
                SharedHashMap.class,
                arguments,
                Set.of(
                        "get",
                        "getOrDefault",
                        "containsKey",
                        "containsValue",
                        "readLong",
                        "read",
                        "readBytesAsLong",
                        "readBytes",
                        "size",
                        "mappingCount",
                        "isEmpty",
                        "forEach",
                        "keySet",
                        "values",
                        "entrySet",
                        "equals",
                        "hashCode",
                        "toString"),
                Set.of("computeIfAbsent"));
        assertEquals(1L, map.computeIfAbsent(1L, key -> 5L));
        assertThrows(UnsupportedOperationException.class, () -> map.computeIfAbsent(3L, key -> 5L));
        assertEquals(Map.of(1L, 1L, 2L, 2L), map);
        var entry = map.entrySet().iterator().next();
        for (Object element : new Object[] {1L, entry}) {
            Collection<?> view = element == entry ? map.entrySet() : map.keySet();
            arguments.put(Object.class, element);
            arguments.put(Collection.class, List.of(element));
            EveryMethod.isForReading(view, Collection.class, arguments, QUERIES_OF_COLLECTIONS, Set.of());
        }
        EveryMethod.isForReading(map.values(), Collection.class, ARGUMENTS, QUERIES_OF_COLLECTIONS, Set.of());
        for (Collection<?> view : List.of(map.keySet(), map.values(), map.entrySet())) {
            var iterator = view.iterator();
            iterator.next();
            assertThrows(UnsupportedOperationException.class, iterator::remove);
        }
        assertThrows(UnsupportedOperationException.class, () -> entry.setValue(5L));
    }

    private static final Set<String> QUERIES_OF_COLLECTIONS = Set.of(
            "size",
            "isEmpty",
            "contains",
            "containsAll",
            "iterator",
            "spliterator",
            "stream",
            "parallelStream",
            "forEach",
            "toArray",
            "equals",
            "hashCode",
            "toString");

    @Test
    void aMapOfLongs() {
        SharedLongLongMap map = find("longs", SharedLongLongMap.TYPE);
        EveryMethod.isForReading(
                map,
                SharedLongLongMap.class,
                ARGUMENTS,
                Set.of("get", "containsKey", "size", "isEmpty", "cursor", "forEach", "equals", "hashCode", "toString"),
                Set.of());
        assertEquals(2, map.size());
    }

    @Test
    void aSet() {
        SharedSet<Long> set = find("set", SET);
        Map<Class<?>, Object> arguments = new HashMap<>(ARGUMENTS);
        EveryMethod.isForReading(
                set, Set.class, arguments, QUERIES_OF_COLLECTIONS, Set.of("add", "addAll", "retainAll"));
        assertThrows(UnsupportedOperationException.class, () -> set.add(3L));
        assertThrows(UnsupportedOperationException.class, () -> set.addAll(List.of(3L)));
        assertThrows(UnsupportedOperationException.class, () -> set.retainAll(List.of(1L)));
        assertEquals(Set.of(1L, 2L), set);
    }

    @Test
    void aVector() {
        SharedVector<Long> vector = find("vector", VECTOR);
        EveryMethod.isForReading(
                vector,
                List.class,
                ARGUMENTS,
                Set.of(
                        "size",
                        "isEmpty",
                        "contains",
                        "containsAll",
                        "iterator",
                        "listIterator",
                        "spliterator",
                        "stream",
                        "parallelStream",
                        "forEach",
                        "toArray",
                        "get",
                        "getFirst",
                        "getLast",
                        "indexOf",
                        "lastIndexOf",
                        "reversed",
                        "equals",
                        "hashCode",
                        "toString"),
                Set.of("subList"));
        assertThrows(UnsupportedOperationException.class, vector::removeLast);
        assertEquals(List.of(1L, 2L), vector.subList(0, 2));
        var iterator = vector.listIterator();
        iterator.next();
        assertThrows(UnsupportedOperationException.class, iterator::remove);
        assertThrows(UnsupportedOperationException.class, () -> iterator.set(5L));
        assertEquals(List.of(1L, 2L), vector);
    }

    @Test
    void aVectorOfLongs() {
        SharedLongVector vector = find("long vector", SharedLongVector.TYPE);
        EveryMethod.isForReading(
                vector,
                SharedLongVector.class,
                Map.of(long.class, 1L, int.class, 1, long[].class, new long[2], LongConsumer.class, (LongConsumer)
                        value -> {}),
                Set.of(
                        "size",
                        "isEmpty",
                        "get",
                        "copyTo",
                        "toArray",
                        "forEach",
                        "stream",
                        "spliterator",
                        "equals",
                        "hashCode",
                        "toString"),
                Set.of());
        assertArrayEquals(new long[] {1, 2}, vector.toArray());
    }

    @Test
    void aValueAndAText() {
        SharedValue<Long> value = find("value", VALUE);
        EveryMethod.isForReading(value, SharedValue.class, ARGUMENTS, Set.of("get", "toString"), Set.of());
        assertEquals(1L, value.get());
        assertEquals("text", find("text", SharedString.of("text")).toString());
    }
}
