/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.EveryMethod;
import io.offsetheap.error.OutOfSegmentMemoryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A vector of longs beside an array. */
class SharedLongVectorTest {
    /** Law C-170, of longs. */
    @Test
    void holdsWhatAnArrayWouldHold() {
        try (Mappings mappings = Mappings.ofSharedMemory(3, 4 << 20)) {
            List<SharedLongVector> vectors = mappings.all("vector", SharedLongVector.TYPE);
            List<Long> model = new ArrayList<>();
            Random random = new Random(11);
            for (int step = 0; step < 4000; step++) {
                SharedLongVector vector = vectors.get(step % 3);
                int size = model.size();
                int index = random.nextInt(size + 1);
                long value = random.nextLong();
                switch (random.nextInt(12)) {
                    case 0 -> {
                        long[] several = random.longs(random.nextInt(70)).toArray();
                        int from = random.nextInt(several.length + 1);
                        vector.addAll(several, from, several.length - from);
                        Arrays.stream(several, from, several.length).forEach(model::add);
                    }
                    case 1, 2, 3 -> {
                        vector.add(value);
                        model.add(value);
                    }
                    case 4 -> {
                        if (index == size) {
                            assertThrows(IndexOutOfBoundsException.class, () -> vector.set(index, value));
                        } else {
                            vector.set(index, value);
                            model.set(index, value);
                        }
                    }
                    case 5 -> {
                        if (index < size) {
                            assertEquals(model.get(index), vector.getAndAdd(index, value));
                            model.set(index, model.get(index) + value);
                        }
                    }
                    case 6 -> {
                        if (index < size) {
                            assertFalse(vector.compareAndSet(index, model.get(index) + 1, value));
                            assertTrue(vector.compareAndSet(index, model.get(index), value));
                            model.set(index, value);
                        }
                    }
                    case 7 -> {
                        if (size == 0) {
                            assertThrows(NoSuchElementException.class, vector::removeLast);
                        } else {
                            assertEquals(model.remove(size - 1), vector.removeLast());
                        }
                    }
                    case 8 -> {
                        int keep = random.nextInt(40) == 0 ? index : size + 1;
                        vector.truncate(keep);
                        model.subList(Math.min(keep, size), size).clear();
                    }
                    default -> {
                        if (index == size) {
                            assertThrows(IndexOutOfBoundsException.class, () -> vector.get(index));
                        } else {
                            assertEquals(model.get(index), vector.get(index));
                            long[] copy = new long[size - index + 2];
                            vector.copyTo(index, copy, 1, size - index);
                            assertEquals(0, copy[0]);
                            assertEquals(model.get(index), copy[1]);
                            assertEquals(model.get(size - 1), copy[size - index]);
                        }
                    }
                }
                assertEquals(model.size(), vector.size());
                assertEquals(model.isEmpty(), vector.isEmpty());
                if (step % 40 == 0) {
                    long[] expected = model.stream().mapToLong(x -> x).toArray();
                    assertArrayEquals(expected, vector.toArray());
                    assertArrayEquals(expected, vector.stream().toArray());
                    assertArrayEquals(
                            expected, vector.stream().parallel().map(x -> x).toArray());
                    LongStream.Builder walked = LongStream.builder();
                    vector.forEach(walked);
                    assertArrayEquals(expected, walked.build().toArray());
                    mappings.verify();
                }
            }
            vectors.get(0).clear();
            assertTrue(vectors.get(1).isEmpty());
            mappings.verify();
        }
    }

    @Test
    void sumsByWalkAndByStream() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 8 << 20)) {
            SharedLongVector vector = mappings.heap(0).construct("vector", SharedLongVector.TYPE);
            vector.addAll(LongStream.rangeClosed(1, 100_000).toArray());
            long[] sum = new long[1];
            vector.forEach(element -> sum[0] += element);
            assertEquals(5_000_050_000L, sum[0]);
            assertEquals(5_000_050_000L, vector.stream().sum());
            assertEquals(5_000_050_000L, vector.stream().parallel().sum());
            assertEquals(100_000, vector.stream().skip(0).count());
            assertEquals(7, vector.stream().skip(6).findFirst().orElseThrow());
        }
    }

    @Test
    void tellsAStreamThatItHasBeenShortened() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedLongVector vector = mappings.heap(0).construct("vector", SharedLongVector.TYPE);
            vector.addAll(new long[100]);
            var walk = vector.spliterator();
            var part = walk.trySplit();
            vector.truncate(70);
            assertEquals(50, part.getExactSizeIfKnown());
            part.forEachRemaining((LongConsumer) element -> {});
            assertThrows(
                    ConcurrentModificationException.class, () -> walk.forEachRemaining((LongConsumer) element -> {}));
            vector.clear();
            var late = vector.stream();
            vector.add(1);
            assertEquals(1, late.count());
        }
    }

    /** Law C-112, of longs. */
    @Test
    void addsAllOrNone() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedLongVector vector = mappings.heap(0).construct("vector", SharedLongVector.TYPE);
            vector.add(5);
            assertThrows(OutOfSegmentMemoryException.class, () -> vector.addAll(new long[1 << 20]));
            assertArrayEquals(new long[] {5}, vector.toArray());
            assertThrows(IndexOutOfBoundsException.class, () -> vector.addAll(new long[2], 1, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> vector.copyTo(0, new long[2], 0, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> vector.copyTo(0, new long[0], 0, 1));
            assertThrows(IllegalArgumentException.class, () -> vector.truncate(-1));
            mappings.verify();
        }
    }

    /** Law C-129. */
    @Test
    void refusesEveryCallAfterCloseAndAfterDestruction() {
        Map<Class<?>, Object> arguments =
                Map.of(long.class, 0L, int.class, 0, long[].class, new long[1], LongConsumer.class, (LongConsumer)
                        element -> {});
        for (boolean closes : new boolean[] {true, false}) {
            try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
                List<SharedLongVector> vectors = mappings.all("vector", SharedLongVector.TYPE);
                vectors.get(1).add(1);
                SharedLongVector vector = vectors.get(0);
                assertEquals(1, vector.get(0));
                if (closes) {
                    mappings.heap(0).close();
                } else {
                    mappings.heap(1).destroy("vector");
                    mappings.heap(1).construct("vector", SharedLongVector.TYPE).add(2);
                }
                EveryMethod.isRefused(vector, SharedLongVector.class, arguments, Set.of("stream"));
                assertThrows(IllegalStateException.class, () -> vector.stream().count());
                mappings.verify();
            }
        }
    }

    /** Counters that several processes add to at once. */
    @Test
    void countsExactly() throws Exception {
        int writers = 4;
        try (Mappings mappings = Mappings.ofSharedMemory(writers, 1 << 20)) {
            List<SharedLongVector> vectors = mappings.all("vector", SharedLongVector.TYPE);
            vectors.get(0).addAll(new long[5]);
            CompletableFuture<?>[] counting = new CompletableFuture<?>[writers];
            for (int w = 0; w < writers; w++) {
                SharedLongVector vector = vectors.get(w);
                counting[w] = CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 5000; i++) {
                        vector.getAndAdd(i % 4, 1);
                        long seen = vector.get(4);
                        while (!vector.compareAndSet(4, seen, seen + 1)) {
                            seen = vector.get(4);
                        }
                    }
                });
            }
            CompletableFuture.allOf(counting).get();
            assertArrayEquals(
                    new long[] {5000, 5000, 5000, 5000, 20_000}, vectors.get(1).toArray());
            mappings.verify();
        }
    }
}
