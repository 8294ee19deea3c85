/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.LanePin;
import io.offsetheap.OffsetHeap;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.SharedBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Law C-129: after close every call is refused, whatever other threads are doing, and nothing faults, then or later. */
@Tag("without-native-calls")
class CloseTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final Executor NEW_THREAD = task -> new Thread(task).start();

    /** The process that closes heaps under load, so that a fault would end it and not the suite. */
    static final class Closer {
        private static final int ROUNDS = 60;
        private static final int STEPS = 200;

        private final HeapBuilder builder;
        private final OffsetHeap heap;
        private final IndexObject map;
        private final SharedBytes bytes;

        private Closer(HeapBuilder builder) {
            this.builder = builder;
            this.heap = builder.open();
            this.map = heap.find("map", IndexObject.TYPE).orElseThrow();
            this.bytes = heap.find("bytes", SharedBytes.TYPE).orElseThrow();
        }

        public static void main(String[] arguments) throws Exception {
            HeapBuilder builder = OffsetHeap.sharedMemory(arguments[0]);
            for (int round = 0; round < ROUNDS; round++) {
                new Closer(builder).closeUnderLoad();
                System.gc();
            }
            awaitUnmapped(arguments[0]);
        }

        /** One thing that a thread does until it is refused. */
        private interface Work {
            void step(int step);
        }

        private void closeUnderLoad() throws Exception {
            CountDownLatch begun = new CountDownLatch(6);
            List<CompletableFuture<Void>> threads = new ArrayList<>();
            threads.add(start(begun, step -> map.get("key" + step % 50)));
            threads.add(start(begun, step -> bytes.getLong(8L * (step % 8))));
            threads.add(start(begun, step -> heap.names().forEach(NamedObject::name)));
            threads.add(start(begun, step -> {
                map.put("key" + step % 50, new byte[step % 400]);
                map.remove("key" + step * 7 % 50);
            }));
            threads.add(start(begun, step -> {
                bytes.putLong(8L * (step % 8), step);
                heap.findOrConstruct("name" + step % 20, SharedBytes.TYPE, 100);
                heap.destroy("name" + step * 7 % 20);
            }));
            threads.add(CompletableFuture.runAsync(() -> pinUntilRefused(begun), NEW_THREAD));
            begun.await();
            heap.close();
            for (var thread : threads) {
                thread.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            heap.close();
            try (OffsetHeap next = builder.open()) {
                var report = next.verify();
                assertTrue(report.isClean(), report::toString);
                assertEquals(0, report.busyLanes());
            }
        }

        private static CompletableFuture<Void> start(CountDownLatch begun, Work work) {
            return CompletableFuture.runAsync(
                    () -> {
                        try {
                            for (int step = 0; ; step++) {
                                work.step(step);
                                if (step == STEPS) {
                                    begun.countDown();
                                }
                            }
                        } catch (IllegalStateException refused) {
                            checkRefusal(refused);
                        }
                    },
                    NEW_THREAD);
        }

        /** The pin lies over the close and ends after it. */
        private void pinUntilRefused(CountDownLatch begun) {
            LanePin pin = heap.pin();
            try {
                begun.countDown();
                while (true) {
                    long cell = heap.allocate(40);
                    heap.memory().putLong(cell, 1);
                    heap.free(cell);
                }
            } catch (IllegalStateException refused) {
                checkRefusal(refused);
            } finally {
                pin.close();
            }
        }

        private static void checkRefusal(IllegalStateException refused) {
            assertTrue(refused.getMessage().startsWith("the heap is closed: segment="), refused::toString);
        }

        /** What nothing refers to any more is unmapped. */
        private static void awaitUnmapped(String name) throws IOException {
            long start = System.nanoTime();
            while (Files.readString(Path.of("/proc/self/maps")).contains(name)) {
                assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), "still mapped");
                System.gc();
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void underLoadNothingFaults() {
        String name = "offsetheap-close-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        HeapBuilder builder = OffsetHeap.sharedMemory(name).maxSize(4 << 20);
        try (OffsetHeap heap = builder.create();
                ChildJvm closer = start(heap, name)) {
            closer.expectExit(0);
        } finally {
            builder.remove();
        }
    }

    private static ChildJvm start(OffsetHeap heap, String name) {
        heap.construct("map", IndexObject.TYPE);
        heap.construct("bytes", SharedBytes.TYPE, 64);
        return ChildJvm.start(Closer.class, name);
    }

    /** A load that has passed its check when another thread closes the heap must not fault. */
    @Test
    void whoeverStillHoldsTheMemoryHasItMapped() {
        HeapBuilder builder = OffsetHeap.sharedMemory(
                "offsetheap-close-" + ProcessHandle.current().pid() + "-held");
        OffsetHeap heap = builder.maxSize(1 << 20).create();
        try {
            SegmentMemory memory = heap.memory();
            long block = heap.allocate(Long.BYTES);
            memory.putLong(block, 7);
            heap.close();
            assertEquals(7, memory.getLong(block));
            memory.keepMapped();
        } finally {
            heap.close();
            builder.remove();
        }
    }

    /** A pinned lane keeps the slot until the pin is closed; without it, the slot is free at once. */
    @Test
    void aPinThatIsLeftOpenHoldsNothingUp() {
        String name = "offsetheap-pin-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        HeapBuilder builder = OffsetHeap.sharedMemory(name).maxSize(256 << 10);
        try (OffsetHeap other = builder.create()) {
            OffsetHeap heap = builder.open();
            LanePin pin = heap.pin();
            heap.close();
            assertThrows(IllegalStateException.class, () -> heap.allocate(10));
            assertThrows(IllegalStateException.class, heap::memory);
            pin.close();
            pin.close();
            other.allocate(10);
            assertEquals(0, other.verify().busyLanes());
            assertTrue(other.verify().isClean());
        } finally {
            builder.remove();
        }
    }
}
