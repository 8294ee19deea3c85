/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.badinput;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.process.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file system that is full, wherever a heap asks it for room: an exception and never a fault, the heap stays whole, and
 * everything works again as soon as there is room. Each case is a process of its own, on a file system of its own. Laws
 * C-124, C-133.
 */
class ScarceRoomHeapTest {
    private static final String DONE = "DONE";

    @TempDir
    Path directory;

    @Test
    void creatingLeavesNothing() throws Exception {
        onAFileSystemOf("256k", "create");
    }

    @Test
    void growingLeavesTheHeapWhole() throws Exception {
        onAFileSystemOf("4m", "grow");
    }

    @Test
    void growingTakesLessThanItWouldLike() throws Exception {
        onAFileSystemOf("4m", "nearlyFull");
    }

    @Test
    void allocatingTakesFirstWhatIsHeldBack() throws Exception {
        onAFileSystemOf("4m", "allocate");
    }

    @Test
    void aFirstLeaseLeavesTheHeapWhole() throws Exception {
        onAFileSystemOf("4m", "lease");
    }

    @Test
    void openingAndReadingNeedNoRoom() throws Exception {
        onAFileSystemOf("4m", "read");
    }

    @Test
    void aLimitOfTheProcessIsMetLikeAFullFileSystem() {
        // In units of 512 bytes: 4 MiB.
        run(List.of("sh", "-c", "ulimit -f 8192 && exec \"$@\"", "sh"), "limit");
    }

    private void onAFileSystemOf(String size, String action) throws Exception {
        assumeTrue(mountsWork(), "this user may not mount");
        String mount = "mount -t tmpfs -o size=" + size + " none " + directory + " && exec \"$@\"";
        run(List.of("unshare", "-Urm", "sh", "-c", mount, "sh"), action);
    }

