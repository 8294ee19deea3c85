/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.badinput;

import io.offsetheap.layout.Geometry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which bits of an undamaged, idle segment mean something, and what they are part of. All others are payload, free memory,
 * reserved, or of a word that may hold any value: versions, generations, hints, texts for messages.
 *
 * <p>Written from the description of the format, with its numbers, and not from the verifier or the code that it checks.
 */
public final class ImageMap {
    /** The kinds of words. */
    public enum Area {
        NOTHING,
        SUPERBLOCK,
        ROOTS,
        BINS,
        LANES,
        LANE_BODIES,
        PAGE_TABLE,
        RUN_CELLS,
        INDEX_HEADER,
        COUNTERS,
        DIRECTORY,
        BUCKET,
        ENTRY,
        NAME,
        BLOCK_HEADER
    }

    private static final int WORD = 8;
    private static final long ALL = -1;
    private static final long LOCK_OWNER = 0xFFFF;
    private static final long HIGH_HALF = 0xFFFF_FFFFL << 32;

    private static final int CLASSES = 34;
    private static final int HEADER_CLASS = 32;

    private final ByteBuffer image;
    private final Geometry geometry;
    private final long[] meaningful;
    private final Area[] areas;

    /** The map of an image, whose lanes all are free. */
    public ImageMap(byte[] bytes, Geometry geometry) {
        this.image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.geometry = geometry;
        this.meaningful = new long[bytes.length / WORD];
        this.areas = new Area[bytes.length / WORD];
        Arrays.fill(areas, Area.NOTHING);
        superblock();
        pages();
        lanes();
        index(at(0x980), true, false);
    }

    /** Number of words. */
    public int words() {
        return areas.length;
    }

    public Area area(int word) {
        return areas[word];
    }

    /** The bits of a word that mean something. */
    public long meaningful(int word) {
        return meaningful[word];
    }

    /** The words of an area. */
    public List<Integer> words(Area area) {
        List<Integer> words = new ArrayList<>();
        for (int i = 0; i < areas.length; i++) {
            if (areas[i] == area) {
                words.add(i);
            }
        }
        return words;
    }

    private long at(long offset) {
        return image.getLong((int) offset);
    }

    private int intAt(long offset) {
        return image.getInt((int) offset);
    }

    private void mark(Area area, long offset, long bits) {
        int word = (int) (offset / WORD);
        meaningful[word] |= bits;
        areas[word] = area;
    }

    private void markWords(Area area, long offset, long count) {
        for (long i = 0; i < count; i++) {
            mark(area, offset + i * WORD, ALL);
        }
    }

    private void markBytes(Area area, long offset, long length) {
        for (long i = offset; i < offset + length; i++) {
            mark(area, i / WORD * WORD, 0xFFL << (i % WORD) * 8);
        }
    }

    // ---- fixed areas

    private void superblock() {
        markWords(Area.SUPERBLOCK, 0, 0x100 / WORD);
        markWords(Area.SUPERBLOCK, 0x840, CLASSES);
        mark(Area.ROOTS, 0x140, ALL);
        mark(Area.ROOTS, 0x180, LOCK_OWNER);
        mark(Area.ROOTS, 0x1C0, LOCK_OWNER);
        markWords(Area.ROOTS, 0x200, 3);
        markWords(Area.ROOTS, 0x240, 192);
        mark(Area.ROOTS, 0x980, ALL);
        mark(Area.ROOTS, 0x9C0, LOCK_OWNER);
        for (int c = 0; c <= HEADER_CLASS; c++) {
            mark(Area.BINS, geometry.bin(c), LOCK_OWNER);
            mark(Area.BINS, geometry.bin(c) + 8, ALL);
        }
    }

    private void lanes() {
        for (int lane = 0; lane < geometry.lanes; lane++) {
            long entry = geometry.lane(lane);
            // The upper bit of the status: RECOVERING by nobody. The lower one makes a lane that is pinned, and dead.
            mark(Area.LANES, entry, Long.MIN_VALUE);
            mark(Area.LANES, entry + 8, ALL);
            mark(Area.LANES, entry + 24, ALL);
            for (long doomed = at(entry + 24); doomed != 0; doomed = at(doomed + 72)) {
                index(doomed, false, true);
            }
            if (at(entry + 16) != 0) {
                laneBody(geometry.laneBody(lane));
            }
        }
    }

    private void laneBody(long body) {
        markWords(Area.LANE_BODIES, body, 8);
        mark(Area.LANE_BODIES, body + 0x40, ALL);
        for (int c = 0; c < CLASSES; c++) {
            long stock = body + geometry.stock(c);
            markWords(Area.LANE_BODIES, stock, 1 + at(stock));
        }
    }

    private void pages() {
        long end = at(0x140) >>> geometry.pageShift;
        for (long page = geometry.firstPage(); page < end; ) {
            long entry = geometry.pageEntry(page);
            int kind = (int) at(entry) & 15;
            long length = at(entry) >>> 32;
            mark(Area.PAGE_TABLE, entry, HIGH_HALF | (kind == 3 ? 0xFFF : 15));
            boolean listed = kind == 1;
            if (kind == 3) {
                listed = at(entry + 16) > 0;
                mark(Area.RUN_CELLS, entry + 16, ALL);
                markWords(Area.RUN_CELLS, entry + 32, geometry.bitmapWords((int) at(entry) >>> 4 & 255));
            }
            if (listed) {
                mark(Area.PAGE_TABLE, entry + 8, ALL);
            }
            for (long inner = 1; inner < length; inner++) {
                boolean valid = kind == 3 || inner == length - 1;
                // Bit 2 alone makes it look like a part of a run, which nothing inside another span is taken for.
                mark(Area.PAGE_TABLE, geometry.pageEntry(page + inner), valid ? HIGH_HALF | 15 : 0b1011);
            }
            page += length;
        }
    }

