/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;
import io.offsetheap.process.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Scanner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three JVMs on one map, in shared memory and in a file. */
@Tag("without-native-calls")
class SharedHashMapProcessTest {
    private static final SharedType<SharedHashMap<String, String>> TYPE = SharedHashMap.type(Codecs.UTF8, Codecs.UTF8);
    private static final SharedType<SharedHashMap<Long, Long>> COUNTERS = SharedHashMap.type(Codecs.LONG, Codecs.LONG);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int ROUNDS = 2000;

    @TempDir
    Path directory;

    private static HeapBuilder builder(String kind, String where) {
        HeapBuilder builder = kind.equals("file") ? OffsetHeap.file(Path.of(where)) : OffsetHeap.sharedMemory(where);
        return builder.maxSize(16 << 20);
    }

    /** A child: does to the map what it is told, one line each, and answers in one. */
    static final class Worker {
        private Worker() {}

        public static void main(String[] arguments) {
            try (OffsetHeap heap = builder(arguments[0], arguments[1]).openOrCreate()) {
                SharedHashMap<String, String> map = heap.findOrConstruct("map", TYPE);
                System.out.println(ChildJvm.READY);
                Scanner input = new Scanner(System.in);
                while (input.hasNextLine()) {
                    String[] words = input.nextLine().split(" ", -1);
                    System.out.println(words[0] + " " + answer(heap, map, words));
                }
            }
        }

        private static Object answer(OffsetHeap heap, SharedHashMap<String, String> map, String[] words) {
            return switch (words[1]) {
                case "put" -> map.put(words[2], words[3]);
                case "remove" -> map.remove(words[2]);
                case "merge" -> map.merge(words[2], words[3], String::concat);
                case "clear" -> {
                    map.clear();
                    yield map.isEmpty();
                }
                case "hash" -> new HashMap<>(map).hashCode() + " " + map.size() + " " + map.hashCode();
                case "count" -> count(heap, Integer.parseInt(words[2]));
                default -> throw new IllegalArgumentException(words[1]);
            };
        }
    }

    /** Part of a race: every process makes what it does not find, and counts in all of it. Returns how often it was first. */
    private static int count(OffsetHeap heap, int rounds) {
        int first = 0;
        for (int i = 0; i < rounds; i++) {
            SharedHashMap<Long, Long> counters = heap.findOrConstruct("counters" + i % 100, COUNTERS);
            first += counters.putIfAbsent(-1L, ProcessHandle.current().pid()) == null ? 1 : 0;
            counters.merge((long) (i % 7), 1L, Long::sum);
            counters.compute(7L, (key, old) -> old == null ? 1 : old + 1);
        }
        return first;
    }

    @Test
    void showsEveryProcessTheSameMapInSharedMemory() {
        String name = "processes-" + ProcessHandle.current().pid();
        try {
            run("shm", name);
        } finally {
            OffsetHeap.sharedMemory(name).remove();
        }
    }

    @Test
    void showsEveryProcessTheSameMapInAFile() {
        run("file", directory.resolve("heap").toString());
    }

    private void run(String kind, String where) {
        try (ChildJvm first = ChildJvm.start(Worker.class, kind, where);
                ChildJvm second = ChildJvm.start(Worker.class, kind, where);
                OffsetHeap heap = builder(kind, where).openOrCreate()) {
            SharedHashMap<String, String> map = heap.findOrConstruct("map", TYPE);
            List<ChildJvm> children = List.of(first.awaitReady(), second.awaitReady());
            takesTurns(heap, map, children);
            racesForCounters(heap, children);
            for (ChildJvm child : children) {
                child.endInput().expectExit(0);
            }
            assertEquals(List.of(), heap.verify().findings());
        }
    }

    /** One step at a time, each by another process, beside a model; the verifier speaks after every step. */
    private static void takesTurns(OffsetHeap heap, SharedHashMap<String, String> map, List<ChildJvm> children) {
        Random random = new Random(17);
        Map<String, String> model = new HashMap<>();
        for (int step = 0; step < 120; step++) {
            String key = "key" + random.nextInt(30);
            String value = "v".repeat(random.nextInt(90)) + step;
            Object expected;
            String order;
            switch (random.nextInt(20)) {
                case 0 -> {
                    model.clear();
                    expected = true;
                    order = "clear";
                }
                case 1, 2, 3, 4, 5 -> {
                    expected = model.remove(key);
                    order = "remove " + key;
                }
                case 6, 7, 8, 9 -> {
                    expected = model.merge(key, value, String::concat);
                    order = "merge " + key + " " + value;
                }
                default -> {
                    expected = model.put(key, value);
                    order = "put " + key + " " + value;
                }
            }
            assertEquals(String.valueOf(expected), tell(children.get(step % 2), step, order));
            assertEquals(List.of(), heap.verify().findings());
            assertEquals(model, map);
            if (step % 10 == 9) {
                String hash = model.hashCode() + " " + model.size() + " " + model.hashCode();
                for (ChildJvm child : children) {
                    assertEquals(hash, tell(child, step * 1000, "hash"));
                }
                map.put("mine", value);
                model.put("mine", value);
            }
        }
    }

    private static String tell(ChildJvm child, int number, String order) {
        child.send(number + " " + order);
        return awaitAnswer(child, number);
    }

    private static String awaitAnswer(ChildJvm child, int number) {
        String beginning = number + " ";
        return child.awaitLine(line -> line.startsWith(beginning), PATIENCE).substring(beginning.length());
    }

    /** All at once: each object is constructed once, one process puts each first key, and every count is exact. */
    private static void racesForCounters(OffsetHeap heap, List<ChildJvm> children) {
        children.forEach(child -> child.send("-1 count " + ROUNDS));
        int first = count(heap, ROUNDS);
        for (ChildJvm child : children) {
            first += Integer.parseInt(awaitAnswer(child, -1));
        }
        assertEquals(100, first);
        long sum = 0;
        List<String> names = new ArrayList<>();
        for (var object : heap.names()) {
            if (object.name().startsWith("counters")) {
                names.add(object.name());
                for (Map.Entry<Long, Long> entry :
                        heap.find(object.name(), COUNTERS).orElseThrow().entrySet()) {
                    sum += entry.getKey() < 0 ? 0 : entry.getValue();
                }
            }
        }
        assertEquals(100, names.size());
        assertEquals(2L * 3 * ROUNDS, sum);
        assertTrue(heap.verify().isClean());
        assertEquals(0, heap.verify().busyLanes());
    }
}
