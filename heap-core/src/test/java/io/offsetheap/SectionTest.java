/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.NameExistsException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.layout.Geometry;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Law C-108: sections, in which one thread works with the names of a heap and the others wait. */
class SectionTest {
    private final HeapBuilder builder =
            OffsetHeap.sharedMemory("sections-" + ProcessHandle.current().pid()).maxSize(4 << 20);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private OffsetHeap heap;
    private OffsetHeap other;

    @BeforeEach
    void open() {
        heap = builder.create();
        other = builder.open();
    }

    @AfterEach
    void close() throws InterruptedException {
        threads.shutdownNow();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
        assertEquals(List.of(), heap.verify().findings());
        heap.close();
        other.close();
        builder.remove();
    }

    @Test
    void maySayAndDoAllThatIsDoneElsewhere() {
        String result = heap.atomically(() -> {
            SharedBytes bytes = heap.construct("bytes", SharedBytes.TYPE, 16);
            bytes.putLong(0, 5);
            assertThrows(NameExistsException.class, () -> heap.construct("bytes", SharedBytes.TYPE, 16));
            IndexObject index = heap.findOrConstruct("index", IndexObject.TYPE);
            for (int i = 0; i < 300; i++) {
                index.put("key" + i, new byte[i]);
            }
            heap.free(heap.allocate(100_000));
            heap.atomically(() -> {
                heap.construct("gone", IndexObject.TYPE).put("key", new byte[10]);
                assertTrue(heap.destroy("gone"));
            });
            assertThrows(OutOfSegmentMemoryException.class, () -> heap.allocate(1L << 40));
            heap.trim();
            assertEquals(5, heap.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
            return "result";
        });
        assertEquals("result", result);
        assertEquals(
                300, other.find("index", IndexObject.TYPE).orElseThrow().index().size());
        assertTrue(other.find("gone", IndexObject.TYPE).isEmpty());
        heap.trim();
        assertEquals(0, heap.verify().rawBlocks());
        assertEquals(0, heap.verify().busyLanes());
    }

    @Test
    void isSeenWholeOrNotAtAll() throws Exception {
        heap.construct("left", SharedBytes.TYPE, 8);
        heap.construct("right", SharedBytes.TYPE, 8);
        AtomicBoolean over = new AtomicBoolean();
        List<Future<Integer>> observers = new ArrayList<>();
        for (OffsetHeap mine : List.of(heap, other)) {
            observers.add(threads.submit(() -> {
                int seen = 0;
                while (!over.get()) {
                    // Both go and come back inside of each section.
                    assertTrue(mine.find("left", SharedBytes.TYPE).isPresent());
                    assertTrue(mine.find("right", SharedBytes.TYPE).isPresent());
                    assertThrows(NameExistsException.class, () -> mine.construct("left", SharedBytes.TYPE, 8));
                    seen++;
                }
                return seen;
            }));
        }
        List<Future<?>> writers = new ArrayList<>();
        for (OffsetHeap mine : List.of(heap, other)) {
            writers.add(threads.submit(() -> {
                for (int i = 0; i < 300; i++) {
                    mine.atomically(() -> {
                        assertTrue(mine.destroy("left"));
                        assertTrue(mine.destroy("right"));
                        assertTrue(mine.find("left", SharedBytes.TYPE).isEmpty());
                        mine.construct("right", SharedBytes.TYPE, 8);
                        mine.construct("left", SharedBytes.TYPE, 8);
                    });
                }
            }));
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        over.set(true);
        for (Future<Integer> observer : observers) {
            assertTrue(observer.get() > 0);
        }
        assertEquals(0, heap.verify().rawBlocks());
    }

    @Test
    void endsWithAnException() {
        IllegalStateException refused = new IllegalStateException("refused");
        assertSame(
                refused,
                assertThrows(
                        IllegalStateException.class,
                        () -> heap.atomically(() -> {
                            heap.construct("stays", SharedBytes.TYPE, 8);
                            throw refused;
                        })));
        assertTrue(other.find("stays", SharedBytes.TYPE).isPresent());
        assertTrue(other.destroy("stays"));
        assertEquals(0, heap.verify().busyLanes());
    }

    /** Whoever runs inside an operation of his own does not wait for a section that waits for that operation. */
    @Test
    void waitsForOperationsThatLookNamesUp() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        Future<?> constructor = threads.submit(() -> other.construct("late", SharedBytes.TYPE, 8, bytes -> {
            inside.countDown();
            await(started);
            for (int i = 0; i < 100; i++) {
                assertTrue(other.find("late", SharedBytes.TYPE).isEmpty());
                Thread.yield();
            }
        }));
        await(inside);
        Future<Boolean> section = threads.submit(
                () -> heap.atomically(() -> heap.find("late", SharedBytes.TYPE).isPresent()));
        started.countDown();
        constructor.get();
        assertTrue(section.get(), "the section began inside of an operation");
    }

    /** An object without a name is made at any time; but its initializer that looks names up sees all of a section or nothing. */
    @Test
    void isSeenWholeByTheInitializersOfObjectsWithoutANameAsWell() throws Exception {
        AtomicReference<Thread> constructor = new AtomicReference<>();
        AtomicReference<Future<List<Boolean>>> seen = new AtomicReference<>();
        heap.atomically(() -> {
            heap.construct("left", SharedBytes.TYPE, 8);
            seen.set(threads.submit(() -> {
                constructor.set(Thread.currentThread());
                List<Boolean> found = new ArrayList<>();
                other.destroy(other.construct(SharedBytes.TYPE, 8, bytes -> {
                    found.add(other.find("left", SharedBytes.TYPE).isPresent());
                    found.add(other.find("right", SharedBytes.TYPE).isPresent());
                }));
                return found;
            }));
            while (!seen.get().isDone() && !isParked(constructor.get())) {
                Thread.yield();
            }
            heap.construct("right", SharedBytes.TYPE, 8);
        });
        assertEquals(List.of(true, true), seen.get().get());
    }

    private static boolean isParked(@Nullable Thread thread) {
        return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
    }

    /** Who could not even give back the lane with which he met a section keeps no other section waiting. */
    @Test
    void doesNotWaitForOneThatFailedToWaitForIt() {
        TestImage image = TestImage.formatted(96 << 10);
        CrashingMemory memory = image.newMemory();
        Attachment mine = image.attach(memory);
        Attachment rival = image.attach(image.newMemory());
        rival.names().atomically(() -> {
            mine.blocks().allocate(8);
            // The store of the lease, then that of its return.
            memory.failAt(1);
            assertThrows(CrashingMemory.Crash.class, () -> mine.names().atomically(() -> true));
            return true;
        });
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> rival.names().atomically(() -> true));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void worksWithAPinnedLane() {
        LanePin pin = heap.pin();
        heap.atomically(() -> {
            heap.free(heap.allocate(40));
            heap.construct("pinned", SharedBytes.TYPE, 8);
        });
        heap.free(heap.allocate(40));
        assertThrows(IllegalStateException.class, heap::pin);
        heap.atomically(() -> {
            // Whichever ends first, the lane comes back with the other.
            pin.close();
            assertTrue(heap.destroy("pinned"));
            try (LanePin inside = heap.pin()) {
                heap.free(heap.allocate(40));
                assertNotNull(inside);
            }
        });
        LanePin outlives = heap.atomically(heap::pin);
        heap.free(heap.allocate(40));
        outlives.close();
        assertFalse(other.destroy("pinned"));
        assertEquals(0, heap.verify().busyLanes());
        assertEquals(0, heap.verify().rawBlocks());
    }

    @Test
    void isRefusedWhereItCannotBe() {
        assertThrows(IllegalStateException.class, () -> heap.atomically(heap::close));
        heap.construct(
                "initialized",
                SharedBytes.TYPE,
                8,
                bytes -> assertThrows(IllegalStateException.class, () -> heap.atomically(() -> {})));
        try (OffsetHeap readOnly = builder.openReadOnly()) {
            assertThrows(UnsupportedOperationException.class, () -> readOnly.atomically(() -> {}));
        }
        assertTrue(other.find("initialized", SharedBytes.TYPE).isPresent());
    }

    /** An operation that fails in the middle takes the section with it, and the others go on. */
    @Test
    void isLostWithItsLane() {
        TestImage image = TestImage.formatted(96 << 10);
        InterruptedMemory memory = image.newInterruptedMemory();
        Attachment mine = image.attach(memory);
        Attachment rival = image.attach(image.newMemory());
        Error failure = new Error("in the middle");
        assertThrows(
                IllegalStateException.class,
                () -> mine.names().atomically(() -> {
                    memory.afterStore(offset -> isJournal(image, offset), () -> {
                        throw failure;
                    });
                    assertSame(
                            failure,
                            assertThrows(Error.class, () -> mine.names().construct("name", SharedBytes.TYPE, 8)));
                    // From here on the others may do as they like.
                    rival.names().construct("rival", SharedBytes.TYPE, 16);
                    return null;
                }));
        rival.lanes().helpAll();
        assertTrue(mine.names().find("rival", SharedBytes.TYPE).isPresent());
        CrashHarness.content("a lost section", rival);
    }

    private static boolean isJournal(TestImage image, long offset) {
        for (int lane = 0; lane < image.geometry().lanes; lane++) {
            if (offset == image.geometry().laneBody(lane) + Geometry.JOURNAL_HEAD_OFFSET) {
                return true;
            }
        }
        return false;
    }
}
