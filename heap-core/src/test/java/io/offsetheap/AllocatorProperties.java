/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.object.SharedBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;

/** Histories of calls through two mappings of one segment, beside a model in plain Java. */
class AllocatorProperties {
    /** A heap mapped twice, and what should be in it. */
    static final class TestHeap {
        private final OffsetHeap[] heaps = new OffsetHeap[2];
        private final Map<Long, byte[]> blocks = new TreeMap<>();
        private final Map<String, Long> names = new TreeMap<>();
        private final Random random = new Random(7);
        private final String name;

        TestHeap(long maxSize) {
            name = "properties-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
            heaps[0] = OffsetHeap.sharedMemory(name).maxSize(maxSize).create();
            heaps[1] = OffsetHeap.sharedMemory(name).open();
            OffsetHeap.sharedMemory(name).remove();
        }

        private OffsetHeap any() {
            return heaps[random.nextInt(2)];
        }

        /** Laws C-009 to C-011, C-030, C-031: blocks are disjoint, aligned, and keep their bytes. */
        void allocate(long size, long alignment) {
            OffsetHeap heap = any();
            long block;
            try {
                block = heap.allocate(size, alignment);
            } catch (OutOfSegmentMemoryException e) {
                return;
            }
            assertEquals(0, block % Math.max(alignment, 16), "alignment");
            long usable = heap.usableSize(block);
            assertTrue(usable >= size, "usable " + usable);
            blocks.forEach((other, bytes) ->
                    assertTrue(other + bytes.length <= block || block + usable <= other, "overlap at " + block));
            byte[] pattern = new byte[(int) usable];
            random.nextBytes(pattern);
            heap.memory().copyFrom(pattern, 0, block, pattern.length);
            blocks.put(block, pattern);
        }

        void free(int which) {
            if (!blocks.isEmpty()) {
                Long block = new ArrayList<>(blocks.keySet()).get(which % blocks.size());
                blocks.remove(block);
                any().free(block);
            }
        }

        void construct(int number) {
            String object = "object" + number;
            if (!names.containsKey(object)) {
                try {
                    any().construct(object, SharedBytes.TYPE, number * 10L);
                    names.put(object, number * 10L);
                } catch (OutOfSegmentMemoryException e) {
                    assertTrue(any().find(object, SharedBytes.TYPE).isEmpty());
                }
            }
        }

        void destroy(int number) {
            String object = "object" + number;
            assertEquals(names.remove(object) != null, any().destroy(object));
        }

        void trim() {
            any().trim();
        }

        void verify() {
            var report = any().verify();
            assertEquals(List.of(), report.findings());
            assertEquals(0, report.busyLanes());
            assertEquals(blocks.size(), report.rawBlocks());
            blocks.forEach((block, pattern) -> {
                byte[] found = new byte[pattern.length];
                any().memory().copyTo(block, found, 0, found.length);
                org.junit.jupiter.api.Assertions.assertArrayEquals(pattern, found);
            });
            Map<String, Long> found = new TreeMap<>();
            any().names().forEach(object -> found.put(object.name(), object.length()));
            assertEquals(names, found);
            var stats = any().stats();
            assertEquals(stats.capacity(), stats.used() + stats.free());
        }

        void close() {
            for (OffsetHeap heap : heaps) {
                heap.close();
            }
        }

        @Override
        public String toString() {
            return blocks.size() + " blocks, names " + names;
        }
    }

    @Property(tries = 120)
    void noHistoryOfCallsBreaksAnInvariant(@ForAll("histories") ActionChain<TestHeap> history) {
        history.withInvariant("verifier is silent and all mappers see the model", TestHeap::verify)
                .run()
                .close();
    }

    @Provide
    ActionChainArbitrary<TestHeap> histories() {
        return ActionChain.startWith(() -> new TestHeap(512 << 10))
                .withAction(6, allocate())
                .withAction(5, free())
                .withAction(2, named("construct ", TestHeap::construct))
                .withAction(2, named("destroy ", TestHeap::destroy))
                .withAction(1, trim())
                .withMaxTransformations(60);
    }

    private static Action<TestHeap> allocate() {
        Arbitrary<Long> sizes = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 600),
                Arbitraries.longs().between(0, 9000),
                Arbitraries.longs().between(4096, 60_000));
        Arbitrary<Long> alignments = Arbitraries.integers().between(0, 12).map(log2 -> 1L << log2);
        return (Action.Independent<TestHeap>) () -> sizes.flatMap(size -> alignments.map(alignment ->
                Transformer.mutate("allocate " + size + " at " + alignment, heap -> heap.allocate(size, alignment))));
    }

    private static Action<TestHeap> free() {
        return (Action.Independent<TestHeap>) () -> Arbitraries.integers()
                .between(0, 1000)
                .map(which -> Transformer.mutate("free #" + which, heap -> heap.free(which)));
    }

    private static Action<TestHeap> named(String verb, java.util.function.BiConsumer<TestHeap, Integer> call) {
        return (Action.Independent<TestHeap>) () -> Arbitraries.integers()
                .between(0, 5)
                .map(number -> Transformer.mutate(verb + number, heap -> call.accept(heap, number)));
    }

    private static Action<TestHeap> trim() {
        return Action.just(Transformer.mutate("trim", TestHeap::trim));
    }

    /** Laws C-002 to C-006: whatever is freed comes back whole, in any order. */
    @Property(tries = 20)
    void everythingFreedComesBackWhole(@ForAll @IntRange(max = 1_000_000) int seed) {
        String name = "whole-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        try (OffsetHeap heap = OffsetHeap.sharedMemory(name).maxSize(1 << 20).create()) {
            OffsetHeap.sharedMemory(name).remove();
            heap.grow(heap.maxSize()
                    - (heap.maxSize() - heap.stats().capacity())
                    - heap.stats().grown());
            heap.trim();
            var before = heap.stats();
            List<Long> blocks = new ArrayList<>();
            Random random = new Random(seed);
            while (true) {
                var block = heap.tryAllocate(random.nextInt(random.nextInt(10_000) + 1));
                if (block.isEmpty()) {
                    break;
                }
                blocks.add(block.getAsLong());
            }
            java.util.Collections.shuffle(blocks, random);
            blocks.forEach(heap::free);
            heap.trim();
            var after = heap.stats();
            assertEquals(before.free(), after.free());
            assertEquals(before.liveBlocks(), after.liveBlocks());
            assertEquals(before.largestFree(), after.largestFree());
            heap.allocate(before.largestFree());
            assertTrue(heap.verify().isClean());
        }
    }
}
