/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.process.ChildJvm;
import io.offsetheap.view.Views;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What holds only where no native call is made. */
@Tag("without-native-calls")
@EnabledIfSystemProperty(named = "offsetheap.native", matches = "false")
class ChannelSegmentFileTest {
    private static final long SLOT = (1L << 62) + 16;
    private static final int ROUNDS = 400;

    @TempDir
    Path directory;

    private SegmentFile published() {
        SegmentFile file = FileMapping.location(directory.resolve("segment")).createUnnamed(SegmentFileContract.OWNER);
        assertTrue(file.publish());
        return file;
    }

    @Test
    void makesNoNativeCall() throws IOException {
        try (SegmentFile file = published();
                MappedRegion region = file.map(1 << 20)) {
            assertEquals(ChannelSegmentFile.class, file.getClass());
            assertEquals(1 << 20, region.size());
        }
        assertFalse(LibC.isAvailable());
        assertFalse(
                Files.readString(Path.of("/proc/self/maps")).contains("jffi"),
                "the library for native calls is loaded");
    }

    @Test
    void memoryThatOnlyTheSystemHasIsRefusedWithTheReason() {
        for (Runnable refused : List.<Runnable>of(
                () -> AnonymousSharedMemory.create(100),
                () -> XsiSharedMemory.open(new XsiKey(7)),
                () -> OffsetHeap.anonymous().create())) {
            var thrown = assertThrows(UnsupportedOperationException.class, refused::run);
            assertEquals("this needs native calls, which -Doffsetheap.native=false forbids", thrown.getMessage());
        }
        try (SegmentFile file = published()) {
            file.reserve(0, 100);
            var thrown = assertThrows(
                    UnsupportedOperationException.class, () -> file.mapPart(MapMode.READ_WRITE, 0, 0, 1 << 30));
            assertEquals(
                    "to map at an address needs native calls: address=0x40000000 segment=" + file, thrown.getMessage());
        }
    }

    @Test
    void aSizeThatTheJdkCannotMapIsRefusedAndNothingIsLeft() throws IOException {
        Path path = directory.resolve("heap");
        var thrown = assertThrows(
                UnsupportedOperationException.class,
                () -> OffsetHeap.file(path).maxSize(1L << 31).create());
        assertEquals(
                "a region this large needs native calls: size=2147483648 greatest=2147483647 segment=file " + path,
                thrown.getMessage());
        try (var left = Files.list(directory)) {
            assertEquals(0, left.count());
        }
        try (OffsetHeap heap = OffsetHeap.file(path).create()) {
            assertEquals((1L << 31) - (1 << 16), heap.maxSize());
        }
    }

    /** Files that stand for shared memory lie in one directory for all users, each of whom can remove his own. */
    static final class Lister {
        public static void main(String[] arguments) throws Exception {
            SharedMemoryObject.create("name", SegmentFileContract.OWNER).close();
            Path directory = Path.of(arguments[0]);
            assertTrue(Files.exists(directory.resolve("name")));
            assertEquals(01777, (int) Files.getAttribute(directory, "unix:mode") & 07777);
            assertTrue(SharedMemoryObject.remove("name"));
        }
    }

    @Test
    void theDirectoryIsTheOneThatAPropertyNames() {
        Path wanted = directory.resolve("shared");
        try (ChildJvm child = ChildJvm.startWithOptions(
                List.of("-Doffsetheap.directory=" + wanted), Lister.class, wanted.toString())) {
            child.expectExit(0);
        }
    }

