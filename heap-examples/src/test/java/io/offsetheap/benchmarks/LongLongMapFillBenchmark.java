/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Filling an empty map with a million primitive longs, and emptying it again. The memory is new: its first touch is measured too. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-XX:+AlwaysPreTouch"})
@OperationsPerInvocation(Workload.ENTRIES)
public class LongLongMapFillBenchmark {
    private static final String NAME = "benchmark-long-long-map";

    /** Made anew for each pass. */
    @State(Scope.Thread)
    public static class Empty {
        @Param
        public LongLongMap.Kind kind;

        LongLongMap map;

        @Setup(Level.Iteration)
        public void create() {
            map = LongLongMap.create(kind, NAME, Workload.longKeys());
        }

        @TearDown(Level.Iteration)
        public void close() {
            map.close();
        }
    }

    /** Filled anew for each pass. */
    @State(Scope.Thread)
    public static class Full {
        @Param
        public LongLongMap.Kind kind;

        LongLongMap map;

        @Setup(Level.Iteration)
        public void create() {
            map = LongLongMap.create(kind, NAME, Workload.shuffled(Workload.longKeys()));
            for (int i : Workload.shuffled(Workload.ENTRIES)) {
                map.put(i, i);
            }
        }

        @TearDown(Level.Iteration)
        public void close() {
            map.close();
        }
    }

    @Benchmark
    public void putNew(Empty empty) {
        LongLongMap map = empty.map;
        for (int i = 0; i < Workload.ENTRIES; i++) {
            map.put(i, i);
        }
    }

    @Benchmark
    public void remove(Full full) {
        LongLongMap map = full.map;
        for (int i = 0; i < Workload.ENTRIES; i++) {
            map.remove(i);
        }
    }
}
