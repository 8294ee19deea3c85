/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.alloc.AllocatorStats;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.laws.BlockModel.Block;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.region.MappedRegion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * What holds for the blocks of any allocator in any segment, wherever it lives and however small it is. A test class that
 * implements this says which, and inherits the laws: jqwik runs them.
 */
public interface AllocatorLaws {
    /** A size whose blocks are spans of pages in every geometry. */
    long SPAN = 9000;

    /** A segment of its own for one run of a law, with the allocator that the laws are to hold for. */
    TestSegment newSegment();

    /** How that allocator's blocks lie in the heap. */
    default BlockLayout layout(Geometry geometry) {
        return BlockLayout.cells(geometry);
    }

    private BlockModel newModel(OffsetHeap heap, TestSegment segment) {
        return new BlockModel(heap, segment.geometry(), layout(segment.geometry()));
    }

    // ---- accounting

    /** Law C-001. */
    @Example
    default void aFreshHeapHoldsNoBlockAndHasRoom() {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            var stats = heap.stats();
            assertEquals(0, heap.verify().rawBlocks());
            assertTrue(0 < stats.free() && stats.free() < stats.capacity(), stats::toString);
            assertTrue(0 < stats.largestFree() && stats.largestFree() <= stats.free(), stats::toString);
            newModel(heap, segment).check(heap);
        }
    }

    /** The orders in which blocks are freed again. */
    enum Order {
        AS_ALLOCATED,
        BACKWARDS,
        ENDS_FIRST,
        ODD_THEN_EVEN,
        SHUFFLED;

        <T> List<T> of(List<T> list, Random random) {
            List<T> ordered = new ArrayList<>(list);
            switch (this) {
                case AS_ALLOCATED -> {}
                case BACKWARDS -> Collections.reverse(ordered);
                case SHUFFLED -> Collections.shuffle(ordered, random);
                case ENDS_FIRST -> {
                    for (int i = 0; i < list.size(); i++) {
                        ordered.set(i, list.get(i % 2 == 0 ? i / 2 : list.size() - 1 - i / 2));
                    }
                }
                case ODD_THEN_EVEN -> {
                    int odd = list.size() / 2;
                    for (int i = 0; i < list.size(); i++) {
                        ordered.set(i % 2 == 0 ? odd + i / 2 : i / 2, list.get(i));
                    }
                }
            }
            return ordered;
        }
    }

    /** Laws C-002 to C-006: what is freed comes back whole, in any order, whatever the sizes were. */
    @Property(tries = 10)
    default void everythingFreedComesBackWhole(@ForAll Order order, @ForAll Random random) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            var before = trimmed(heap);
            BlockModel model = newModel(heap, segment);
            for (long size = 0; model.tryAllocate(heap, size, 1).isPresent(); ) {
                size++;
            }
            freeAll(heap, model, order, random);
            assertSameRoom(before, heap);
            heap.free(heap.allocate(before.largestFree()));

            // And again with sizes of all kinds.
            while (model.tryAllocate(heap, random.nextInt(1 + random.nextInt(20_000)), 1)
                    .isPresent()) {}
            model.check(heap);
            freeAll(heap, model, order, random);
            assertSameRoom(before, heap);
            heap.allocate(before.largestFree());
        }
    }

    /** Laws C-007, C-008: what is free becomes less by the block, and more by the same again; no byte is ever missing. */
    @Property(tries = 5)
    default void eachAllocationTakesWhatItsFreeGivesBack(
            @ForAll @Size(min = 5, max = 25) List<@From("sizes") Long> sizes) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            List<AllocatorStats> states = new ArrayList<>();
            for (long size : sizes) {
                var before = trimmed(heap);
                var block = model.tryAllocate(heap, size, 1);
                if (block.isPresent()) {
                    assertTrue(
                            before.free() - trimmed(heap).free() >= block.get().usable(), () -> "taking " + block);
                    states.add(before);
                }
                model.check(heap);
            }
            for (Block block : Order.BACKWARDS.of(allocated(model), new Random())) {
                model.free(heap, block);
                model.check(heap);
                assertSameRoom(states.remove(states.size() - 1), heap);
            }
        }
    }

    /** Laws C-009 to C-011, C-016, C-030, C-031, C-036, C-042, C-044, C-071, C-221, in every history of calls. */
    @Property(tries = 15)
    default void noHistoryOfCallsBreaksAnInvariant(@ForAll @Size(max = 60) List<@From("calls") Call> calls) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            try {
                for (Call call : calls) {
                    call.run(heap, model);
                    model.check(heap);
                }
            } catch (RuntimeException | AssertionError e) {
                throw model.failure(e);
            }
        }
    }

    /** One call of a history. */
    record Call(String what, long number, long alignment) {
        void run(OffsetHeap heap, BlockModel model) {
            List<Block> blocks = allocated(model);
            switch (what) {
                case "allocate" -> model.tryAllocate(heap, number, alignment);
                case "free" -> {
                    if (!blocks.isEmpty()) {
                        model.free(heap, blocks.get((int) (number % blocks.size())));
                    }
                }
                case "trim" -> model.trim(heap);
                default -> throw new IllegalArgumentException(what);
            }
        }

        /** A line of the history that a failing law prints. */
        @Override
        public String toString() {
            return switch (what) {
                case "allocate" -> "allocate " + number + (alignment == 1 ? "" : " at a multiple of " + alignment);
                case "free" -> "free block " + number + " of those in use";
                default -> what;
            };
        }
    }

    @Provide
    default Arbitrary<Call> calls() {
        Arbitrary<Call> allocate =
                sizes().flatMap(size -> alignments().map(alignment -> new Call("allocate", size, alignment)));
        Arbitrary<Call> free = Arbitraries.longs().between(0, 1000).map(which -> new Call("free", which, 0));
        Arbitrary<Call> trim = Arbitraries.just(new Call("trim", 0, 0));
        return Arbitraries.frequencyOf(Tuple.of(8, allocate), Tuple.of(6, free), Tuple.of(1, trim));
    }

    @Provide
    default Arbitrary<Long> sizes() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, 600),
                Arbitraries.longs().between(0, 9000),
                Arbitraries.longs().between(4000, 30_000));
    }

    @Provide
    default Arbitrary<Long> alignments() {
        return Arbitraries.integers().between(0, 12).map(log2 -> 1L << log2);
    }

    // ---- refusals

    /** Laws C-012 to C-014: a refusal changes nothing, and what is still free can be had. */
    @Property(tries = 5)
    default void aRefusalChangesNothing(@ForAll @IntRange(max = 3000) int size, @ForAll Random random) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            while (model.tryAllocate(heap, random.nextInt(size + 4000), 1).isPresent()) {}
            List<Block> blocks = Order.SHUFFLED.of(model.blocks(), random);
            blocks.subList(0, blocks.size() / 4).forEach(block -> model.free(heap, block));
            var before = trimmed(heap);
            // A cell of a run may still be free: only what is larger than all cells must be a span.
            long tooLarge = Math.max(before.largestFree(), SizeClasses.LARGEST_SMALL) + 1;
            assertThrows(OutOfSegmentMemoryException.class, () -> heap.allocate(tooLarge));
            assertSameRoom(before, heap);
            assertTrue(heap.tryAllocate(tooLarge).isEmpty());
            assertThrows(OutOfSegmentMemoryException.class, () -> heap.allocate(tooLarge, 256));
            assertSameRoom(before, heap);
            model.check(heap);
            model.allocate(heap, before.largestFree());
            model.check(heap);
        }
    }

    /** Law C-015. */
    @Example
    default void theLargestFreeBlockCanBeHadAndNoLargerOne() {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            long largest = heap.stats().largestFree();
            assertThrows(OutOfSegmentMemoryException.class, () -> heap.allocate(largest + 1));
            long block = heap.allocate(largest);
            assertEquals(largest, heap.usableSize(block));
            assertTrue(heap.verify().isClean());
        }
    }

    /** Laws C-016 to C-018. */
    @Property(tries = 3)
    default void blocksOfNoBytesAreBlocksLikeOthers(@ForAll @IntRange(min = 2, max = 200) int count) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            for (int i = 0; i < count; i++) {
                model.allocate(heap, 0);
            }
            assertEquals(count, model.blocks().size());
            model.check(heap);
            heap.free(0);
            model.check(heap);
            model.blocks().forEach(block -> model.free(heap, block));
            model.check(heap);
        }
    }

    /** Law C-019, for offsets. */
    @Property(tries = 5)
    default void theSameCallsGiveTheSameOffsets(@ForAll @Size(max = 60) List<@From("calls") Call> calls) {
        List<List<Block>> outcomes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (TestSegment segment = newSegment()) {
                OffsetHeap heap = segment.create();
                BlockModel model = newModel(heap, segment);
                calls.forEach(call -> call.run(heap, model));
                outcomes.add(model.blocks());
            }
        }
        assertEquals(outcomes.get(0), outcomes.get(1));
    }

    /** Laws C-020, C-021, C-033: no size and no alignment is too absurd to be refused. */
    @Example
    default void absurdSizesAndAlignmentsAreRefused() {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            model.allocate(heap, 100);
            var before = trimmed(heap);
            List<Long> sizes = new ArrayList<>(List.of(before.capacity(), before.capacity() + 1, heap.maxSize()));
            for (int bit = 31; bit < 63; bit++) {
                sizes.addAll(List.of((1L << bit) - 1, 1L << bit, (1L << bit) + 1));
            }
            for (int less = 0; less <= 4096; less += 1 + less / 2) {
                sizes.add(Long.MAX_VALUE - less);
            }
            for (long size : sizes) {
                assertThrows(OutOfSegmentMemoryException.class, () -> heap.allocate(size), () -> "size " + size);
                for (int log2 = 0; log2 < 63; log2++) {
                    long alignment = 1L << log2;
                    assertThrows(
                            OutOfSegmentMemoryException.class,
                            () -> heap.allocate(size, alignment),
                            () -> "size " + size + " alignment " + alignment);
                }
            }
            for (long alignment = Long.highestOneBit(heap.maxSize()) * 2; alignment > 0; alignment *= 2) {
                long absurd = alignment;
                assertThrows(OutOfSegmentMemoryException.class, () -> heap.allocate(1, absurd));
            }
            for (long size : new long[] {-1, -16, Integer.MIN_VALUE, Long.MIN_VALUE}) {
                assertThrows(IllegalArgumentException.class, () -> heap.allocate(size));
                assertThrows(IllegalArgumentException.class, () -> heap.allocate(size, 64));
            }
            for (long alignment : new long[] {0, -1, -16, 3, 24, 48, 4097, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThrows(IllegalArgumentException.class, () -> heap.allocate(64, alignment));
            }
            assertSameRoom(before, heap);
            model.check(heap);
        }
    }

    /** Law C-023, for the one type whose length is the caller's. */
    @Example
    default void absurdLengthsOfNamedBytesAreRefused() {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            heap.construct("warm", SharedBytes.TYPE, 1);
            heap.destroy("warm");
            var before = trimmed(heap);
            long capacity = before.capacity();
            for (long length :
                    new long[] {capacity, capacity + 1, 1L << 44, 1L << 62, Long.MAX_VALUE - 15, Long.MAX_VALUE}) {
                assertThrows(
                        OutOfSegmentMemoryException.class,
                        () -> heap.construct("bytes", SharedBytes.TYPE, length),
                        () -> "length " + length);
            }
            for (long length : new long[] {-1, -16, Long.MIN_VALUE}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> heap.construct("bytes", SharedBytes.TYPE, length),
                        () -> "length " + length);
            }
            assertTrue(heap.find("bytes", SharedBytes.TYPE).isEmpty());
            assertSameRoom(before, heap);
        }
    }

    /** Law C-106 for raw blocks: what is no block in use is not freed, and nothing changes. */
    @Property(tries = 5)
    default void onlyBlocksInUseAreFreed(
            @ForAll @Size(min = 1, max = 10) List<@From("sizes") Long> sizes, @ForAll Random random) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            sizes.forEach(size -> model.tryAllocate(heap, size, 1));
            List<Block> blocks = model.blocks();
            for (Block block : blocks) {
                long inside = block.offset() + 1 + random.nextInt((int) block.usable() - 1);
                assertThrows(IllegalArgumentException.class, () -> heap.free(inside), () -> inside + " in " + block);
                assertThrows(IllegalArgumentException.class, () -> heap.usableSize(inside));
            }
            long end = segment.geometry().heap + heap.stats().grown();
            for (long outside :
                    new long[] {8, 4096, segment.geometry().heap - 16, end, end + 16, heap.maxSize(), -16}) {
                assertThrows(IllegalArgumentException.class, () -> heap.free(outside), () -> "at " + outside);
            }
            model.check(heap);
            for (Block block : blocks) {
                model.free(heap, block);
                assertThrows(IllegalArgumentException.class, () -> heap.free(block.offset()));
            }
            model.check(heap);
        }
    }

    // ---- alignment

    /** Law C-032, and C-031 for every power of two. */
    @Property(tries = 5)
    default void alignedBlocksComeBackWhole(@ForAll Order order, @ForAll Random random) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            var before = trimmed(heap);
            BlockModel model = newModel(heap, segment);
            int refusals = 0;
            while (refusals < 13) {
                var block = model.tryAllocate(heap, random.nextInt(3000), 1L << random.nextInt(13));
                refusals += block.isPresent() ? 0 : 1;
            }
            model.check(heap);
            freeAll(heap, model, order, random);
            assertSameRoom(before, heap);
        }
    }

    /** Law C-034: an alignment costs no more than itself. */
    @Example
    default void anAlignmentCostsNoMoreThanItself() {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            var before = trimmed(heap);
            for (long alignment = 1; alignment <= 4096; alignment *= 2) {
                long size = before.largestFree() - alignment - 128;
                long block = heap.allocate(size, alignment);
                assertEquals(0, block % alignment);
                heap.free(block);
                assertSameRoom(before, heap);
            }
        }
    }

    /** Law C-035: what alignment leaves between blocks is still there for others. */
    @Property(tries = 8)
    default void whatAlignmentLeavesOverIsUsed(@ForAll("alignments") long alignment, @ForAll("sizes") long size) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            long room = trimmed(heap).free();
            BlockModel model = newModel(heap, segment);
            while (model.tryAllocate(heap, size, alignment).isPresent()) {}
            while (model.tryAllocate(heap, segment.geometry().pageSize(), 1).isPresent()) {}
            while (model.tryAllocate(heap, 16, 1).isPresent()) {}
            long header = layout(segment.geometry()).header();
            long usable = model.blocks().stream()
                    .mapToLong(block -> header + block.usable())
                    .sum();
            model.check(heap);
            assertTrue(usable >= room * 7 / 10, () -> "usable " + usable + " of " + room);
        }
    }

    /** Law C-037: an alignment is one of the offset, and of the address as far as the mapping itself is aligned. */
    @Property(tries = 3)
    default void alignmentHoldsAtEveryAddress(
            @ForAll @Size(min = 5, max = 20) List<@IntRange(max = 12) Integer> shifts) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            shifts.forEach(shift -> model.tryAllocate(heap, 40L + shift, 1L << shift));
            OffsetHeap other = segment.open();
            assertNotEquals(address(heap, 0), address(other, 0));
            model.check(other);
            for (Block block : model.blocks()) {
                long alignment = Math.min(Long.lowestOneBit(block.offset()), MappedRegion.pageSize());
                assertEquals(0, address(heap, block.offset()) % alignment);
                assertEquals(0, address(other, block.offset()) % alignment);
                assertEquals(heap.usableSize(block.offset()), other.usableSize(block.offset()));
            }
        }
    }

    private static long address(OffsetHeap heap, long offset) {
        return heap.memory().region().address() + offset;
    }

    // ---- spans

    /** Laws C-040 to C-042: freed spans join what is free beside them at once, and nothing else. */
    @Property(tries = 6)
    default void freedSpansJoinWhatIsFreeBesideThem(@ForAll("ordersOfThree") List<Integer> order) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            var before = trimmed(heap);
            for (int i = 0; i < 4; i++) {
                model.allocate(heap, SPAN);
            }
            List<Block> spans = model.blocks();
            long header = layout(segment.geometry()).header();
            for (int i = 0; i < 3; i++) {
                assertEquals(spans.get(i).end() + header, spans.get(i + 1).offset(), "spans stand side by side");
            }
            long others = trimmed(heap).freeSpans();
            boolean[] free = new boolean[4];
            for (int i : order) {
                model.free(heap, spans.get(i));
                free[i] = true;
                long gaps = others;
                for (int j = 0; j < 3; j++) {
                    gaps += free[j] && !free[j + 1] ? 1 : 0;
                }
                assertEquals(gaps, trimmed(heap).freeSpans(), () -> "after freeing " + i + " of " + order);
                model.check(heap);
            }
            long joined = 3 * spans.get(0).usable() + 2 * header;
            assertEquals(spans.get(0).offset(), model.allocate(heap, joined).offset());
            model.blocks().forEach(block -> model.free(heap, block));
            assertSameRoom(before, heap);
        }
    }

    @Provide
    default Arbitrary<List<Integer>> ordersOfThree() {
        return Arbitraries.shuffle(0, 1, 2);
    }

    /** Law C-046: whole pages, or whole granules, are handed out, and accounted for. */
    @Property(tries = 5)
    default void aSpanIsWholePages(@ForAll @IntRange(min = 8193, max = 20_000) int size) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockLayout layout = layout(segment.geometry());
            long granule = layout.granule();
            var before = trimmed(heap);
            long block = heap.allocate(size);
            assertEquals((size + granule - 1) / granule * granule, heap.usableSize(block));
            assertEquals(
                    before.free() - layout.header() - heap.usableSize(block),
                    heap.stats().free());
        }
    }

    /** Law C-047. */
    @Example
    default void theLastSpanIsASpanLikeOthers() {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            while (model.tryAllocate(heap, SPAN, 1).isPresent()) {}
            BlockLayout layout = layout(segment.geometry());
            while (model.tryAllocate(heap, layout.granule(), 1).isPresent()) {}
            List<Block> blocks = model.blocks();
            Block last = blocks.get(blocks.size() - 1);
            Block before = blocks.get(blocks.size() - 2);
            long left = heap.maxSize() - last.end() - layout.end();
            assertTrue(
                    left >= 0 && left < layout.header() + layout.granule(), () -> left + " bytes left behind " + last);
            model.free(heap, last);
            assertEquals(last.offset(), model.allocate(heap, last.usable()).offset());
            model.free(heap, model.blocks().get(blocks.size() - 1));
            model.free(heap, before);
            assertEquals(
                    before.offset(),
                    model.allocate(heap, before.usable() + layout.header() + last.usable())
                            .offset());
            model.check(heap);
        }
    }

    /** Law C-048: a heap in use does not wear out. */
    @Example
    default void steadyChurnNeverRefusesASmallRequest() {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            long capacity = heap.stats().capacity();
            long largest = capacity / 64;
            long[] sizes = {16, largest / 8, largest / 3, largest};
            Random random = new Random(11);
            List<Long> blocks = new ArrayList<>();
            long used = 0;
            for (int i = 0; i < 100_000; i++) {
                long size = sizes[random.nextInt(sizes.length)];
                if (!blocks.isEmpty() && (random.nextInt(100) < 45 || used + size > capacity * 6 / 10)) {
                    int which = random.nextInt(blocks.size());
                    long block = blocks.get(which);
                    blocks.set(which, blocks.get(blocks.size() - 1));
                    blocks.remove(blocks.size() - 1);
                    used -= heap.usableSize(block);
                    heap.free(block);
                } else {
                    long block = heap.allocate(size);
                    used += heap.usableSize(block);
                    blocks.add(block);
                }
            }
            assertTrue(heap.verify().isClean());
            assertEquals(blocks.size(), heap.verify().rawBlocks());
        }
    }

    // ---- other views, growth

    /** Laws C-072, C-221: a store by the verifier would be refused there. */
    @Property(tries = 3)
    default void aReadOnlyViewCountsTheSame(@ForAll @Size(max = 40) List<@From("calls") Call> calls) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            calls.forEach(call -> call.run(heap, model));
            OffsetHeap view = segment.openReadOnly();
            assertEquals(heap.stats(), view.stats());
            assertEquals(heap.verify(), view.verify());
            model.check(view);
        }
    }

    /** Laws C-080, C-081, C-087: any growth that fits is made, in whole units, and any other changes nothing. */
    @Example
    default void anyGrowthThatFitsIsMade() {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            BlockModel model = newModel(heap, segment);
            model.allocate(heap, 1000);
            long unit = segment.geometry().growUnit;
            for (int round = 0; round < 2; round++) {
                for (int k = 1; k <= 64; k++) {
                    int bytes = k;
                    var before = heap.stats();
                    long grown = (before.grown() + k + unit - 1) / unit * unit;
                    if (before.grown() + k <= before.capacity()) {
                        heap.grow(bytes);
                    } else {
                        assertThrows(OutOfSegmentMemoryException.class, () -> heap.grow(bytes));
                        grown = before.grown();
                    }
                    assertEquals(grown, heap.stats().grown());
                    assertEquals(before.free(), heap.stats().free());
                    model.check(heap);
                    model.tryAllocate(heap, 100L * k, 1);
                    model.check(heap);
                }
            }
            long grown = heap.stats().grown();
            assertThrows(IllegalArgumentException.class, () -> heap.grow(-1));
            assertThrows(OutOfSegmentMemoryException.class, () -> heap.grow(Long.MAX_VALUE));
            assertEquals(grown, heap.stats().grown());
            model.check(heap);
        }
    }

    /** Law C-088: growth by one is growth for all that have the segment mapped. */
    @Property(tries = 3)
    default void growthIsSeenByAllMappers(@ForAll @IntRange(min = 1, max = 100_000) int bytes) {
        try (TestSegment segment = newSegment()) {
            OffsetHeap heap = segment.create();
            OffsetHeap other = segment.open();
            OffsetHeap view = segment.openReadOnly();
            BlockModel model = newModel(heap, segment);
            long before = heap.stats().grown();
            heap.grow(Math.min(bytes, heap.stats().capacity() - before));
            assertTrue(heap.stats().grown() > before);
            assertEquals(heap.stats(), other.stats());
            Block last = model.allocate(other, SPAN);
            while (last.end() <= segment.geometry().heap + before) {
                last = model.allocate(other, SPAN);
            }
            model.check(heap);
            model.check(other);
            model.check(view);
            model.free(heap, last);
            model.check(view);
        }
    }

    // ---- helpers

    /** The blocks of a model in the order of their allocation. */
    private static List<Block> allocated(BlockModel model) {
        List<Block> blocks = model.blocks();
        blocks.sort(Comparator.comparingLong(Block::seed));
        return blocks;
    }

    private static void freeAll(OffsetHeap heap, BlockModel model, Order order, Random random) {
        order.of(allocated(model), random).forEach(block -> model.free(heap, block));
        model.check(heap);
    }

    /** What a heap holds when nothing is held back. */
    private static AllocatorStats trimmed(OffsetHeap heap) {
        heap.trim();
        return heap.stats();
    }

    private static void assertSameRoom(AllocatorStats before, OffsetHeap heap) {
        var after = trimmed(heap);
        assertEquals(before.free(), after.free());
        assertEquals(before.largestFree(), after.largestFree());
        assertEquals(before.liveBlocks(), after.liveBlocks());
    }
}
