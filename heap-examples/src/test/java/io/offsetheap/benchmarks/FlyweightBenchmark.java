/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.flyweight.Flyweight;
import io.offsetheap.flyweight.FlyweightType;
import io.offsetheap.flyweight.Layout;
import io.offsetheap.flyweight.LongField;
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

/** A field of a flyweight beside one of a Java object: each access, with what JMH adds to both. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-XX:+AlwaysPreTouch"})
public class FlyweightBenchmark {
    private static final String NAME = "benchmark-flyweight";

    static final class Quote extends Flyweight {
        private static final Layout<Quote> LAYOUT = Layout.named("Quote");
        private static final LongField<Quote> BID = LAYOUT.longField("bid");
        private static final LongField<Quote> ASK = LAYOUT.longField("ask");
        static final FlyweightType<Quote> TYPE = LAYOUT.type(Quote::new);

        long bid() {
            return BID.get(this);
        }

        void bid(long value) {
            BID.set(this, value);
        }

        long ask() {
            return ASK.get(this);
        }
    }

    private static final class JavaQuote {
        private long bid = 1;
        private final long ask = 2;
    }

    private OffsetHeap heap;
    private Quote quote;
    private Quote detached;
    private JavaQuote javaQuote;
    private long next;

    @Setup(Level.Trial)
    public void construct() {
        heap = Workload.freshHeap(NAME);
        quote = heap.construct("quote", Quote.TYPE);
        detached = Quote.TYPE.detached();
        javaQuote = new JavaQuote();
    }

    @TearDown(Level.Trial)
    public void remove() {
        Workload.remove(heap, NAME);
    }

    @Benchmark
    public long get() {
        return quote.bid();
    }

    @Benchmark
    public long getTwo() {
        return quote.bid() + quote.ask();
    }

    @Benchmark
    public long getDetached() {
        return detached.bid();
    }

    @Benchmark
    public long getJava() {
        return javaQuote.bid;
    }

    @Benchmark
    public long getTwoJava() {
        return javaQuote.bid + javaQuote.ask;
    }

    @Benchmark
    public void set() {
        quote.bid(next++);
    }

    @Benchmark
    public void setJava() {
        javaQuote.bid = next++;
    }
}
