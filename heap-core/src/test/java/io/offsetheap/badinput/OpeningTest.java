/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.badinput;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.HeapFile;
import io.offsetheap.OffsetHeap;
import io.offsetheap.error.HeapException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.layout.Superblock;
import io.offsetheap.object.SharedBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is no heap is refused with one clear message, by every way to open, and stays as it was. Laws C-120 to C-131. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("without-native-calls")
class OpeningTest {
    private static final long SMALL = 256 << 10;
    private static final int PAGE = 4096;

    /** Every way to open an existing heap. */
    private static final Map<String, Function<HeapBuilder, OffsetHeap>> OPENERS = Map.of(
            "open",
            HeapBuilder::open,
            "openOrCreate",
            HeapBuilder::openOrCreate,
            "openReadOnly",
            HeapBuilder::openReadOnly,
            "openCopyOnWrite",
            HeapBuilder::openCopyOnWrite,
            "salvage",
            HeapBuilder::salvage);

    @TempDir
    Path directory;

    private Path path;
    private byte[] good;

    @BeforeEach
    void makeAHeap() throws IOException {
        path = directory.resolve("heap");
        try (OffsetHeap heap = heap().create()) {
            heap.construct("bytes", SharedBytes.TYPE, 8).putLong(0, 42);
        }
        good = HeapFile.read(path);
    }

    private HeapBuilder heap() {
        return OffsetHeap.file(path).maxSize(SMALL);
    }

    @Test
    void refusesWhatIsNoHeap() throws IOException {
        byte[] random = new byte[64 << 10];
        new Random(1).nextBytes(random);
        byte[] text = "this is no heap, but a text of some length\n".repeat(200).getBytes(StandardCharsets.UTF_8);
        refuses("an empty file", new byte[0], "too short for an OffsetHeap segment: fileSize=0 superblock=4096");
        refuses("one byte", new byte[1], "too short for an OffsetHeap segment: fileSize=1 superblock=4096");
        refuses("zeros", new byte[64 << 10], "not an OffsetHeap segment: magic=0x0 expected=0x3150414548");
        refuses("random bytes", random, "not an OffsetHeap segment: magic=0x");
        refuses("a text", text, "not an OffsetHeap segment: magic=0x2073692073696874");
    }

    @Test
    void refusesWhatAnotherProgramOrVersionHasWritten() throws IOException {
        refuses(
                "a later version",
                patched(block -> block.putInt(Superblock.VERSION_OFFSET, 2)),
                "the segment has another format version: found=2 supported=1");
        refuses(
                "a later version with a good checksum",
                sealed(block -> block.putInt(Superblock.VERSION_OFFSET, 2)),
                "the segment has another format version: found=2 supported=1");
        refuses(
                "the other byte order",
                patched(block -> swapWords(block, Superblock.MAGIC_OFFSET)),
                "not an OffsetHeap segment: magic=0x4f464648");
        refuses(
                "the other byte order behind the magic bytes",
                patched(block -> swapWords(block, Superblock.VERSION_OFFSET)),
                "the segment has another byte order: byteOrder=0x807060504030201");
        for (int features : new int[] {Superblock.INCOMPATIBLE_FEATURES_OFFSET, Superblock.READ_ONLY_FEATURES_OFFSET}) {
            refuses(
                    "a feature of a later version",
                    sealed(block -> block.putLong(features, 1L << 40)),
                    "the segment uses features of a later version: features=0x10000000000 supported=0");
        }
    }

    @Test
    void refusesASuperblockWithAnyBitFlippedUnderItsChecksum() throws IOException {
        for (int bit = Superblock.INCOMPATIBLE_FEATURES_OFFSET * 8; bit < Superblock.CRC_OFFSET * 8 + 64; bit += 37) {
            byte[] flipped = good.clone();
            flipped[bit >>> 3] ^= (byte) (1 << (bit & 7));
            refuses("bit " + bit, flipped, "the superblock's checksum does not match: stored=0x");
        }
        byte[] classes = good.clone();
        classes[Superblock.CLASS_TABLE_OFFSET + 9] ^= 4;
        refuses("a bit of the class table", classes, "the superblock's checksum does not match: stored=0x");
    }

