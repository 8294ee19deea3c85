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

/** Filling an empty map with a million longs, and emptying it again. The memory is new: its first touch is measured too. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-XX:+AlwaysPreTouch"})
@OperationsPerInvocation(Workload.ENTRIES)
public class LongMapFillBenchmark {
    private static final String NAME = "benchmark-long-map";

    /** Made anew for each pass. */
    @State(Scope.Thread)
    public static class Empty {
        @Param
        public Peer peer;

        LongMap map;
        final Long[] keys = Workload.objects(Workload.longKeys());

        @Setup(Level.Iteration)
        public void create() {
            map = LongMap.create(peer, NAME);
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
        public Peer peer;

        LongMap map;
        final Long[] keys = Workload.objects(Workload.shuffled(Workload.longKeys()));

        @Setup(Level.Iteration)
        public void create() {
            map = LongMap.create(peer, NAME);
            for (Long key : Workload.objects(Workload.longKeys())) {
                map.put(key, key >>> 1);
            }
        }

        @TearDown(Level.Iteration)
        public void close() {
            map.close();
        }
    }

    @Benchmark
    public void putNew(Empty empty) {
        LongMap map = empty.map;
        for (Long key : empty.keys) {
            map.put(key, key >>> 1);
        }
    }

    @Benchmark
    public void remove(Full full) {
        LongMap map = full.map;
        for (Long key : full.keys) {
            map.remove(key);
        }
    }
}
