/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.HeapFile;
import io.offsetheap.OffsetHeap;
import io.offsetheap.WatchedMemory;
import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.lane.ProcessTable;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MapMode;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.ProcessMemory;
import io.offsetheap.view.Views;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A heap in a region that the process has mapped itself. */
@Tag("without-native-calls")
class RegionHeapTest {
    private static final int SIZE = 2 << 20;
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    private Path path;
    private MappedRegion region;

    @BeforeEach
    void mapARegion() throws IOException {
        path = directory.resolve("object");
        Files.write(path, new byte[SIZE]);
        region = map(MapMode.READ_WRITE);
    }

    @AfterEach
    void closeTheRegion() {
        region.close();
    }

    private MappedRegion map(MapMode mode) {
        try (FileMapping file = FileMapping.open(path, mode == MapMode.READ_ONLY)) {
            return MappedRegion.map(file, mode);
        }
    }

    private static void fill(OffsetHeap heap) {
        IndexObject index = heap.construct("index", IndexObject.TYPE);
        for (int i = 0; i < 200; i++) {
            index.put("key" + i, new byte[] {(byte) i});
        }
    }

    private static void check(OffsetHeap heap) {
        IndexObject index = heap.find("index", IndexObject.TYPE).orElseThrow();
        assertEquals(200, index.content().size());
        var report = heap.verify();
        assertTrue(report.isClean(), report::toString);
        assertEquals(0, report.busyLanes());
    }

    @Test
    void isMadeInTheRegionAndOpenedThere() {
        HeapBuilder builder = OffsetHeap.over(region);
        assertThrows(SegmentNotFoundException.class, builder::open);
        assertThrows(SegmentNotFoundException.class, builder::openReadOnly);
        assertThrows(SegmentNotFoundException.class, builder::openCopyOnWrite);
        try (OffsetHeap heap = builder.create()) {
            assertEquals(SIZE, heap.maxSize());
            fill(heap);
            assertThrows(SegmentExistsException.class, builder::create);
            assertThrows(UnsupportedOperationException.class, heap::path);
        }
        assertThrows(SegmentExistsException.class, builder::create);
        assertThrows(UnsupportedOperationException.class, builder::remove);
        try (OffsetHeap heap = builder.openOrCreate()) {
            check(heap);
        }
        // The bytes of the object are a heap as any other.
        try (OffsetHeap heap = OffsetHeap.file(path).open()) {
            check(heap);
        }
    }

    /** What is left from before must not look like a part of the heap. */
    @Test
    void isMadeOverWhateverIsThere() throws IOException {
        byte[] rubbish = new byte[SIZE];
        for (int fill : new int[] {0xA5, 0xFF, 1}) {
            for (AllocatorType allocator : List.of(SegmentAllocator.TYPE, FirstFitAllocator.TYPE)) {
                Arrays.fill(rubbish, (byte) fill);
                Files.write(path, rubbish);
                try (MappedRegion dirty = map(MapMode.READ_WRITE)) {
                    HeapBuilder builder = OffsetHeap.over(dirty).allocator(allocator);
                    assertThrows(SegmentFormatException.class, builder::open);
                    assertThrows(SegmentFormatException.class, builder::openOrCreate);
                    try (OffsetHeap heap = builder.create()) {
                        fill(heap);
                        heap.grow(1 << 20);
                        heap.free(heap.allocate(1 << 20));
                        for (int i = 0; i < 50; i++) {
                            heap.construct("index" + i, IndexObject.TYPE).put("key", new byte[0]);
                        }
                        check(heap);
                    }
                }
            }
        }
    }

    @Test
    void growsToTheEndOfTheRegionAndNotFurther() {
        try (OffsetHeap heap = OffsetHeap.over(region).create()) {
            while (heap.tryAllocate(10_000).isPresent()) {
                assertTrue(heap.stats().used() <= SIZE);
            }
            assertThrows(OutOfSegmentMemoryException.class, () -> heap.grow(64 << 10));
            var report = heap.verify();
            assertTrue(report.isClean(), report::toString);
        }
    }

