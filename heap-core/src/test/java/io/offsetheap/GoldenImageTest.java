/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.verify.HeapReport;
import io.offsetheap.verify.HeapVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Law C-157: segments that earlier builds of this format have written are opened, recovered and read by this one. */
class GoldenImageTest {
    @TempDir
    Path folder;

    @Test
    void aFreshSegmentIsTheSameToTheByte() throws IOException {
        byte[] golden = GoldenImages.withoutSeed(GoldenImages.read(GoldenImages.FRESH));
        byte[] made = GoldenImages.withoutSeed(GoldenImages.fresh());
        for (int word = 0; word < golden.length; word += Long.BYTES) {
            assertEquals(hex(golden, word), hex(made, word), "word at 0x" + Integer.toHexString(word));
        }
        assertEquals(golden.length, made.length);
    }

    private static String hex(byte[] image, int word) {
        StringBuilder text = new StringBuilder();
        for (int i = word; i < word + Long.BYTES; i++) {
            text.append(String.format("%02x", image[i]));
        }
        return text.toString();
    }

    @Test
    void aSegmentClosedInOrderOpens() throws IOException {
        try (OffsetHeap heap =
                OffsetHeap.file(write(GoldenImages.read(GoldenImages.CLEAN))).open()) {
            checkContent(heap, GoldenImages.KEYS, Set.of());
        }
    }

    @Test
    void anOpenJournalIsApplied() throws IOException {
        byte[] image = GoldenImages.read(GoldenImages.OPEN_JOURNAL);
        assertEquals(1, openJournals(load(image)));
        try (OffsetHeap heap = salvage(image)) {
            checkContent(heap, GoldenImages.KEYS, Set.of(GoldenImages.LAST_KEY));
            assertEquals(0, openJournals(heap.memory()));
        }
    }

    @Test
    void anOpenJournalOfAFirstFitHeapIsApplied() throws IOException {
        byte[] image = GoldenImages.read(GoldenImages.FIRST_FIT);
        assertEquals(1, openJournals(load(image)));
        try (OffsetHeap heap = salvage(image)) {
            checkContent(heap, GoldenImages.KEYS, Set.of(GoldenImages.LAST_KEY));
            assertEquals(0, openJournals(heap.memory()));
            heap.free(heap.allocate(heap.stats().largestFree()));
            assertTrue(heap.destroy("index"));
            heap.trim();
            assertTrue(heap.verify().isClean(), heap.verify().toString());
        }
    }

    @Test
    void aHalfScrubbedSplitIsReadAndWrittenTo() throws IOException {
        byte[] image = GoldenImages.read(GoldenImages.HALF_SCRUBBED);
        assertEquals(
                1,
                new HeapVerifier(load(image), Geometry.tiny(image.length), SegmentAllocator.TYPE)
                        .verify()
                        .busyLanes());
        try (OffsetHeap heap = salvage(image)) {
            IndexObject index = heap.find("index", IndexObject.TYPE).orElseThrow();
            int keys = index.content().size();
            assertTrue(keys > 48, "a segment splits when it is half full: keys=" + keys);
            checkContent(heap, keys, Set.of());
            for (int i = keys; i < 4 * keys; i++) {
                index.put(GoldenImages.key(i), GoldenImages.value(GoldenImages.key(i)));
            }
            checkContent(heap, 4 * keys, Set.of());
            assertTrue(heap.destroy("index"));
            heap.trim();
            assertTrue(heap.verify().isClean(), heap.verify().toString());
        }
    }

    private static void checkContent(OffsetHeap heap, int keys, Set<String> others) {
        HeapReport report = heap.verify();
        assertTrue(report.isClean(), report.findings().toString());
        assertEquals(0, report.rawBlocks());
        assertEquals(0, report.busyLanes());
        Set<String> names = new TreeSet<>();
        for (NamedObject object : heap.names()) {
            names.add(object.name() + " " + object.fingerprint() + " " + object.length());
        }
        assertEquals(Set.of("index IndexObject/1 1", "text SharedBytes/1 " + GoldenImages.TEXT.length), names);
        byte[] text = new byte[GoldenImages.TEXT.length];
        heap.find("text", SharedBytes.TYPE).orElseThrow().get(0, text, 0, text.length);
        assertArrayEquals(GoldenImages.TEXT, text);
        IndexObject index = heap.find("index", IndexObject.TYPE).orElseThrow();
        Set<String> expected = new TreeSet<>(others);
        for (int i = 0; i < keys; i++) {
            expected.add(GoldenImages.key(i));
        }
        assertEquals(expected, index.content().keySet());
        assertEquals(expected.size(), index.index().size());
        expected.forEach(key -> assertArrayEquals(GoldenImages.value(key), index.get(key), key));
        assertNull(index.get("no key"));
        assertFalse(heap.destroy("gone"));
    }

    /** Opens an image of a process that died: to this machine it is a heap that was open when another one went down. */
    private OffsetHeap salvage(byte[] image) throws IOException {
        return OffsetHeap.file(write(image)).salvage();
    }

    private Path write(byte[] image) throws IOException {
        return Files.write(folder.resolve("heap"), image);
    }

    private static SegmentMemory load(byte[] image) {
        TestImage target = new TestImage(image.length);
        target.restore(image);
        return target.raw();
    }

    private static int openJournals(SegmentMemory memory) {
        Geometry geometry = Geometry.tiny(memory.capacity());
        int open = 0;
        for (int lane = 0; lane < geometry.lanes; lane++) {
            if (memory.getLong(geometry.laneBody(lane) + Geometry.JOURNAL_HEAD_OFFSET) != 0) {
                open++;
            }
        }
        return open;
    }
}
