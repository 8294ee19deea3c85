/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.object.Codecs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Two mappings of one map, beside a {@link HashMap}. */
class SharedHashMapProperties {
    @Property(tries = 40)
    void behavesAsAHashMapThroughEveryMapping(
            @ForAll @IntRange(max = 1_000_000) int seed, @ForAll @IntRange(min = 1, max = 400) int keys) {
        Random random = new Random(seed);
        String name = "map-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        try (OffsetHeap first = OffsetHeap.sharedMemory(name).maxSize(8 << 20).create();
                OffsetHeap second = OffsetHeap.sharedMemory(name).open()) {
            OffsetHeap.sharedMemory(name).remove();
            var type = SharedHashMap.type(Codecs.UTF8, Codecs.UTF8);
            List<SharedHashMap<String, String>> maps =
                    List.of(first.findOrConstruct("map", type), second.findOrConstruct("map", type));
            Map<String, String> model = new HashMap<>();
            for (int step = 0; step < 1500; step++) {
                SharedHashMap<String, String> map = maps.get(random.nextInt(2));
                String key = "k" + random.nextInt(keys);
                String value = "v".repeat(random.nextInt(40)) + random.nextInt(100);
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> assertEquals(model.put(key, value), map.put(key, value));
                    case 3 -> assertEquals(model.putIfAbsent(key, value), map.putIfAbsent(key, value));
                    case 4, 5 -> assertEquals(model.remove(key), map.remove(key));
                    case 6 ->
                        assertEquals(
                                model.compute(
                                        key, (k, old) -> old == null ? value : old.length() > 30 ? null : old + value),
                                map.compute(
                                        key, (k, old) -> old == null ? value : old.length() > 30 ? null : old + value));
                    case 7 ->
                        assertEquals(model.merge(key, value, String::concat), map.merge(key, value, String::concat));
                    case 8 -> assertEquals(model.replace(key, value), map.replace(key, value));
                    default -> assertEquals(model.get(key), map.get(key));
                }
            }
            for (SharedHashMap<String, String> map : maps) {
                assertEquals(model, map);
                assertEquals(model.size(), map.size());
                assertEquals(model.hashCode(), map.hashCode());
                assertEquals(model.keySet(), map.keySet());
            }
            assertEquals(List.of(), first.verify().findings());
            maps.get(0).clear();
            assertTrue(maps.get(1).isEmpty());
            assertEquals(List.of(), second.verify().findings());
        }
    }

    @Property(tries = 10)
    void countsExactlyWhenThreadsMergeTheSameKeys(@ForAll @IntRange(min = 1, max = 5) int keys) throws Exception {
        String name = "count-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        try (OffsetHeap first = OffsetHeap.sharedMemory(name).maxSize(8 << 20).create();
                OffsetHeap second = OffsetHeap.sharedMemory(name).open()) {
            OffsetHeap.sharedMemory(name).remove();
            var type = SharedHashMap.type(Codecs.LONG, Codecs.LONG);
            Thread[] threads = new Thread[4];
            for (int t = 0; t < threads.length; t++) {
                SharedHashMap<Long, Long> map = (t % 2 == 0 ? first : second).findOrConstruct("map", type);
                threads[t] = new Thread(() -> {
                    for (int i = 0; i < 2000; i++) {
                        map.merge((long) (i % keys), 1L, Long::sum);
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            long sum = 0;
            for (long value : first.findOrConstruct("map", type).values()) {
                sum += value;
            }
            assertEquals(8000, sum);
            assertEquals(List.of(), first.verify().findings());
        }
    }
}
