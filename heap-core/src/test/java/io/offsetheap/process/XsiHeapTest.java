/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.WatchedMemory;
import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.laws.ForwardingType;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.IndexObject;
import io.offsetheap.region.XsiKey;
import io.offsetheap.region.XsiSharedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to a heap in XSI memory: its locks are in a file beside it, and it has its name from the beginning. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class XsiHeapTest {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final long SIZE = 1 << 20;

    @TempDir
    Path directory;

    private HeapKind.Place place;

    @BeforeEach
    void choosePlace() {
        place = HeapKind.XSI.place(directory);
    }

    @AfterEach
    void remove() {
        place.close();
    }

    private HeapBuilder builder() {
        return place.builder();
    }

    private static HeapBuilder builder(String key) {
        return new HeapKind.Place(HeapKind.XSI, key).builder();
    }

    private static IndexObject index(OffsetHeap heap) {
        return heap.find("index", IndexObject.TYPE).orElseThrow();
    }

    private static void spin() {
        System.out.println(ChildJvm.READY);
        while (true) {
            Thread.onSpinWait();
        }
    }

    /** A process that stops in the middle of a commit. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) {
            XsiKey key = new XsiKey(Integer.parseInt(arguments[0]));
            OffsetHeap heap = WatchedMemory.open(XsiSharedMemory.location(key));
            WatchedMemory.of(heap).stopAt(CommitSite.PUT_REPLACE, 1, lock -> spin());
            index(heap).put("key", new byte[] {7, 7});
        }
    }

    @Test
    void finishesTheWorkOfTheDeadAndWaitsForTheLiving() throws Exception {
        try (OffsetHeap heap = builder().create()) {
            index(heap, "key", 1);
            try (ChildJvm victim = ChildJvm.start(Victim.class, place.name()).awaitReady()) {
                var put = CompletableFuture.runAsync(() -> index(heap).put("key", new byte[] {8}));
                assertThrows(TimeoutException.class, () -> put.get(1, TimeUnit.SECONDS));
                assertThrows(SegmentBusyException.class, () -> builder().openCopyOnWrite());
                victim.kill9();
                put.get(60, TimeUnit.SECONDS);
            }
            assertArrayEquals(new byte[] {8}, index(heap).get("key"));
            assertTrue(heap.verify().isClean());
            assertEquals(0, heap.verify().busyLanes());
        }
    }

    private static void index(OffsetHeap heap, String key, int length) {
        heap.construct("index", IndexObject.TYPE).put(key, new byte[length]);
    }

    /** A process that never comes to an end of making a heap. */
    static final class Maker {
        private Maker() {}

        public static void main(String[] arguments) {
            builder(arguments[0])
                    .allocator(new ForwardingType(AllocatorType.FIRST_FOREIGN_ID, SegmentAllocator.TYPE, allocator -> {
                        spin();
                        return allocator;
                    }))
                    .create();
        }
    }

    @Test
    void isWaitedForWhileItIsMadeAndRefusedWhenItsMakerHasDied() throws Exception {
        try (ChildJvm maker = ChildJvm.start(Maker.class, place.name()).awaitReady()) {
            var opening = CompletableFuture.runAsync(() -> builder().open().close());
            assertThrows(
                    TimeoutException.class,
                    () -> opening.get(1, TimeUnit.SECONDS),
                    "nobody waits for the maker of a segment");
            maker.kill9();
            Throwable refused = assertThrows(Exception.class, () -> opening.get(60, TimeUnit.SECONDS));
            assertEquals(
                    "whoever began to make the segment has died before it was whole: segment=XSI shared memory key="
                            + place.key() + ". remove() takes it away.",
                    refused.getCause().getMessage());
        }
        assertThrows(SegmentFormatException.class, () -> builder().openOrCreate());
        assertThrows(SegmentFormatException.class, () -> builder().openReadOnly());
        assertThrows(SegmentExistsException.class, () -> builder().create());
        assertTrue(builder().remove());
        assertFalse(builder().remove());
        builder().create().close();
    }

    @Test
    void leavesTheMemoryOfOtherProgramsAlone() {
        XsiSharedMemory.create(place.key(), SIZE, OWNER).close();
        String advice = ". If nobody needs that memory, remove() takes it away.";
        var exists = assertThrows(SegmentExistsException.class, () -> builder().create());
        assertTrue(exists.getMessage().endsWith(advice), exists.getMessage());
        for (Runnable opener : new Runnable[] {
            () -> builder().open(),
            () -> builder().openOrCreate(),
            () -> builder().openReadOnly()
        }) {
            var refused = assertThrows(SegmentFormatException.class, opener::run);
            assertTrue(refused.getMessage().endsWith(advice), refused.getMessage());
        }
        assertFalse(Files.exists(place.path()));
        assertTrue(builder().remove());
        assertThrows(SegmentNotFoundException.class, () -> XsiSharedMemory.open(place.key()));
    }

    /** Root may look at everything, unless somebody has taken that from it. */
    @Test
    void leavesNothingBesideMemoryThatItMayNotEvenLookAt() {
        try (XsiSharedMemory forbidden = XsiSharedMemory.create(place.key(), SIZE, Set.of())) {
            assumeTrue(isForbidden(forbidden), "this user may look at it");
            for (Runnable opener : new Runnable[] {
                () -> builder().create(),
                () -> builder().openOrCreate(),
                () -> builder().open()
            }) {
                assertThrows(UncheckedIOException.class, opener::run);
                assertFalse(Files.exists(place.path()), "a lock file is left");
            }
        }
    }

    private static boolean isForbidden(XsiSharedMemory memory) {
        try {
            memory.size();
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    /** Others may have it open: with a new lock file they would not be seen. */
    @Test
    void isNotOpenedWithoutItsLockFile() throws IOException {
        builder().create().close();
        Files.delete(place.path());
        assertThrows(SegmentFormatException.class, () -> builder().open());
        assertThrows(SegmentFormatException.class, () -> builder().openOrCreate());
        assertThrows(SegmentExistsException.class, () -> builder().create());
        assertFalse(Files.exists(place.path()));
        assertTrue(builder().remove());
    }

    /** Somebody has removed the memory with a tool of the system. */
    @Test
    void isMadeWhereALockFileIsLeft() throws IOException {
        builder().create().close();
        try (XsiSharedMemory memory = XsiSharedMemory.open(place.key())) {
            XsiSharedMemory.remove(memory.id());
        }
        assertThrows(SegmentNotFoundException.class, () -> builder().open());
        builder()
                .permissions(PosixFilePermissions.fromString("rw-rw----"))
                .openOrCreate()
                .close();
        assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(place.path())));
    }

    @Test
    void needsAKey() {
        var thrown = assertThrows(IllegalArgumentException.class, () -> OffsetHeap.xsi(XsiKey.PRIVATE));
        assertEquals("a heap in XSI shared memory is found by its key: key=private", thrown.getMessage());
    }
}
