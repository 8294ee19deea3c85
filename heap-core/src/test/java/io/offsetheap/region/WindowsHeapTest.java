/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.WatchedMemory;
import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.laws.ForwardingType;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.process.ChildJvm;
import io.offsetheap.view.Views;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is particular to a heap in the shared memory of Windows, over calls that behave as those are documented: it goes with
 * the last who has it open, and its locks are in a file that it names itself.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WindowsHeapTest {
    private static final String NAME = "Local\\heap";
    private static final long SIZE = 1 << 20;

    @TempDir
    Path directory;

    private final FakeKernel32 windows = new FakeKernel32();

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertEquals(List.of(), lockFiles());
        assertThrows(SegmentNotFoundException.class, () -> builder().open());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        // Regions go when they are no longer reachable.
        while (windows.inUse() > 0) {
            assertTrue(System.nanoTime() < deadline, () -> "in use: " + windows.inUse());
            System.gc();
            Thread.sleep(2);
        }
    }

    private HeapBuilder builder() {
        return builder(windows, NAME);
    }

    /** Not the common pool: where there are two processors it has one thread, and who waits would wait for himself. */
    private static final Executor THREADS = task -> new Thread(task, "windows").start();

    private HeapBuilder builder(FakeKernel32 session, String name) {
        return TestSegment.builder(session.location(directory, name)).maxSize(SIZE);
    }

    private List<Path> lockFiles() throws IOException {
        try (var files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static void fill(OffsetHeap heap) {
        heap.construct("bytes", SharedBytes.TYPE, 8).putLong(0, 42);
    }

    private static void check(OffsetHeap heap) {
        assertEquals(42, heap.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
        var report = heap.verify();
        assertTrue(report.isClean(), report::toString);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void isRefusedElsewhereThanOnWindows() {
        HeapBuilder builder = OffsetHeap.windows(NAME);
        for (Executable call : new Executable[] {
            builder::create,
            builder::open,
            builder::openOrCreate,
            builder::openReadOnly,
            builder::openCopyOnWrite,
            builder::salvage,
            builder::remove
        }) {
            var refused = assertThrows(UnsupportedOperationException.class, call);
            assertTrue(refused.getMessage().contains("os.name=" + System.getProperty("os.name")));
        }
    }

    @Test
    void refusesWhatIsNoName() {
        assertThrows(IllegalArgumentException.class, () -> OffsetHeap.windows("Session\\1\\heap"));
    }

    @Test
    void livesAsLongAsAnybodyHasItOpen() throws IOException {
        OffsetHeap made = builder().create();
        fill(made);
        assertEquals(1, lockFiles().size());
        assertThrows(SegmentExistsException.class, () -> builder().create());
        assertFalse(builder().remove());
        OffsetHeap second = builder().open();
        made.close();
        check(second);
        OffsetHeap reader = builder().openReadOnly();
        second.close();
        check(reader);
        try (OffsetHeap third = builder().openOrCreate()) {
            check(third);
            reader.close();
            assertThrows(UnsupportedOperationException.class, third::path);
        }
        assertThrows(SegmentNotFoundException.class, () -> builder().openReadOnly());
        try (OffsetHeap another = builder().create()) {
            assertTrue(another.find("bytes", SharedBytes.TYPE).isEmpty());
        }
    }

    /** A name without a prefix is one of the session; another session has other memory, and no lock in common with this one. */
    @Test
    void isOneHeapInEachSession() throws IOException {
        FakeKernel32 other = new FakeKernel32();
        try (OffsetHeap here = builder().create();
                OffsetHeap there =
                        assertDoesNotThrow(() -> builder(other, NAME).create(), "two sessions have one lock file");
                OffsetHeap global = builder(windows, "Global\\heap").create();
                OffsetHeap same = builder(windows, "heap").open()) {
            fill(here);
            check(same);
            assertTrue(there.find("bytes", SharedBytes.TYPE).isEmpty());
            assertTrue(global.find("bytes", SharedBytes.TYPE).isEmpty());
            assertEquals(3, lockFiles().size());
        }
    }

    /** Law C-122: made and let go again and again, it is one at any time. */
    @Test
    void isOneHeapHoweverManyMakeItAtOnce() throws Exception {
        int count = 5;
        int rounds = 40;
        var together = new CyclicBarrier(count);
        var threads = Executors.newFixedThreadPool(count);
        try {
            List<Callable<Boolean>> racers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String name = "racer" + i;
                racers.add(() -> {
                    for (int round = 0; round < rounds; round++) {
                        try (OffsetHeap heap = builder().openOrCreate()) {
                            // Not only once for all: the last to let go of a heap meets the first of the next round.
                            heap.construct(name, SharedBytes.TYPE, 8);
                            together.await(60, TimeUnit.SECONDS);
                            assertEquals(count, heap.nameStats().named(), "two heaps have one name");
                            together.await(60, TimeUnit.SECONDS);
                            heap.destroy(name);
                        }
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
    }

    /** The maker of a heap, which goes on when it is told to. */
    private CompletableFuture<OffsetHeap> make(CountDownLatch begun, CountDownLatch goOn, boolean fails) {
        var type = new ForwardingType(AllocatorType.FIRST_FOREIGN_ID, SegmentAllocator.TYPE, allocator -> {
            begun.countDown();
            try {
                assertTrue(goOn.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (fails) {
                throw new IllegalStateException("no allocator");
            }
            return allocator;
        });
        return CompletableFuture.supplyAsync(() -> builder().allocator(type).create(), THREADS);
    }

    @Test
    void isWaitedForWhileItIsMadeAndForgottenWhenItsMakerFails() throws Exception {
        for (boolean fails : new boolean[] {true, false}) {
            var begun = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            var making = make(begun, goOn, fails);
            assertTrue(begun.await(60, TimeUnit.SECONDS));
            var opening = CompletableFuture.runAsync(
                    () -> {
                        try (OffsetHeap reader = builder().openReadOnly()) {
                            assertTrue(reader.isReadOnly());
                        }
                    },
                    THREADS);
            if (fails) {
                // Longer than anybody looks again without a lock to wait for.
                assertThrows(
                        TimeoutException.class,
                        () -> opening.get(3, TimeUnit.SECONDS),
                        "nobody waits for the maker of a segment");
            }
            goOn.countDown();
            Throwable outcome = assertThrows(Exception.class, () -> opening.get(60, TimeUnit.SECONDS));
            if (fails) {
                assertEquals(SegmentNotFoundException.class, outcome.getCause().getClass());
                assertThrows(Exception.class, () -> making.get(60, TimeUnit.SECONDS));
            } else {
                // The heap stays open until then: it goes with its last user. The allocator is none that a reader
                // knows, so
                // the superblock was whole.
                making.get(60, TimeUnit.SECONDS).close();
                assertTrue(outcome.getMessage().contains("HeapBuilder.allocator(type)"), outcome.getMessage());
            }
        }
    }

    /** Its maker dies; somebody else who has the memory open keeps it, whether the lock file is still there or not. */
    @Test
    void isRefusedWhenItsMakerHasDiedUntilTheMemoryGoes() throws IOException {
        SegmentFile half =
                windows.location(directory, NAME).createUnnamed(PosixFilePermissions.fromString("rw-------"));
        assertEquals(SIZE, half.map(SIZE).size() - WindowsLocation.NUMBER_PAGE);
        Path lockFile = lockFiles().get(0);
        Object watcher = new Object();
        LockFile watched = LockFile.openExisting(lockFile);
        try (WindowsSharedMemory keeper = WindowsSharedMemory.open(windows, NAME, true)) {
            half.close();
            var refused =
                    assertThrows(SegmentFormatException.class, () -> builder().open());
            assertEquals(
                    "whoever began to make the segment has died before it was whole, and another program keeps it:"
                            + " segment=" + keeper,
                    refused.getMessage());
            assertThrows(SegmentExistsException.class, () -> builder().create());
            watched.close(watcher);
            assertEquals(List.of(), lockFiles());
            refused = assertThrows(SegmentFormatException.class, () -> builder().openOrCreate());
            assertTrue(refused.getMessage().contains(" lockFile=" + lockFile + " "), refused.getMessage());
        }
        builder().openOrCreate().close();
    }

    @Test
    void leavesTheMemoryOfOtherProgramsAlone() throws IOException {
        for (int size : new int[] {4096, 100_000}) {
            try (WindowsSharedMemory memory = WindowsSharedMemory.create(windows, NAME, size);
                    MappedRegion region = memory.map()) {
                assertThrows(SegmentFormatException.class, () -> builder().openOrCreate());
                assertThrows(SegmentExistsException.class, () -> builder().create());
                for (int i = 0; i < size; i++) {
                    assertEquals(0, Views.bytes(region).readByte(i));
                }
                assertEquals(List.of(), lockFiles());
            }
        }
    }

    private static IndexObject index(OffsetHeap heap) {
        return heap.find("index", IndexObject.TYPE).orElseThrow();
    }

    /** A process that stops in the middle of a commit. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) {
            FakeKernel32 session = new FakeKernel32();
            session.share(NAME, arguments[1]);
            OffsetHeap heap = WatchedMemory.open(session.location(Path.of(arguments[0]), NAME));
            WatchedMemory.of(heap).stopAt(CommitSite.PUT_REPLACE, 1, lock -> {
                System.out.println(ChildJvm.READY);
                while (true) {
                    Thread.onSpinWait();
                }
            });
            index(heap).put("key", new byte[] {7, 7});
        }
    }

    /** The memory is that of this process, the locks are real. */
    @Test
    void finishesTheWorkOfTheDeadAndWaitsForTheLiving() throws Exception {
        try (OffsetHeap heap = builder().create()) {
            heap.construct("index", IndexObject.TYPE).put("key", new byte[1]);
            try (ChildJvm victim = ChildJvm.start(Victim.class, directory.toString(), windows.shared(NAME))
                    .awaitReady()) {
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

    /** A program that keeps the memory without a heap in it keeps none of the locks. */
    @Test
    void isNotOpenedWithoutItsLockFile() throws IOException {
        OffsetHeap heap = builder().create();
        try (WindowsSharedMemory keeper = WindowsSharedMemory.open(windows, NAME, false)) {
            heap.close();
            assertEquals(List.of(), lockFiles());
            for (Function<HeapBuilder, OffsetHeap> opener : openers()) {
                var refused = assertThrows(SegmentFormatException.class, () -> opener.apply(builder()));
                assertTrue(refused.getMessage().endsWith("segment=" + keeper), refused.getMessage());
            }
            assertEquals(List.of(), lockFiles());
        }
    }

    private static List<Function<HeapBuilder, OffsetHeap>> openers() {
        return List.of(HeapBuilder::open, HeapBuilder::openReadOnly, HeapBuilder::openCopyOnWrite);
    }

    private byte[] bytes() {
        try (WindowsSharedMemory memory = WindowsSharedMemory.open(windows, NAME, true);
                MappedRegion region = memory.map()) {
            byte[] bytes = new byte[(int) SIZE];
            region.read(0, bytes);
            return bytes;
        }
    }

    private void write(byte[] bytes) {
        try (WindowsSharedMemory memory = WindowsSharedMemory.open(windows, NAME, false);
                MappedRegion region = memory.map()) {
            Bytes<Void> view = Views.bytes(region);
            view.write(bytes);
        }
    }

    /** Law C-125. */
    @Test
    void refusesWhatIsNoHeapAndLeavesItAlone() {
        builder().create().close();
        OffsetHeap made = builder().create();
        try (OffsetHeap keeper = builder().openReadOnly()) {
            made.close();
            byte[] good = bytes();
            for (int word : new int[] {Superblock.MAGIC_OFFSET, Superblock.MAX_SIZE_OFFSET, Superblock.CRC_OFFSET}) {
                byte[] bad = good.clone();
                bad[word + 1] ^= 1;
                write(bad);
                for (Function<HeapBuilder, OffsetHeap> opener : openers()) {
                    assertThrows(SegmentFormatException.class, () -> opener.apply(builder()));
                }
                assertArrayEquals(bad, bytes());
            }
            write(good);
            builder().open().close();
            assertTrue(keeper.verify().isClean());
        }
    }

    /** Laws C-127, C-128, C-130. */
    @Test
    void isReadAndCopiedWithoutAChange() throws IOException {
        OffsetHeap made = builder().create();
        fill(made);
        assertThrows(SegmentBusyException.class, () -> builder().openCopyOnWrite());
        try (OffsetHeap reader = builder().openReadOnly()) {
            made.close();
            byte[] before = bytes();
            Path copied = Files.write(directory.resolve("copied"), before);
            try (OffsetHeap copy = builder().openCopyOnWrite();
                    OffsetHeap inFile = OffsetHeap.file(copied).open()) {
                assertThrows(UnsupportedOperationException.class, () -> reader.destroy("bytes"));
                copy.destroy("bytes");
                copy.grow(copy.maxSize() / 4);
                check(inFile);
                inFile.destroy("bytes");
                check(reader);
            }
            Files.delete(copied);
            assertArrayEquals(before, bytes());
        }
    }

    /** The last page is none of the heap's. */
    @Test
    void growsAsFarAsItsMaxSize() {
        try (OffsetHeap heap = builder().create();
                OffsetHeap second = builder().open()) {
            assertEquals(SIZE, heap.maxSize());
            assertThrows(OutOfSegmentMemoryException.class, () -> {
                while (true) {
                    heap.grow(1);
                    heap.allocate(1 << 12);
                }
            });
            assertTrue(second.verify().isClean());
            builder().open().close();
        }
    }
}
