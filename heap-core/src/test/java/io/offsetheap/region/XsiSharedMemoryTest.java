/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.process.ChildJvm;
import io.offsetheap.view.Views;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XsiSharedMemoryTest {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    @TempDir
    Path directory;

    private XsiKey key = XsiKey.PRIVATE;
    private final List<Integer> made = new ArrayList<>();

    @BeforeEach
    void makeAKey() throws Exception {
        Path path = Files.createFile(directory.resolve("key"));
        // Of a few bits of the file: another program may have the same, and what it has is left alone.
        for (int number = 1; number < 256; number++) {
            key = XsiKey.of(path, number);
            try {
                XsiSharedMemory.open(key);
            } catch (SegmentNotFoundException free) {
                return;
            }
        }
        throw new AssertionError("no key is free");
    }

    private XsiSharedMemory note(XsiSharedMemory memory) {
        made.add(memory.id());
        return memory;
    }

    @AfterEach
    void removeWhatWasMade() {
        made.forEach(XsiSharedMemory::remove);
    }

    static final class Child {
        public static void main(String[] arguments) {
            XsiKey key = XsiKey.of(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
            try (XsiSharedMemory memory = XsiSharedMemory.open(key);
                    MappedRegion region = MappedRegion.map(memory, MapMode.READ_ONLY)) {
                Bytes<Void> bytes = Views.bytes(region);
                for (int i = 0; i < 1000; i++) {
                    assertEquals(1, bytes.readByte((long) i));
                }
                assertThrows(UnsupportedOperationException.class, () -> bytes.writeByte(0, (byte) 2));
                try (MappedRegion writable = memory.map()) {
                    Views.bytes(writable).writeByte(0, (byte) 2);
                }
            }
        }
    }

    @Test
    void isOneMemoryForAllWhoKnowTheKey() throws Exception {
        Path path = Files.createFile(directory.resolve("shared"));
        XsiSharedMemory memory = note(XsiSharedMemory.create(XsiKey.of(path, 7), 1000, OWNER));
        try (MappedRegion region = memory.map()) {
            assertEquals(1000, region.size());
            Bytes<Void> bytes = Views.bytes(region);
            for (int i = 0; i < 1000; i++) {
                bytes.writeByte((byte) 1);
            }
            try (ChildJvm child = ChildJvm.start(Child.class, path.toString(), "7")) {
                child.expectExit(0);
            }
            assertEquals(2, bytes.readByte(0));
        }
    }

    @Test
    void isCreatedOnceFoundAndRemovedOnce() {
        assertThrows(SegmentNotFoundException.class, () -> XsiSharedMemory.open(key));
        XsiSharedMemory memory = note(XsiSharedMemory.create(key, 5000, OWNER));
        assertThrows(SegmentExistsException.class, () -> XsiSharedMemory.create(key, 5000, OWNER));
        assertEquals(memory.id(), XsiSharedMemory.open(key).id());
        assertEquals(memory.id(), XsiSharedMemory.openOrCreate(key, 1, OWNER).id());
        assertEquals(5000, XsiSharedMemory.ofId(memory.id()).size());
        MappedRegion region = memory.map();
        assertTrue(XsiSharedMemory.remove(memory.id()));
        Views.bytes(region).writeLong(0, 5);
        assertEquals(5, Views.bytes(region).readLong(0));
        XsiSharedMemory next = note(XsiSharedMemory.openOrCreate(key, 100, OWNER));
        assertNotEquals(memory.id(), next.id());
        region.close();
        assertFalse(XsiSharedMemory.remove(memory.id()));
        assertThrows(SegmentNotFoundException.class, () -> XsiSharedMemory.ofId(memory.id()));
        assertThrows(SegmentNotFoundException.class, memory::map);
    }

    @Test
    void hasNoKeyWhenItIsPrivate() {
        XsiSharedMemory one = note(XsiSharedMemory.create(XsiKey.PRIVATE, 10, OWNER));
        XsiSharedMemory two = note(XsiSharedMemory.create(XsiKey.PRIVATE, 10, OWNER));
        assertNotEquals(one.id(), two.id());
        assertThrows(SegmentNotFoundException.class, () -> XsiSharedMemory.open(XsiKey.PRIVATE));
        assertEquals("private", XsiKey.PRIVATE.toString());
    }

    @Test
    void isMappedWholeAndShared() {
        XsiSharedMemory memory = note(XsiSharedMemory.create(key, 10_000, OWNER));
        assertThrows(IllegalArgumentException.class, () -> memory.map(1, 0));
        var part = assertThrows(IllegalArgumentException.class, () -> memory.map(0, 9_999));
        assertEquals(
                "XSI shared memory is mapped whole: offset=0 size=9999 whole=10000 segment=" + memory,
                part.getMessage());
        assertThrows(IllegalArgumentException.class, () -> MappedRegion.map(memory, MapMode.COPY_ON_WRITE));
        assertThrows(IllegalArgumentException.class, () -> MappedRegion.map(memory, MapMode.READ_PRIVATE));
        MappedRegion hole = MappedRegion.anonymous(20_000);
        long address = hole.address();
        assertThrows(HeapException.class, () -> MappedRegion.map(memory, MapMode.READ_WRITE, 0, 0, address));
        hole.close();
        assertThrows(
                IllegalArgumentException.class, () -> MappedRegion.map(memory, MapMode.READ_WRITE, 0, 0, address + 1));
        try (MappedRegion region = MappedRegion.map(memory, MapMode.READ_WRITE, 0, 10_000, address);
                MappedRegion other = memory.map(0, 10_000)) {
            assertEquals(address, region.address());
            Views.bytes(region).writeLong(9_992, 3);
            assertEquals(3, Views.bytes(other).readLong(9_992));
            region.flush();
            assertThrows(UnsupportedOperationException.class, () -> region.shrinkBy(5000, true));
        }
    }

    @Test
    void refusesWhatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> XsiSharedMemory.create(key, 0, OWNER));
        long size = AvailableMemory.bytes() * 2;
        assertThrows(OutOfSegmentMemoryException.class, () -> XsiSharedMemory.create(key, size, OWNER));
        assertThrows(IllegalArgumentException.class, () -> XsiKey.of(directory, 0));
        assertThrows(IllegalArgumentException.class, () -> XsiKey.of(directory, 256));
        var thrown = assertThrows(HeapException.class, () -> XsiKey.of(directory.resolve("absent"), 1));
        assertTrue(thrown.getMessage().endsWith("errno=ENOENT (no such file or directory)"), thrown::getMessage);
        XsiSharedMemory closed = note(XsiSharedMemory.create(key, 10, OWNER));
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, closed::size);
        assertThrows(IllegalStateException.class, closed::map);
    }

    @Test
    void openOrCreateGivesTheSameToAll() throws Exception {
        var threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 50; round++) {
                List<Callable<Integer>> calls = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    calls.add(
                            () -> XsiSharedMemory.openOrCreate(key, 123, OWNER).id());
                }
                List<Integer> ids = new ArrayList<>();
                for (var result : threads.invokeAll(calls)) {
                    ids.add(result.get());
                }
                made.addAll(ids);
                assertEquals(1, Set.copyOf(ids).size(), ids::toString);
                assertTrue(XsiSharedMemory.remove(ids.get(0)));
            }
        } finally {
            threads.shutdown();
        }
    }

    /** Makes, maps, closes and removes, and looks what is left of it. */
    static final class Repeater {
        private static final Path IPCS = Path.of("/usr/bin/ipcs");

        public static void main(String[] arguments) throws Exception {
            XsiSharedMemory one = XsiSharedMemory.create(XsiKey.PRIVATE, 1, OWNER);
            assertEquals(List.of(Integer.toString(one.id())), segments());
            XsiSharedMemory.remove(one.id());
            rounds(100);
            long descriptors = descriptors();
            long mappings = mappings();
            rounds(10_000);
            assertTrue(descriptors() <= descriptors, () -> "descriptors before=" + descriptors);
            System.gc();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            // Of addresses that a view has kept; a few more are the JVM's own.
            while (mappings() > mappings + 20) {
                assertTrue(System.nanoTime() < deadline, "mappings before=" + mappings + " after=" + mappings());
                Thread.sleep(2);
            }
            assertEquals(List.of(), segments());
        }

        private static void rounds(int count) {
            for (int round = 0; round < count; round++) {
                XsiSharedMemory memory = XsiSharedMemory.create(XsiKey.PRIVATE, 1 + round, OWNER);
                try (MappedRegion region = memory.map()) {
                    Views.bytes(region).writeByte(0, (byte) 1);
                } finally {
                    XsiSharedMemory.remove(memory.id());
                }
            }
        }

        /** The ids that the system lists as made by this process: from {@code ipcs}, or where that is not installed from its source. */
        private static List<String> segments() throws IOException {
            boolean installed = Files.isExecutable(IPCS);
            int idColumn = installed ? 0 : 1;
            int creatorColumn = installed ? 2 : 4;
            String creator = Long.toString(ProcessHandle.current().pid());
            return lines(installed).stream()
                    .map(line -> line.strip().split(" +"))
                    .filter(columns -> columns.length > creatorColumn && columns[creatorColumn].equals(creator))
                    .map(columns -> columns[idColumn])
                    .toList();
        }

        private static List<String> lines(boolean installed) throws IOException {
            if (!installed) {
                return Files.readAllLines(Path.of("/proc/sysvipc/shm"));
            }
            Process ipcs = new ProcessBuilder(IPCS.toString(), "-m", "-p")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader reader = ipcs.inputReader()) {
                return reader.lines().toList();
            }
        }

        private static long descriptors() throws IOException {
            try (var files = Files.list(Path.of("/proc/self/fd"))) {
                return files.count();
            }
        }

        private static long mappings() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/maps")).size();
        }
    }

    /** Ten thousand of them, mapped and removed. */
    @Test
    void leavesNothingBehind() {
        try (ChildJvm child = ChildJvm.start(Repeater.class)) {
            child.expectExit(0);
        }
    }
}
