/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.memory;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.region.MappedRegion;
import org.junit.jupiter.api.Test;

/** Ranges so large that their end is no number any more. */
class BoundsTest {
    private static final int SIZE = 1 << 16;

    @Test
    void noSumOfOffsetAndLengthComesRoundIntoTheHeap() {
        try (MappedRegion region = MappedRegion.anonymous(SIZE)) {
            SegmentMemory memory = new SegmentMemory(region, "bounds", SIZE);
            assertTrue(memory.contains(0, SIZE));
            for (long offset : new long[] {1, SIZE, Long.MAX_VALUE - SIZE, Long.MAX_VALUE - 7, Long.MAX_VALUE}) {
                for (long length : new long[] {SIZE, 2L * SIZE, Long.MAX_VALUE - SIZE, Long.MAX_VALUE}) {
                    assertFalse(memory.contains(offset, length), offset + " " + length);
                }
            }
            byte[] target = new byte[2 * SIZE];
            assertThrows(
                    CorruptedSegmentException.class, () -> memory.copyTo(Long.MAX_VALUE, target, 0, target.length));
        }
    }
}
