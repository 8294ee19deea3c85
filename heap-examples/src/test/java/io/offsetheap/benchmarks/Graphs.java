/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.examples.graph.LongList;
import io.offsetheap.examples.graph.LongTree;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A tree and a list of a million nodes beside {@link TreeMap} and {@link LinkedList}: built, looked up in another order than
 * that of insertion, walked. Processor time of the thread in ns an entry, in turn, medians.
 */
public final class Graphs {
    private static final String NAME = "benchmark-graphs";
    private static final int WARMUP = 3;
    private static final int ROUNDS = 9;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Keeps what is computed from being left out. */
    private static long sum;

    private Graphs() {}

    public static void main(String[] args) {
        long[] numbers = Workload.longKeys();
        Long[] keys = Workload.objects(numbers);
        OffsetHeap heap = Workload.freshHeap(NAME);
        try {
            LongTree tree = new LongTree(heap, "tree");
            LongList list = new LongList(heap, "list");
            TreeMap<Long, Long> treeMap = new TreeMap<>();
            LinkedList<Long> linkedList = new LinkedList<>();
            compare(
                    "build a tree",
                    0,
                    1,
                    () -> forEach(keys, key -> tree.put(key, key)),
                    () -> forEach(keys, key -> treeMap.put(key, key)));
            compare("build a list", 0, 1, () -> forEach(keys, list::add), () -> forEach(keys, linkedList::add));
            Long[] shuffled = Workload.objects(Workload.shuffled(numbers));
            compare(
                    "look up in a tree",
                    WARMUP,
                    ROUNDS,
                    () -> forEach(shuffled, key -> sum += tree.get(key, 0)),
                    () -> forEach(shuffled, key -> sum += treeMap.get(key)));
            compare(
                    "walk a tree",
                    WARMUP,
                    ROUNDS,
                    () -> tree.forEach((key, value) -> sum += value),
                    () -> treeMap.forEach((key, value) -> sum += value));
            compare(
                    "walk a list",
                    WARMUP,
                    ROUNDS,
                    () -> list.forEach(value -> sum += value),
                    () -> linkedList.forEach(value -> sum += value));
        } finally {
            Workload.remove(heap, NAME);
        }
    }

    private interface KeyConsumer {
        void accept(Long key);
    }

    private static void forEach(Long[] keys, KeyConsumer action) {
        for (Long key : keys) {
            action.accept(key);
        }
    }

    private static void compare(String what, int warmup, int rounds, Runnable ours, Runnable javas) {
        List<Double> our = new ArrayList<>();
        List<Double> java = new ArrayList<>();
        for (int round = 0; round < warmup + rounds; round++) {
            double first = time(ours);
            double second = time(javas);
            if (round >= warmup) {
                our.add(first);
                java.add(second);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%-18s flyweights %7.1f ns, java.util %7.1f ns, %.2f of it%n",
                what,
                median(our),
                median(java),
                median(our) / median(java));
    }

    private static double time(Runnable work) {
        long begin = THREADS.getCurrentThreadCpuTime();
        work.run();
        return (double) (THREADS.getCurrentThreadCpuTime() - begin) / Workload.ENTRIES;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
