/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import io.offsetheap.LanePin;
import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.TestSegment.Storage;
import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.laws.AllocatorWorkload.Trace;
import io.offsetheap.layout.Geometry;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Speed, space and fragmentation of allocators side by side, over every {@link AllocatorWorkload}, as a table.
 *
 * <p>Speed is in operations a second of the thread's processor time, so that other programs matter less. Space is measured as
 * Wilson, Johnstone, Neely and Boles do (Dynamic storage allocation: a survey and critical review, 1995): the most that the
 * heap ever needs, beside the most that is in use. What it needs more is {@code internal} as far as blocks had it that nobody
 * had asked for when the most was in use (rounding, headers, bookkeeping), and {@code external} as far as it was free then.
 */
public final class AllocatorReport {
    private static final int OPERATIONS = 100_000;
    private static final int ROUNDS = 5;
    private static final long MAX_SIZE = 256L << 20;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * One line of the table.
     *
     * @param operationsPerSecond median of the rounds, on one thread that has pinned its lane
     * @param peakBytes bytes asked for and not yet freed, at their most
     * @param heapBytes bytes from the beginning of the heap to the end of the highest block there ever was
     * @param internal share of the heap bytes from 0 to 1
     * @param external share of the heap bytes from 0 to 1
     */
    public record Line(
            AllocatorWorkload workload,
            AllocatorType allocator,
            double operationsPerSecond,
            long peakBytes,
            long heapBytes,
            double internal,
            double external) {}

    private AllocatorReport() {}

    /**
     * Prints the table of the library's own allocators.
     *
     * @param arguments none, or how many operations each workload has, or that and the number of rounds
     */
    public static void main(String[] arguments) {
        int operations = arguments.length > 0 ? Integer.parseInt(arguments[0]) : OPERATIONS;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : ROUNDS;
        print(System.out, measure(operations, rounds, List.of(SegmentAllocator.TYPE, FirstFitAllocator.TYPE)));
    }

    /** Runs every workload with every allocator, in turn within each round, so that a busy machine is busy for all. */
    public static List<Line> measure(int operations, int rounds, List<AllocatorType> allocators) {
        List<Line> lines = new ArrayList<>();
        for (AllocatorWorkload workload : AllocatorWorkload.values()) {
            Trace trace = workload.trace(operations);
            // The first round is for the compiler.
            allocators.forEach(allocator -> speed(trace, allocator));
            double[][] speeds = new double[allocators.size()][rounds];
            for (int round = 0; round < rounds; round++) {
                for (int a = 0; a < allocators.size(); a++) {
                    speeds[a][round] = speed(trace, allocators.get(a));
                }
            }
            for (int a = 0; a < allocators.size(); a++) {
                Arrays.sort(speeds[a]);
                lines.add(space(workload, trace, allocators.get(a), speeds[a][rounds / 2]));
            }
        }
        return lines;
    }

    public static void print(PrintStream out, List<Line> lines) {
        out.println("| workload | allocator | operations/s | peak live | heap needed | internal | external |");
        out.println("|---|---|---|---|---|---|---|");
        for (Line line : lines) {
            out.printf(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %,d | %,d | %.1f %% | %.1f %% |%n",
                    line.workload.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    line.allocator,
                    line.operationsPerSecond,
                    line.peakBytes,
                    line.heapBytes,
                    100 * line.internal,
                    100 * line.external);
        }
    }

    private static TestSegment newSegment(AllocatorType allocator) {
        return new TestSegment(Storage.SHARED_MEMORY, Geometry.of(MAX_SIZE), allocator);
    }

    private static double speed(Trace trace, AllocatorType allocator) {
        try (TestSegment segment = newSegment(allocator)) {
            OffsetHeap heap = segment.create();
            LanePin pin = heap.pin();
            long[] blocks = new long[trace.width()];
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < trace.length(); i++) {
                run(heap, trace, i, blocks);
            }
            double seconds = (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
            pin.close();
            return trace.length() / seconds;
        }
    }

    private static void run(OffsetHeap heap, Trace trace, int operation, long[] blocks) {
        int slot = trace.slot(operation);
        if (trace.size(operation) < 0) {
            heap.free(blocks[slot]);
        } else {
            blocks[slot] = heap.allocate(trace.size(operation));
        }
    }

    private static Line space(AllocatorWorkload workload, Trace trace, AllocatorType allocator, double speed) {
        try (TestSegment segment = newSegment(allocator)) {
            OffsetHeap heap = segment.create();
            long begin = segment.geometry().heap;
            long own = heap.stats().used();
            long[] blocks = new long[trace.width()];
            long end = begin + own;
            long used = 0;
            for (int i = 0; i < trace.length(); i++) {
                run(heap, trace, i, blocks);
                if (trace.size(i) >= 0) {
                    long block = blocks[trace.slot(i)];
                    end = Math.max(end, block + heap.usableSize(block));
                }
                if (i + 1 == trace.peak()) {
                    used = heap.stats().used();
                }
            }
            double heapBytes = end - begin;
            return new Line(
                    workload,
                    allocator,
                    speed,
                    trace.peakBytes(),
                    end - begin,
                    (used - own - trace.peakBytes()) / heapBytes,
                    (heapBytes - used) / heapBytes);
        }
    }
}
