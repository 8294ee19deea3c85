/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import com.sun.management.ThreadMXBean;
import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.collections.SharedLongLongMap;
import io.offsetheap.collections.SharedLongVector;
import io.offsetheap.collections.SharedVector;
import io.offsetheap.flyweight.Flyweight;
import io.offsetheap.flyweight.FlyweightType;
import io.offsetheap.flyweight.IntField;
import io.offsetheap.flyweight.Layout;
import io.offsetheap.flyweight.LongField;
import io.offsetheap.flyweight.SharedArray;
import io.offsetheap.object.Codecs;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;

/**
 * Bytes that one call of each form that boxes nothing leaves to the collector, as the JVM counts them for the thread: the
 * least of some rounds, so that what is made once, and while the code is not compiled, does not count. Not a measurement of
 * time.
 */
public final class Garbage {
    private static final String NAME = "benchmark-garbage";
    private static final int CALLS = 100_000;
    private static final int ROUNDS = 12;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final class Point extends Flyweight {
        private static final Layout<Point> LAYOUT = Layout.named("benchmarks.Point");
        private static final IntField<Point> X = LAYOUT.intField("x");
        private static final LongField<Point> SUM = LAYOUT.longField("sum");
        private static final FlyweightType<Point> TYPE = LAYOUT.type(Point::new);
    }

    private long sink;

    private Garbage() {}

    public static void main(String[] args) {
        OffsetHeap heap = Workload.freshHeap(NAME);
        try {
            Garbage garbage = new Garbage();
            garbage.ofLongLongMap(heap.construct("pairs", SharedLongLongMap.TYPE));
            garbage.ofLongVector(heap.construct("longs", SharedLongVector.TYPE));
            garbage.ofVector(heap.construct("texts", SharedVector.type(Codecs.LONG)));
            garbage.ofHashMap(heap.construct("map", SharedHashMap.type(Codecs.LONG, Codecs.LONG)));
            garbage.ofFlyweights(heap.construct("points", SharedArray.type(Point.TYPE), CALLS));
            garbage.ofBlocks(heap);
            System.out.println("sum " + garbage.sink);
        } finally {
            Workload.remove(heap, NAME);
        }
    }

    /** Several calls of one report take turns, so that each finds what the other has left. */
    private void ofLongLongMap(SharedLongLongMap map) {
        report("SharedLongLongMap put new, remove", i -> map.put(i, i), i -> map.remove(i));
        for (int i = 0; i < CALLS; i++) {
            map.put(i, i);
        }
        report("SharedLongLongMap get", i -> sink += map.get(i, -1));
        report("SharedLongLongMap get absent", i -> sink += map.get(-1 - i, 0));
        report("SharedLongLongMap containsKey", i -> sink += map.containsKey(i) ? 1 : 0);
        report("SharedLongLongMap put over", i -> map.put(i, i + 1));
        report("SharedLongLongMap putIfAbsent", i -> map.putIfAbsent(i, 1));
        report("SharedLongLongMap replace", i -> map.replace(i, i, i + 1));
        report("SharedLongLongMap addAndGet", i -> sink += map.addAndGet(i, 1));
        report("SharedLongLongMap merge", i -> sink += map.merge(i, 1, Long::sum));
    }

    private void ofLongVector(SharedLongVector vector) {
        report("SharedLongVector add, removeLast", i -> vector.add(i), i -> sink += vector.removeLast());
        for (int i = 0; i < CALLS; i++) {
            vector.add(i);
        }
        long[] some = new long[1000];
        report("SharedLongVector get", i -> sink += vector.get(i));
        report("SharedLongVector set", i -> vector.set(i, i + 1));
        report("SharedLongVector getAndAdd", i -> sink += vector.getAndAdd(i, 1));
        report("SharedLongVector compareAndSet", i -> vector.compareAndSet(i, i, i + 1));
        report("SharedLongVector copyTo", i -> vector.copyTo(i / 2, some, 0, some.length));
        LongConsumer adder = value -> sink += value;
        report("SharedLongVector forEach, a thousandth of a walk", i -> {
            if (i % 1000 == 0) {
                vector.forEach(adder);
            }
        });
    }

    private void ofVector(SharedVector<Long> vector) {
        Long element = Long.MAX_VALUE;
        report("SharedVector add, truncate", i -> vector.add(element), i -> {
            if (i == 0) {
                vector.clear();
            }
        });
    }

    private void ofHashMap(SharedHashMap<Long, Long> map) {
        Long[] keys = new Long[CALLS];
        for (int i = 0; i < CALLS; i++) {
            keys[i] = i * 1_000_003L;
        }
        report("SharedHashMap store new, delete", i -> map.store(keys[i], keys[i]), i -> map.delete(keys[i]));
        for (Long key : keys) {
            map.store(key, key);
        }
        report("SharedHashMap readLong", i -> sink += map.readLong(keys[i], -1));
        report("SharedHashMap store over", i -> map.store(keys[i], keys[i]));
    }

    private void ofFlyweights(SharedArray<Point> points) {
        Point point = Point.TYPE.newCursor();
        report("SharedArray moveTo, field get", i -> {
            points.moveTo(i, point);
            sink += Point.SUM.get(point);
        });
        report("field set", i -> Point.X.set(point, i));
        report("field compareAndSet", i -> Point.X.compareAndSet(point, i, i + 1));
        report("field getAndAdd", i -> sink += Point.SUM.getAndAdd(point, 1));
    }

    private void ofBlocks(OffsetHeap heap) {
        report("allocate and free", i -> heap.free(heap.allocate(64)));
    }

    private static void report(String form, IntConsumer... calls) {
        long[] least = new long[calls.length];
        Arrays.fill(least, Long.MAX_VALUE);
        for (int round = 0; round < ROUNDS; round++) {
            for (int which = 0; which < calls.length; which++) {
                IntConsumer call = calls[which];
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < CALLS; i++) {
                    call.accept(i);
                }
                least[which] = Math.min(least[which], THREADS.getCurrentThreadAllocatedBytes() - before);
            }
        }
        StringBuilder line = new StringBuilder();
        for (long bytes : least) {
            line.append(String.format(Locale.ROOT, "  %.3f", (double) bytes / CALLS));
        }
        System.out.println("bytes a call, " + form + ":" + line);
    }
}
