/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.lane.Lane;
import io.offsetheap.memory.CommitSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An operation gets every block that it has reserved, whatever it reserves and gives back in between. */
class ReservationTest {
    /** Blocks of whole pages, of 17, 20 and 30 of them. */
    private static final long[] LARGE = {8400, 10_000, 15_000};

    private final TestImage image = new TestImage(1 << 20);
    private final Attachment heap = image.format(image.newMemory());
    private final BlockAllocator blocks = heap.blocks();
    private final Random random = new Random(7);

    @Test
    void holdsForLargeBlocksAmongThoseThatWereGiven() {
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            held.add(blocks.allocate(anySize()));
        }
        int taken = 0;
        for (int i = 0; i < 1000; i++) {
            Lane lane = heap.lanes().lease();
            taken += operate(lane, held);
            lane.giveBack();
            while (held.size() > 12) {
                blocks.free(held.remove(random.nextInt(held.size())));
            }
            assertEquals(List.of(), heap.verify().findings());
            assertEquals(held.size(), heap.verify().rawBlocks());
        }
        assertTrue(taken > 1000, "taken=" + taken);
    }

    private long anySize() {
        return LARGE[random.nextInt(LARGE.length)];
    }

    private int operate(Lane lane, List<Long> held) {
        List<Long> reserved = new ArrayList<>();
        int taken = 0;
        for (int step = random.nextInt(10); step > 0 || !reserved.isEmpty(); step--) {
            switch (step > 0 ? random.nextInt(4) : 3) {
                case 0 -> reserve(lane, reserved);
                case 1 -> give(lane, held);
                case 2 -> makeRoom(lane);
                default -> taken += take(lane, reserved, held);
            }
        }
        return taken;
    }

    private void reserve(Lane lane, List<Long> reserved) {
        long size = anySize();
        try {
            blocks.reserve(lane, size, 1);
            reserved.add(size);
        } catch (OutOfSegmentMemoryException refused) {
            assertTrue(refused.getMessage().contains("more blocks at once"), refused::getMessage);
        }
    }

    private void give(Lane lane, List<Long> held) {
        if (!held.isEmpty() && blocks.hasRoom(lane, LARGE[0], 1)) {
            long block = held.remove(random.nextInt(held.size()));
            blocks.give(lane, block, blocks.usableSize(block));
            lane.commit(CommitSite.ALLOCATE_INTO);
        }
    }

    private void makeRoom(Lane lane) {
        try {
            blocks.makeRoom(lane, LARGE[0], 1 + random.nextInt(2));
        } catch (OutOfSegmentMemoryException refused) {
            assertTrue(refused.getMessage().contains("frees more blocks at once"), refused::getMessage);
        }
    }

    private int take(Lane lane, List<Long> reserved, List<Long> held) {
        if (reserved.isEmpty()) {
            return 0;
        }
        long size = reserved.remove(random.nextInt(reserved.size()));
        long block = blocks.take(lane, size);
        lane.commit(CommitSite.ALLOCATE_INTO);
        assertTrue(blocks.usableSize(block) >= size);
        held.add(block);
        return 1;
    }
}
