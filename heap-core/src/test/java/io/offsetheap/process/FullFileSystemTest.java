/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.LanePin;
import io.offsetheap.OffsetHeap;
import io.offsetheap.error.OutOfSegmentMemoryException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file system without a free page: there even a look at memory that was never reserved is a fault, which ends the process.
 * A heap never looks: not at the lanes that nobody has used yet, not behind its end.
 */
@Tag("without-native-calls")
class FullFileSystemTest {
    /** The process that would end. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            HeapBuilder builder = OffsetHeap.file(directory.resolve("heap")).maxSize(256 << 20);
            try (OffsetHeap heap = builder.create();
                    OffsetHeap other = builder.open()) {
                LanePin pin = heap.pin();
                Path filler = directory.resolve("filler");
                fill(filler);
                // The lane of another thread has no memory yet, and is left abandoned for others to find.
                refused(() -> inNewThread(() -> heap.allocate(100)));
                pin.close();
                refused(() -> heap.allocate(100 << 20));
                refused(() -> other.grow(1 << 20));
                heap.trim();
                other.trim();
                checkWhole(heap);
                checkWhole(other);
                builder.open().close();
                Files.delete(filler);
                inNewThread(() -> heap.allocate(100));
                other.free(heap.allocate(100 << 20));
                checkWhole(heap);
            }
        }

        private static void fill(Path filler) throws IOException {
            try (OutputStream output = Files.newOutputStream(filler)) {
                byte[] page = new byte[4096];
                while (true) {
                    output.write(page);
                }
            } catch (IOException noRoom) {
                assertTrue(noRoom.getMessage().contains("No space left"), noRoom::toString);
            }
        }

        private static void refused(Executable action) {
            assertThrows(OutOfSegmentMemoryException.class, action);
        }

        private static void inNewThread(Runnable action) throws Exception {
            AtomicReference<RuntimeException> thrown = new AtomicReference<>();
            Thread thread = new Thread(() -> {
                try {
                    action.run();
                } catch (RuntimeException e) {
                    thrown.set(e);
                }
            });
            thread.start();
            thread.join();
            if (thrown.get() != null) {
                throw thrown.get();
            }
        }

        private static void checkWhole(OffsetHeap heap) {
            var report = heap.verify();
            assertTrue(report.isClean(), report::toString);
            assertEquals(0, report.busyLanes());
            assertEquals(
                    heap.stats().capacity(), heap.stats().used() + heap.stats().free());
        }
    }

    @Test
    void isAnExceptionAndNotAFault(@TempDir Path directory) throws Exception {
        String mount = "mount -t tmpfs -o size=160m none " + directory;
        assumeTrue(Mounts.work(mount), "this user may not mount");
        try (ChildJvm child = ChildJvm.start(Mounts.prefix(mount), Child.class, directory.toString())) {
            child.expectExit(0);
        }
    }
}
