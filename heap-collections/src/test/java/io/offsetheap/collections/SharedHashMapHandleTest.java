/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.EveryMethod;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** What a program holds of a map when the heap is closed or the map destroyed. Law C-129. */
class SharedHashMapHandleTest {
    private static final SharedType<SharedHashMap<Long, Long>> TYPE = SharedHashMap.type(Codecs.LONG, Codecs.LONG);

    private static final Map<Class<?>, Object> ARGUMENTS = Map.ofEntries(
            Map.entry(Object.class, 1L),
            Map.entry(long.class, 1L),
            Map.entry(int.class, Long.BYTES),
            Map.entry(Map.class, Map.of(1L, 1L)),
            Map.entry(Collection.class, List.of(1L)),
            Map.entry(Object[].class, new Object[0]),
            Map.entry(Predicate.class, (Predicate<Object>) value -> true),
            Map.entry(IntFunction.class, (IntFunction<Object[]>) Object[]::new),
            Map.entry(Consumer.class, (Consumer<Object>) value -> {}),
            Map.entry(BiConsumer.class, (BiConsumer<Object, Object>) (key, value) -> {}),
            Map.entry(Function.class, (Function<Object, Long>) value -> 1L),
            Map.entry(BiFunction.class, (BiFunction<Object, Object, Long>) (key, value) -> 1L),
            Map.entry(ToLongFunction.class, (ToLongFunction<Object>) value -> 1L));

    private static Map<Class<?>, Object> argumentsWith(Object element) {
        Map<Class<?>, Object> arguments = new HashMap<>(ARGUMENTS);
        arguments.put(Object.class, element);
        arguments.put(Collection.class, List.of(element));
        return arguments;
    }

    /** Everything that can be held of a map. */
    private static final class Handles {
        private final SharedHashMap<Long, Long> map;
        private final Map.Entry<Long, Long> entry;
        private final List<Collection<?>> views;
        private final List<Iterator<?>> iterators;

        Handles(SharedHashMap<Long, Long> map) {
            this.map = map;
            entry = map.entrySet().iterator().next();
            views = List.of(map.keySet(), map.values(), map.entrySet());
            iterators = views.stream().<Iterator<?>>map(Collection::iterator).toList();
        }

        void areRefused() {
            EveryMethod.isRefused(map, SharedHashMap.class, ARGUMENTS, Set.of("equals"));
            assertThrows(IllegalStateException.class, () -> map.equals(Map.of()));
            assertThrows(IllegalStateException.class, () -> entry.setValue(5L));
            for (Collection<?> view : views) {
                // A view cannot be added to, and streams begin when they are used.
                var exempt = Set.of("add", "addAll", "equals", "spliterator", "stream", "parallelStream", "hashCode");
                EveryMethod.isRefused(view, Collection.class, argumentsWith(view == views.get(2) ? entry : 1L), exempt);
                assertThrows(IllegalStateException.class, () -> view.stream().count());
            }
            for (Iterator<?> iterator : iterators) {
                EveryMethod.isRefused(iterator, Iterator.class, ARGUMENTS, Set.of());
            }
        }
    }

    @Test
    void refusesEveryCallAfterClose() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            List<SharedHashMap<Long, Long>> maps = mappings.all("map", TYPE);
            maps.get(1).put(1L, 1L);
            Handles handles = new Handles(maps.get(0));
            mappings.heap(0).close();
            handles.areRefused();
            assertEquals(Map.of(1L, 1L), maps.get(1));
            mappings.verify();
        }
    }

    @Test
    void refusesEveryCallAfterDestruction() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            List<SharedHashMap<Long, Long>> maps = mappings.all("map", TYPE);
            maps.get(1).put(1L, 1L);
            Handles handles = new Handles(maps.get(0));
            assertTrue(mappings.heap(1).destroy("map"));
            handles.areRefused();
            mappings.verify();

            SharedHashMap<Long, Long> heir = mappings.heap(1).construct("map", TYPE);
            heir.put(1L, 2L);
            handles.areRefused();
            assertEquals(Map.of(1L, 2L), heir);
            mappings.verify();
        }
    }
}
