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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A full map of a million primitive longs: hits and updates, in another order than that of insertion. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-XX:+AlwaysPreTouch"})
public class LongLongMapBenchmark {
    @Param
    public LongLongMap.Kind kind;

    private LongLongMap map;
    private int next;

    @Setup(Level.Trial)
    public void fill() {
        map = LongLongMap.create(kind, "benchmark-long-long-map", Workload.shuffled(Workload.longKeys()));
        for (int i : Workload.shuffled(Workload.ENTRIES)) {
            map.put(i, i);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        map.close();
    }

    private int next() {
        int i = next;
        next = i + 1 == Workload.ENTRIES ? 0 : i + 1;
        return i;
    }

    @Benchmark
    public long getHit() {
        return map.get(next());
    }

    @Benchmark
    public void update() {
        map.put(next(), next);
    }
}
