/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.WatchedMemory;
import io.offsetheap.error.LockTimeoutException;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import io.offsetheap.process.ChildJvm;
import io.offsetheap.region.FileMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who reads a heap that is open for reading alone cannot finish the work of the dead: where a lock is in the way, he is told what
 * to do, after a second. All else he reads. Law C-127.
 */
class DeadOwnerTest {
    private static final SharedType<SharedHashMap<String, String>> MAP = SharedHashMap.type(Codecs.UTF8, Codecs.UTF8);
    private static final SharedType<SharedVector<String>> VECTOR = SharedVector.type(Codecs.UTF8);

    /** What a process dies in, and what meets its lock. */
    enum Death {
        IN_A_MAP(
                CommitSite.PUT_REPLACE,
                heap -> map(heap).put("key", "a longer value than before, which is replaced"),
                heap -> map(heap).get("key")),
        IN_A_MAP_OF_LONGS(
                CommitSite.LONG_INSERT,
                heap -> longs(heap).put(1000, 1),
                heap -> longs(heap).get(1000, 0)),
        IN_A_VECTOR(
                CommitSite.VECTOR_SET,
                heap -> vector(heap).set(0, "another"),
                heap -> vector(heap).get(0)),
        IN_A_NAME(
                CommitSite.CONSTRUCT,
                heap -> heap.construct("name", SharedBytes.TYPE, 8),
                heap -> heap.find("name", SharedBytes.TYPE)),
        IN_A_SECTION(null, heap -> heap.atomically(Victim::stopForEver), DeadOwnerTest::map);

        /** Null for a lock that is held already when the user's function runs. */
        private final @Nullable CommitSite site;

        private final Consumer<OffsetHeap> work;
        private final Consumer<OffsetHeap> read;

        boolean isInTheWayOfNames() {
            return this == IN_A_NAME || this == IN_A_SECTION;
        }

        Death(@Nullable CommitSite site, Consumer<OffsetHeap> work, Consumer<OffsetHeap> read) {
            this.site = site;
            this.work = work;
            this.read = read;
        }
    }

    private static SharedHashMap<String, String> map(OffsetHeap heap) {
        return heap.find("map", MAP).orElseThrow();
    }

    private static SharedLongLongMap longs(OffsetHeap heap) {
        return heap.find("longs", SharedLongLongMap.TYPE).orElseThrow();
    }

    private static SharedVector<String> vector(OffsetHeap heap) {
        return heap.find("vector", VECTOR).orElseThrow();
    }

    /** A process that stops with a lock, to be killed there. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) {
            OffsetHeap heap = WatchedMemory.open(FileMapping.location(Path.of(arguments[0])));
            Death death = Death.valueOf(arguments[1]);
            if (death.site != null) {
                WatchedMemory.of(heap).stopAt(death.site, 1, lock -> stopForEver());
            }
            death.work.accept(heap);
        }

        private static void stopForEver() {
            System.out.println(ChildJvm.READY);
            while (true) {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void isMetWithAnAdviceAfterASecond(Death death, @TempDir Path directory) throws IOException {
        Path path = directory.resolve("heap");
        HeapBuilder builder = OffsetHeap.file(path).maxSize(1 << 20);
        try (OffsetHeap heap = builder.create()) {
            heap.construct("map", MAP).put("key", "value");
            heap.construct("longs", SharedLongLongMap.TYPE).put(1, 1);
            heap.construct("vector", VECTOR).add("element");
        }
        try (ChildJvm victim = ChildJvm.start(Victim.class, path.toString(), death.name())) {
            victim.awaitReady().kill9();
        }
        byte[] left = Files.readAllBytes(path);
        try (OffsetHeap heap = builder.openReadOnly()) {
            long start = System.nanoTime();
            var thrown = assertThrows(LockTimeoutException.class, () -> death.read.accept(heap));
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertTrue(millis >= 1000 && millis < 10_000, "millis=" + millis);
            assertTrue(
                    thrown.getMessage().startsWith("a lock is held and a reader cannot help: offset="),
                    thrown.getMessage());
            assertTrue(
                    thrown.getMessage()
                            .endsWith(" waited=1s segment=file " + path
                                    + ". If its owner is dead, open the heap read-write once to recover."),
                    thrown.getMessage());
            // What no lock is in the way of.
            var report = heap.verify();
            assertEquals(List.of(), report.findings());
            assertEquals(1, report.busyLanes());
            assertTrue(heap.stats().liveBlocks() > 0);
            for (Death other : Death.values()) {
                if (other != death && !death.isInTheWayOfNames()) {
                    other.read.accept(heap);
                }
            }
        }
        assertArrayEquals(left, Files.readAllBytes(path));
        builder.open().close();
        try (OffsetHeap heap = builder.openReadOnly()) {
            death.read.accept(heap);
            assertEquals(0, heap.verify().busyLanes());
        }
    }
}
