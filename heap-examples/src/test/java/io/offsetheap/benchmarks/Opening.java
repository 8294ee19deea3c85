/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.object.Codecs;
import io.offsetheap.process.ChildJvm;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * Opening a heap of 1 GiB with a million objects, in a new JVM: the first time, and the ten times after it, when the classes
 * are loaded; after a clean close, and after kill -9 of a process that was writing.
 */
public final class Opening {
    private static final String NAME = "benchmark-opening";
    private static final long SIZE = 1L << 30;
    private static final int OPENS = 11;
    private static final int ROUNDS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Opening() {}

    public static void main(String[] args) {
        OffsetHeap.sharedMemory(NAME).remove();
        try {
            try (OffsetHeap heap = OffsetHeap.sharedMemory(NAME).maxSize(SIZE).create()) {
                // All of it is backed by memory, as in a heap that has once been full.
                heap.grow(heap.stats().capacity() - heap.stats().grown());
                SharedHashMap<String, byte[]> map = Writer.map(heap);
                for (int i = 0; i < Workload.ENTRIES; i++) {
                    map.store(Workload.textKey(i), Workload.textValue(i));
                }
                System.out.println("backed by memory: " + (heap.stats().grown() >> 20) + " MiB, objects: "
                        + heap.stats().liveBlocks());
            }
            measure("after a clean close", false);
            measure("after kill -9", true);
        } finally {
            OffsetHeap.sharedMemory(NAME).remove();
        }
    }

    private static void measure(String occasion, boolean kill) {
        double[] first = new double[ROUNDS];
        double[] later = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            if (kill) {
                try (ChildJvm writer = EqualJvm.start(Writer.class)) {
                    writer.awaitReady().kill9().expectExit(ChildJvm.KILLED);
                }
            }
            try (ChildJvm opener = EqualJvm.start(Opener.class)) {
                opener.expectExit(0);
                String[] times = opener.awaitLine(line -> line.startsWith("opened "), PATIENCE)
                        .split(" ");
                first[round] = Double.parseDouble(times[1]);
                later[round] = Double.parseDouble(times[2]);
            }
        }
        Arrays.sort(first);
        Arrays.sort(later);
        System.out.printf(
                Locale.ROOT,
                "open %s: first in its JVM %.0f ms, median of opens 2 to %d %.3f ms%n",
                occasion,
                first[ROUNDS / 2],
                OPENS,
                later[ROUNDS / 2]);
    }

    /** Opens, finds the map, reads one entry and closes, again and again. Only opening is timed. */
    public static final class Opener {
        private Opener() {}

        public static void main(String[] args) {
            double[] millis = new double[OPENS];
            for (int i = 0; i < OPENS; i++) {
                long begin = System.nanoTime();
                try (OffsetHeap heap = OffsetHeap.sharedMemory(NAME).open()) {
                    millis[i] = (System.nanoTime() - begin) / 1e6;
                    if (Writer.map(heap).get(Workload.textKey(i)) == null) {
                        throw new IllegalStateException("an entry is gone: i=" + i);
                    }
                }
            }
            double[] later = Arrays.copyOfRange(millis, 1, OPENS);
            Arrays.sort(later);
            System.out.println(
                    "opened " + millis[0] + " " + (later[later.length / 2 - 1] + later[later.length / 2]) / 2);
        }
    }

    /** Replaces values until it is killed. */
    public static final class Writer {
        private Writer() {}

        static SharedHashMap<String, byte[]> map(OffsetHeap heap) {
            return heap.findOrConstruct("map", SharedHashMap.type(Codecs.UTF8, Codecs.BYTES));
        }

        public static void main(String[] args) {
            OffsetHeap heap = OffsetHeap.sharedMemory(NAME).open();
            SharedHashMap<String, byte[]> map = map(heap);
            for (int i = 0; ; i = (i + 1) % Workload.ENTRIES) {
                map.store(Workload.textKey(i), Workload.textValue(-i));
                if (i == 10_000) {
                    System.out.println(ChildJvm.READY);
                }
            }
        }
    }
}
