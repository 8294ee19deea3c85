/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.EveryMethod;
import io.offsetheap.OffsetHeap;
import io.offsetheap.object.LongCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;

/** One call at a time, several threads at once, and what is left of a map when it has gone. */
class SharedLongLongMapTest {
    private static final long[] CORNERS = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE};

    @Test
    void takesEveryKeyAndEveryValue() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            List<SharedLongLongMap> maps = mappings.all("map", SharedLongLongMap.TYPE);
            for (long key : CORNERS) {
                assertEquals(17, maps.get(1).get(key, 17));
                assertFalse(maps.get(1).containsKey(key));
                assertFalse(maps.get(0).remove(key));
                for (long value : CORNERS) {
                    assertEquals(value == CORNERS[0], maps.get(0).put(key, value));
                    assertEquals(value, maps.get(1).get(key, ~value));
                    assertTrue(maps.get(1).containsKey(key));
                    assertFalse(maps.get(1).replace(key, ~value, 5));
                    assertFalse(maps.get(1).remove(key, ~value));
                    assertFalse(maps.get(1).putIfAbsent(key, 5));
                    assertEquals(value + 1, maps.get(0).addAndGet(key, 1));
                    assertTrue(maps.get(1).replace(key, value + 1, value));
                    assertEquals(value + 2, maps.get(1).merge(key, 2, Long::sum));
                }
                mappings.verify();
            }
            assertEquals(CORNERS.length, maps.get(1).size());
            maps.get(1).clear();
            assertTrue(maps.get(0).isEmpty());
            assertEquals("{}", maps.get(0).toString());
            mappings.verify();
        }
    }

    @Test
    void tellsWhatIsInIt() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedLongLongMap map = mappings.heap(0).construct("map", SharedLongLongMap.TYPE);
            map.put(5, -5);
            assertEquals("{5=-5}", map.toString());
            for (long key = 0; key < 1000; key++) {
                map.put(key, key);
            }
            assertTrue(map.toString().endsWith(", ... size=1000}"), map.toString());
            long[] sums = new long[2];
            map.forEach((key, value) -> {
                sums[0] += key;
                sums[1] += value;
            });
            assertEquals(999 * 500, sums[0]);
            assertEquals(999 * 500, sums[1]);
            SharedLongLongMap same =
                    mappings.heap(0).find("map", SharedLongLongMap.TYPE).orElseThrow();
            assertNotEquals(map, same);
        }
    }

    @Test
    void refusesALength() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            assertThrows(
                    IllegalArgumentException.class, () -> mappings.heap(0).construct("map", SharedLongLongMap.TYPE, 2));
            mappings.verify();
        }
    }

    @Test
    void leavesTheMapAsItWasIfAFunctionFails() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedLongLongMap map = mappings.heap(0).construct("map", SharedLongLongMap.TYPE);
            map.put(1, 0);
            assertThrows(ArithmeticException.class, () -> map.merge(1, 7, (old, value) -> value / old));
            assertThrows(IllegalStateException.class, () -> map.merge(1, 7, (old, value) -> map.addAndGet(2, 1)));
            assertEquals(0, map.get(1, -1));
            assertEquals(1, map.size());
            assertEquals(7, map.merge(1, 7, (old, value) -> map.get(1, -1) + value));
            mappings.verify();
        }
    }

    @Test
    void countsExactlyForManyThreads() throws Exception {
        int threads = 4;
        int rounds = 4000;
        try (Mappings mappings = Mappings.ofSharedMemory(2, 16 << 20)) {
            List<SharedLongLongMap> maps = mappings.all("map", SharedLongLongMap.TYPE);
            ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
            try {
                List<Callable<Long>> tasks = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    SharedLongLongMap map = maps.get(t % 2);
                    long first = (t + 1) * 1_000_000L;
                    tasks.add(() -> {
                        for (int i = 0; i < rounds; i++) {
                            map.addAndGet(i % 7, 1);
                            map.merge(7 + i % 3, 1, Long::sum);
                            map.put(first + i, i);
                            if (i % 2 == 0) {
                                map.remove(first + i);
                            }
                        }
                        return 0L;
                    });
                }
                // Keys that are there throughout are met once by every walk, however the index is split meanwhile.
                for (long key = 100; key < 200; key++) {
                    maps.get(0).put(key, -key);
                }
                tasks.add(() -> {
                    long wrong = 0;
                    for (int walk = 0; walk < 50; walk++) {
                        int[] times = new int[200];
                        LongCursor cursor = maps.get(1).cursor();
                        while (cursor.next()) {
                            if (cursor.key() >= 100 && cursor.key() < 200) {
                                times[(int) cursor.key()]++;
                                wrong += cursor.value() == -cursor.key() ? 0 : 1;
                            }
                        }
                        for (int key = 100; key < 200; key++) {
                            wrong += times[key] == 1 ? 0 : 1;
                            wrong += maps.get(1).get(key, 0) == -key ? 0 : 1;
                        }
                    }
                    return wrong;
                });
                for (Future<Long> done : pool.invokeAll(tasks)) {
                    assertEquals(0, done.get());
                }
            } finally {
                pool.shutdownNow();
            }
            long sum = 0;
            for (long key = 0; key < 10; key++) {
                sum += maps.get(0).get(key, 0);
            }
            assertEquals(2L * threads * rounds, sum);
            assertEquals(10 + 100 + threads * rounds / 2, maps.get(0).size());
            mappings.verify();
        }
    }

    @Test
    void leavesNothingBehind() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 16 << 20)) {
            OffsetHeap heap = mappings.heap(0);
            heap.construct("map", SharedLongLongMap.TYPE).put(1, 1);
            heap.destroy("map");
            heap.trim();
            long blocks = heap.stats().liveBlocks();
            for (int round = 0; round < 3; round++) {
                SharedLongLongMap map = heap.construct("map", SharedLongLongMap.TYPE);
                for (long key = 0; key < 20_000; key++) {
                    map.put(key << 40, key);
                }
                heap.destroy("map");
                heap.trim();
                assertEquals(blocks, heap.stats().liveBlocks());
                mappings.verify();
            }
        }
    }

    /** Law C-129. */
    @Test
    void refusesEveryCallAfterCloseAndAfterDestruction() {
        Map<Class<?>, Object> arguments = Map.of(
                long.class,
                1L,
                LongBinaryOperator.class,
                (LongBinaryOperator) Long::sum,
                LongLongConsumer.class,
                (LongLongConsumer) (key, value) -> {});
        for (boolean close : new boolean[] {true, false}) {
            try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
                List<SharedLongLongMap> maps = mappings.all("map", SharedLongLongMap.TYPE);
                maps.get(1).put(1, 1);
                LongCursor cursor = maps.get(0).cursor();
                if (close) {
                    mappings.heap(0).close();
                } else {
                    assertTrue(mappings.heap(1).destroy("map"));
                    mappings.heap(1).construct("map", SharedLongLongMap.TYPE).put(1, 2);
                }
                EveryMethod.isRefused(maps.get(0), SharedLongLongMap.class, arguments, Set.of("equals", "hashCode"));
                assertThrows(IllegalStateException.class, cursor::next);
                mappings.verify();
            }
        }
    }
}
