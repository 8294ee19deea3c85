/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.alloc.BlockInitializer;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.OffsetRef;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program holds of a heap when the heap, the object or the name is gone. */
class HandleTest {
    private static final Map<Class<?>, Object> ARGUMENTS = Map.of(
            String.class,
            "bytes",
            SharedType.class,
            SharedBytes.TYPE,
            long.class,
            8L,
            int.class,
            0,
            byte.class,
            (byte) 1,
            byte[].class,
            new byte[8],
            BlockInitializer.class,
            (BlockInitializer) (memory, block) -> {},
            Consumer.class,
            (Consumer<Object>) object -> {},
            Supplier.class,
            (Supplier<Object>) Object::new,
            Runnable.class,
            (Runnable) () -> {});

    @TempDir
    Path directory;

    private HeapBuilder builder(boolean inFile) {
        HeapBuilder builder = inFile
                ? OffsetHeap.file(directory.resolve("heap"))
                : OffsetHeap.sharedMemory("handle-" + ProcessHandle.current().pid());
        return builder.maxSize(1 << 20);
    }

    /** Law C-129. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refusesEveryCallAfterClose(boolean inFile) {
        for (boolean readOnly : new boolean[] {false, true}) {
            HeapBuilder builder = builder(inFile);
            try (OffsetHeap other = builder.create()) {
                other.construct("bytes", SharedBytes.TYPE, 16).putLong(0, 42);
                OffsetHeap heap = readOnly ? builder.openReadOnly() : builder.open();
                SharedBytes bytes = heap.find("bytes", SharedBytes.TYPE).orElseThrow();
                OffsetRef<SharedBytes> ref =
                        heap.findRef("bytes", SharedBytes.TYPE).orElseThrow();
                Iterable<NamedObject> names = heap.names();
                Iterator<NamedObject> iterator = names.iterator();
                heap.close();
                Map<Class<?>, Object> arguments = new HashMap<>(ARGUMENTS);
                arguments.put(OffsetRef.class, ref);
                EveryMethod.isRefused(heap, OffsetHeap.class, arguments, Set.of("close", "toString"));
                EveryMethod.isRefused(
                        ref,
                        OffsetRef.class,
                        Map.of(),
                        Set.of(
                                "word",
                                "offset",
                                "type",
                                "toString",
                                "equals",
                                "hashCode",
                                "checkIn",
                                "of",
                                "leadsTo",
                                "identity"));
                EveryMethod.isRefused(bytes, SharedBytes.class, ARGUMENTS, Set.of());
                assertThrows(IllegalStateException.class, names::iterator);
                assertThrows(IllegalStateException.class, iterator::hasNext);
                assertThrows(IllegalStateException.class, iterator::next);
                heap.close();
                assertTrue(heap.toString().contains("h"), heap::toString);
                assertEquals(
                        42, other.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
                assertTrue(other.verify().isClean());
            } finally {
                builder.remove();
            }
        }
    }

    /** A stale handle is refused, also when its memory has become another object of the same type. */
    @Test
    void refusesEveryCallAfterDestruction() {
        HeapBuilder builder = builder(false);
        try (OffsetHeap heap = builder.create();
                OffsetHeap other = builder.open()) {
            SharedBytes stale = heap.construct("bytes", SharedBytes.TYPE, 16);
            IndexObject staleIndex = heap.construct("index", IndexObject.TYPE);
            staleIndex.put("key", new byte[3]);
            long offset = stale.offset();
            assertTrue(other.destroy("bytes"));
            assertTrue(other.destroy("index"));
            EveryMethod.isRefused(stale, SharedBytes.class, ARGUMENTS, Set.of());
            assertThrows(IllegalStateException.class, () -> staleIndex.get("key"));
            SharedBytes fresh = other.construct("bytes", SharedBytes.TYPE, 16);
            assertEquals(offset, fresh.offset());
            fresh.putLong(0, 7);
            IndexObject freshIndex = other.construct("index", IndexObject.TYPE);
            EveryMethod.isRefused(stale, SharedBytes.class, ARGUMENTS, Set.of());
            assertThrows(IllegalStateException.class, () -> staleIndex.get("key"));
            assertThrows(IllegalStateException.class, () -> staleIndex.put("key", new byte[4]));
            assertThrows(IllegalStateException.class, () -> staleIndex.remove("key"));
            assertThrows(IllegalStateException.class, staleIndex::content);
            assertThrows(IllegalStateException.class, () -> staleIndex.index().clear());
            assertThrows(IllegalStateException.class, () -> staleIndex.index().size());
            assertEquals(7, fresh.getLong(0));
            assertEquals(Map.of(), freshIndex.content());
            assertEquals(0, heap.verify().busyLanes());
            assertTrue(heap.verify().isClean());
        } finally {
            builder.remove();
        }
    }

    /** A heap that is closed while a thread has a lane pinned is given up when the thread unpins. */
    @Test
    void letsGoOfAPinAfterClose() throws Exception {
        HeapBuilder builder = builder(false);
        try (OffsetHeap other = builder.create()) {
            OffsetHeap heap = builder.open();
            LanePin pin = heap.pin();
            long block = heap.allocate(100);
            var elsewhere = CompletableFuture.supplyAsync(
                    () -> assertThrows(IllegalStateException.class, pin::close).getMessage());
            assertTrue(elsewhere.get(60, TimeUnit.SECONDS).contains("has not pinned"), elsewhere.get());
            heap.close();
            assertThrows(IllegalStateException.class, () -> heap.free(block));
            assertThrows(IllegalStateException.class, heap::pin);
            pin.close();
            pin.close();
            heap.close();
            other.free(block);
            assertTrue(other.verify().isClean());
            assertEquals(0, other.verify().busyLanes());
        } finally {
            builder.remove();
        }
    }

