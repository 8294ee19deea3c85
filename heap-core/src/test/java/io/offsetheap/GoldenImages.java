/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.lane.ProcessTable;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Segments as this version writes them, kept so that it is noticed when a later build cannot open them any more. They are
 * written once for each version of the format, by {@link #main}, and never again.
 */
final class GoldenImages {
    /** Just made. */
    static final String FRESH = "fresh";
    /** Filled, and closed in order. */
    static final String CLEAN = "clean";
    /** A lane died right behind the commit of {@link #LAST_KEY}: its journal is open, the bucket locked. */
    static final String OPEN_JOURNAL = "open-journal";
    /** A lane died while it cleared the slots that a split had moved away. */
    static final String HALF_SCRUBBED = "half-scrubbed";

    /** As {@link #OPEN_JOURNAL}, with the first-fit allocator. */
    static final String FIRST_FIT = "first-fit";

    static final byte[] TEXT = "kept for later versions".getBytes(StandardCharsets.UTF_8);
    static final int KEYS = 20;
    static final String LAST_KEY = "the last one";

    private static final String FOLDER = "golden/1.0/";
    /** Distance of the hash's seed in the header of an index. */
    private static final int SEED_OFFSET = 32;

    private GoldenImages() {}

    /**
     * Writes all images.
     *
     * @param arguments the folder of the test resources
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]).resolve(FOLDER));
        Map<String, byte[]> images = Map.of(
                FRESH,
                fresh(),
                CLEAN,
                clean(),
                OPEN_JOURNAL,
                openJournal(SegmentAllocator.TYPE),
                HALF_SCRUBBED,
                halfScrubbed(),
                FIRST_FIT,
                openJournal(FirstFitAllocator.TYPE));
        for (Map.Entry<String, byte[]> image : images.entrySet()) {
            Path file = folder.resolve(image.getKey() + ".gz");
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(image.getValue());
            }
        }
    }

    static byte[] read(String name) throws IOException {
        InputStream resource = GoldenImages.class.getClassLoader().getResourceAsStream(FOLDER + name + ".gz");
        try (InputStream in = new GZIPInputStream(Objects.requireNonNull(resource, name))) {
            return in.readAllBytes();
        }
    }

    // ---- what differs from run to run

    /** An image without process ids and times of attach, which nothing depends on. */
    private static byte[] withoutProcesses(byte[] image) {
        ByteBuffer words = words(image);
        int table = (int) words.getLong(Superblock.PROCESS_TABLE_OFFSET);
        int end = (int) words.getLong(Superblock.BINS_OFFSET);
        for (int slot = table; slot + Geometry.PROCESS_SLOT_SIZE <= end; slot += Geometry.PROCESS_SLOT_SIZE) {
            words.putLong(slot + ProcessTable.PID_OFFSET, 0);
            words.putLong(slot + ProcessTable.ATTACHED_AT_OFFSET, 0);
        }
        return words.array();
    }

    /** A fresh image without the seed of its name index, which is empty and so does not depend on it. */
    static byte[] withoutSeed(byte[] image) {
        ByteBuffer words = words(image);
        int header = (int) words.getLong(Superblock.NAME_INDEX_OFFSET);
        words.putLong(header + SEED_OFFSET, 0);
        words.putLong(header + SEED_OFFSET + Long.BYTES, 0);
        return words.array();
    }

    private static ByteBuffer words(byte[] image) {
        return ByteBuffer.wrap(image.clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    // ---- the images

    static byte[] fresh() {
        TestImage image = new TestImage(64 << 10);
        image.format(image.newMemory());
        return withoutProcesses(image.save());
    }

    private static byte[] clean() throws IOException {
        Path folder = Files.createTempDirectory("golden");
        Path file = folder.resolve("heap");
        try {
            try (OffsetHeap heap =
                    OffsetHeap.file(file).maxSize(Geometry.MIN_SIZE).create()) {
                fill(heap.attachment());
            }
            return withoutProcesses(Files.readAllBytes(file));
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static byte[] openJournal(AllocatorType allocator) {
        TestImage image = filled(allocator);
        Consumer<Attachment> put = heap -> put(heap, LAST_KEY);
        return die(image, put, storeOf(image, put, CommitSite.PUT_NEW, 0).orElseThrow() + 1);
    }

    private static byte[] halfScrubbed() {
        TestImage image = filled(SegmentAllocator.TYPE);
        for (int i = KEYS; ; i++) {
            String key = key(i);
            Consumer<Attachment> put = heap -> put(heap, key);
            OptionalLong store = storeOf(image, put, CommitSite.SCRUB_SLOT, 3);
            if (store.isPresent()) {
                return die(image, put, store.getAsLong());
            }
            attach(image, put, Long.MAX_VALUE);
        }
    }

    private static TestImage filled(AllocatorType allocator) {
        TestImage image = new TestImage(96 << 10, allocator);
        image.format(image.newMemory());
        image.killAllBut(-1);
        attach(image, GoldenImages::fill, Long.MAX_VALUE);
        return image;
    }

    private static void fill(Attachment heap) {
        SharedBytes text = heap.names().construct("text", SharedBytes.TYPE, TEXT.length);
        text.put(0, TEXT, 0, TEXT.length);
        heap.names().construct("index", IndexObject.TYPE, 1);
        for (int i = 0; i < KEYS; i++) {
            put(heap, key(i));
        }
        heap.names().construct("gone", SharedBytes.TYPE, 100);
        heap.names().destroy("gone");
    }

    static String key(int number) {
        return "key " + number;
    }

    /** The value of a key. */
    static byte[] value(String key) {
        return ("value of " + key).getBytes(StandardCharsets.UTF_8);
    }

    private static void put(Attachment heap, String key) {
        heap.names().find("index", IndexObject.TYPE).orElseThrow().put(key, value(key));
    }

    /** Runs an operation in a process of its own, which dies before a store, or at the end. */
    private static CrashingMemory attach(TestImage image, Consumer<Attachment> operation, long fatalStore) {
        CrashingMemory memory = image.newMemory();
        Attachment process = image.attach(memory);
        memory.crashAt(fatalStore);
        try {
            operation.accept(process);
        } catch (CrashingMemory.Crash expected) {
            // What it leaves is the image.
        } finally {
            image.killAllBut(-1);
        }
        return memory;
    }

    /** Number of the store that is the commit of a site, after {@code skipped} others; the image stays as it is. */
    private static OptionalLong storeOf(TestImage image, Consumer<Attachment> operation, CommitSite site, int skipped) {
        byte[] before = image.save();
        CrashingMemory memory = attach(image, operation, Long.MAX_VALUE);
        image.restore(before);
        return memory.commits().stream()
                .filter(commit -> commit.site() == site)
                .mapToLong(CrashingMemory.Commit::store)
                .skip(skipped)
                .findFirst();
    }

    private static byte[] die(TestImage image, Consumer<Attachment> operation, long fatalStore) {
        attach(image, operation, fatalStore);
        return withoutProcesses(image.save());
    }
}
