/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.EveryMethod;
import io.offsetheap.OffsetHeap;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of anything, as wholes: their memory, their handles, and several writers at once. */
class SharedVectorTest {
    private static final SharedType<SharedVector<String>> STRINGS = SharedVector.type(Codecs.UTF8);
    private static final SharedType<SharedVector<Long>> LONGS = SharedVector.type(Codecs.LONG);

    private static final Map<Class<?>, Object> ARGUMENTS = Map.ofEntries(
            Map.entry(Object.class, "a"),
            Map.entry(int.class, 0),
            Map.entry(Collection.class, List.of("a")),
            Map.entry(Object[].class, new Object[0]),
            Map.entry(Comparator.class, Comparator.naturalOrder()),
            Map.entry(UnaryOperator.class, UnaryOperator.identity()),
            Map.entry(Predicate.class, (Predicate<Object>) value -> true),
            Map.entry(IntFunction.class, (IntFunction<Object[]>) Object[]::new),
            Map.entry(Consumer.class, (Consumer<Object>) value -> {}));

    /** Views that look only when they are used, or whose answer is the same whatever the vector holds. */
    private static final Set<String> LAZY = Set.of("equals", "reversed", "parallelStream", "stream");

    /** Law C-177. */
    @Test
    void holdsTheSameWhenItIsOpenedAnewAgainAndAgain(@TempDir Path directory) {
        Path path = directory.resolve("heap");
        List<String> model = new ArrayList<>();
        Random random = new Random(3);
        for (int round = 0; round < 25; round++) {
            try (OffsetHeap heap = OffsetHeap.file(path).maxSize(1 << 20).openOrCreate()) {
                SharedVector<String> vector = heap.findOrConstruct("vector", STRINGS);
                for (int step = 0; step < 40; step++) {
                    String text = "x".repeat(random.nextInt(60)) + step;
                    if (random.nextInt(3) > 0 || model.isEmpty()) {
                        vector.add(text);
                        model.add(text);
                    } else if (random.nextBoolean()) {
                        assertEquals(model.remove(model.size() - 1), vector.removeLast());
                    } else {
                        int index = random.nextInt(model.size());
                        assertEquals(model.set(index, text), vector.set(index, text));
                    }
                }
                assertEquals(model, vector);
                assertEquals(List.of(), heap.verify().findings());
            }
        }
        assertTrue(model.size() > 100, "size=" + model.size());
    }

