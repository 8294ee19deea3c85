/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.collections.SharedLongLongMap;
import io.offsetheap.examples.graph.LongList;
import io.offsetheap.examples.graph.LongTree;
import io.offsetheap.object.Codecs;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.LinkedList;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Bytes of the heap for each entry of a million, index and rounding included, beside java.util. Not a measurement of time. */
public final class EntrySpace {
    private static final String NAME = "benchmark-space";

    private EntrySpace() {}

    public static void main(String[] args) {
        report("long to long", heap -> {
            SharedHashMap<Long, Long> map = heap.construct("map", SharedHashMap.type(Codecs.LONG, Codecs.LONG));
            for (long key : Workload.longKeys()) {
                map.store(key, key);
            }
        });
        report("long to long without boxes", heap -> {
            SharedLongLongMap map = heap.construct("map", SharedLongLongMap.TYPE);
            for (long key : Workload.longKeys()) {
                map.put(key, key);
            }
        });
        report("text of 20 bytes to 100 bytes", heap -> {
            SharedHashMap<String, byte[]> map = heap.construct("map", SharedHashMap.type(Codecs.UTF8, Codecs.BYTES));
            for (int i = 0; i < Workload.ENTRIES; i++) {
                map.store(Workload.textKey(i), Workload.textValue(i));
            }
        });
        report("tree of flyweights, long to long", heap -> {
            LongTree tree = new LongTree(heap, "tree");
            for (long key : Workload.longKeys()) {
                tree.put(key, key);
            }
        });
        reportJava("TreeMap, long to long", () -> {
            TreeMap<Long, Long> map = new TreeMap<>();
            for (long key : Workload.longKeys()) {
                map.put(key, key);
            }
            return map;
        });
        report("list of flyweights, long", heap -> {
            LongList list = new LongList(heap, "list");
            for (long key : Workload.longKeys()) {
                list.add(key);
            }
        });
        reportJava("LinkedList, long", () -> {
            LinkedList<Long> list = new LinkedList<>();
            for (long key : Workload.longKeys()) {
                list.add(key);
            }
            return list;
        });
    }

    /** What is reachable when the rest has been collected. */
    private static void reportJava(String entries, Supplier<Object> filling) {
        long before = usedByJava();
        Object filled = filling.get();
        long used = usedByJava() - before;
        Reference.reachabilityFence(filled);
        System.out.printf(Locale.ROOT, "bytes used per entry, %s: %.1f%n", entries, (double) used / Workload.ENTRIES);
    }

    private static long usedByJava() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private interface Filling {
        void fill(OffsetHeap heap);
    }

    private static void report(String entries, Filling filling) {
        OffsetHeap heap = Workload.freshHeap(NAME);
        try {
            long before = heap.stats().used();
            filling.fill(heap);
            long used = heap.stats().used() - before;
            System.out.printf(
                    Locale.ROOT, "bytes used per entry, %s: %.1f%n", entries, (double) used / Workload.ENTRIES);
        } finally {
            Workload.remove(heap, NAME);
        }
    }
}
