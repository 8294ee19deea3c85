/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.object.Codecs;
import io.offsetheap.object.ValueView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Threads that work on one map through two mappings at once, as processes do. */
class SharedHashMapConcurrencyTest {
    private static final int THREADS = 4;

    private interface Work<T> {
        T run(int thread) throws Exception;
    }

    /** Runs the work in all threads at once and returns what each has returned; fails if one of them has failed. */
    private static <T> List<T> inThreads(int count, Work<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            CyclicBarrier start = new CyclicBarrier(count);
            List<Callable<T>> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int thread = i;
                calls.add(() -> {
                    start.await(60, TimeUnit.SECONDS);
                    return work.run(thread);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(calls, 120, TimeUnit.SECONDS)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void countsExactlyHoweverTheCountersAreChanged() throws Exception {
        int rounds = 9000;
        int keys = 3;
        try (Mappings mappings = Mappings.ofSharedMemory(2, 8 << 20)) {
            List<SharedHashMap<Long, Long>> numbers =
                    mappings.all("numbers", SharedHashMap.type(Codecs.LONG, Codecs.LONG));
            List<SharedHashMap<String, String>> texts =
                    mappings.all("texts", SharedHashMap.type(Codecs.UTF8, Codecs.UTF8));
            inThreads(THREADS, thread -> {
                SharedHashMap<Long, Long> number = numbers.get(thread % 2);
                SharedHashMap<String, String> text = texts.get(thread % 2);
                for (int i = 0; i < rounds; i++) {
                    long key = i % keys;
                    number.merge(key, 1L, Long::sum);
                    number.compute(key, (k, old) -> old == null ? 1 : old + 1);
                    // Values of changing length, far beyond what is replaced in place.
                    text.compute("key" + key, (k, old) -> countedUp(old));
                    if (i % 4 == 0) {
                        replaceUntilItSucceeds(text, "key" + key);
                    }
                }
                return null;
            });
            for (long key = 0; key < keys; key++) {
                assertEquals(2L * THREADS * rounds / keys, numbers.get(0).get(key));
            }
            long sum = texts.get(1).values().stream()
                    .mapToLong(SharedHashMapConcurrencyTest::count)
                    .sum();
            assertEquals(THREADS * (rounds + rounds / 4), sum);
            mappings.verify();
        }
    }

    private static String countedUp(String old) {
        long count = old == null ? 0 : count(old);
        return (count + 1) + " " + "x".repeat((int) (count * 31 % 300));
    }

    private static long count(String text) {
        return Long.parseLong(text.substring(0, text.indexOf(' ')));
    }

    /** {@code replace(key, old, new)} as compare-and-set. */
    private static void replaceUntilItSucceeds(SharedHashMap<String, String> map, String key) {
        while (true) {
            String old = map.get(key);
            if (map.replace(key, old, countedUp(old))) {
                return;
            }
        }
    }

    @Test
    void letsOnePutIfAbsentAndOneRemoveWin() throws Exception {
        int keys = 2000;
        try (Mappings mappings = Mappings.ofSharedMemory(2, 8 << 20)) {
            List<SharedHashMap<Integer, Integer>> maps =
                    mappings.all("map", SharedHashMap.type(Codecs.INT, Codecs.INT));
            List<BitSet> winners = inThreads(THREADS, thread -> {
                SharedHashMap<Integer, Integer> map = maps.get(thread % 2);
                BitSet won = new BitSet();
                for (int key = 0; key < keys; key++) {
                    boolean absent = thread < 2
                            ? map.putIfAbsent(key, thread) == null
                            : map.computeIfAbsent(key, k -> thread) == thread;
                    won.set(key, absent);
                    assertNotNull(map.get(key));
                }
                return won;
            });
            for (int key = 0; key < keys; key++) {
                int wins = 0;
                for (int thread = 0; thread < THREADS; thread++) {
                    if (winners.get(thread).get(key)) {
                        wins++;
                        assertEquals(thread, maps.get(0).get(key));
                    }
                }
                assertEquals(1, wins, "key " + key);
            }
            List<Integer> removed = inThreads(THREADS, thread -> {
                int count = 0;
                for (int key = 0; key < keys; key++) {
                    boolean mine = switch (thread) {
                        case 0 -> maps.get(0).delete(key);
                        case 1 -> maps.get(1).remove(key) != null;
                        case 2 -> maps.get(0).keySet().remove(key);
                        default -> maps.get(1).remove(key, winner(winners, key));
                    };
                    count += mine ? 1 : 0;
                }
                return count;
            });
            assertEquals(keys, removed.stream().mapToInt(count -> count).sum());
            assertTrue(maps.get(0).isEmpty());
            mappings.verify();
        }
    }

    private static int winner(List<BitSet> winners, int key) {
        int thread = 0;
        while (!winners.get(thread).get(key)) {
            thread++;
        }
        return thread;
    }

    /** All bytes of a value are equal; a reader who sees two different ones has seen half of a change. */
    @Test
    void neverShowsHalfOfAValue() throws Exception {
        int keys = 4;
        AtomicBoolean stop = new AtomicBoolean();
        try (Mappings mappings = Mappings.ofSharedMemory(2, 16 << 20)) {
            List<SharedHashMap<Integer, byte[]>> maps =
                    mappings.all("map", SharedHashMap.type(Codecs.INT, Codecs.BYTES));
            for (int key = 0; key < keys; key++) {
                maps.get(0).put(key, new byte[] {1});
            }
            List<Long> counts = inThreads(THREADS, thread -> {
                SharedHashMap<Integer, byte[]> map = maps.get(thread % 2);
                Random random = new Random(thread);
                if (thread < 2) {
                    try {
                        for (int i = 0; i < 150_000; i++) {
                            byte[] value = new byte[lengthOf(random)];
                            Arrays.fill(value, (byte) random.nextInt());
                            map.store(random.nextInt(keys), value);
                        }
                    } finally {
                        stop.set(true);
                    }
                    return 0L;
                }
                long reads = 0;
                while (!stop.get()) {
                    int key = random.nextInt(keys);
                    assertUniform(map.get(key));
                    assertTrue(map.readBytes(key, SharedHashMapConcurrencyTest::isUniform));
                    assertEquals(1, map.readBytesAsLong(key, view -> isUniform(view) ? 1 : 0, -1));
                    assertUniform(map.compute(key, (k, old) -> old));
                    map.values().forEach(SharedHashMapConcurrencyTest::assertUniform);
                    reads++;
                }
                return reads;
            });
            assertTrue(counts.get(2) > 0 && counts.get(3) > 0, "a reader has read nothing");
            mappings.verify();
        }
    }

    /** Half of them of the same length, so that they are replaced in place. */
    private static int lengthOf(Random random) {
        return random.nextBoolean() ? 40 : 1 + random.nextInt(4096);
    }

    private static void assertUniform(byte[] value) {
        assertTrue(value.length > 0);
        for (byte b : value) {
            assertEquals(value[0], b);
        }
    }

    private static boolean isUniform(ValueView view) {
        byte first = view.getByte(0);
        for (int i = 1; i < view.length(); i++) {
            if (view.getByte(i) != first) {
                return false;
            }
        }
        return true;
    }

    /** Keys that are there throughout are met exactly once, while splits move them and other keys come and go. */
    @Test
    void meetsEveryKeyOnceWhileTheMapIsSplit() throws Exception {
        int stable = 300;
        int rounds = 12;
        AtomicBoolean stop = new AtomicBoolean();
        for (int round = 0; round < rounds; round++) {
            stop.set(false);
            try (Mappings mappings = Mappings.ofSharedMemory(2, 32 << 20)) {
                List<SharedHashMap<Integer, Integer>> maps =
                        mappings.all("map", SharedHashMap.type(Codecs.INT, Codecs.INT));
                for (int key = 0; key < stable; key++) {
                    maps.get(0).put(key, key);
                }
                List<Integer> walks = inThreads(3, thread -> {
                    SharedHashMap<Integer, Integer> map = maps.get(thread % 2);
                    if (thread == 0) {
                        try {
                            for (int key = stable; key < 20_000; key++) {
                                map.put(key, key);
                                if (key % 3 == 1) {
                                    map.delete(key - 1);
                                }
                            }
                        } finally {
                            stop.set(true);
                        }
                        return 0;
                    }
                    int count = 0;
                    while (!stop.get()) {
                        walk(map, stable, thread == 1);
                        count++;
                    }
                    return count;
                });
                assertTrue(walks.get(1) > 0 && walks.get(2) > 0, "nobody has walked");
                mappings.verify();
            }
        }
    }

    private static void walk(SharedHashMap<Integer, Integer> map, int stable, boolean entries) {
        BitSet met = new BitSet();
        if (entries) {
            for (Map.Entry<Integer, Integer> entry : map.entrySet()) {
                assertEquals(entry.getKey(), entry.getValue());
                assertFalse(met.get(entry.getKey()), "met twice");
                met.set(entry.getKey());
            }
        } else {
            for (Iterator<Integer> keys = map.keySet().iterator(); keys.hasNext(); ) {
                int key = keys.next();
                assertFalse(met.get(key), "met twice");
                met.set(key);
            }
        }
        assertTrue(met.nextClearBit(0) >= stable, "missed " + met.nextClearBit(0));
    }
}
