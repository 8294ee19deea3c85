/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.HeapException;
import net.openhft.chronicle.core.UnsafeMemory;
import org.junit.jupiter.api.Test;

class MappedRegionTest {
    @Test
    void anonymousMemoryIsZeroAndWritable() {
        try (MappedRegion region = MappedRegion.anonymous(10_000)) {
            assertEquals(10_000, region.size());
            assertFalse(region.readOnly());
            assertEquals(0, region.address() % MappedRegion.pageSize());
            assertEquals(0, UnsafeMemory.INSTANCE.readLong(region.address() + 9_992));
            UnsafeMemory.INSTANCE.writeLong(region.address() + 9_992, 3);
            assertEquals(3, UnsafeMemory.INSTANCE.readLong(region.address() + 9_992));
        }
    }

    @Test
    void reservesFarMoreThanTheMachineHas() {
        try (MappedRegion region = MappedRegion.anonymous(1L << 40)) {
            UnsafeMemory.INSTANCE.writeByte(region.address() + (1L << 40) - 1, (byte) 1);
        }
    }

    @Test
    void hasNoAddressAfterClose() {
        MappedRegion region = MappedRegion.anonymous(4096);
        assertFalse(region.isClosed());
        region.close();
        region.close();
        assertTrue(region.isClosed());
        var thrown = assertThrows(IllegalStateException.class, region::address);
        assertEquals("the region is closed: size=4096", thrown.getMessage());
    }

    @Test
    void refusesASizeThatCannotBe() {
        var thrown = assertThrows(IllegalArgumentException.class, () -> MappedRegion.anonymous(0));
        assertEquals("size must be positive: size=0", thrown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> MappedRegion.anonymous(Long.MAX_VALUE));
        var tooLarge = assertThrows(HeapException.class, () -> MappedRegion.anonymous(1L << 60));
        assertEquals(
                "cannot map: length=1152921504606846976 position=0 errno=ENOMEM (not enough memory or address space)"
                        + " segment=anonymous memory",
                tooLarge.getMessage());
    }

    @Test
    void aPageIsAPowerOfTwo() {
        assertEquals(1, Integer.bitCount(MappedRegion.pageSize()));
        assertTrue(MappedRegion.pageSize() >= 4096);
    }
}
