/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentNotFoundException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import net.openhft.chronicle.core.UnsafeMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("without-native-calls")
class SharedMemoryObjectTest {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    private final String name = "offsetheap-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    @AfterEach
    void removeTheName() throws Exception {
        Files.deleteIfExists(SharedMemoryObject.directory().resolve(name));
    }

    @Test
    void isSharedByAllWhoOpenTheName() {
        try (SharedMemoryObject one = SharedMemoryObject.create(name, OWNER);
                SharedMemoryObject two = SharedMemoryObject.open(name, true)) {
            one.truncate(100_000);
            assertEquals(100_000, two.size());
            MappedRegion writable = one.map();
            MappedRegion readable = two.map();
            assertTrue(readable.readOnly());
            assertEquals(100_000, readable.size());
            UnsafeMemory.INSTANCE.writeLong(writable.address() + 99_992, 42);
            assertEquals(42, UnsafeMemory.INSTANCE.readLong(readable.address() + 99_992));
            writable.close();
            readable.close();
        }
    }

    @Test
    void mapsAPartFromAnyByteOn() {
        MappedRegion part;
        try (SharedMemoryObject object = SharedMemoryObject.create(name, OWNER)) {
            object.truncate(20_000);
            try (MappedRegion all = object.map()) {
                UnsafeMemory.INSTANCE.writeByte(all.address() + 5_001, (byte) 9);
                UnsafeMemory.INSTANCE.writeByte(all.address() + 19_999, (byte) 8);
            }
            part = object.map(5_001, 100);
            assertEquals(100, part.size());
            try (MappedRegion rest = object.map(19_999, 0)) {
                assertEquals(1, rest.size());
                assertEquals(8, UnsafeMemory.INSTANCE.readByte(rest.address()));
            }
        }
        assertEquals(9, UnsafeMemory.INSTANCE.readByte(part.address()));
        part.close();
    }

    @Test
    void refusesAPartBeyondTheEnd() {
        try (SharedMemoryObject object = SharedMemoryObject.create(name, OWNER)) {
            assertThrows(IllegalArgumentException.class, object::map);
            object.truncate(10);
            var thrown = assertThrows(IllegalArgumentException.class, () -> object.map(5, 6));
            assertEquals(
                    "the part to map is not within the file: offset=5 size=6 fileSize=10 segment=shared memory '" + name
                            + "'",
                    thrown.getMessage());
            assertThrows(IllegalArgumentException.class, () -> object.map(11, 0));
            assertThrows(IllegalArgumentException.class, () -> object.map(10, 0));
            assertThrows(IllegalArgumentException.class, () -> object.map(-1, 1));
            assertThrows(IllegalArgumentException.class, () -> object.map(1, Long.MAX_VALUE));
        }
    }

    @Test
    void createsOnlyWhatIsNotThere() {
        try (SharedMemoryObject object = SharedMemoryObject.create(name, OWNER)) {
            var thrown = assertThrows(
                    SegmentExistsException.class,
                    () -> SharedMemoryObject.create(name, OWNER).close());
            assertEquals("the name is taken: segment=" + object, thrown.getMessage());
        }
    }

    @Test
    void opensOnlyWhatIsThere() {
        assertThrows(SegmentNotFoundException.class, () -> SharedMemoryObject.open(name, false));
    }

    @Test
    void openOrCreateGivesTheSameToAll() throws Exception {
        for (int round = 0; round < 50; round++) {
            var calls = new ArrayList<Callable<SharedMemoryObject>>();
            for (int i = 0; i < 4; i++) {
                calls.add(() -> SharedMemoryObject.openOrCreate(name, OWNER));
            }
            var threads = Executors.newFixedThreadPool(4);
            var objects = new ArrayList<SharedMemoryObject>();
            for (var result : threads.invokeAll(calls)) {
                objects.add(result.get());
            }
            threads.shutdown();
            objects.get(0).truncate(123);
            for (SharedMemoryObject object : objects) {
                assertEquals(123, object.size());
                object.close();
            }
            assertTrue(SharedMemoryObject.remove(name));
        }
    }

    @Test
    void removesOnce() {
        SharedMemoryObject.create(name, OWNER).close();
        assertTrue(SharedMemoryObject.remove(name));
        assertFalse(SharedMemoryObject.remove(name));
    }

    @Test
    void doesNotShrink() {
        try (SharedMemoryObject object = SharedMemoryObject.create(name, OWNER)) {
            object.truncate(100);
            assertThrows(IllegalArgumentException.class, () -> object.truncate(99));
            object.truncate(100);
            assertEquals(100, object.size());
        }
    }

    @Test
    void refusesNamesThatAreNotPortable() {
        for (String bad : new String[] {"", ".", "..", "a/b", "/a", "a b", "ä", "a\0b", "x".repeat(256)}) {
            var thrown = assertThrows(IllegalArgumentException.class, () -> SharedMemoryObject.location(bad));
            assertTrue(thrown.getMessage().endsWith(" name=" + bad), thrown.getMessage());
        }
        assertEquals(
                "shared memory 'A-z_0.9'",
                SharedMemoryObject.location("A-z_0.9").toString());
        SharedMemoryObject.location("x".repeat(255));
    }
}