    /** Of a file, how much memory it has: a hole has none. */
    private static long blocks(Path path) throws IOException {
        var process = new ProcessBuilder("stat", "-c", "%b", path.toString()).start();
        return 512
                * Long.parseLong(
                        new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII)
                                .strip());
    }

    @Test
    void onlyWhatIsReservedTakesMemory() throws IOException {
        try (SegmentFile file = published();
                MappedRegion region = file.map(64 << 20)) {
            assertEquals(64 << 20, file.size());
            long before = blocks(file.path());
            file.reserve(20 << 20, 1 << 20);
            long taken = blocks(file.path()) - before;
            assertTrue(before < 1 << 20 && taken >= 1 << 20 && taken < 2 << 20, () -> before + " " + taken);
            assertEquals(64 << 20, region.size());
        }
    }

    @Test
    void anInterruptDoesNotCloseTheFile() {
        try (SegmentFile file = published()) {
            Thread.currentThread().interrupt();
            try (MappedRegion region = file.map(1 << 20)) {
                file.reserve(0, 1 << 20);
                file.sync();
                assertTrue(file.tryLockSlot(SLOT));
                assertTrue(Thread.interrupted());
                assertEquals(1 << 20, file.size());
                assertTrue(file.isLocked(SLOT));
                Views.bytes(region).writeLong(0, 1);
            }
        }
    }

    @Test
    void aFileThatIsOpenForReadingIsMappedCopyOnWriteAsLongAsItHasItsName() throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[100]);
        try (FileMapping file = FileMapping.open(path, true);
                MappedRegion region = MappedRegion.map(file, MapMode.COPY_ON_WRITE)) {
            Views.bytes(region).writeLong(0, 1);
            assertArrayEquals(new byte[100], Files.readAllBytes(path));
            Files.delete(path);
            assertThrows(RuntimeException.class, () -> MappedRegion.map(file, MapMode.COPY_ON_WRITE));
        }
    }

    /** After close a view refuses, and what is made of one goes on showing the object. */
    @Test
    void anAccessAfterCloseIsAnExceptionOrMeetsTheObject() {
        try (SegmentFile file = published()) {
            file.reserve(0, 100);
            MappedRegion region = file.mapPart(MapMode.READ_WRITE, 0, 0, MappedRegion.ANY_ADDRESS);
            Bytes<Void> bytes = Views.bytes(region);
            var buffer = region.buffer(8, 8);
            region.close();
            assertThrows(IllegalStateException.class, () -> bytes.writeLong(0, 1));
            assertThrows(IllegalStateException.class, region::flush);
            buffer.put(0, (byte) 5);
            byte[] content = new byte[9];
            file.read(0, content);
            assertEquals(5, content[8]);
        }
    }

    @Test
    void aProgramThatLocksTheWholeFileKeepsNobodyAliveAndNobodyIn() throws IOException {
        try (SegmentFile file = published();
                FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
            var foreign = channel.lock();
            assertFalse(file.isLocked(SLOT));
            var thrown = assertThrows(SegmentBusyException.class, () -> file.tryLockSlot(SLOT));
            assertEquals(
                    "a process with native calls has the segment open, or a program has locked the whole file: segment="
                            + file,
                    thrown.getMessage());
            foreign.release();
            assertTrue(file.tryLockSlot(SLOT));
        }
    }

    /** One heap that was removed and is still open, and another one of the same name, know nothing of each other. */
    @Test
    void twoSegmentsOfOneNameHaveLocksOfTheirOwn() throws IOException {
        Path path = directory.resolve("heap");
        try (OffsetHeap old = OffsetHeap.file(path).create()) {
            assertTrue(OffsetHeap.file(path).remove());
            try (OffsetHeap next = OffsetHeap.file(path).create()) {
                old.construct("old", SharedBytes.TYPE, 8);
                next.construct("next", SharedBytes.TYPE, 8);
                try (OffsetHeap other = OffsetHeap.file(path).open()) {
                    assertTrue(other.find("next", SharedBytes.TYPE).isPresent());
                    assertTrue(other.find("old", SharedBytes.TYPE).isEmpty());
                }
                assertTrue(old.verify().isClean());
                assertTrue(next.verify().isClean());
            }
        }
        try (var left = Files.list(directory)) {
            assertEquals(List.of(path), left.toList());
        }
    }

    /** Replaces the file while it is being opened, at another moment each time. */
    @Test
    void whatWasOpenedIsNotTakenForWhatHasItsNameSince() throws Exception {
        Path path = directory.resolve("segment");
        for (int round = 0; round < ROUNDS; round++) {
            byte[] old = {0};
            byte[] replaced = {1};
            Files.write(path, old);
            Path next = Files.write(directory.resolve("next"), replaced);
            long delay = round * 500L;
            Thread replacer = new Thread(() -> {
                long start = System.nanoTime();
                while (System.nanoTime() - start < delay) {
                    Thread.onSpinWait();
                }
                assertTrue(next.toFile().renameTo(path.toFile()));
            });
            replacer.start();
            try (SegmentFile file = FileMapping.location(path).open(false)) {
                replacer.join();
                byte[] found = new byte[1];
                file.read(0, found);
                assertEquals(found[0] == 1, file.isStillNamed(), "the file that is open and the one that has the name");
            }
        }
    }
}
