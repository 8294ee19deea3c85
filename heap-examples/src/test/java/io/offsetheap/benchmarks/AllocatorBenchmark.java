/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.LanePin;
import io.offsetheap.OffsetHeap;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A pair of allocate and free, with a lease each and under a pin. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-XX:+AlwaysPreTouch"})
public class AllocatorBenchmark {
    private static final String NAME = "benchmark-allocator";
    private static final int LIVE = 100_000;
    private static final int CHOICES = 1 << 20;

    @Param({"false", "true"})
    public boolean pinned;

    private OffsetHeap heap;
    private @Nullable LanePin pin;
    private final long[] small = new long[LIVE];
    private final long[] mixed = new long[LIVE];
    private final int[] victims = new int[CHOICES];
    private final int[] sizes = new int[CHOICES];
    private int next;

    @Setup(Level.Trial)
    public void fill() {
        heap = Workload.freshHeap(NAME);
        pin = pinned ? heap.pin() : null;
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < CHOICES; i++) {
            victims[i] = random.nextInt(LIVE);
            sizes[i] = random.nextInt(16, 1025);
        }
        for (int i = 0; i < LIVE; i++) {
            small[i] = heap.allocate(64);
            mixed[i] = heap.allocate(sizes[i]);
        }
    }

    @TearDown(Level.Trial)
    public void remove() {
        if (pin != null) {
            pin.close();
        }
        Workload.remove(heap, NAME);
    }

    /** Freed at once. */
    @Benchmark
    public void pair64() {
        heap.free(heap.allocate(64));
    }

    /** One of 100,000 blocks of 64 bytes, chosen at random, is freed and another allocated in its place. */
    @Benchmark
    public void churn64() {
        int victim = victims[next++ & CHOICES - 1];
        heap.free(small[victim]);
        small[victim] = heap.allocate(64);
    }

    /** The same with sizes from 16 to 1,024 bytes, all equally likely. */
    @Benchmark
    public void churn16To1024() {
        int choice = next++ & CHOICES - 1;
        int victim = victims[choice];
        heap.free(mixed[victim]);
        mixed[victim] = heap.allocate(sizes[choice]);
    }
}
