/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.badinput.ImageMap;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.IndexObject;
import io.offsetheap.verify.HeapReport;
import io.offsetheap.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Law C-220: every single bit of a segment, flipped. Each flip of a bit that means something is seen, by the check of the
 * superblock or by the verifier; each flip of another is no finding; and the verifier ends, whatever it meets.
 */
class BitFlipTest {
    private static final int TORN_DOWN = 80;

    private final HeapImage image = new HeapImage();

    @Test
    void everyBitThatMeansSomethingIsChecked() {
        image.fill();
        flipEveryBit();
    }

    /** An index between a split and its scrub, one that is half taken apart, and lanes of several dead processes. */
    @Test
    void everyBitThatMeansSomethingIsCheckedInWhatTheDeadHaveLeft() {
        image.fill();
        for (int i = 0; !image.die(HeapImage.put("s" + i), CommitSite.SPLIT, 0); i++) {}
        image.die(heap -> heap.names().construct("doomed", IndexObject.TYPE, 1), CommitSite.CONSTRUCT, 0);
        image.run(heap -> {
            IndexObject index = heap.names().find("doomed", IndexObject.TYPE).orElseThrow();
            for (int i = 0; i < 150; i++) {
                index.put("key" + i, new byte[i % 8]);
            }
        });
        image.die(heap -> heap.names().destroy("doomed"), CommitSite.DESTROY_CONTAINER, 0);
        assertTrue(image.die(heap -> heap.blocks().trim(), CommitSite.DOOMED_PART, 40));
        long doomed = IntStream.range(0, image.geometry().lanes)
                .mapToLong(lane -> image.raw().getLong(image.geometry().lane(lane) + LaneState.DOOMED_OFFSET))
                .max()
                .orElseThrow();
        assertTrue(doomed != 0 && image.raw().getLong(doomed + TORN_DOWN) != 0, "doomed=" + doomed);
        flipEveryBit();
    }

    /** Words that point back, into each other and anywhere: every structure that is linked gets its circles. */
    @Test
    void theVerifierEndsWhateverStandsInTheSegment() {
        image.fill();
        image.die(heap -> heap.names().destroy("index"), CommitSite.DESTROY_CONTAINER, 0);
        ImageMap map = new ImageMap(image.save(), image.geometry());
        List<Integer> words = new ArrayList<>();
        for (int word = 0; word < map.words(); word++) {
            if (map.meaningful(word) != 0 && map.area(word) != ImageMap.Area.SUPERBLOCK) {
                words.add(word);
            }
        }
        byte[] good = image.save();
        Random random = new Random(7);
        for (int i = 0; i < 3_000; i++) {
            for (int n = random.nextInt(12); n >= 0; n--) {
                long at = words.get(random.nextInt(words.size())) * 8L;
                image.raw().putLong(at, wildValue(random, words));
            }
            HeapReport report = image.verify();
            assertTrue(report.findings().size() <= HeapVerifier.MAX_FINDINGS);
            image.restore(good);
        }
        assertEquals(List.of(), image.verify().findings());
    }

    private long wildValue(Random random, List<Integer> words) {
        return switch (random.nextInt(5)) {
            case 0 -> image.raw().getLong(words.get(random.nextInt(words.size())) * 8L);
            case 1 -> words.get(random.nextInt(words.size())) * 8L;
            case 2 -> random.nextInt(512) - 16;
            case 3 -> 1L << random.nextInt(64);
            default -> random.nextLong();
        };
    }

    private void flipEveryBit() {
        SegmentMemory memory = image.raw();
        HeapReport clean = image.verify();
        assertEquals(List.of(), clean.findings());
        ImageMap map = new ImageMap(image.save(), image.geometry());
        Map<ImageMap.Area, long[]> counts = new EnumMap<>(ImageMap.Area.class);
        List<String> wrong = new ArrayList<>();
        for (int word = 0; word < map.words(); word++) {
            long offset = (long) word * Long.BYTES;
            long value = memory.getLong(offset);
            long[] count = counts.computeIfAbsent(map.area(word), area -> new long[2]);
            for (int bit = 0; bit < Long.SIZE; bit++) {
                boolean meaningful = (map.meaningful(word) & 1L << bit) != 0;
                if (map.area(word) == ImageMap.Area.NOTHING && bit != word % Long.SIZE) {
                    continue;
                }
                memory.putLong(offset, value ^ 1L << bit);
                boolean seen = isSeen(clean);
                count[seen ? 1 : 0]++;
                if (seen != meaningful) {
                    wrong.add(map.area(word) + " offset=" + offset + " bit=" + bit + " value=0x"
                            + Long.toHexString(value) + (seen ? " is seen" : " is not seen"));
                }
            }
            memory.putLong(offset, value);
        }
        counts.forEach((area, count) -> System.out.printf("%-14s seen %,7d silent %,7d%n", area, count[1], count[0]));
        assertEquals("", String.join("\n", wrong));
    }

    private boolean isSeen(HeapReport clean) {
        byte[] superblock = new byte[Superblock.SIZE];
        image.raw().copyTo(0, superblock, 0, superblock.length);
        try {
            Geometry.read(superblock, image.geometry().maxSize, "image");
        } catch (SegmentFormatException refused) {
            return true;
        }
        HeapReport report = image.verify();
        return !report.isClean() || report.rawBlocks() != clean.rawBlocks();
    }
}
