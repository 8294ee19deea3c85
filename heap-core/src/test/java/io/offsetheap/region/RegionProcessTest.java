/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.process.ChildJvm;
import io.offsetheap.region.Kind.Subject;
import io.offsetheap.view.Views;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Regions in processes of their own: some are killed, and in the others a fault would end no more than them. */
@Tag("without-native-calls")
class RegionProcessTest {
    @TempDir
    Path directory;

    /** Writes a range, has it written to the disk, and waits to be killed. */
    static final class Flusher {
        public static void main(String[] arguments) throws Exception {
            MappedRegion region = FileMapping.open(Path.of(arguments[0]), false).map(100, 0);
            Bytes<Void> bytes = Views.bytes(region);
            for (int i = 0; i < region.size(); i++) {
                bytes.writeByte((byte) 7);
            }
            region.flush(4001, 5000, false);
            System.out.println(ChildJvm.READY);
            System.in.read();
        }
    }

    /** Law C-143. */
    @Test
    void whatIsFlushedIsInTheFileAfterAKill() throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[20_000]);
        try (ChildJvm child = ChildJvm.start(Flusher.class, path.toString()).awaitReady()) {
            child.kill9();
        }
        byte[] bytes = Files.readAllBytes(path);
        for (int i = 4101; i < 9101; i++) {
            assertEquals(7, bytes[i], "position " + i);
        }
    }

    /** Laws C-140, C-144 between processes: reads what the parent has written, and writes where only it can see it. */
    static final class Reader {
        public static void main(String[] arguments) {
            try (FileMapping object = FileMapping.open(Path.of(arguments[0]), false);
                    MappedRegion half = MappedRegion.map(object, MapMode.READ_WRITE, 5001, 0);
                    MappedRegion own = MappedRegion.map(object, MapMode.COPY_ON_WRITE)) {
                assertEquals(42, Views.bytes(half).readLong(3));
                Views.bytes(own).writeLong(0, 1);
                assertEquals(1, Views.bytes(own).readLong(0));
                Views.bytes(half).writeLong(11, 43);
                assertEquals(43, Views.bytes(own).readLong(5012));
            }
        }
    }

    @Test
    void isOneMemoryForAllProcesses() {
        for (Kind kind : Kind.available()) {
            try (Subject subject = kind.create(10_000);
                    MappedRegion region = subject.object().map()) {
                Bytes<Void> bytes = Views.bytes(region);
                bytes.writeLong(5004, 42);
                try (ChildJvm child =
                        ChildJvm.start(Reader.class, subject.path().toString())) {
                    child.expectExit(0);
                }
                assertEquals(0, bytes.readLong(0));
                assertEquals(43, bytes.readLong(5012));
            }
        }
    }

    /** Closes regions that other threads read and write through views at that moment. */
    static final class Closer {
        public static void main(String[] arguments) throws Exception {
            for (int round = 0; round < 200; round++) {
                try (Subject subject = Kind.SHARED_MEMORY.create(100_000)) {
                    closeUnderLoad(subject.object().map(), round % 2 == 0);
                }
            }
        }

        private static void closeUnderLoad(MappedRegion region, boolean shrink) throws InterruptedException {
            CountDownLatch begun = new CountDownLatch(2);
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Bytes<Void> bytes = Views.bytes(region);
                Thread thread = new Thread(() -> {
                    try {
                        for (long at = 0; ; at = (at + 4096) % 99_000) {
                            bytes.writeLong(at, at);
                            long read = bytes.readLong(at);
                            assertTrue(read == at || read == 0);
                            begun.countDown();
                        }
                    } catch (IllegalStateException closed) {
                        begun.countDown();
                    } catch (Throwable t) {
                        wrong.set(t);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            begun.await();
            if (shrink) {
                region.shrinkBy(50_000, true).close();
            } else {
                region.close();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            if (wrong.get() != null) {
                throw new AssertionError(wrong.get());
            }
            assertThrows(IllegalStateException.class, () -> Views.bytes(region));
        }
    }

    @Test
    void closesUnderTheHandsOfOtherThreads() {
        try (ChildJvm child = ChildJvm.start(Closer.class)) {
            child.expectExit(0);
        }
    }

    /** Makes, maps, closes and removes, and says what is left of it. */
    static final class Repeater {
        public static void main(String[] arguments) throws Exception {
            rounds(100);
            long descriptors = descriptors();
            long mappings = mappings();
            rounds(Integer.parseInt(arguments[0]));
            System.gc();
            Thread.sleep(100);
            assertTrue(descriptors() <= descriptors, () -> "descriptors before=" + descriptors);
            long after = mappings();
            assertTrue(after <= mappings + 20, () -> "mappings before=" + mappings + " after=" + after);
        }

        private static void rounds(int count) {
            for (int round = 0; round < count; round++) {
                for (Kind kind : Kind.available()) {
                    try (Subject subject = kind.create(1 + round % 10_000);
                            MappedRegion region = subject.object().map()) {
                        Views.bytes(region).writeByte(0, (byte) 1);
                    }
                }
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

    @Test
    void leavesNothingBehind() throws IOException {
        try (ChildJvm child = ChildJvm.start(Repeater.class, LibC.isAvailable() ? "10000" : "300")) {
            child.expectExit(0);
            try (var files = Files.list(SharedMemoryObject.directory())) {
                assertEquals(
                        List.of(),
                        files.map(Path::toString)
                                .filter(name -> name.contains("region-" + child.pid() + "-"))
                                .toList());
            }
        }
    }
}