    @Test
    void isOpenAnyNumberOfTimesInOneProcess() {
        try (MappedRegion again = map(MapMode.READ_WRITE)) {
            try (OffsetHeap one = OffsetHeap.over(region).create();
                    OffsetHeap two = OffsetHeap.over(region).open();
                    OffsetHeap three = OffsetHeap.over(again).open()) {
                Geometry geometry = Geometry.of(SIZE);
                long attached = IntStream.range(0, geometry.processes)
                        .filter(slot -> ProcessTable.isAttached(one.memory(), geometry, slot))
                        .count();
                assertEquals(3, attached, "two heaps over the same bytes do not meet");
                fill(three);
                check(one);
                List<OffsetHeap> heaps = List.of(one, two, three);
                for (int i = 0; i < 300; i++) {
                    OffsetHeap heap = heaps.get(i % 3);
                    heap.find("index", IndexObject.TYPE).orElseThrow().put("key" + i % 200, new byte[i]);
                }
                // One inside an operation of the other: none takes another for dead.
                one.allocateInto(
                        one.construct("root", SharedBytes.TYPE, 8).offset(),
                        16,
                        (memory, block) -> two.construct("inside", SharedBytes.TYPE, 8));
                check(one);
                assertTrue(three.find("inside", SharedBytes.TYPE).isPresent());
            }
            try (OffsetHeap heap = OffsetHeap.over(again).open()) {
                check(heap);
            }
        }
    }