    /** Forged with a good checksum: every word that a geometry is made from must fit the others. */
    @Test
    void refusesASuperblockWhoseWordsContradictEachOther() throws IOException {
        for (int at = Superblock.MAX_SIZE_OFFSET; at <= Superblock.GROW_UNIT_OFFSET; at += Long.BYTES) {
            if (at != Superblock.CREATED_OFFSET) {
                int word = at;
                for (long wrong : new long[] {0, -1, 1, Long.MIN_VALUE, 1L << 20, 1L << 44}) {
                    byte[] forged = sealed(block -> block.putLong(word, wrong));
                    refuses("word " + word + " = " + wrong, forged, "the superblock");
                }
            }
        }
        refuses(
                "a class of another size",
                sealed(block -> block.putLong(Superblock.CLASS_TABLE_OFFSET, 24)),
                "a word of the superblock does not fit the others: offset=0x840 found=0x");
        for (long end : new long[] {0, -1, 4096, SMALL + (64 << 10), Long.MAX_VALUE, SMALL - 1}) {
            refuses(
                    "heapEnd=" + end,
                    patched(block -> block.putLong(Superblock.HEAP_END_OFFSET, end)),
                    "the end of the heap is impossible: heapEnd=" + end);
        }
    }

    /** Law C-126. */
    @Test
    void refusesAFileThatWasCutAnywhere() throws IOException {
        for (int cut = PAGE; cut < good.length; cut += PAGE) {
            refuses(
                    "cut at " + cut,
                    Arrays.copyOf(good, cut),
                    "the file is shorter than its heap, it was truncated: fileSize=" + cut + " heapEnd=" + good.length);
        }
        refuses("cut by one byte", Arrays.copyOf(good, good.length - 1), "the file is shorter than its heap");
        refuses(
                "cut in the superblock",
                Arrays.copyOf(good, PAGE - 1),
                "too short for an OffsetHeap segment: fileSize=4095 superblock=4096");
    }

