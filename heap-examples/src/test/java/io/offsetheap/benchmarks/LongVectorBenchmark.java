/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedLongVector;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Ten million longs, read in order and at random, beside a {@code long[]} with the same ones. Figures are for one element. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(LongVectorBenchmark.ELEMENTS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-XX:+AlwaysPreTouch"})
public class LongVectorBenchmark {
    static final int ELEMENTS = 10_000_000;
    private static final String NAME = "benchmark-long-vector";

    private OffsetHeap heap;
    private SharedLongVector vector;
    private long[] array;
    private int[] order;

    @Setup(Level.Trial)
    public void fill() {
        heap = Workload.freshHeap(NAME);
        array = new SplittableRandom(1).longs(ELEMENTS).toArray();
        order = Workload.shuffled(ELEMENTS);
        vector = heap.construct("vector", SharedLongVector.TYPE);
        vector.addAll(array);
    }

    @TearDown(Level.Trial)
    public void close() {
        Workload.remove(heap, NAME);
    }

    @Benchmark
    public long arrayInOrder() {
        long sum = 0;
        for (int i = 0; i < array.length; i++) {
            sum += array[i];
        }
        return sum;
    }

    @Benchmark
    public long arrayByStream() {
        return Arrays.stream(array).sum();
    }

    @Benchmark
    public long arrayAtRandom() {
        long sum = 0;
        for (int i : order) {
            sum += array[i];
        }
        return sum;
    }

    @Benchmark
    public long vectorInOrder() {
        long sum = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            sum += vector.get(i);
        }
        return sum;
    }

    @Benchmark
    public long vectorByStream() {
        return vector.stream().sum();
    }

    /** A sum that a function adds to. */
    private static final class Sum implements LongConsumer {
        private long sum;

        @Override
        public void accept(long value) {
            sum += value;
        }
    }

    @Benchmark
    public long vectorByForEach() {
        Sum sum = new Sum();
        vector.forEach(sum);
        return sum.sum;
    }

    @Benchmark
    public long vectorAtRandom() {
        long sum = 0;
        for (int i : order) {
            sum += vector.get(i);
        }
        return sum;
    }
}