    @Test
    void isOneHeapHoweverManyThreadsMakeItAtOnce() throws Exception {
        var threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> racers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String name = "racer" + i;
                racers.add(() -> {
                    try (OffsetHeap heap = OffsetHeap.over(region).openOrCreate()) {
                        heap.construct(name, SharedBytes.TYPE, 8);
                    }
                    return true;
                });
            }
            for (var racer : threads.invokeAll(racers)) {
                assertTrue(racer.get());
            }
        } finally {
            threads.shutdownNow();
        }
        try (OffsetHeap heap = OffsetHeap.over(region).open()) {
            assertEquals(8, heap.nameStats().named());
        }
    }

    /** Copied byte for byte while it is open: the copy's entry is of one who is not there. */
    @Test
    void isAnotherHeapInACopyOfItsBytes() throws IOException {
        try (OffsetHeap heap = OffsetHeap.over(region).create()) {
            fill(heap);
            Path copied = Files.copy(path, directory.resolve("copy"));
            try (FileMapping file = FileMapping.open(copied, false);
                    MappedRegion other = file.map();
                    OffsetHeap copy = OffsetHeap.over(other).open()) {
                check(copy);
                copy.destroy("index");
                check(heap);
            }
        }
    }

    @Test
    void refusesRegionsThatCannotHoldAHeap() throws IOException {
        try (FileMapping file = FileMapping.open(path, false)) {
            try (MappedRegion small = file.map(0, (256 << 10) - 1)) {
                var thrown = assertThrows(IllegalArgumentException.class, () -> OffsetHeap.over(small));
                assertTrue(thrown.getMessage().startsWith("maxSize must be from 256 KiB"), thrown.getMessage());
            }
            try (MappedRegion crooked = file.map(64, 1 << 20)) {
                var thrown = assertThrows(IllegalArgumentException.class, () -> OffsetHeap.over(crooked));
                assertTrue(
                        thrown.getMessage().startsWith("a segment begins at a multiple of 4096: address=0x"),
                        thrown.getMessage());
            }
            // A region that is no multiple of 64 KiB is used as far as one.
            try (MappedRegion odd = file.map(PAGE, (1 << 20) + 1);
                    OffsetHeap heap = OffsetHeap.over(odd).create()) {
                assertEquals(1 << 20, heap.maxSize());
            }
        }
        MappedRegion closed = map(MapMode.READ_WRITE);
        HeapBuilder builder = OffsetHeap.over(closed);
        closed.close();
        assertThrows(IllegalStateException.class, builder::create);
        assertThrows(IllegalStateException.class, () -> OffsetHeap.over(closed));
    }

    @Test
    void isReadWhereItCannotBeWritten() throws IOException {
        try (OffsetHeap heap = OffsetHeap.over(region).create()) {
            fill(heap);
        }
        byte[] bytes = Files.readAllBytes(path);
        try (MappedRegion readOnly = map(MapMode.READ_ONLY)) {
            HeapBuilder builder = OffsetHeap.over(readOnly);
            for (Runnable opener : List.<Runnable>of(builder::create, builder::open, builder::openOrCreate)) {
                var thrown = assertThrows(UnsupportedOperationException.class, opener::run);
                assertTrue(thrown.getMessage().startsWith("the region may only be read"), thrown.getMessage());
            }
            for (MappedRegion one : List.of(readOnly, region)) {
                try (OffsetHeap heap = OffsetHeap.over(one).openReadOnly()) {
                    assertTrue(heap.isReadOnly());
                    check(heap);
                    assertThrows(UnsupportedOperationException.class, () -> heap.destroy("index"));
                    long offset =
                            heap.find("index", IndexObject.TYPE).orElseThrow().versionOffset();
                    assertThrows(
                            UnsupportedOperationException.class,
                            () -> heap.memory().putLong(offset, 0));
                    assertThrows(IllegalStateException.class, one::close);
                }
            }
            try (OffsetHeap copy = builder.openCopyOnWrite()) {
                check(copy);
                copy.destroy("index");
            }
        }
        assertArrayEquals(bytes, Files.readAllBytes(path));
    }

    @Test
    void keepsTheRegionFromBeingClosed() {
        OffsetHeap heap = OffsetHeap.over(region).create();
        OffsetHeap second = OffsetHeap.over(region).open();
        fill(heap);
        IndexObject index = heap.find("index", IndexObject.TYPE).orElseThrow();
        var thrown = assertThrows(IllegalStateException.class, region::close);
        assertEquals("a heap lives in the region, close that first: heaps=2 segment=file " + path, thrown.getMessage());
        assertThrows(IllegalStateException.class, () -> region.shrinkBy(PAGE, true));
        check(heap);
        heap.close();
        assertThrows(IllegalStateException.class, region::close);
        check(second);
        var memory = second.memory();
        second.close();
        region.close();
        region.close();
        assertThrows(IllegalStateException.class, () -> index.get("key1"));
        // Whoever has kept the memory meets zeros or what was there, not a fault.
        assertTrue(Set.of(0L, Superblock.MAGIC).contains(memory.getLong(0)));
    }

    /** Forgotten, not closed: the collector ends it. */
    @Test
    void isOverWhenNobodyCanReachIt() throws InterruptedException {
        forget();
        long start = System.nanoTime();
        while (true) {
            try {
                region.close();
                return;
            } catch (IllegalStateException stillThere) {
                assertTrue(System.nanoTime() - start < Duration.ofSeconds(60).toNanos(), "it is never over");
                System.gc();
                Thread.sleep(5);
            }
        }
    }

    private void forget() {
        fill(OffsetHeap.over(region).create());
        assertThrows(IllegalStateException.class, region::close);
    }

    /** A process that has such a heap open, and stops in the middle of a commit. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) {
            FileMapping file = FileMapping.open(Path.of(arguments[0]), false);
            MappedRegion region = file.map();
            OffsetHeap heap = WatchedMemory.open(ProcessMemory.of(region));
            WatchedMemory.of(heap).stopAt(CommitSite.PUT_REPLACE, 1, lock -> {
                System.out.println(ChildJvm.READY);
                while (true) {
                    Thread.onSpinWait();
                }
            });
            heap.find("index", IndexObject.TYPE).orElseThrow().put("key7", new byte[] {7, 7});
        }
    }

    @Test
    void isRefusedToASecondProcessAndFinishedAfterTheFirstHasDied() {
        try (OffsetHeap heap = OffsetHeap.over(region).create()) {
            fill(heap);
        }
        try (ChildJvm victim = ChildJvm.start(Victim.class, path.toString()).awaitReady()) {
            HeapBuilder builder = OffsetHeap.over(region);
            for (Runnable opener : List.<Runnable>of(builder::open, builder::openOrCreate, builder::openCopyOnWrite)) {
                var thrown = assertThrows(SegmentBusyException.class, opener::run);
                assertEquals(
                        "another process has a heap open in this memory, which is for one at a time: pid="
                                + victim.pid() + " segment=" + region,
                        thrown.getMessage());
            }
            victim.kill9();
        }
        try (OffsetHeap heap = OffsetHeap.over(region).open()) {
            check(heap);
            assertArrayEquals(
                    new byte[] {7, 7},
                    heap.find("index", IndexObject.TYPE).orElseThrow().get("key7"));
        }
    }

    @Test
    void refusesARegionThatIsTooSmallForTheHeapInIt() throws IOException {
        Files.delete(path);
        OffsetHeap.file(path).maxSize(64 << 20).create().close();
        try (FileMapping file = FileMapping.open(path, false);
                MappedRegion part = file.map(0, HeapFile.read(path).length)) {
            var thrown = assertThrows(
                    SegmentFormatException.class, () -> OffsetHeap.over(part).open());
            assertEquals(
                    "the memory is smaller than the heap may grow: size=" + part.size() + " maxSize=" + (64 << 20)
                            + " segment=" + part,
                    thrown.getMessage());
        }
    }

    @Test
    void isLookedAtThroughViewsOfTheRegion() {
        try (OffsetHeap heap = OffsetHeap.over(region).create()) {
            SharedBytes bytes = heap.construct("bytes", SharedBytes.TYPE, 8);
            bytes.putLong(0, 42);
            assertEquals(42, Views.bytes(region).readLong(bytes.offset()));
        }
    }
}
