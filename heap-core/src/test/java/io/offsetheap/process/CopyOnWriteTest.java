/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.LanePin;
import io.offsetheap.OffsetHeap;
import io.offsetheap.WatchedMemory;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.region.FileMapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Law C-128: what is changed in a heap that was opened copy-on-write is changed for its opener alone. */
@Tag("without-native-calls")
class CopyOnWriteTest {
    private static final long MAX_SIZE = 16 << 20;
    private static final int KEYS = 300;

    @TempDir
    Path directory;

    private Path path;
    private byte[] original;

    @BeforeEach
    void makeAHeap() throws IOException {
        path = directory.resolve("heap");
        try (OffsetHeap heap = heap().create()) {
            IndexObject index = heap.construct("index", IndexObject.TYPE);
            for (int i = 0; i < KEYS; i++) {
                index.put("key" + i, new byte[] {(byte) i});
            }
            heap.construct("bytes", SharedBytes.TYPE, 8).putLong(0, 42);
        }
        original = Files.readAllBytes(path);
    }

    private HeapBuilder heap() {
        return builder(path);
    }

    private static HeapBuilder builder(Path path) {
        return OffsetHeap.file(path).maxSize(MAX_SIZE);
    }

    private static IndexObject index(OffsetHeap heap) {
        return heap.find("index", IndexObject.TYPE).orElseThrow();
    }

    private static Map<String, String> expected() {
        var expected = new TreeMap<String, String>();
        for (int i = 0; i < KEYS; i++) {
            expected.put("key" + i, "1:" + (byte) i);
        }
        return expected;
    }

    private static void change(OffsetHeap heap) {
        heap.find("bytes", SharedBytes.TYPE).orElseThrow().putLong(0, 43);
        for (int i = 0; i < KEYS; i += 2) {
            index(heap).remove("key" + i);
        }
        heap.construct("mine", SharedBytes.TYPE, 1000);
    }

    private static void check(OffsetHeap heap) {
        assertEquals(expected(), index(heap).content());
        assertEquals(42, heap.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
        assertTrue(heap.find("mine", SharedBytes.TYPE).isEmpty());
        var report = heap.verify();
        assertTrue(report.isClean(), report::toString);
    }

    @Test
    void keepsItsChangesToItself() throws IOException {
        try (OffsetHeap copy = heap().openCopyOnWrite();
                OffsetHeap second = heap().openCopyOnWrite()) {
            check(copy);
            change(copy);
            check(second);
            try (OffsetHeap reader = heap().openReadOnly()) {
                check(reader);
            }
            assertEquals(43, copy.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
            assertEquals(KEYS / 2, index(copy).content().size());
            assertTrue(copy.verify().isClean());
        }
        assertArrayEquals(original, Files.readAllBytes(path));
        try (OffsetHeap heap = heap().open()) {
            check(heap);
        }
    }

    @Test
    void goesOnWhenTheHeapChangesOrIsRemoved() {
        try (OffsetHeap copy = heap().openCopyOnWrite()) {
            try (OffsetHeap heap = heap().open()) {
                change(heap);
                heap.destroy("index");
                heap.trim();
            }
            check(copy);
            assertTrue(heap().remove());
            check(copy);
            change(copy);
        }
        assertThrows(SegmentNotFoundException.class, () -> heap().openCopyOnWrite());
    }

    @Test
    void growsAsTheHeapItselfWould() throws IOException {
        try (OffsetHeap copy = heap().openCopyOnWrite()) {
            assertEquals(MAX_SIZE, copy.maxSize());
            copy.grow(8 << 20);
            long block = copy.allocate(7 << 20);
            copy.memory().putLong(block + (7 << 20) - 8, 1);
            assertTrue(copy.verify().isClean());
            check(copy);
        }
        assertArrayEquals(original, Files.readAllBytes(path));
    }

    @Test
    void isRefusedWhileSomebodyHasTheHeapOpen() {
        OffsetHeap heap = heap().open();
        LanePin pin = heap.pin();
        for (int i = 0; i < 2; i++) {
            var thrown = assertThrows(
                    SegmentBusyException.class,
                    () -> heap().openCopyOnWrite(),
                    "a heap was copied while somebody may write to it");
            assertEquals(
                    "a heap that is open for writing cannot be copied: pid="
                            + ProcessHandle.current().pid() + " segment=file " + path
                            + ". Close it there first; openReadOnly() looks at it as it is.",
                    thrown.getMessage());
            // A pin outlives its heap.
            heap.close();
        }
        pin.close();
        heap().openCopyOnWrite().close();
    }

    /** A process that stops in the middle of a commit, to be killed there. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) {
            OffsetHeap heap = WatchedMemory.open(FileMapping.location(Path.of(arguments[0])));
            WatchedMemory.of(heap).stopAt(CommitSite.PUT_REPLACE, 1, lock -> {
                System.out.println(ChildJvm.READY);
                while (true) {
                    Thread.onSpinWait();
                }
            });
            index(heap).put("key7", new byte[] {7, 7});
        }
    }

    @Test
    void finishesTheWorkOfTheDeadInTheCopyAlone() throws IOException {
        try (ChildJvm victim = ChildJvm.start(Victim.class, path.toString()).awaitReady()) {
            assertThrows(SegmentBusyException.class, () -> heap().openCopyOnWrite());
            victim.kill9();
        }
        byte[] left = Files.readAllBytes(path);
        for (int i = 0; i < 2; i++) {
            try (OffsetHeap copy = heap().openCopyOnWrite()) {
                assertArrayEquals(new byte[] {7, 7}, index(copy).get("key7"));
                index(copy).put("key7", new byte[] {7});
                check(copy);
                assertEquals(0, copy.verify().busyLanes());
            }
            assertArrayEquals(left, Files.readAllBytes(path));
        }
        try (OffsetHeap heap = heap().open()) {
            assertArrayEquals(new byte[] {7, 7}, index(heap).get("key7"));
        }
    }

    /** As {@code open}: such a file may mix old and new pages. */
    @Test
    void isRefusedAfterARestartThatMetTheHeapOpen() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(original).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(Superblock.CLEAN_OFFSET, 0).putLong(Superblock.BOOT_HASH_OFFSET, 1);
        Files.write(path, original);
        var thrown = assertThrows(SegmentFormatException.class, () -> heap().openCopyOnWrite());
        assertTrue(thrown.getMessage().startsWith("the machine was restarted"), thrown.getMessage());
        assertArrayEquals(original, Files.readAllBytes(path));
    }

    /** A process that can read the heap and not write to it. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] arguments) {
            Path path = Path.of(arguments[0]);
            assertThrows(RuntimeException.class, () -> builder(path).open());
            try (OffsetHeap copy = builder(path).openCopyOnWrite()) {
                check(copy);
                change(copy);
                assertTrue(copy.verify().isClean());
            }
        }
    }

    @Test
    void needsNoPermissionToWrite() throws Exception {
        assumeTrue(
                Boolean.parseBoolean(System.getProperty("offsetheap.native", "true")),
                "without native calls there are no locks where no lock file can be made");
        String mount = "mount --bind " + directory + " " + directory + " && mount -o remount,ro,bind " + directory;
        assumeTrue(Mounts.work(mount), "this user may not mount");
        try (ChildJvm child = ChildJvm.start(Mounts.prefix(mount), Reader.class, path.toString())) {
            child.expectExit(0);
        }
    }
}
