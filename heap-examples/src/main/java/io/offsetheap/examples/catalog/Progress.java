/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import io.offsetheap.OffsetHeap;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Counts what is loaded, and says once a second how far it is.
 *
 * <p>Not thread-safe.
 */
final class Progress {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int ENTRIES_BETWEEN_LOOKS = 1024;

    private final OffsetHeap heap;
    private final PrintStream target;
    private final long start = System.nanoTime();
    private long reported = start;
    private long entries;

    Progress(OffsetHeap heap, PrintStream target) {
        this.heap = heap;
        this.target = target;
    }

    void entry() {
        entries++;
        if (entries % ENTRIES_BETWEEN_LOOKS == 0 && System.nanoTime() - reported > PERIOD_NANOS) {
            report();
        }
    }

    /** Prints the number of entries, the rate since the beginning, and what the heap has grown to. */
    void report() {
        reported = System.nanoTime();
        double seconds = (reported - start) / 1e9;
        target.printf(
                Locale.ROOT,
                "%,d entries in %.1f s, %,.0f a second, heap %.1f MiB%n",
                entries,
                seconds,
                entries / seconds,
                heap.stats().grown() / (double) (1 << 20));
    }

    long entries() {
        return entries;
    }
}
