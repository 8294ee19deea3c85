/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.object.SharedBytes;
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

/** Finding one of a million named objects. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-XX:+AlwaysPreTouch"})
public class NameBenchmark {
    private static final String NAME = "benchmark-names";

    private OffsetHeap heap;
    private String[] names;
    private int next;

    @Setup(Level.Trial)
    public void fill() {
        heap = Workload.freshHeap(NAME);
        for (String name : Workload.textKeys()) {
            heap.construct(name, SharedBytes.TYPE, Long.BYTES);
        }
        names = Workload.shuffledTextKeys();
    }

    @TearDown(Level.Trial)
    public void remove() {
        Workload.remove(heap, NAME);
    }

    @Benchmark
    public SharedBytes find() {
        int i = next;
        next = i + 1 == names.length ? 0 : i + 1;
        return heap.find(names[i], SharedBytes.TYPE).orElseThrow();
    }
}
