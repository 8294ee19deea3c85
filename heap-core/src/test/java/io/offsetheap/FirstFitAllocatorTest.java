/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.TaggedBlock;
import io.offsetheap.layout.FindingKind;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.IndexObject;
import io.offsetheap.verify.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for the first-fit allocator alone; what holds for every allocator is in {@code AllocatorLaws}. */
class FirstFitAllocatorTest {
    private final TestImage image = new TestImage(256 << 10, FirstFitAllocator.TYPE);
    private final Attachment heap = image.format(image.newMemory());
    private final SegmentMemory memory = image.raw();

    /** Law C-045: the first hole that is large enough is taken, and from its beginning. */
    @Property(tries = 20)
    void takesTheLowestHoleThatIsLargeEnough(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 900) Integer> holes,
            @ForAll @IntRange(min = 1, max = 900) int size) {
        fillHoles();
        List<Long> blocks = new ArrayList<>();
        for (int hole : holes) {
            blocks.add(heap.blocks().allocate(hole));
            heap.blocks().allocate(16);
        }
        long behind = heap.blocks().allocate(1) + 16;
        long expected = behind + TaggedBlock.DATA_OFFSET;
        for (int i = holes.size() - 1; i >= 0; i--) {
            if (heap.blocks().usableSize(blocks.get(i)) >= size) {
                expected = blocks.get(i);
            }
            heap.blocks().free(blocks.get(i));
        }
        assertEquals(expected, heap.blocks().allocate(size));
        assertEquals(List.of(), heap.verify().findings());
    }

    /** Leaves no hole but the last block, so that what is allocated stands side by side. */
    private void fillHoles() {
        while (heap.blocks().stats().freeSpans() > 1) {
            heap.blocks().allocate(16);
        }
    }

    /** Law C-046: what is too short for a block of its own goes with the block before it, and comes back with it. */
    @Example
    void whatIsTooShortForABlockIsPartOfTheOneBefore() {
        fillHoles();
        long hole = heap.blocks().allocate(64);
        heap.blocks().allocate(16);
        long free = heap.blocks().stats().free();
        heap.blocks().free(hole);
        // 16 bytes would be left over: a tag, and no room for links. With 32 there is a block.
        assertEquals(hole, heap.blocks().allocate(48));
        assertEquals(64, heap.blocks().usableSize(hole));
        assertEquals(free, heap.blocks().stats().free());
        heap.blocks().free(hole);
        assertEquals(hole, heap.blocks().allocate(32));
        assertEquals(32, heap.blocks().usableSize(hole));
        assertEquals(free + 32, heap.blocks().stats().free());
        assertEquals(List.of(), heap.verify().findings());
    }

    /** A header's words must stay for those who still hold an old handle, so nothing else may ever stand there. */
    @Example
    void aContainerHeaderIsNeverAnythingElse() {
        long header = constructIndex();
        heap.names().destroy("index");
        heap.blocks().trim();
        List<Long> blocks = new ArrayList<>();
        while (heap.blocks().stats().largestFree() >= SizeClasses.HEADER_SIZE) {
            blocks.add(heap.blocks().allocate(SizeClasses.HEADER_SIZE));
        }
        for (long block : blocks) {
            assertTrue(
                    block + heap.blocks().usableSize(block) <= header || block >= header + SizeClasses.HEADER_SIZE,
                    () -> "header=" + header + " block=" + block);
        }
        assertThrows(IllegalArgumentException.class, () -> heap.blocks().free(header));
        blocks.forEach(heap.blocks()::free);
        assertEquals(header, constructIndex());
        assertEquals(List.of(), heap.verify().findings());
    }

    private long constructIndex() {
        heap.names().construct("index", IndexObject.TYPE, 1);
        return heap.names().iterator().next().offset();
    }

    /** Law C-106: bytes of a user that look like the tag of a block make none. */
    @Example
    void aTagThatAUserHasWrittenIsNoBlock() {
        long block = heap.blocks().allocate(400);
        Random random = new Random(3);
        for (long size = TaggedBlock.MIN_SIZE; size < 400; size += 16) {
            memory.putLong(block + 32 + TaggedBlock.SIZE_OFFSET, size | TaggedBlock.USED);
            memory.putLong(block + 32 + TaggedBlock.BEFORE_OFFSET, random.nextInt(1000) * 16L);
            long inside = block + 32 + TaggedBlock.DATA_OFFSET;
            assertThrows(IllegalArgumentException.class, () -> heap.blocks().free(inside));
            assertThrows(IllegalArgumentException.class, () -> heap.blocks().usableSize(inside));
        }
        heap.blocks().free(block);
        assertEquals(List.of(), heap.verify().findings());
    }

    /** Laws C-043, C-222: tags, list and slots agree, and where they do not the verifier says what and where. */
    @Example
    void whatDoesNotAgreeIsFound() {
        fillHoles();
        long[] tags = new long[4];
        for (int i = 0; i < tags.length; i++) {
            tags[i] = heap.blocks().allocate(100) - TaggedBlock.DATA_OFFSET;
        }
        heap.blocks().free(tags[1] + TaggedBlock.DATA_OFFSET);
        long size = tags[1] - tags[0];
        assertEquals(List.of(), heap.verify().findings());
        finds(FindingKind.PAGE_KIND, tags[2], tags[2] + TaggedBlock.SIZE_OFFSET, size | 7);
        finds(FindingKind.TILING, tags[2], tags[2] + TaggedBlock.SIZE_OFFSET, 1L << 40 | TaggedBlock.USED);
        finds(FindingKind.TILING, tags[2], tags[2] + TaggedBlock.SIZE_OFFSET, 16 | TaggedBlock.USED);
        finds(
                FindingKind.PAGE_TAIL,
                tags[2] + TaggedBlock.BEFORE_OFFSET,
                tags[2] + TaggedBlock.BEFORE_OFFSET,
                size - 16);
        finds(FindingKind.SPAN_UNLISTED, tags[0], tags[0] + TaggedBlock.SIZE_OFFSET, size | TaggedBlock.FREE);
        finds(
                FindingKind.SPAN_LIST,
                tags[1] + TaggedBlock.PREVIOUS_OFFSET,
                tags[1] + TaggedBlock.PREVIOUS_OFFSET,
                tags[0]);
        finds(FindingKind.SPAN_LIST, tags[1] + TaggedBlock.NEXT_OFFSET, tags[1] + TaggedBlock.NEXT_OFFSET, tags[1]);
        finds(
                FindingKind.SPAN_LIST,
                TaggedBlock.RING + TaggedBlock.NEXT_OFFSET,
                TaggedBlock.RING + TaggedBlock.NEXT_OFFSET,
                tags[0]);
        finds(FindingKind.PARTIAL_LIST, TaggedBlock.FREE_HEADERS_OFFSET, TaggedBlock.FREE_HEADERS_OFFSET, tags[0]);
        long slot = image.geometry().laneBody(0) + image.geometry().stock(0);
        finds(FindingKind.OWNED_TWICE, slot, slot, tags[1] + TaggedBlock.DATA_OFFSET);
        assertEquals(List.of(), heap.verify().findings());
    }

    /** Puts a value somewhere for as long as the verifier looks. */
    private void finds(FindingKind kind, long offset, long at, long value) {
        long good = memory.getLong(at);
        memory.putLong(at, value);
        List<Finding> findings = heap.verify().findings();
        memory.putLong(at, good);
        assertTrue(
                findings.stream().anyMatch(finding -> finding.kind() == kind && finding.offset() == offset),
                () -> kind + "@" + offset + " is not among " + findings);
    }
}
