/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static io.offsetheap.memory.CommitSite.ALLOCATE_SPAN;
import static io.offsetheap.memory.CommitSite.DRAIN_CELL;
import static io.offsetheap.memory.CommitSite.DRAIN_RUN;
import static io.offsetheap.memory.CommitSite.DRAIN_SPAN;
import static io.offsetheap.memory.CommitSite.NEW_RUN;
import static io.offsetheap.memory.CommitSite.REFILL;
import static io.offsetheap.memory.CommitSite.RELEASE_EMPTY_RUN;
import static io.offsetheap.memory.CommitSite.RESERVE;
import static io.offsetheap.memory.CommitSite.RESERVE_HEADER;
import static io.offsetheap.memory.CommitSite.RETURN;
import static io.offsetheap.memory.CommitSite.RETURN_HEADER;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.memory.CommitSite;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every operation with each allocator, crashed before every store. Together they meet every site; each all but the other's. */
class CrashTest {
    @Test
    void everyDeathLeavesTheHeapAsBeforeOrAsAfter() {
        explore(SegmentAllocator.TYPE, Set.of(RESERVE, RETURN, RESERVE_HEADER, RETURN_HEADER));
    }

    @Test
    void everyDeathInAHeapOfTheFirstFitAllocatorDoesAsWell() {
        explore(
                FirstFitAllocator.TYPE,
                Set.of(REFILL, NEW_RUN, DRAIN_CELL, DRAIN_RUN, DRAIN_SPAN, RELEASE_EMPTY_RUN, ALLOCATE_SPAN));
    }

    private static void explore(AllocatorType allocator, Set<CommitSite> ofTheOther) {
        assertEquals(
                ofTheOther,
                CrashLaws.everyDeathLeavesTheHeapAsBeforeOrAsAfter(allocator),
                "sites that were not crashed before, at and after their commit");
    }
}
