/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.FindingKind;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.Containers;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.verify.Finding;
import io.offsetheap.verify.HeapReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Law C-222: each kind of damage is found as what it is, where it is, and as nothing else. */
class FindingTest {
    private static final int FREE_HEAD = 1;
    private static final int FREE_TAIL = 2;
    private static final int RUN = 3;
    private static final int LARGE = 5;

    /** A class of which nothing is in use but raw blocks. */
    private static final int RAW_CLASS = SizeClasses.classOf(160);

    private final HeapImage image = new HeapImage();
    private final SegmentMemory memory = image.raw();
    private final Geometry geometry = image.geometry();

    @BeforeEach
    void fill() {
        image.fill();
        image.run(heap -> {
            // A run that is full of raw blocks and listed nowhere, raw pages up to the end of the heap with one hole in
            // them, and a block in a stock.
            for (int i = 0; i < geometry.runCells(RAW_CLASS); i++) {
                heap.blocks().allocate(SizeClasses.cellSize(RAW_CLASS));
            }
            heap.blocks().grow(geometry.maxSize - memory.getLong(Superblock.HEAP_END_OFFSET));
            heap.blocks().trim();
            long hole = heap.blocks().allocate(3 * geometry.pageSize(), geometry.pageSize());
            heap.blocks().allocate(heap.blocks().stats().largestFree());
            heap.blocks().free(hole);
            heap.blocks().free(heap.blocks().allocate(16));
        });
    }

    @ParameterizedTest
    @EnumSource
    void isFoundAsWhatItIsAndWhereItIs(FindingKind kind) {
        assertEquals(List.of(), image.verify().findings());
        long offset = damage(kind);
        byte[] damaged = image.save();
        HeapReport report = image.verify();
        assertEquals(1, report.findings().size(), report.findings()::toString);
        Finding finding = report.findings().get(0);
        assertEquals(kind, finding.kind(), finding::toString);
        assertEquals(offset, finding.offset(), finding::toString);
        assertTrue(finding.message().contains("="), finding::toString);
        assertArrayEquals(damaged, image.save());
    }

    /** Two doomed containers, of which each leads to the other: found, and not freed in turns for ever. */
    @Test
    void aCircleOfDoomedContainersIsFoundAndRefused() {
        TestImage segment = new TestImage(256 << 10);
        Attachment heap = segment.format(segment.newMemory());
        Attachment other = segment.attach(segment.newMemory());
        for (String name : List.of("first", "second")) {
            heap.names().construct(name, IndexObject.TYPE, 1);
        }
        Map<String, Long> headers = new HashMap<>();
        heap.names().iterator().forEachRemaining(object -> headers.put(object.name(), object.offset()));
        // Doomed on the first lane, the one that a thread tries first.
        Lane first = other.lanes().lease();
        Lane busy = heap.lanes().lease();
        first.giveBack();
        headers.keySet().forEach(name -> other.names().destroy(name));
        busy.giveBack();
        assertEquals(List.of(), heap.verify().findings());
        long head = segment.raw().getLong(segment.geometry().lane(0) + LaneState.DOOMED_OFFSET);
        long last = segment.raw().getLong(Containers.nextDoomed(head));
        assertEquals(Set.of(head, last), Set.copyOf(headers.values()));
        segment.raw().putLong(Containers.nextDoomed(last), head);
        assertEquals(
                List.of(FindingKind.DOOMED),
                heap.verify().findings().stream().map(Finding::kind).toList());
        for (int i = 0; i < 2; i++) {
            var thrown = assertTimeoutPreemptively(
                    Duration.ofSeconds(60),
                    () -> assertThrows(
                            CorruptedSegmentException.class,
                            () -> other.blocks().trim()));
            assertTrue(thrown.getMessage().contains("one that is not doomed: lane="), thrown.getMessage());
        }
    }

    /** Breaks one invariant. Returns where. Without a default: a new kind does not compile before it has its damage. */
    private long damage(FindingKind kind) {
        return switch (kind) {
            case HEAP_END -> set(Superblock.HEAP_END_OFFSET, geometry.maxSize + 512);
            case TILING -> add(entry(lastPage(LARGE)), 1L << 32);
            case PAGE_KIND -> set(entry(anyPage(LARGE)), 0);
            case PAGE_TAIL -> add(entry(anyPage(LARGE) + length(anyPage(LARGE)) - 1), 1L << 32);
            case UNCOALESCED -> cutInTwo(page(FREE_HEAD, page -> length(page) > 1));
            case SPAN_LIST -> add(entry(anyPage(FREE_HEAD)) + 8, 1L << 32) - 8;
            case SPAN_UNLISTED -> {
                long page = page(FREE_HEAD, p -> word(bin(length(p))) == p && word(entry(p) + 8) == 0);
                unlist(page);
                yield entry(page);
            }
            case OCCUPANCY -> set(Superblock.SPAN_OCCUPANCY_OFFSET + 16, 1L << 63);
            case RUN_LENGTH ->
                add(entry(page(RUN, page -> sizeClass(page) == RAW_CLASS && freeCells(page) == 0)), 31 << 4);
            case FREE_COUNT -> add(entry(page(RUN, page -> freeCells(page) > 0)) + 16, 1);
            case PARTIAL_LIST -> add(entry(firstRun(anyListedClass())) + 8, 1L << 32) - 8;
            case RUN_UNLISTED -> {
                long page = firstRun(anyListedClass());
                set(geometry.bin(anyListedClass()) + 8, 0);
                yield entry(page);
            }
            case STOCK -> set(stockOfOne(), -1);
            case OWNED_TWICE -> {
                long stock = stockOfOne();
                set(stock, 2);
                yield set(stock + 16, word(stock + 8));
            }
            case DANGLING -> set(slot(), slotOf(slot(), freeCell())) == 0 ? 0 : freeCell();
            case BLOCK_SIZE -> add(entryOf(slot()), 1L << 32 + 6);
            case LOCK_HELD -> set(Superblock.PAGE_LOCK_OFFSET, 1);
            case LOCK_LIST -> set(geometry.laneBody(0) + 8, 1);
            case JOURNAL -> set(geometry.laneBody(0) + Geometry.JOURNAL_HEAD_OFFSET, 1);
            case CLAIM -> set(geometry.lane(1) + 8, 1);
            case DOOMED -> set(geometry.lane(1) + 24, named("empty").offset());
            case INDEX -> set(named("index").offset() + 56, 1);
            case INDEX_SLOT -> set(bucket(b -> word(b + 56) == 0) + 56, 8);
            case INDEX_ENTRY -> add(slot(), (word(slot()) & 1L << 40) == 0 ? 1L << 40 : -(1L << 40));
            case INDEX_COUNT -> add(word(named("index").offset() + 48), 1);
            case NAME -> set(Superblock.NAME_INDEX_OFFSET, named("empty").offset());
        };
    }

