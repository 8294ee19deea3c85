/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.NameExistsException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.error.TypeMismatchException;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.SharedBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("without-native-calls")
class OffsetHeapTest {
    private static final long SMALL = 1 << 20;

    @TempDir
    Path directory;

    private HeapBuilder file() {
        return OffsetHeap.file(directory.resolve("heap")).maxSize(SMALL);
    }

    /** The lock of a container is never reset, so what a user has left at its place must not become one. */
    @Test
    void makesContainersOfMemoryThatUsersHaveFilled() {
        for (AllocatorType allocator : List.of(SegmentAllocator.TYPE, FirstFitAllocator.TYPE)) {
            HeapBuilder builder = file().allocator(allocator);
            try (OffsetHeap heap = builder.create()) {
                List<Long> blocks = new ArrayList<>();
                for (OptionalLong block = heap.tryAllocate(4000); block.isPresent(); block = heap.tryAllocate(4000)) {
                    blocks.add(block.getAsLong());
                    for (int at = 0; at < 4000; at += Long.BYTES) {
                        heap.memory().putLong(block.getAsLong() + at, -1);
                    }
                }
                blocks.forEach(heap::free);
                heap.trim();
                for (int i = 0; i < 40; i++) {
                    IndexObject index = heap.construct("index" + i, IndexObject.TYPE);
                    for (int key = 0; key < 150; key++) {
                        index.put("key" + key, new byte[0]);
                    }
                    assertTrue(index.splits() > 0);
                }
                assertEquals(List.of(), heap.verify().findings());
            } finally {
                builder.remove();
            }
        }
    }

    /** Laws C-120, C-131: what exists is not made again, what is missing is not opened, what is removed is gone once. */
    @Test
    void isMadeOnceFoundOnceAndRemovedOnce() throws IOException {
        assertThrows(SegmentNotFoundException.class, () -> file().open());
        assertFalse(Files.exists(directory.resolve("heap")));
        file().create().close();
        byte[] bytes = Files.readAllBytes(directory.resolve("heap"));
        assertThrows(SegmentExistsException.class, () -> file().create());
        assertArrayEquals(bytes, Files.readAllBytes(directory.resolve("heap")));
        assertTrue(file().remove());
        assertFalse(file().remove());
    }