    /** Law C-176. */
    @Test
    void leavesNothingWhenItIsDestroyed() {
        var lists = SharedHashMap.type(Codecs.UTF8, Codecs.list(Codecs.UTF8));
        try (Mappings mappings = Mappings.ofSharedMemory(2, 4 << 20)) {
            OffsetHeap heap = mappings.heap(0);
            for (var type : List.of(STRINGS, lists)) {
                heap.construct("object", type);
                heap.destroy("object");
            }
            heap.trim();
            long before = heap.stats().used();
            SharedVector<String> vector = heap.construct("vector", STRINGS);
            SharedHashMap<String, List<String>> map = heap.construct("map", lists);
            for (int i = 0; i < 2000; i++) {
                vector.add("element " + "x".repeat(i % 90));
                map.merge("key" + i % 50, List.of("a" + i), (old, more) -> {
                    List<String> both = new ArrayList<>(old);
                    both.addAll(more);
                    return both;
                });
            }
            assertEquals(40, map.getOrDefault("key7", List.of()).size());
            assertEquals("a1957", map.getOrDefault("key7", List.of()).get(39));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> map.getOrDefault("key7", List.of()).add("more"));
            mappings.verify();
            assertNotEquals(before, heap.stats().used());
            mappings.heap(1).destroy("vector");
            mappings.heap(1).destroy("map");
            heap.trim();
            mappings.verify();
            assertEquals(before, heap.stats().used());
        }
    }

    /** Law C-112. */
    @Test
    void isAsItWasWhenThereIsNoRoom() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 256 << 10)) {
            SharedVector<String> vector = mappings.heap(0).construct("vector", STRINGS);
            String text = "x".repeat(5000);
            assertThrows(OutOfSegmentMemoryException.class, () -> {
                while (true) {
                    vector.add(text);
                }
            });
            List<String> before = List.copyOf(vector);
            assertThrows(OutOfSegmentMemoryException.class, () -> vector.add(text));
            assertThrows(OutOfSegmentMemoryException.class, () -> vector.set(0, text + text));
            assertEquals(before, vector);
            mappings.verify();
            vector.removeLast();
            vector.add(text);
            assertEquals(before, vector);
            mappings.verify();
        }
    }

    /** Law C-179, of one that has no room at first. */
    @Test
    void isConstructedEmptyAndWithoutALength() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 256 << 10)) {
            OffsetHeap heap = mappings.heap(0);
            assertThrows(IllegalArgumentException.class, () -> heap.construct("vector", STRINGS, 0));
            assertThrows(IllegalArgumentException.class, () -> heap.construct("vector", SharedLongVector.TYPE, 2));
            SharedVector<String> vector = heap.construct("vector", STRINGS);
            assertEquals(List.of(), vector);
            vector.addAll(vector);
            assertEquals(List.of(), vector);
            assertEquals(List.of(), vector.subList(0, 0));
            mappings.verify();
        }
    }

    /** Law C-129. */
    @Test
    void refusesEveryCallAfterCloseAndAfterDestruction() {
        for (boolean closes : new boolean[] {true, false}) {
            try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
                List<SharedVector<String>> vectors = mappings.all("vector", STRINGS);
                vectors.get(1).add("a");
                SharedVector<String> vector = vectors.get(0);
                Iterator<String> iterator = vector.iterator();
                List<String> part = vector.subList(0, 1);
                if (closes) {
                    mappings.heap(0).close();
                } else {
                    mappings.heap(1).destroy("vector");
                    mappings.heap(1).construct("vector", STRINGS).add("b");
                }
                EveryMethod.isRefused(vector, List.class, ARGUMENTS, LAZY);
                assertThrows(IllegalStateException.class, () -> vector.stream().count());
                assertThrows(IllegalStateException.class, vector::removeLast);
                assertThrows(IllegalStateException.class, iterator::hasNext);
                assertThrows(IllegalStateException.class, () -> part.get(0));
                mappings.verify();
            }
        }
    }

    /** Several add at once through mappings of their own: each element is there once, those of one in their order. */
    @Test
    void losesNothingThatSeveralAddAtOnce() throws Exception {
        int writers = 4;
        int each = 3000;
        try (Mappings mappings = Mappings.ofSharedMemory(writers, 8 << 20)) {
            List<SharedVector<Long>> vectors = mappings.all("vector", LONGS);
            CompletableFuture<?>[] adding = new CompletableFuture<?>[writers];
            for (int w = 0; w < writers; w++) {
                int writer = w;
                adding[w] = CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < each; i++) {
                        vectors.get(writer).add((long) writer * each + i);
                    }
                });
            }
            CompletableFuture.allOf(adding).get();
            mappings.verify();
            BitSet met = new BitSet();
            long[] last = new long[writers];
            Arrays.fill(last, -1);
            for (long element : vectors.get(0)) {
                met.set((int) element);
                int writer = (int) (element / each);
                assertTrue(element > last[writer], "element=" + element + " behind=" + last[writer]);
                last[writer] = element;
            }
            assertEquals(writers * each, met.cardinality());
            assertEquals(writers * each, vectors.get(0).size());
        }
    }

    /** Readers of elements of several words and of blocks, while these are set, removed and added: none is torn. */
    @Test
    void showsReadersNoElementThatIsTorn() throws Exception {
        for (var type : List.of(STRINGS, SharedVector.type(new FixedText(100)))) {
            try (Mappings mappings = Mappings.ofSharedMemory(2, 8 << 20)) {
                List<SharedVector<String>> vectors = mappings.all("vector", type);
                vectors.get(0).add("00000");
                AtomicBoolean ended = new AtomicBoolean();
                ExecutorService reader = Executors.newSingleThreadExecutor();
                Future<Integer> read = reader.submit(() -> {
                    int count = 0;
                    while (!ended.get() || count == 0) {
                        for (String element : vectors.get(1)) {
                            assertEquals(1, element.chars().distinct().count(), element);
                            count++;
                        }
                    }
                    return count;
                });
                try {
                    Random random = new Random(9);
                    for (int i = 0; i < 20_000; i++) {
                        SharedVector<String> vector = vectors.get(0);
                        String element = Integer.toString(i % 10).repeat(1 + random.nextInt(90));
                        if (random.nextInt(3) == 0 && vector.size() > 1) {
                            vector.removeLast();
                        } else if (random.nextBoolean() && vector.size() < 40) {
                            vector.add(element);
                        } else {
                            vector.set(random.nextInt(vector.size()), element);
                        }
                    }
                } finally {
                    ended.set(true);
                    reader.shutdown();
                }
                assertTrue(read.get() > 0);
                mappings.verify();
            }
        }
    }
}