    // ---- objects

    private void index(long header, boolean names, boolean doomed) {
        mark(Area.INDEX_HEADER, header, names ? HIGH_HALF : ALL);
        mark(Area.INDEX_HEADER, header + 16, ALL);
        mark(Area.INDEX_HEADER, header + 24, ALL);
        mark(Area.INDEX_HEADER, header + 48, ALL);
        mark(Area.INDEX_HEADER, header + 56, ALL);
        mark(Area.INDEX_HEADER, header + 64, LOCK_OWNER);
        mark(Area.INDEX_HEADER, header + 80, ALL);
        if (doomed) {
            mark(Area.INDEX_HEADER, header + 72, ALL);
        }
        long directory = at(header + 16);
        if (directory != 0) {
            mark(Area.INDEX_HEADER, header + 88, ALL);
            directory(header, offset(directory), (int) (directory >>> 40), names);
        }
        if (!doomed) {
            markWords(Area.COUNTERS, at(header + 48), geometry.lanes);
        }
    }

    /** An offset in 16-byte units in the low 40 bits. */
    private static long offset(long word) {
        return (word & (1L << 40) - 1) << 4;
    }

    private void directory(long header, long words, int depth, boolean names) {
        markWords(Area.DIRECTORY, words, 1L << depth);
        long entries = 0;
        long scrub = at(header + 56);
        long last = 0;
        for (long i = 0; i < 1L << depth; i++) {
            long segment = at(words + i * WORD);
            if (segment == last || segment == 0) {
                continue;
            }
            last = segment;
            // Slots with this bit have been moved away by a split that was not finished.
            long moved = scrub != 0 && offset(scrub) == segment ? Long.MIN_VALUE >>> (scrub >>> 40) - 1 : 0;
            for (int bucket = 0; bucket < 16; bucket++) {
                long line = segment + bucket * 64;
                mark(Area.BUCKET, line, LOCK_OWNER);
                entries += lines(line, moved, names);
            }
        }
        if (entries > 0) {
            markWords(Area.INDEX_HEADER, header + 32, 2);
        }
    }

    private long lines(long bucket, long moved, boolean names) {
        long entries = 0;
        for (long line = bucket; line != 0; line = at(line + 56)) {
            mark(Area.BUCKET, line + 56, ALL);
            for (int i = 0; i < 6; i++) {
                long at = line + 8 + i * WORD;
                long slot = at(at);
                if ((slot & moved) != 0) {
                    mark(Area.BUCKET, at, moved);
                    continue;
                }
                mark(Area.BUCKET, at, slot == 0 ? ALL & ~moved : ALL);
                if (slot != 0) {
                    entries++;
                    entry(offset(slot), names);
                }
            }
        }
        return entries;
    }

    private void entry(long entry, boolean names) {
        int keyLength = intAt(entry);
        int valueLength = intAt(entry + 4);
        mark(Area.ENTRY, entry, 0xFFFF_FFFFL);
        markBytes(Area.ENTRY, entry + 8, keyLength);
        if (!names) {
            mark(Area.ENTRY, entry, lengthsThatMoveTheBlock(keyLength, valueLength));
            return;
        }
        mark(Area.ENTRY, entry, HIGH_HALF);
        long value = entry + valueOffset(keyLength, valueLength);
        if (image.get((int) entry + 8) == 't') {
            markBytes(Area.NAME, value, valueLength);
            return;
        }
        boolean container = intAt(value + 24) == 1;
        markWords(Area.NAME, value, 2);
        mark(Area.NAME, value + 16, container ? 0 : ALL);
        mark(Area.NAME, value + 24, ALL);
        if (container) {
            index(at(value + 8), false, false);
        } else {
            mark(Area.BLOCK_HEADER, at(value + 8), ALL);
            mark(Area.BLOCK_HEADER, at(value + 8) + 8, ALL);
        }
    }

    /** Bits of a value's length that lead to a block of another size; with any other the entry is that of another value. */
    private long lengthsThatMoveTheBlock(int keyLength, int valueLength) {
        long bits = 0;
        for (int bit = 0; bit < 32; bit++) {
            int other = valueLength ^ 1 << bit;
            if (other < 0 || blockSize(keyLength, other) != blockSize(keyLength, valueLength)) {
                bits |= 1L << bit + 32;
            }
        }
        return bits;
    }

    private long blockSize(int keyLength, int valueLength) {
        long size = valueOffset(keyLength, valueLength) + valueLength;
        for (int c = 0; c < HEADER_CLASS; c++) {
            if (geometry.cellSize(c) >= size && geometry.runCells(c) > 1) {
                return geometry.cellSize(c);
            }
        }
        return (size + geometry.pageSize() - 1) / geometry.pageSize() * geometry.pageSize();
    }

    private static long valueOffset(int keyLength, int valueLength) {
        long alignment = valueLength == 0 ? 1 : Math.min(8, valueLength & -valueLength);
        return (8 + keyLength + alignment - 1) / alignment * alignment;
    }
}