    /** A growth may die after it has extended the file and before it has moved the end of the heap. */
    @Test
    void opensAFileThatIsLongerThanItsHeap() throws IOException {
        byte[] tail = new byte[(int) SMALL * 2];
        Arrays.fill(tail, (byte) 0xA5);
        byte[] longer = Arrays.copyOf(good, good.length + tail.length);
        System.arraycopy(tail, 0, longer, good.length, tail.length);
        for (var opener : OPENERS.entrySet()) {
            Files.write(path, longer);
            try (OffsetHeap heap = opener.getValue().apply(heap())) {
                assertEquals(
                        42, heap.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0), opener.getKey());
                assertTrue(heap.verify().isClean(), opener.getKey());
            }
            assertEquals(longer.length, Files.size(path), opener.getKey());
        }
    }

    @Test
    void refusesADirectoryAndAPathThatLeadsThroughAFile() throws IOException {
        Files.delete(path);
        Files.createDirectory(path);
        for (var opener : OPENERS.entrySet()) {
            var thrown = assertThrows(
                    SegmentFormatException.class, () -> opener.getValue().apply(heap()), opener.getKey());
            assertEquals(
                    "a segment is a regular file, and this is a directory or a special file: segment=file " + path,
                    thrown.getMessage());
        }
        assertThrows(SegmentFormatException.class, () -> heap().remove());
        assertThrows(SegmentExistsException.class, () -> heap().create());
        try (Stream<Path> inside = Files.list(path)) {
            assertEquals(0, inside.count());
        }

        Path file = directory.resolve("file");
        Files.write(file, new byte[5]);
        Path through = file.resolve("heap");
        assertThrows(
                SegmentNotFoundException.class, () -> OffsetHeap.file(through).open());
        assertThrows(HeapException.class, () -> OffsetHeap.file(through).create());
        assertThrows(HeapException.class, () -> OffsetHeap.file(through).openOrCreate());
        assertFalse(OffsetHeap.file(through).remove());
    }

    /** Law C-120: nothing is made by looking for it, and nothing is left of a creation that fails. */
    @Test
    void leavesNothingWhereThereIsNoHeap() throws IOException {
        Files.delete(path);
        for (String opener : new String[] {"open", "openReadOnly", "openCopyOnWrite", "salvage"}) {
            var thrown = assertThrows(
                    SegmentNotFoundException.class, () -> OPENERS.get(opener).apply(heap()));
            assertEquals("there is no such segment: segment=file " + path, thrown.getMessage());
        }
        assertFalse(heap().remove());
        HeapBuilder elsewhere = OffsetHeap.file(directory.resolve("missing").resolve("heap"));
        assertThrows(HeapException.class, elsewhere::create);
        assertThrows(HeapException.class, elsewhere::openOrCreate);
        assertNothingIsThere();
    }

    /** Law C-123. */
    @Test
    void refusesImpossibleSizesBeforeAnythingIsMade() throws IOException {
        Files.delete(path);
        for (long size : new long[] {Long.MIN_VALUE, -1, 0, 1, SMALL - 1, (1L << 44) + 1, Long.MAX_VALUE}) {
            var thrown = assertThrows(
                    IllegalArgumentException.class, () -> OffsetHeap.file(path).maxSize(size));
            assertEquals(
                    "maxSize must be from 256 KiB (262144) to 16 TiB (17592186044416): maxSize=" + size,
                    thrown.getMessage());
        }
        assertNothingIsThere();
        try (OffsetHeap heap = heap().create()) {
            assertEquals(SMALL, heap.maxSize());
            heap.construct("bytes", SharedBytes.TYPE, 1000);
            heap.free(heap.allocate(20_000));
            assertTrue(heap.verify().isClean());
        }
    }

    /** Law C-130: a heap does not know its name. */
    @Test
    void isTheSameHeapWhereverItsFileIsMovedOrCopied() throws IOException {
        Path moved = Files.createDirectory(directory.resolve("other")).resolve("moved");
        Path copied = directory.resolve("copied");
        Files.move(path, moved);
        Files.copy(moved, copied);
        try (OffsetHeap one = OffsetHeap.file(moved).open();
                OffsetHeap two = OffsetHeap.file(copied).open()) {
            SharedBytes first = one.find("bytes", SharedBytes.TYPE).orElseThrow();
            SharedBytes second = two.find("bytes", SharedBytes.TYPE).orElseThrow();
            assertEquals(42, first.getLong(0));
            assertEquals(42, second.getLong(0));
            first.putLong(0, 1);
            one.construct("mine", SharedBytes.TYPE, 1);
            assertEquals(42, second.getLong(0));
            assertTrue(two.find("mine", SharedBytes.TYPE).isEmpty());
            assertTrue(one.verify().isClean());
            assertTrue(two.verify().isClean());
        }
        assertThrows(SegmentNotFoundException.class, () -> heap().open());
    }

    /** A restart of the machine that met the heap open: no opening for writing without a check, reading is free to all. */
    @Test
    void opensForReadingWhatWasNotClosed() throws IOException {
        byte[] open = patched(block -> {
            block.putLong(Superblock.CLEAN_OFFSET, 0);
            block.putLong(Superblock.BOOT_HASH_OFFSET, 1);
        });
        // A hole behind the heap belongs to it where a file is as long as its mapping.
        open = Arrays.copyOf(open, (int) Files.size(path));
        Files.write(path, open);
        var thrown = assertThrows(SegmentFormatException.class, () -> heap().open());
        assertTrue(thrown.getMessage().startsWith("the machine was restarted"), thrown.getMessage());
        try (OffsetHeap heap = heap().openReadOnly()) {
            assertEquals(42, heap.find("bytes", SharedBytes.TYPE).orElseThrow().getLong(0));
            assertTrue(heap.verify().isClean());
        }
        assertArrayEquals(open, Files.readAllBytes(path));
        heap().salvage().close();
        heap().open().close();
    }

    private void assertNothingIsThere() throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(0, left.count());
        }
    }

    private void refuses(String what, byte[] bytes, String message) throws IOException {
        Files.write(path, bytes);
        for (var opener : new LinkedHashMap<>(OPENERS).entrySet()) {
            String label = opener.getKey() + " of " + what;
            var thrown = assertThrows(
                    SegmentFormatException.class, () -> opener.getValue().apply(heap()), label);
            assertTrue(thrown.getMessage().contains(message), () -> label + ": " + thrown.getMessage());
            assertTrue(thrown.getMessage().endsWith(" segment=file " + path), () -> label + ": " + thrown.getMessage());
            assertArrayEquals(bytes, Files.readAllBytes(path), label);
        }
        assertThrows(SegmentExistsException.class, () -> heap().create(), what);
        assertArrayEquals(bytes, Files.readAllBytes(path), what);
        assertTrue(heap().remove(), what);
        assertFalse(heap().remove(), what);
        assertNothingIsThere();
    }

    private interface Patch {
        void apply(ByteBuffer superblock);
    }

    private byte[] patched(Patch patch) {
        byte[] bytes = good.clone();
        patch.apply(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        return bytes;
    }

    /** A patch by somebody who knows the checksum. */
    private byte[] sealed(Patch patch) {
        return patched(block -> {
            patch.apply(block);
            CRC32C crc = new CRC32C();
            crc.update(block.array(), 0, Superblock.CRC_OFFSET);
            crc.update(block.array(), Superblock.CLASS_TABLE_OFFSET, 34 * Long.BYTES);
            block.putLong(Superblock.CRC_OFFSET, crc.getValue());
        });
    }

    private static void swapWords(ByteBuffer block, int from) {
        for (int at = from; at < Superblock.SIZE; at += Long.BYTES) {
            block.putLong(at, Long.reverseBytes(block.getLong(at)));
        }
    }
}