    private static boolean mountsWork() throws Exception {
        try {
            Process process = new ProcessBuilder("unshare", "-Urm", "sh", "-c", "mount -t tmpfs none /mnt")
                    .redirectErrorStream(true)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    private void run(List<String> prefix, String action) {
        try (ChildJvm child = ChildJvm.start(prefix, Child.class, action, directory.toString())) {
            child.expectExit(0);
            assertTrue(child.output().contains(DONE), child::toString);
        }
    }

    /** The process. Its assertions are its own; it ends with status 1 if one fails. */
    static final class Child {
        private final Path directory;
        private final Path filler;
        private final Map<String, byte[]> written = new TreeMap<>();

        private Child(Path directory) {
            this.directory = directory;
            this.filler = directory.resolve("filler");
        }

        public static void main(String[] arguments) throws Exception {
            Child child = new Child(Path.of(arguments[1]));
            switch (arguments[0]) {
                case "create" -> child.create();
                case "grow" -> child.grow();
                case "nearlyFull" -> child.nearlyFull();
                case "allocate" -> child.allocate();
                case "lease" -> child.lease();
                case "read" -> child.read();
                case "limit" -> child.limit();
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            System.out.println(DONE);
        }

        private HeapBuilder heap() {
            return OffsetHeap.file(directory.resolve("heap")).maxSize(64 << 20);
        }

        private void create() throws IOException {
            for (var made : List.<Runnable>of(() -> heap().create(), () -> heap().openOrCreate())) {
                assertNoRoom(made);
                assertFiles(0);
            }
            // The heap of another size fits, into the very room that the failures must have given back.
            try (OffsetHeap small = heap().maxSize(256 << 10).create()) {
                assertWhole(small);
            }
        }

        private void grow() throws IOException {
            try (OffsetHeap heap = heap().create()) {
                IndexObject index = heap.construct("index", IndexObject.TYPE);
                fill(1 << 20);
                assertNoRoom(() -> put(index, 0));
                assertContent(heap, index);
                int before = written.size();
                assertTrue(before > 0);
                assertNoRoom(() -> heap.allocate(3 << 20));
                assertNoRoom(() -> heap.construct("large", SharedBytes.TYPE, 3 << 20));
                assertNoRoom(() -> heap.grow(8 << 20));
                assertTrue(heap.tryAllocate(3 << 20).isEmpty());
                assertContent(heap, index);
                // What is freed inside the heap is used again, full as the file system is.
                for (String key : List.copyOf(written.keySet()).subList(0, before / 2)) {
                    index.remove(key);
                    written.remove(key);
                }
                for (int i = 0; i < before / 4; i++) {
                    putOne(index, "again" + i);
                }
                assertContent(heap, index);
                Files.delete(filler);
                long end = heap.stats().grown();
                heap.free(heap.allocate(700_000));
                assertTrue(heap.stats().grown() > end);
                assertContent(heap, index);
            }
            try (OffsetHeap heap = heap().open()) {
                assertContent(heap, heap.find("index", IndexObject.TYPE).orElseThrow());
            }
        }

        /** There is less room than a heap usually grows by, but more than it needs. */
        private void nearlyFull() throws IOException {
            try (OffsetHeap heap = heap().create()) {
                long before = heap.stats().grown();
                int left = 300 << 10;
                fill((int) Files.getFileStore(directory).getUsableSpace() - left);
                while (heap.stats().grown() == before) {
                    heap.allocate(100_000);
                }
                assertTrue(heap.stats().grown() - before <= left);
                assertNoRoom(() -> {
                    while (true) {
                        heap.allocate(100_000);
                    }
                });
                assertWhole(heap);
            }
        }

        /** Runs that are empty, and what the lane of another thread keeps, are no less room than in a heap that cannot grow. */
        private void allocate() throws Exception {
            try (OffsetHeap heap = heap().create()) {
                for (int size = 16; size <= 8192; size *= 2) {
                    heap.free(heap.allocate(size));
                }
                fill(64 << 20);
                for (int size : new int[] {4096, 50}) {
                    assertNoRoom(() -> {
                        while (true) {
                            heap.allocate(size);
                        }
                    });
                    heap.trim();
                    assertTrue(heap.tryAllocate(size).isEmpty());
                    assertWhole(heap);
                }
                Files.delete(filler);
                heap.allocate(4096);
            }
        }

        /** While one thread is inside an operation, the next one needs a second lane, whose memory nobody has used yet. */
        private void lease() throws Exception {
            try (OffsetHeap heap = heap().create()) {
                long cell = heap.construct("cell", SharedBytes.TYPE, 8).offset();
                CountDownLatch inside = new CountDownLatch(1);
                CountDownLatch end = new CountDownLatch(1);
                ExecutorService other = Executors.newSingleThreadExecutor();
                try {
                    Future<Long> block = other.submit(() -> heap.allocateInto(cell, 100, (memory, at) -> {
                        inside.countDown();
                        await(end);
                    }));
                    await(inside);
                    fill(64 << 20);
                    assertNoRoom(() -> heap.construct("second", SharedBytes.TYPE, 8));
                    assertNoRoom(() -> heap.allocate(8));
                    assertTrue(heap.find("second", SharedBytes.TYPE).isEmpty());
                    assertEquals(List.of(), heap.verify().findings());
                    Files.delete(filler);
                    heap.construct("second", SharedBytes.TYPE, 8);
                    end.countDown();
                    assertEquals(block.get(), heap.memory().getLong(cell));
                } finally {
                    end.countDown();
                    other.shutdown();
                }
                // The lanes that nobody could move into were left poisoned, to whoever needs them.
                heap.trim();
                assertWhole(heap);
            }
        }

        private void read() throws IOException {
            try (OffsetHeap heap = heap().create()) {
                put(heap.construct("index", IndexObject.TYPE), 50);
            }
            fill(64 << 20);
            try (OffsetHeap heap = heap().openReadOnly()) {
                assertContent(heap, heap.find("index", IndexObject.TYPE).orElseThrow());
            }
            for (int i = 0; i < 2; i++) {
                try (OffsetHeap heap = heap().open()) {
                    assertContent(heap, heap.find("index", IndexObject.TYPE).orElseThrow());
                    assertTrue(heap.stats().liveBlocks() > written.size());
                    assertNoRoom(() -> heap.allocate(32 << 20));
                    heap.trim();
                    assertWhole(heap);
                }
            }
            Files.delete(filler);
        }

        private void limit() {
            try (OffsetHeap heap = heap().create()) {
                IndexObject index = heap.construct("index", IndexObject.TYPE);
                assertNoRoom(() -> put(index, 0));
                assertContent(heap, index);
                assertFalse(written.isEmpty());
            }
        }

        // ---- content

        /** Puts so many entries, or, if it is 0, until that fails. */
        private void put(IndexObject index, int count) {
            for (int i = 0; i < count || count == 0; i++) {
                putOne(index, "key" + i);
            }
        }

        private void putOne(IndexObject index, String key) {
            byte[] value = new byte[100 + key.hashCode() % 50];
            Arrays.fill(value, (byte) key.hashCode());
            index.put(key, value);
            written.put(key, value);
        }

        private void assertContent(OffsetHeap heap, IndexObject index) {
            assertEquals(written.size(), index.index().size());
            written.forEach((key, value) -> assertArrayEquals(value, index.get(key), key));
            assertWhole(heap);
        }

        private static void assertWhole(OffsetHeap heap) {
            assertEquals(List.of(), heap.verify().findings());
            assertEquals(0, heap.verify().busyLanes());
        }

        // ---- room

        private static void assertNoRoom(Runnable action) {
            var thrown = assertThrows(OutOfSegmentMemoryException.class, action::run);
            assertTrue(thrown.getMessage().contains("="), thrown::getMessage);
            assertTrue(thrown.getMessage().contains("segment=file "), thrown::getMessage);
        }

        private void assertFiles(int count) throws IOException {
            try (Stream<Path> files = Files.list(directory)) {
                assertEquals(count, files.count());
            }
        }

        /** Takes the file system's room, at most so many bytes of it. */
        private void fill(int bytes) throws IOException {
            int page = 4096;
            try (OutputStream out = Files.newOutputStream(filler)) {
                for (int i = 0; i < bytes / page; i++) {
                    out.write(new byte[page]);
                }
            } catch (IOException full) {
                assertTrue(Files.size(filler) > 0, full.toString());
            }
        }

        private static void await(CountDownLatch latch) {
            try {
                assertTrue(latch.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }
    }
}