    @Test
    void keepsAPinThatAnOperationUses() {
        HeapBuilder builder = builder(false);
        try (OffsetHeap heap = builder.create()) {
            try (LanePin pin = heap.pin()) {
                heap.construct(
                        "bytes", SharedBytes.TYPE, 16, bytes -> assertThrows(IllegalStateException.class, pin::close));
                assertTrue(heap.find("bytes", SharedBytes.TYPE).isPresent());
            }
            assertEquals(0, heap.verify().busyLanes());
        } finally {
            builder.remove();
        }
    }

    /** Close waits for what runs and refuses the rest: no thread sees anything but success or the refusal. */
    @Test
    void closesUnderTheHandsOfOtherThreads() throws Exception {
        HeapBuilder builder = builder(false);
        try (OffsetHeap other = builder.create()) {
            for (int round = 0; round < 20; round++) {
                OffsetHeap heap = builder.open();
                CountDownLatch busy = new CountDownLatch(2);
                Runnable work = () -> {
                    IndexObject index = heap.findOrConstruct("index", IndexObject.TYPE);
                    for (int i = 0; ; i++) {
                        index.put("key" + i % 50, new byte[i % 100]);
                        heap.free(heap.allocate(i % 300));
                        index.remove("key" + i % 7);
                        index.content();
                        busy.countDown();
                    }
                };
                var first = CompletableFuture.runAsync(work);
                var second = CompletableFuture.runAsync(work);
                assertTrue(busy.await(60, TimeUnit.SECONDS));
                heap.close();
                for (var thread : new CompletableFuture<?>[] {first, second}) {
                    var thrown = assertThrows(
                            java.util.concurrent.ExecutionException.class, () -> thread.get(60, TimeUnit.SECONDS));
                    assertEquals(IllegalStateException.class, thrown.getCause().getClass(), thrown::toString);
                }
                var report = other.verify();
                assertTrue(report.isClean(), report::toString);
                assertEquals(0, report.busyLanes());
            }
        } finally {
            builder.remove();
        }
    }

    /** Laws C-129, C-131: who has it open keeps it; a new one of the same name is another. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isRemovedWhileItIsOpen(boolean inFile) {
        HeapBuilder builder = builder(inFile);
        try (OffsetHeap heap = builder.create()) {
            SharedBytes bytes = heap.construct("bytes", SharedBytes.TYPE, 8);
            assertTrue(builder.remove());
            assertFalse(builder.remove());
            assertThrows(SegmentNotFoundException.class, builder::open);
            bytes.putLong(0, 1);
            heap.grow(100_000);
            heap.construct("more", SharedBytes.TYPE, 50_000);
            try (OffsetHeap second = builder.create()) {
                assertTrue(second.find("bytes", SharedBytes.TYPE).isEmpty());
                second.construct("bytes", SharedBytes.TYPE, 8).putLong(0, 2);
                assertEquals(1, bytes.getLong(0));
                assertTrue(second.verify().isClean());
            }
            assertTrue(heap.verify().isClean());
        } finally {
            builder.remove();
        }
    }

    /** Law C-130. */
    @Test
    void isMovedAndCopiedAsAFile() throws IOException {
        Path path = directory.resolve("heap");
        try (OffsetHeap heap = builder(true).create()) {
            heap.construct("bytes", SharedBytes.TYPE, 8).putLong(0, 1);
            heap.construct("index", IndexObject.TYPE).put("key", new byte[5]);
        }
        Path copy = Files.copy(path, directory.resolve("copy"));
        Path moved = Files.move(
                path, Files.createDirectory(directory.resolve("else")).resolve("moved"));
        assertThrows(SegmentNotFoundException.class, () -> builder(true).open());
        try (OffsetHeap first = OffsetHeap.file(copy).open();
                OffsetHeap second = OffsetHeap.file(moved).open()) {
            SharedBytes bytes = first.find("bytes", SharedBytes.TYPE).orElseThrow();
            assertEquals(1, bytes.getLong(0));
            assertEquals(
                    first.find("index", IndexObject.TYPE).orElseThrow().content(),
                    second.find("index", IndexObject.TYPE).orElseThrow().content());
            bytes.putLong(0, 2);
            assertTrue(first.destroy("index"));
            assertEquals(1, second.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
            assertArrayEquals(
                    new byte[5],
                    second.find("index", IndexObject.TYPE).orElseThrow().get("key"));
            assertTrue(first.verify().isClean());
            assertTrue(second.verify().isClean());
        }
    }

    /** Moved or copied while it is open, it goes on under its old and its new name. */
    @Test
    void isMovedWhileItIsOpen() throws IOException {
        try (OffsetHeap heap = builder(true).create()) {
            SharedBytes bytes = heap.construct("bytes", SharedBytes.TYPE, 8);
            Path moved = Files.move(directory.resolve("heap"), directory.resolve("moved"));
            try (OffsetHeap other = OffsetHeap.file(moved).open()) {
                other.find("bytes", SharedBytes.TYPE).orElseThrow().putLong(0, 3);
                assertEquals(3, bytes.getLong(0));
                other.construct("more", SharedBytes.TYPE, 100_000);
                assertTrue(heap.find("more", SharedBytes.TYPE).isPresent());
                assertTrue(heap.verify().isClean());
            }
        }
    }
}