    /** Law C-121. */
    @Test
    void keepsWhatItHoldsOverCloseAndOpen() {
        try (OffsetHeap heap = file().create()) {
            heap.construct("greeting", SharedBytes.TYPE, 5).put(0, new byte[] {1, 2, 3, 4, 5}, 0, 5);
        }
        try (OffsetHeap heap = file().open()) {
            byte[] found = new byte[5];
            heap.find("greeting", SharedBytes.TYPE).orElseThrow().get(0, found, 0, 5);
            assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, found);
            assertTrue(heap.verify().isClean());
        }
    }

    /** Law C-122. */
    @Test
    void isOneHeapHoweverManyMakeItAtOnce() throws Exception {
        var threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> racers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String name = "racer" + i;
                racers.add(() -> {
                    try (OffsetHeap heap = file().openOrCreate()) {
                        heap.construct(name, SharedBytes.TYPE, 8);
                        return name;
                    }
                });
            }
            Set<String> made = new TreeSet<>();
            for (var racer : threads.invokeAll(racers)) {
                made.add(racer.get());
            }
            try (OffsetHeap heap = file().open()) {
                Set<String> found = new TreeSet<>();
                for (NamedObject object : heap.names()) {
                    found.add(object.name());
                }
                assertEquals(made, found);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Laws C-125, C-126: each a precise refusal, and the file stays as it was. */
    @Test
    void refusesFilesThatAreNotHeapsAndLeavesThemAlone() throws IOException {
        Path path = directory.resolve("heap");
        file().create().close();
        byte[] good = HeapFile.read(path);
        List<byte[]> bad = new ArrayList<>();
        bad.add(new byte[0]);
        bad.add(new byte[1]);
        bad.add(new byte[1 << 16]);
        bad.add("this is no heap, but a text of some length\n"
                .repeat(200)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        byte[] random = new byte[1 << 16];
        new Random(1).nextBytes(random);
        bad.add(random);
        for (int word : new int[] {0x000, 0x008, 0x010, 0x040, 0x048, 0x050, 0x0A8, 0x0F8, 0x840}) {
            byte[] flipped = good.clone();
            flipped[word] ^= 1;
            bad.add(flipped);
        }
        for (int cut = 0; cut < good.length; cut += 4096) {
            bad.add(java.util.Arrays.copyOf(good, cut));
        }
        for (byte[] bytes : bad) {
            Files.write(path, bytes);
            assertThrows(SegmentFormatException.class, () -> file().open());
            assertArrayEquals(bytes, Files.readAllBytes(path));
        }
        Files.write(path, good);
        file().open().close();
    }

    /** Law C-123. */
    @Test
    void refusesImpossibleSizesBeforeAnythingIsMade() {
        assertThrows(IllegalArgumentException.class, () -> file().maxSize((256 << 10) - 1));
        assertThrows(IllegalArgumentException.class, () -> file().maxSize(-1));
        assertThrows(IllegalArgumentException.class, () -> file().maxSize(Long.MAX_VALUE));
        assertFalse(Files.exists(directory.resolve("heap")));
        try (OffsetHeap heap = file().maxSize(256 << 10).create()) {
            assertEquals(256 << 10, heap.maxSize());
        }
    }

    /** Law C-129. */
    @Test
    void refusesEverythingAfterClose() {
        OffsetHeap heap = file().create();
        long block = heap.allocate(10);
        SharedBytes bytes = heap.construct("bytes", SharedBytes.TYPE, 8);
        heap.close();
        heap.close();
        assertThrows(IllegalStateException.class, () -> heap.allocate(10));
        assertThrows(IllegalStateException.class, () -> heap.free(block));
        assertThrows(IllegalStateException.class, () -> heap.find("bytes", SharedBytes.TYPE));
        assertThrows(IllegalStateException.class, () -> bytes.getLong(0));
        assertThrows(IllegalStateException.class, heap::stats);
        assertThrows(IllegalStateException.class, heap::pin);
    }

    /** Laws C-072, C-127. */
    @Test
    void readsWithoutWritingWhenOpenedReadOnly() throws IOException {
        try (OffsetHeap writer = file().create()) {
            writer.construct("bytes", SharedBytes.TYPE, 8).putLong(0, 42);
            byte[] before = Files.readAllBytes(directory.resolve("heap"));
            OffsetHeap reader = file().openReadOnly();
            SharedBytes bytes = reader.find("bytes", SharedBytes.TYPE).orElseThrow();
            assertEquals(42, bytes.getLong(0));
            assertEquals(writer.stats(), reader.stats());
            assertTrue(reader.verify().isClean());
            assertThrows(UnsupportedOperationException.class, () -> reader.allocate(10));
            assertThrows(UnsupportedOperationException.class, () -> reader.construct("x", SharedBytes.TYPE, 1));
            assertThrows(UnsupportedOperationException.class, () -> reader.destroy("bytes"));
            assertThrows(UnsupportedOperationException.class, () -> bytes.putLong(0, 1));
            assertThrows(UnsupportedOperationException.class, reader::trim);
            reader.close();
            assertArrayEquals(before, Files.readAllBytes(directory.resolve("heap")));
        }
    }

    /** Laws C-090 to C-092, C-101 to C-104. */
    @Test
    void findsWhatWasConstructedAndNothingElse() {
        try (OffsetHeap heap = file().create()) {
            assertTrue(heap.find("a", SharedBytes.TYPE).isEmpty());
            assertFalse(heap.destroy("a"));
            for (String name : List.of("a", "aa", "ab", "b", "Aa", "BB", "/", "\0", "ü€😀", "x".repeat(1024))) {
                heap.construct(name, SharedBytes.TYPE, 16).putLong(8, name.hashCode());
            }
            for (NamedObject object : heap.names()) {
                assertEquals(
                        object.name().hashCode(),
                        heap.find(object.name(), SharedBytes.TYPE).orElseThrow().getLong(8));
            }
            assertThrows(NameExistsException.class, () -> heap.construct("a", SharedBytes.TYPE, 16));
            assertThrows(IllegalArgumentException.class, () -> heap.construct("", SharedBytes.TYPE, 1));
            assertThrows(IllegalArgumentException.class, () -> heap.construct("x".repeat(1025), SharedBytes.TYPE, 1));
            assertThrows(TypeMismatchException.class, () -> heap.findOrConstruct("a", SharedBytes.TYPE, 17));
            var thrown = assertThrows(TypeMismatchException.class, () -> heap.find("a", IndexObject.TYPE));
            assertTrue(thrown.getMessage().contains("SharedBytes/1"), thrown.getMessage());
            assertTrue(thrown.getMessage().contains("IndexObject/1"), thrown.getMessage());
            assertTrue(heap.verify().isClean());
        }
    }

    /** Law C-094. */
    @Test
    void leavesNothingOfWhatItDestroys() {
        try (OffsetHeap heap = file().create()) {
            heap.construct("warm", IndexObject.TYPE);
            heap.destroy("warm");
            heap.construct("warm", SharedBytes.TYPE, 1);
            heap.destroy("warm");
            heap.trim();
            long live = heap.stats().liveBlocks();
            IndexObject index = heap.construct("index", IndexObject.TYPE);
            for (int i = 0; i < 500; i++) {
                index.put("key" + i, new byte[i % 50]);
            }
            heap.destroy("index");
            assertThrows(IllegalStateException.class, () -> index.get("key1"));
            heap.trim();
            assertEquals(live, heap.stats().liveBlocks());
            assertTrue(heap.verify().isClean());
        }
    }

    /** Laws C-012, C-013, C-020, C-033. */
    @Test
    void refusesWhatItCannotAllocateAndStaysAsItWas() {
        try (OffsetHeap heap = file().create()) {
            heap.trim();
            var before = heap.stats();
            for (long size :
                    new long[] {SMALL, SMALL + 1, Integer.MAX_VALUE + 1L, 1L << 62, Long.MAX_VALUE, Long.MAX_VALUE - 15
                    }) {
                assertThrows(OutOfSegmentMemoryException.class, () -> heap.allocate(size));
                assertThrows(OutOfSegmentMemoryException.class, () -> heap.allocate(size, 4096));
                assertTrue(heap.tryAllocate(size).isEmpty());
            }
            assertThrows(IllegalArgumentException.class, () -> heap.allocate(-1));
            for (long alignment : new long[] {0, -8, 3, 24, Long.MIN_VALUE}) {
                var thrown = assertThrows(IllegalArgumentException.class, () -> heap.allocate(64, alignment));
                assertEquals("alignment must be a power of two: alignment=" + alignment, thrown.getMessage());
            }
            assertEquals(before.free(), heap.stats().free());
            assertEquals(before.largestFree(), heap.stats().largestFree());
        }
    }

    /** Law C-106 for raw blocks. */
    @Test
    void refusesToFreeWhatIsNoBlock() {
        try (OffsetHeap heap = file().create()) {
            long block = heap.allocate(100);
            heap.free(0);
            for (long forged : new long[] {1, 8, block + 1, block + 16, SMALL, Long.MAX_VALUE, -16}) {
                assertThrows(IllegalArgumentException.class, () -> heap.free(forged));
            }
            heap.free(block);
            assertThrows(IllegalArgumentException.class, () -> heap.free(block));
            assertTrue(heap.verify().isClean());
        }
    }

    @Test
    void keepsALaneForAPin() {
        try (OffsetHeap heap = file().create()) {
            LanePin pin = heap.pin();
            assertThrows(IllegalStateException.class, heap::pin);
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                blocks.add(heap.allocate(i % 300));
            }
            blocks.forEach(heap::free);
            assertTrue(heap.verify().isClean());
            pin.close();
            heap.pin().close();
        }
    }

    @Test
    void undoesAnAllocationWhoseInitializerFails() {
        try (OffsetHeap heap = file().create()) {
            long cell = heap.construct("cell", SharedBytes.TYPE, 8).offset();
            assertThrows(
                    IllegalArgumentException.class,
                    () -> heap.allocateInto(cell, 100, (memory, block) -> {
                        throw new IllegalArgumentException("mine");
                    }));
            assertThrows(
                    IllegalStateException.class,
                    () -> heap.allocateInto(cell, 100, (memory, block) -> heap.allocate(5)));
            assertEquals(0, heap.memory().getLong(cell));
            long block = heap.allocateInto(cell, 100, (memory, at) -> memory.putLong(at, 9));
            assertEquals(block, heap.memory().getLong(cell));
            assertEquals(9, heap.memory().getLong(block));
            assertTrue(heap.verify().isClean());
            assertEquals(0, heap.verify().busyLanes());
        }
    }
}
