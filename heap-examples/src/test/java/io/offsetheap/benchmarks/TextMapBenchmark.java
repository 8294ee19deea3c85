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

/**
 * A full map of a million texts. The keys asked for are equal to those in the map but other objects; a String remembers its
 * hash, from which {@code ConcurrentHashMap} alone profits.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms2g", "-XX:+AlwaysPreTouch"})
public class TextMapBenchmark {
    @Param
    public Peer peer;

    private TextMap map;
    private String[] keys;
    private byte[] newValue;
    private int next;

    @Setup(Level.Trial)
    public void fill() {
        map = TextMap.create(peer, "benchmark-text-map");
        keys = Workload.textKeys();
        for (int i = 0; i < keys.length; i++) {
            map.put(keys[i], Workload.textValue(i));
        }
        keys = Workload.shuffledTextKeys();
        newValue = Workload.textValue(-1);
    }

    @TearDown(Level.Trial)
    public void close() {
        map.close();
    }

    private String nextKey() {
        int i = next;
        next = i + 1 == keys.length ? 0 : i + 1;
        return keys[i];
    }

    @Benchmark
    public long readHit() {
        return map.read(nextKey());
    }

    @Benchmark
    public void update() {
        map.put(nextKey(), newValue);
    }
}
