/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.TestSegment.Storage;
import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.laws.ForwardingType;
import io.offsetheap.layout.Geometry;
import io.offsetheap.object.SharedBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class AllocatorTypeTest {
    private static final AllocatorType FOREIGN =
            new ForwardingType(AllocatorType.FIRST_FOREIGN_ID + 7, FirstFitAllocator.TYPE, blocks -> blocks);

    @Test
    void isChosenOnceAndFoundByEverybodyWhoOpens() {
        try (TestSegment segment = new TestSegment(Storage.FILE, Geometry.of(1 << 20), FirstFitAllocator.TYPE)) {
            OffsetHeap heap = segment.create();
            heap.construct("bytes", SharedBytes.TYPE, 100).putLong(0, 42);
            assertEquals(208, heap.usableSize(heap.allocate(200)), "no cell has 208 bytes");
            try (OffsetHeap other = OffsetHeap.file(segment.path()).open()) {
                assertEquals(
                        42, other.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
                assertTrue(other.verify().isClean());
                assertEquals(208, other.usableSize(other.allocate(200)));
            }
            try (OffsetHeap view = OffsetHeap.file(segment.path()).openReadOnly()) {
                assertEquals(heap.stats(), view.stats());
                assertTrue(view.verify().isClean());
            }
        }
    }

    @Test
    void ofAnotherProgramIsOpenedOnlyByThoseWhoKnowIt() {
        try (TestSegment segment = new TestSegment(Storage.FILE, Geometry.of(1 << 20), FOREIGN)) {
            segment.create().construct("bytes", SharedBytes.TYPE, 100);
            HeapBuilder stranger = OffsetHeap.file(segment.path());
            for (var refusal : new SegmentFormatException[] {
                assertThrows(SegmentFormatException.class, stranger::open),
                assertThrows(SegmentFormatException.class, stranger::openReadOnly),
                assertThrows(SegmentFormatException.class, stranger::openOrCreate),
                assertThrows(
                        SegmentFormatException.class,
                        () -> stranger.allocator(FirstFitAllocator.TYPE).open())
            }) {
                assertTrue(
                        refusal.getMessage()
                                .startsWith("the segment was made with an allocator that is not known here: allocator="
                                        + FOREIGN.id() + " segment="),
                        refusal.getMessage());
                assertTrue(refusal.getMessage().contains("HeapBuilder.allocator(type)"), refusal.getMessage());
            }
            try (OffsetHeap known =
                    OffsetHeap.file(segment.path()).allocator(FOREIGN).open()) {
                assertTrue(known.find("bytes", SharedBytes.TYPE).isPresent());
                assertTrue(known.verify().isClean());
            }
        }
    }

    @Test
    void ofAnotherProgramHasNoNumberOfTheLibrary() {
        HeapBuilder builder = OffsetHeap.sharedMemory("test-allocator-type");
        for (int id : new int[] {Integer.MIN_VALUE, -1, 0, 1, 2, AllocatorType.FIRST_FOREIGN_ID - 1}) {
            AllocatorType forged = new ForwardingType(id, FirstFitAllocator.TYPE, blocks -> blocks);
            var refusal = assertThrows(IllegalArgumentException.class, () -> builder.allocator(forged));
            assertTrue(refusal.getMessage().contains("id=" + id + " "), refusal.getMessage());
        }
    }

    @Test
    void ofTheLibraryIsKnownBesideAnotherOne() {
        try (TestSegment segment = new TestSegment(Storage.FILE, Geometry.of(1 << 20), SegmentAllocator.TYPE)) {
            segment.create().construct("bytes", SharedBytes.TYPE, 100);
            try (OffsetHeap heap =
                    OffsetHeap.file(segment.path()).allocator(FOREIGN).open()) {
                assertTrue(heap.find("bytes", SharedBytes.TYPE).isPresent());
                assertTrue(heap.verify().isClean());
            }
        }
    }

    @Test
    void thatCannotBeOpenedLeavesNothingOfTheSegmentOpen() throws IOException {
        AllocatorType broken = new ForwardingType(FOREIGN.id(), FirstFitAllocator.TYPE, blocks -> {
            throw new IllegalStateException("broken");
        });
        try (TestSegment segment = new TestSegment(Storage.FILE, Geometry.of(1 << 20), FOREIGN)) {
            segment.create().close();
            HeapBuilder builder = OffsetHeap.file(segment.path()).allocator(broken);
            for (Executable opening :
                    new Executable[] {builder::open, builder::openReadOnly, builder::openCopyOnWrite}) {
                long mapped = mappings(segment.path());
                assertThrows(IllegalStateException.class, opening);
                // The collector may unmap the first heap meanwhile.
                assertTrue(mappings(segment.path()) <= mapped, "it is still mapped");
            }
        }
    }

    private static long mappings(Path path) throws IOException {
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.endsWith(path.toString())).count();
        }
    }
}
