/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.collections.SharedLongLongMap;
import io.offsetheap.object.Codecs;
import java.util.Locale;

/** Bytes of the heap for each entry of a million, index and rounding included. Not a measurement of time. */
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
