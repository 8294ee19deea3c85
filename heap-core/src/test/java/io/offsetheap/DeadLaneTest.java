/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.FindingKind;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.IndexObject;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.verify.HeapReport;
import io.offsetheap.verify.HeapVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lane whose process has died inside a commit, with a journal or a lock list that nobody can have written. */
class DeadLaneTest {
    private static final int SET = 1;
    private static final int FILL = 2;
    private static final int LOCK_BUCKETS = 2;

    private final HeapImage image = new HeapImage();
    private final SegmentMemory memory = image.raw();
    private final Geometry geometry = image.geometry();
    private long body;
    private byte[] good;

    @BeforeEach
    void dieInsideACommit() {
        image.fill();
        assertTrue(image.dieAlone(HeapImage.put("last"), CommitSite.PUT_NEW, 0));
        int dead = IntStream.range(0, geometry.lanes)
                .filter(lane -> LaneState.inOperation(memory.getLong(geometry.lane(lane))))
                .findFirst()
                .orElseThrow();
        body = geometry.laneBody(dead);
        good = image.save();
    }

    /** The commit is in the journal and nothing of it is applied: no invariant is broken, and the lane is busy. */
    @Test
    void isNoDamageToTheVerifier() {
        assertTrue(memory.getLong(body + Geometry.JOURNAL_HEAD_OFFSET) > 1);
        assertTrue(memory.getLong(body) != 0);
        HeapReport report = image.verify();
        assertEquals(List.of(), report.findings());
        assertEquals(1, report.busyLanes());
        assertArrayEquals(good, image.save());
        image.run(heap -> assertNotNull(index(heap).get("last")));
        assertEquals(0, image.verify().busyLanes());
    }

    /** Law C-221: what the verifier says of a mapping that it could not write to is what it says of any other. */
    @Test
    void isVerifiedOnAReadOnlyMappingAsWell() throws IOException {
        Random random = new Random(5);
        Path path = Files.createTempFile("dead-lane", ".image");
        try {
            for (int i = 0; i < 50; i++) {
                byte[] bytes = image.save();
                Files.write(path, bytes);
                try (FileMapping file = FileMapping.open(path, true);
                        MappedRegion region = file.map()) {
                    SegmentMemory readOnly = new SegmentMemory(region, "image", geometry.maxSize);
                    assertEquals(image.verify(), new HeapVerifier(readOnly, geometry, SegmentAllocator.TYPE).verify());
                }
                assertArrayEquals(bytes, Files.readAllBytes(path));
                memory.putLong(body + random.nextInt(geometry.laneBodySize / 8) * 8L, random.nextLong());
            }
        } finally {
            Files.delete(path);
        }
    }

    @Test
    void isNotRecoveredFromAnImpossibleJournal() {
        long head = body + Geometry.JOURNAL_HEAD_OFFSET;
        for (long records : new long[] {-1, Long.MIN_VALUE, geometry.redoCapacity + 1, 1L << 32, Long.MAX_VALUE}) {
            refuses(FindingKind.JOURNAL, head, records);
        }
        long last = body + Geometry.REDO_OFFSET + (memory.getLong(head) - 1) * Geometry.REDO_RECORD_SIZE;
        for (long record : new long[] {
            0,
            -1,
            target(0, 0, geometry.heap),
            target(3, 0, geometry.heap),
            target(15, 0, geometry.heap),
            target(SET, 1, geometry.heap),
            target(SET, 0, 0),
            target(SET, 0, Superblock.CRC_OFFSET),
            target(SET, 0, Superblock.CLASS_TABLE_OFFSET),
            target(SET, 0, Superblock.NAME_INDEX_OFFSET),
            target(SET, 0, geometry.maxSize),
            target(SET, 0, 1L << 50),
            target(FILL, 12, geometry.maxSize - 4096),
            target(FILL, 25, geometry.heap),
            target(FILL, 63, geometry.heap),
            target(FILL, 5, Superblock.CLASS_TABLE_OFFSET - 64)
        }) {
            refuses(FindingKind.JOURNAL, last, record);
        }
    }

    /** The journal is good, and nevertheless not applied: what holds for one half of a body holds for the other. */
    @Test
    void isNotRecoveredFromAnImpossibleLockList() {
        for (int i = 0; i < Geometry.LOCK_CAPACITY; i++) {
            for (long entry : new long[] {
                -1,
                target(0, 0, geometry.heap),
                target(4, 0, geometry.heap),
                target(1, 1, geometry.heap),
                target(1, 0, Superblock.MAX_SIZE_OFFSET),
                target(1, 0, geometry.maxSize),
                target(LOCK_BUCKETS, 4, geometry.maxSize - 64),
                target(LOCK_BUCKETS, 25, geometry.heap),
                target(LOCK_BUCKETS, 63, geometry.heap)
            }) {
                refuses(FindingKind.LOCK_LIST, body + i * 8L, entry);
            }
        }
    }

    /** All or nothing: a body of random words is refused as a whole, or every record of it was possible. */
    @Test
    void appliesNothingOfRandomWords() {
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            for (int n = random.nextInt(4); n >= 0; n--) {
                long at = body + random.nextInt(Geometry.REDO_OFFSET + 64) / 8 * 8L;
                memory.putLong(at, random.nextBoolean() ? random.nextLong() : random.nextInt(100));
            }
            byte[] before = image.save();
            try {
                image.run(heap -> {});
            } catch (CorruptedSegmentException e) {
                image.killAll();
                assertUnchanged(before);
                refused++;
            }
            image.restore(good);
        }
        assertTrue(refused > 100, "refused=" + refused);
    }

    private void refuses(FindingKind kind, long offset, long value) {
        memory.putLong(offset, value);
        byte[] before = image.save();
        HeapReport report = image.verify();
        assertEquals(1, report.findings().size(), report.findings()::toString);
        assertEquals(kind, report.findings().get(0).kind());
        assertEquals(offset, report.findings().get(0).offset());
        // Twice: who fails must leave behind that the lane has not been recovered.
        for (int i = 0; i < 2; i++) {
            var thrown = image.failToAttach(CorruptedSegmentException.class);
            assertTrue(thrown.getMessage().startsWith("impossible "), thrown.getMessage());
            assertTrue(thrown.getMessage().endsWith("segment=image"), thrown.getMessage());
            assertUnchanged(before);
        }
        memory.putLong(offset, longAt(good, offset));
        image.run(heap -> assertNotNull(index(heap).get("last")));
        assertEquals(List.of(), image.verify().findings());
        image.restore(good);
    }

    /** Who attaches writes into its slot and into the lane table; nothing else may have changed. */
    private void assertUnchanged(byte[] before) {
        byte[] after = image.save();
        for (byte[] bytes : List.of(before, after)) {
            Arrays.fill(bytes, (int) geometry.processTable, (int) geometry.bins, (byte) 0);
            Arrays.fill(bytes, (int) geometry.laneTable, (int) geometry.laneBodies, (byte) 0);
        }
        assertArrayEquals(before, after);
    }

    private static long longAt(byte[] bytes, long offset) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong((int) offset);
    }

    private static long target(int op, int log2n, long offset) {
        return (long) op << 60 | (long) log2n << 54 | offset >>> 3;
    }

    private static IndexObject index(Attachment heap) {
        return heap.names().find("index", IndexObject.TYPE).orElseThrow();
    }
}
