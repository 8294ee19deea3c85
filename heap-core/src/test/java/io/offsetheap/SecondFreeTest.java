/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.layout.FindingKind;
import io.offsetheap.verify.Finding;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A raw block is freed through two lanes at once, so that both find it in use. The drain of the second stock drops it, or
 * refuses it when its pages have become something else: the pages are never freed twice.
 */
class SecondFreeTest {
    private final TestImage image = new TestImage(1 << 20);
    private final InterruptedMemory memory = image.newInterruptedMemory();
    private Attachment other;
    private Attachment me;

    @BeforeEach
    void attachTwice() {
        other = image.format(image.newMemory());
        me = image.attach(memory);
    }

    /** Frees a block while the other frees it as well and does something more. */
    private void freeTwice(long block, Runnable more) {
        memory.beforeCompareAndSet(at -> isLaneState(at), () -> {
            other.blocks().free(block);
            more.run();
        });
        me.blocks().free(block);
        assertTrue(memory.wasInterrupted());
    }

    private boolean isLaneState(long offset) {
        for (int lane = 0; lane < image.geometry().lanes; lane++) {
            if (offset == image.geometry().lane(lane)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aCellThatIsBackInItsRunIsDropped() {
        long block = me.blocks().allocate(64);
        me.blocks().allocate(64);
        freeTwice(block, () -> other.blocks().trim());
        me.blocks().trim();
        assertEquals(List.of(), me.verify().findings());
        assertEquals(1, me.verify().rawBlocks());
    }

    @Test
    void aLargeBlockWhosePagesAreFreeIsRefused() {
        long block = me.blocks().allocate(20_000);
        assertThrows(CorruptedSegmentException.class, () -> freeTwice(block, () -> {}));
        assertOnlyTheStockIsWrong();
    }

    @Test
    void aCellWhoseRunIsGoneIsRefused() {
        long block = me.blocks().allocate(64);
        freeTwice(block, () -> other.blocks().trim());
        assertThrows(CorruptedSegmentException.class, () -> me.blocks().trim());
        assertOnlyTheStockIsWrong();
    }

    private void assertOnlyTheStockIsWrong() {
        assertTrue(memory.wasInterrupted());
        other.lanes().helpAll();
        assertEquals(
                List.of(FindingKind.OWNED_TWICE),
                other.verify().findings().stream().map(Finding::kind).toList());
    }
}
