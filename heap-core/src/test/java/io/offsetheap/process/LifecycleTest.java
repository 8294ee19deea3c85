/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.HeapFile;
import io.offsetheap.OffsetHeap;
import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.laws.ForwardingType;
import io.offsetheap.layout.Superblock;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.process.HeapKind.Place;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.ProcessMemory;
import io.offsetheap.region.SegmentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Laws C-120 to C-133: how a heap is made, opened, closed and removed, in each kind of memory. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("without-native-calls")
class LifecycleTest {
    @TempDir
    Path directory;

    private static void fill(OffsetHeap heap) {
        IndexObject index = heap.construct("index", IndexObject.TYPE);
        for (int i = 0; i < 100; i++) {
            index.put("key" + i, new byte[] {(byte) i});
        }
        heap.construct("bytes", SharedBytes.TYPE, 8).putLong(0, 42);
    }

    private static void check(OffsetHeap heap) {
        assertEquals(42, heap.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
        assertEquals(
                100,
                heap.find("index", IndexObject.TYPE).orElseThrow().content().size());
        var report = heap.verify();
        assertTrue(report.isClean(), report::toString);
        assertEquals(0, report.busyLanes());
    }

    /** Laws C-120, C-121, C-131. */
    @ParameterizedTest
    @EnumSource
    void isMadeOnceOpenedAnyNumberOfTimesAndRemovedOnce(HeapKind kind) throws IOException {
        try (Place place = kind.place(directory)) {
            HeapBuilder builder = place.builder();
            for (Function<HeapBuilder, OffsetHeap> opener : openers()) {
                assertThrows(SegmentNotFoundException.class, () -> opener.apply(builder));
            }
            if (kind.isNamed()) {
                assertFalse(Files.exists(place.path()));
            }
            try (OffsetHeap heap = builder.create()) {
                assertEquals(HeapKind.SIZE, heap.maxSize());
                fill(heap);
                check(heap);
            }
            if (kind.opensAgain()) {
                byte[] bytes = place.bytes();
                assertThrows(SegmentExistsException.class, builder::create);
                assertArrayEquals(bytes, place.bytes());
                for (OffsetHeap heap : List.of(builder.open(), builder.openOrCreate(), builder.openReadOnly())) {
                    check(heap);
                    heap.close();
                }
            } else {
                // Each is another.
                try (OffsetHeap heap = builder.openOrCreate()) {
                    assertTrue(heap.find("bytes", SharedBytes.TYPE).isEmpty());
                }
            }
            if (kind.isNamed()) {
                assertTrue(builder.remove());
                assertFalse(Files.exists(place.path()));
                assertThrows(SegmentNotFoundException.class, builder::open);
            }
            if (kind == HeapKind.REGION) {
                assertThrows(UnsupportedOperationException.class, builder::remove);
            } else {
                assertFalse(builder.remove());
            }
        }
    }

    private static List<Function<HeapBuilder, OffsetHeap>> openers() {
        return List.of(
                HeapBuilder::open, HeapBuilder::openReadOnly, HeapBuilder::openCopyOnWrite, HeapBuilder::salvage);
    }

    /** Law C-122. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ANONYMOUS", "ON_HEAP", "WINDOWS"})
    void isOneHeapHoweverManyMakeItAtOnce(HeapKind kind) throws Exception {
        var threads = Executors.newFixedThreadPool(6);
        try (Place place = kind.place(directory)) {
            List<Callable<String>> racers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String name = "racer" + i;
                racers.add(() -> {
                    try (OffsetHeap heap = place.builder().openOrCreate()) {
                        heap.construct(name, SharedBytes.TYPE, 8);
                        return name;
                    }
                });
            }
            var made = new TreeSet<String>();
            for (var racer : threads.invokeAll(racers)) {
                made.add(racer.get());
            }
            try (OffsetHeap heap = place.builder().open()) {
                var found = new TreeSet<String>();
                for (NamedObject object : heap.names()) {
                    found.add(object.name());
                }
                assertEquals(made, found);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Law C-123. */
    @ParameterizedTest
    @EnumSource
    void refusesImpossibleSizesBeforeAnythingIsMade(HeapKind kind) {
        try (Place place = kind.place(directory)) {
            HeapBuilder builder = place.builder();
            for (long size : new long[] {-1, 0, (256 << 10) - 1, (1L << 44) + 1}) {
                assertThrows(IllegalArgumentException.class, () -> builder.maxSize(size));
            }
            assertThrows(SegmentNotFoundException.class, builder::open);
            try (OffsetHeap heap = builder.maxSize(256 << 10).create()) {
                assertEquals(256 << 10, heap.maxSize());
                heap.construct("bytes", SharedBytes.TYPE, 8);
                assertTrue(heap.verify().isClean());
            }
        }
    }

    /** Law C-124. */
    @ParameterizedTest
    @EnumSource
    void leavesNothingOfACreationThatFails(HeapKind kind) throws IOException {
        try (Place place = kind.place(directory)) {
            AllocatorType failing =
                    new ForwardingType(AllocatorType.FIRST_FOREIGN_ID, SegmentAllocator.TYPE, allocator -> {
                        throw new IllegalStateException("no allocator");
                    });
            HeapBuilder builder = place.builder();
            builder.allocator(failing);
            assertThrows(IllegalStateException.class, builder::create);
            if (kind == HeapKind.REGION) {
                // There are bytes all the same, and no heap.
                assertThrows(SegmentFormatException.class, builder::openOrCreate);
            } else {
                assertThrows(IllegalStateException.class, builder::openOrCreate);
                assertThrows(SegmentNotFoundException.class, builder::open);
            }
            if (kind.isNamed()) {
                assertFalse(Files.exists(place.path()));
                assertFalse(builder.remove());
            }
            try (OffsetHeap heap = place.builder().create()) {
                fill(heap);
                check(heap);
            }
        }
    }

    /** Laws C-125, C-126. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ANONYMOUS", "ON_HEAP", "WINDOWS"})
    void refusesWhatIsNoHeapAndLeavesItAlone(HeapKind kind) throws IOException {
        try (Place place = kind.place(directory)) {
            place.builder().create().close();
            byte[] good = kind.isCutOff() ? HeapFile.read(place.path()) : place.bytes();
            List<byte[]> bad = new ArrayList<>();
            byte[] random = new byte[good.length];
            new Random(1).nextBytes(random);
            bad.add(random);
            for (int word : new int[] {
                Superblock.MAGIC_OFFSET,
                Superblock.VERSION_OFFSET,
                Superblock.BYTE_ORDER_OFFSET,
                Superblock.MAX_SIZE_OFFSET,
                Superblock.CRC_OFFSET
            }) {
                byte[] flipped = good.clone();
                flipped[word + 1] ^= 1;
                bad.add(flipped);
            }
            byte[] halfMade = good.clone();
            Arrays.fill(halfMade, 0, Long.BYTES, (byte) 0);
            bad.add(halfMade);
            if (kind.isCutOff()) {
                for (int cut : new int[] {0, 1, 4095, 4096, good.length - 1}) {
                    bad.add(Arrays.copyOf(good, cut));
                }
            }
            for (byte[] bytes : bad) {
                place.write(bytes);
                byte[] before = place.bytes();
                for (Function<HeapBuilder, OffsetHeap> opener : openers()) {
                    var thrown = assertThrows(SegmentFormatException.class, () -> opener.apply(place.builder()));
                    assertTrue(thrown.getMessage().contains(" segment="), thrown.getMessage());
                }
                assertThrows(SegmentFormatException.class, () -> place.builder().openOrCreate());
                assertArrayEquals(before, place.bytes());
            }
            place.write(good);
            place.builder().open().close();
        }
    }

    /** Laws C-127, C-128. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ANONYMOUS", "ON_HEAP", "WINDOWS"})
    void isReadAndCopiedWithoutAChange(HeapKind kind) throws IOException {
        try (Place place = kind.place(directory)) {
            try (OffsetHeap heap = place.builder().create()) {
                fill(heap);
            }
            byte[] before = place.bytes();
            try (OffsetHeap reader = place.builder().openReadOnly();
                    OffsetHeap copy = place.builder().openCopyOnWrite();
                    OffsetHeap second = place.builder().openCopyOnWrite()) {
                assertTrue(reader.isReadOnly());
                assertFalse(copy.isReadOnly());
                assertThrows(UnsupportedOperationException.class, () -> reader.destroy("bytes"));
                copy.destroy("index");
                copy.grow(copy.maxSize() / 4);
                copy.find("bytes", SharedBytes.TYPE).orElseThrow().putLong(0, 43);
                assertTrue(copy.verify().isClean());
                check(second);
                check(reader);
            }
            assertArrayEquals(before, place.bytes());
        }
    }

    /** Law C-129. */
    @ParameterizedTest
    @EnumSource
    void refusesEverythingAfterClose(HeapKind kind) {
        try (Place place = kind.place(directory)) {
            OffsetHeap heap = place.builder().create();
            fill(heap);
            SharedBytes bytes = heap.find("bytes", SharedBytes.TYPE).orElseThrow();
            IndexObject index = heap.find("index", IndexObject.TYPE).orElseThrow();
            heap.close();
            heap.close();
            for (Runnable call : List.<Runnable>of(
                    () -> heap.allocate(10),
                    () -> heap.find("bytes", SharedBytes.TYPE),
                    heap::verify,
                    heap::stats,
                    heap::memory,
                    () -> bytes.getLong(0),
                    () -> bytes.putLong(0, 1),
                    () -> index.get("key1"),
                    () -> index.put("key1", new byte[3]))) {
                assertThrows(IllegalStateException.class, call::run);
            }
        }
    }

    /** Law C-130: a heap does not know where it is. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ANONYMOUS", "ON_HEAP", "WINDOWS"})
    void isTheSameHeapInAFileThatItsBytesAreCopiedTo(HeapKind kind) throws IOException {
        try (Place place = kind.place(directory)) {
            try (OffsetHeap heap = place.builder().create()) {
                fill(heap);
            }
            Path copied = Files.write(directory.resolve("copied"), place.bytes());
            try (OffsetHeap original = place.builder().open();
                    OffsetHeap copy = OffsetHeap.file(copied).open()) {
                check(copy);
                copy.destroy("index");
                check(original);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_MEMORY", "FILE", "XSI"})
    void goesOnWhenItsNameIsRemovedAndGivenToAnother(HeapKind kind) {
        try (Place place = kind.place(directory);
                OffsetHeap old = place.builder().create();
                OffsetHeap second = place.builder().open()) {
            fill(old);
            assertTrue(place.builder().remove());
            try (OffsetHeap other = place.builder().create()) {
                assertTrue(other.find("bytes", SharedBytes.TYPE).isEmpty());
                fill(other);
                second.destroy("index");
                check(other);
                assertTrue(old.verify().isClean());
                assertTrue(old.find("index", IndexObject.TYPE).isEmpty());
            }
        }
    }

    /** Law C-132. */
    @ParameterizedTest
    @EnumSource(names = {"SHARED_MEMORY", "FILE", "XSI"})
    void hasThePermissionsThatWereAskedFor(HeapKind kind) throws IOException {
        for (String permissions : new String[] {"rw-------", "rw-rw-rw-", "rw-r-----"}) {
            try (Place place = kind.place(directory)) {
                place.builder()
                        .permissions(PosixFilePermissions.fromString(permissions))
                        .create()
                        .close();
                assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(place.path())));
                if (kind == HeapKind.XSI) {
                    assertEquals(permissions, xsiPermissions(place.key().value()));
                }
            }
        }
    }

    /** As the system lists them: key, id, then three octal digits. */
    private static String xsiPermissions(int key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/sysvipc/shm"))) {
            String[] words = line.strip().split(" +");
            if (words[0].equals(Integer.toString(key))) {
                int mode = Integer.parseInt(words[2], 8);
                StringBuilder text = new StringBuilder();
                for (int bit = 8; bit >= 0; bit--) {
                    text.append((mode >> bit & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
                }
                return text.toString();
            }
        }
        throw new AssertionError("no such key: " + key);
    }

    /** Law C-133: more memory than the machine has, in the two kinds that no file system limits. */
    @Test
    void refusesMoreMemoryThanThereIs() {
        long much = 1L << 40;
        try (Place place = HeapKind.XSI.place(directory)) {
            HeapBuilder builder = place.builder().maxSize(much);
            assertThrows(OutOfSegmentMemoryException.class, builder::create);
            assertFalse(Files.exists(place.path()));
            assertThrows(SegmentNotFoundException.class, builder::open);
        }
        try (SegmentFile file = ProcessMemory.fresh("memory").createUnnamed(Set.of())) {
            MappedRegion region = file.map(much);
            assertThrows(OutOfSegmentMemoryException.class, () -> file.reserve(0, much));
            file.unmap(region);
        }
    }
}
