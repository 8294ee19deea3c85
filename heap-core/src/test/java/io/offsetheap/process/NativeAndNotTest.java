/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.object.SharedBytes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One heap and two processes, of which one makes native calls and the other does not: never both at once. */
class NativeAndNotTest {
    @TempDir
    Path directory;

    private static HeapBuilder builder(Path path) {
        return OffsetHeap.file(path).maxSize(4 << 20);
    }

    private ChildJvm start(Class<?> main, Path path) {
        return ChildJvm.startWithOptions(List.of("-Doffsetheap.native=false"), main, path.toString());
    }

    /** Has the heap open until it is killed. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            OffsetHeap heap = builder(Path.of(arguments[0])).openOrCreate();
            heap.findOrConstruct("bytes", SharedBytes.TYPE, 8).putLong(0, 42);
            System.out.println(ChildJvm.READY);
            System.in.read();
            heap.close();
        }
    }

    /** Is refused. */
    static final class Refused {
        public static void main(String[] arguments) {
            var thrown = assertThrows(
                    SegmentBusyException.class,
                    () -> builder(Path.of(arguments[0])).open());
            assertTrue(
                    thrown.getMessage().startsWith("a process with native calls has the segment open"),
                    () -> thrown.toString());
        }
    }

    @Test
    void whoMakesNativeCallsIsRefusedUntilTheOtherOneHasGone() {
        Path path = directory.resolve("heap");
        try (ChildJvm holder = start(Holder.class, path).awaitReady()) {
            for (int i = 0; i < 3; i++) {
                var thrown = assertThrows(
                        SegmentBusyException.class, () -> builder(path).open());
                assertEquals(
                        "a process without native calls has the segment open: segment=file " + path,
                        thrown.getMessage());
            }
            holder.kill9();
            try (OffsetHeap heap = builder(path).open()) {
                assertEquals(
                        42, heap.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
                assertTrue(heap.verify().isClean());
            }
        }
    }

    /** Is refused the copy as well. */
    static final class Copier {
        public static void main(String[] arguments) {
            var thrown = assertThrows(
                    SegmentBusyException.class,
                    () -> builder(Path.of(arguments[0])).openCopyOnWrite());
            assertTrue(
                    thrown.getMessage().startsWith("a process with native calls has the segment open"),
                    () -> thrown.toString());
        }
    }

    @Test
    void noneOfThemCopiesWhatTheOtherOneWrites() {
        Path path = directory.resolve("heap");
        try (ChildJvm holder = start(Holder.class, path).awaitReady()) {
            var thrown =
                    assertThrows(SegmentBusyException.class, () -> builder(path).openCopyOnWrite());
            assertEquals(
                    "a process without native calls has the segment open: segment=file " + path, thrown.getMessage());
            holder.kill9();
        }
        try (OffsetHeap copy = builder(path).openCopyOnWrite()) {
            assertEquals(42, copy.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
        }
        try (OffsetHeap heap = builder(path).open();
                ChildJvm child = start(Copier.class, path)) {
            child.expectExit(0);
            assertTrue(heap.verify().isClean());
        }
    }

    @Test
    void whoMakesNoneIsRefusedUntilTheOtherOneHasGone() {
        Path path = directory.resolve("heap");
        try (OffsetHeap heap = builder(path).create()) {
            heap.construct("mine", SharedBytes.TYPE, 8);
            try (ChildJvm child = start(Refused.class, path)) {
                child.expectExit(0);
            }
            assertTrue(heap.verify().isClean());
        }
        try (ChildJvm holder = start(Holder.class, path).awaitReady()) {
            holder.kill9();
        }
        try (OffsetHeap heap = builder(path).open()) {
            assertTrue(heap.find("mine", SharedBytes.TYPE).isPresent());
            assertTrue(heap.find("bytes", SharedBytes.TYPE).isPresent());
        }
    }
}
