/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.lane.Lane;
import io.offsetheap.object.BlockShape;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NameTest {
    /** Raw bytes under another fingerprint, whose construction does something else at a chosen step. */
    private static final class Interrupted implements SharedType<SharedBytes> {
        private final String step;
        private final Runnable action;

        Interrupted(String step, Runnable action) {
            this.step = step;
            this.action = action;
        }

        /** A type that does nothing else. */
        Interrupted() {
            this("never", () -> {});
        }

        private void pass(String here) {
            if (here.equals(step)) {
                action.run();
            }
        }

        @Override
        public String fingerprint() {
            return "Interrupted/1";
        }

        @Override
        public Structure structure() {
            return Structure.BLOCK;
        }

        @Override
        public BlockShape shape() {
            return SharedBytes.TYPE.shape();
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            SharedBytes.TYPE.reserve(space, lane, length);
            pass("reserve");
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            long object = SharedBytes.TYPE.create(space, lane, identity, length);
            pass("create");
            return object;
        }

        @Override
        public SharedBytes bind(ObjectSpace space, long offset, long length) {
            pass("bind");
            return SharedBytes.TYPE.bind(space, offset, length);
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void sneak(Throwable failure) throws X {
        throw (X) failure;
    }

    /** Law C-110: whatever an initializer throws reaches the caller, and nothing else remains of the attempt. */
    @Test
    void leavesNothingOfAConstructionThatFails() {
        HeapBuilder builder =
                OffsetHeap.sharedMemory("failing-" + ProcessHandle.current().pid());
        try (OffsetHeap heap = builder.maxSize(1 << 20).create()) {
            heap.construct("name", new Interrupted(), 100);
            assertTrue(heap.destroy("name"));
            heap.trim();
            long live = heap.stats().liveBlocks();
            for (String step : List.of("reserve", "create", "bind")) {
                for (Throwable failure : List.of(
                        new IllegalArgumentException("mine"),
                        new IllegalStateException("mine"),
                        new Error("mine"),
                        new java.io.IOException("mine"))) {
                    Interrupted type = new Interrupted(step, () -> NameTest.<RuntimeException>sneak(failure));
                    assertSame(failure, assertThrows(Throwable.class, () -> heap.construct("name", type, 100)));
                    assertSame(failure, assertThrows(Throwable.class, () -> heap.findOrConstruct("name", type, 100)));
                    assertTrue(heap.find("name", SharedBytes.TYPE).isEmpty());
                    assertFalse(heap.names().iterator().hasNext());
                    var report = heap.verify();
                    assertEquals(List.of(), report.findings());
                    assertEquals(0, report.rawBlocks());
                    assertEquals(0, report.busyLanes());
                }
            }
            heap.construct("name", new Interrupted(), 100);
            assertTrue(heap.destroy("name"));
            heap.trim();
            assertEquals(live, heap.stats().liveBlocks());
        } finally {
            builder.remove();
        }
    }

    /** The code of a type runs inside the operation that constructs its object: another write would be one in the middle of it. */
    @Test
    void isNotConstructedByAnythingThatWritesElsewhere() {
        HeapBuilder builder =
                OffsetHeap.sharedMemory("nested-" + ProcessHandle.current().pid());
        try (OffsetHeap heap = builder.maxSize(1 << 20).create()) {
            heap.construct("other", SharedBytes.TYPE, 8);
            for (String step : List.of("reserve", "create", "bind")) {
                for (Executable write : List.<Executable>of(
                        () -> heap.allocate(100),
                        () -> heap.construct("another", SharedBytes.TYPE, 8),
                        () -> heap.destroy("other"),
                        heap::trim,
                        heap::pin,
                        heap::close)) {
                    Runnable refused = () -> assertThrows(IllegalStateException.class, write);
                    heap.construct("name", new Interrupted(step, refused), 100).putLong(0, 1);
                    assertTrue(heap.find("other", SharedBytes.TYPE).isPresent());
                    assertTrue(heap.destroy("name"));

                    Interrupted type = new Interrupted(step, () -> {
                        try {
                            write.execute();
                        } catch (Throwable t) {
                            NameTest.<RuntimeException>sneak(t);
                        }
                    });
                    assertThrows(IllegalStateException.class, () -> heap.construct("name", type, 100));
                    assertTrue(heap.find("name", type).isEmpty());
                    var report = heap.verify();
                    assertEquals(List.of(), report.findings());
                    assertEquals(0, report.rawBlocks());
                    assertEquals(0, report.busyLanes());
                }
            }
        } finally {
            builder.remove();
        }
    }

    /** Law C-093: of all who find or construct a name at once one constructs it, and all get the same. */
    @Test
    void isConstructedOnceHoweverManyWantIt() throws Exception {
        int names = 500;
        int count = 4;
        HeapBuilder builder =
                OffsetHeap.sharedMemory("race-" + ProcessHandle.current().pid());
        var threads = Executors.newFixedThreadPool(count);
        try (OffsetHeap first = builder.maxSize(4 << 20).create();
                OffsetHeap second = builder.open()) {
            CyclicBarrier start = new CyclicBarrier(count);
            List<Callable<Integer>> racers = new ArrayList<>();
            for (int t = 0; t < count; t++) {
                OffsetHeap heap = t % 2 == 0 ? first : second;
                racers.add(() -> {
                    start.await(60, TimeUnit.SECONDS);
                    int won = 0;
                    for (int i = 0; i < names; i++) {
                        SharedBytes bytes = heap.findOrConstruct("name" + i, SharedBytes.TYPE, 16);
                        won += bytes.compareAndSetLong(0, 0, 1) ? 1 : 0;
                        long seen;
                        do {
                            seen = bytes.getLong(8);
                        } while (!bytes.compareAndSetLong(8, seen, seen + 1));
                    }
                    return won;
                });
            }
            int won = 0;
            for (var racer : threads.invokeAll(racers, 120, TimeUnit.SECONDS)) {
                won += racer.get();
            }
            assertEquals(names, won);
            for (int i = 0; i < names; i++) {
                assertEquals(
                        count,
                        first.find("name" + i, SharedBytes.TYPE).orElseThrow().getLong(8));
                assertTrue(second.destroy("name" + i));
            }
            assertFalse(first.names().iterator().hasNext());
            assertEquals(List.of(), first.verify().findings());
            assertEquals(0, first.verify().rawBlocks());
        } finally {
            threads.shutdownNow();
            builder.remove();
        }
    }

    /** Names come and go under the eyes of those who look them up and list them: nobody sees anything but whole objects. */
    @Test
    void isFoundWholeOrNotAtAllWhileItComesAndGoes() throws Exception {
        int count = 4;
        HeapBuilder builder =
                OffsetHeap.sharedMemory("comes-" + ProcessHandle.current().pid());
        var threads = Executors.newFixedThreadPool(count);
        try (OffsetHeap first = builder.maxSize(4 << 20).create();
                OffsetHeap second = builder.open()) {
            first.construct("stays", SharedBytes.TYPE, 8);
            List<Callable<Void>> racers = new ArrayList<>();
            for (int t = 0; t < count; t++) {
                OffsetHeap heap = t % 2 == 0 ? first : second;
                int thread = t;
                racers.add(() -> {
                    for (int i = 0; i < 3000; i++) {
                        String name = "name" + (i + thread) % 3;
                        int length = 8 * (1 + i % 20);
                        if (thread < 2) {
                            if (!heap.destroy(name)) {
                                try {
                                    heap.construct(name, SharedBytes.TYPE, length);
                                } catch (io.offsetheap.error.NameExistsException e) {
                                    continue;
                                }
                            }
                        } else {
                            heap.find(name, SharedBytes.TYPE).ifPresent(bytes -> {
                                try {
                                    assertEquals(0, bytes.length() % 8);
                                    assertEquals(0, bytes.getLong(bytes.length() - 8));
                                } catch (IllegalStateException e) {
                                    // Destroyed since it was found.
                                    assertTrue(e.getMessage().startsWith("the object has been destroyed"), e::toString);
                                }
                            });
                            List<String> met = new ArrayList<>();
                            heap.names().forEach(object -> met.add(object.name()));
                            assertEquals(met.size(), met.stream().distinct().count());
                            assertTrue(met.contains("stays"), met::toString);
                        }
                    }
                    return null;
                });
            }
            for (var racer : threads.invokeAll(racers, 120, TimeUnit.SECONDS)) {
                racer.get();
            }
            assertEquals(List.of(), first.verify().findings());
            assertEquals(0, first.verify().rawBlocks());
            assertEquals(0, first.verify().busyLanes());
        } finally {
            threads.shutdownNow();
            builder.remove();
        }
    }
}