    private long set(long offset, long value) {
        memory.putLong(offset, value);
        return offset;
    }

    private long add(long offset, long value) {
        return set(offset, word(offset) + value);
    }

    private long word(long offset) {
        return memory.getLong(offset);
    }

    // ---- pages

    private long entry(long page) {
        return geometry.pageEntry(page);
    }

    private long length(long page) {
        return word(entry(page)) >>> 32;
    }

    private int sizeClass(long page) {
        return (int) word(entry(page)) >>> 4 & 255;
    }

    private long freeCells(long page) {
        return word(entry(page) + 16);
    }

    private LongStream heads() {
        long end = word(Superblock.HEAP_END_OFFSET) >>> geometry.pageShift;
        return LongStream.iterate(geometry.firstPage(), page -> page < end, page -> page + length(page));
    }

    private long page(int kind, LongPredicate wanted) {
        return heads().filter(page -> (word(entry(page)) & 15) == kind && wanted.test(page))
                .findFirst()
                .orElseThrow();
    }

    private long anyPage(int kind) {
        return page(kind, page -> length(page) > 1 || kind == FREE_HEAD);
    }

    private long lastPage(int kind) {
        long last = heads().reduce((first, second) -> second).orElseThrow();
        assertEquals(kind, word(entry(last)) & 15);
        return last;
    }

    private static long bin(long pages) {
        assertTrue(pages <= 64, "a bin for each length: pages=" + pages);
        return Superblock.SPAN_BINS_OFFSET + (pages - 1) * 8;
    }

    private void unlist(long page) {
        set(bin(length(page)), 0);
        add(Superblock.SPAN_OCCUPANCY_OFFSET, -(1L << length(page) - 1));
    }

    /** Makes two spans of one that is alone in its bin. Returns the entry of the second one. */
    private long cutInTwo(long page) {
        long length = length(page);
        unlist(page);
        list(page, 1);
        list(page + 1, length - 1);
        return entry(page + 1);
    }

    private void list(long page, long length) {
        long next = word(bin(length));
        set(entry(page), FREE_HEAD | length << 32);
        if (length > 1) {
            set(entry(page + length - 1), FREE_TAIL | length << 32);
        }
        set(entry(page) + 8, next);
        if (next != 0) {
            set(entry(next) + 8, word(entry(next) + 8) | page << 32);
        }
        set(bin(length), page);
        set(Superblock.SPAN_OCCUPANCY_OFFSET, word(Superblock.SPAN_OCCUPANCY_OFFSET) | 1L << length - 1);
    }

    private int anyListedClass() {
        for (int c = 0; c < SizeClasses.LARGE; c++) {
            if (firstRun(c) != 0 && word(entry(firstRun(c)) + 8) == 0) {
                return c;
            }
        }
        throw new AssertionError("no class has exactly one run with free cells");
    }

    private long firstRun(int c) {
        return word(geometry.bin(c) + 8);
    }

    private long freeCell() {
        int c = anyListedClass();
        int cell = Long.numberOfTrailingZeros(word(entry(firstRun(c)) + 32));
        long at = (firstRun(c) << geometry.pageShift) + (long) cell * geometry.cellSize(c);
        memory.zero(at, 16);
        return at;
    }

    private long stockOfOne() {
        for (int lane = 0; lane < geometry.lanes; lane++) {
            for (int c = 0; c < SizeClasses.COUNT; c++) {
                long stock = geometry.laneBody(lane) + geometry.stock(c);
                if (word(stock) == 1) {
                    return stock;
                }
            }
        }
        throw new AssertionError("no stock holds one block");
    }

    // ---- objects

    private NamedObject named(String name) {
        NamedObject[] found = new NamedObject[1];
        byte[] before = image.save();
        image.run(heap -> heap.names().iterator().forEachRemaining(object -> {
            if (object.name().equals(name)) {
                found[0] = object;
            }
        }));
        image.restore(before);
        return found[0];
    }

    private long bucket(LongPredicate wanted) {
        long directory = word(named("index").offset() + 16);
        long segment = word((directory & (1L << 40) - 1) << 4);
        return LongStream.range(0, 16)
                .map(i -> segment + i * 64)
                .filter(wanted)
                .findFirst()
                .orElseThrow();
    }

    /** A slot of the index that holds an entry. */
    private long slot() {
        return bucket(bucket -> word(bucket + 8) != 0) + 8;
    }

    private long entryOf(long slot) {
        return (word(slot) & (1L << 40) - 1) << 4;
    }

    private long slotOf(long slot, long entry) {
        return word(slot) & -(1L << 40) | entry >>> 4;
    }
}
