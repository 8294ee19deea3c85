/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.memory.SegmentMemory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the machine asks for a load that misses its caches, from a block of a segment as large as the map of a million longs:
 * the limit that the other figures are to be compared with.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-XX:+AlwaysPreTouch"})
public class MissBenchmark {
    private static final String NAME = "benchmark-miss";
    private static final int LINE = 64;

    private OffsetHeap heap;
    private SegmentMemory memory;
    private long[] lines;
    private int next;
    private long at;

    @Setup(Level.Trial)
    public void fill() {
        heap = Workload.freshHeap(NAME);
        memory = heap.memory();
        int[] order = Workload.shuffled(Workload.ENTRIES);
        long block = heap.allocate((long) order.length * LINE);
        lines = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            lines[i] = block + (long) order[i] * LINE;
        }
        // One circle through all lines.
        for (int i = 0; i < lines.length; i++) {
            memory.putLong(lines[i], lines[(i + 1) % lines.length]);
        }
        at = lines[0];
    }

    @TearDown(Level.Trial)
    public void remove() {
        Workload.remove(heap, NAME);
    }

    /** Each load needs the one before: the latency of a miss. */
    @Benchmark
    public long dependent() {
        at = memory.getLong(at);
        return at;
    }

    /** None needs another: the processor has many of them under way. */
    @Benchmark
    public long independent() {
        int i = next;
        next = i + 1 == lines.length ? 0 : i + 1;
        return memory.getLong(lines[i]);
    }
}
