/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.process.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AnonymousSharedMemoryTest {
    /** Opens what it is told, and holds it until its input ends. */
    static final class Child {
        public static void main(String[] arguments) throws Exception {
            try (OffsetHeap heap = OffsetHeap.file(Path.of(arguments[0])).open()) {
                SharedBytes bytes = heap.find("bytes", SharedBytes.TYPE).orElseThrow();
                bytes.compareAndSetLong(0, 42, 43);
                heap.construct("of the child", SharedBytes.TYPE, 300_000);
                System.out.println(heap.path());
                System.out.println(ChildJvm.READY);
                System.in.read();
                System.out.println(bytes.getLong(0) + " " + heap.verify().isClean());
            }
        }
    }

    @Test
    void isOpenedByAnotherProcessThroughItsPath() {
        try (OffsetHeap heap = OffsetHeap.anonymous().maxSize(1 << 20).create()) {
            SharedBytes bytes = heap.construct("bytes", SharedBytes.TYPE, 8);
            bytes.putLong(0, 42);
            try (ChildJvm child = ChildJvm.start(Child.class, heap.path().toString())) {
                child.awaitReady();
                assertEquals(43, bytes.getLong(0));
                assertEquals(
                        300_000,
                        heap.find("of the child", SharedBytes.TYPE)
                                .orElseThrow()
                                .length());
                child.kill9();
            }
            heap.construct("after its death", SharedBytes.TYPE, 8);
            assertTrue(heap.verify().isClean());
            assertEquals(0, heap.verify().busyLanes());
            try (OffsetHeap reader = OffsetHeap.file(heap.path()).openReadOnly()) {
                assertTrue(reader.find("after its death", SharedBytes.TYPE).isPresent());
            }
        }
    }

    /** A process that has it open keeps it when the one that made it has gone. */
    @Test
    void outlivesTheProcessThatMadeIt() {
        try (ChildJvm maker = ChildJvm.start(Maker.class).awaitReady()) {
            Path path = Path.of(maker.output().lines().findFirst().orElseThrow());
            try (OffsetHeap heap = OffsetHeap.file(path).open()) {
                maker.kill9();
                SharedBytes bytes = heap.find("bytes", SharedBytes.TYPE).orElseThrow();
                assertEquals(7, bytes.getLong(0));
                heap.construct("more", SharedBytes.TYPE, 300_000);
                assertTrue(heap.verify().isClean());
            }
            assertThrows(
                    SegmentNotFoundException.class, () -> OffsetHeap.file(path).open());
        }
    }

    static final class Maker {
        public static void main(String[] arguments) throws Exception {
            try (OffsetHeap heap = OffsetHeap.anonymous().maxSize(1 << 20).create()) {
                heap.construct("bytes", SharedBytes.TYPE, 8).putLong(0, 7);
                System.out.println(heap.path());
                System.out.println(ChildJvm.READY);
                System.in.read();
            }
        }
    }

    @Test
    void isCreatedAndNeverOpened() {
        HeapBuilder builder = OffsetHeap.anonymous().maxSize(1 << 20);
        assertFalse(builder.remove());
        assertThrows(SegmentNotFoundException.class, builder::open);
        assertThrows(SegmentNotFoundException.class, builder::openReadOnly);
        try (OffsetHeap one = builder.create();
                OffsetHeap two = builder.openOrCreate()) {
            one.construct("bytes", SharedBytes.TYPE, 8);
            assertTrue(two.find("bytes", SharedBytes.TYPE).isEmpty());
            assertEquals("anonymous memory " + one.path(), one.toString());
            assertTrue(Files.exists(one.path()));
        }
    }

    @Test
    void isMemoryForItselfAlone() {
        try (AnonymousSharedMemory memory = AnonymousSharedMemory.create(10_000);
                FileMapping other = FileMapping.open(memory.path(), true)) {
            assertEquals(10_000, memory.size());
            assertEquals(10_000, other.size());
            assertEquals("anonymous memory " + memory.path(), memory.toString());
        }
        assertThrows(IllegalArgumentException.class, () -> AnonymousSharedMemory.create(0));
    }

    /** No file system limits this memory, and to reserve all of the machine's would have processes killed. */
    @Test
    void takesNoMoreThanTheMachineHas() {
        long size = AvailableMemory.bytes() * 2;
        var thrown = assertThrows(OutOfSegmentMemoryException.class, () -> AnonymousSharedMemory.create(size));
        assertTrue(
                thrown.getMessage()
                        .startsWith("the machine has too little memory for this part of the file: position=0 length="
                                + size + " available="),
                thrown::getMessage);
        try (OffsetHeap heap = OffsetHeap.anonymous().maxSize(16L << 40).create()) {
            assertThrows(OutOfSegmentMemoryException.class, () -> heap.grow(size));
            assertThrows(OutOfSegmentMemoryException.class, () -> heap.allocate(size));
            heap.grow(1 << 20);
            assertTrue(heap.verify().isClean());
        }
    }
}
