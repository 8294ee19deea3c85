/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.HeapException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /** From Linux 5.14 on; before, the call changes nothing. */
    @Test
    void populatesTheRangeAlone() throws IOException {
        int page = MappedRegion.pageSize();
        try (MappedRegion region = MappedRegion.anonymous(64L * page)) {
            assertEquals(0, residentBytes(region));
            region.populate(3L * page + 1, 10L * page);
            long resident = residentBytes(region);
            assertTrue(resident == 11L * page || resident == 0 && !isFrom(5, 14), () -> "resident=" + resident);
            assertThrows(IndexOutOfBoundsException.class, () -> region.populate(60L * page, 5L * page));
        }
    }

    private static long residentBytes(MappedRegion region) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        String begin = Long.toHexString(region.address()) + "-";
        int at = 0;
        while (!lines.get(at).startsWith(begin)) {
            at++;
        }
        while (!lines.get(at).startsWith("Rss:")) {
            at++;
        }
        return 1024 * Long.parseLong(lines.get(at).replaceAll("[^0-9]", ""));
    }

    private static boolean isFrom(int major, int minor) {
        String[] version = System.getProperty("os.version").split("[.-]");
        int found = Integer.parseInt(version[0]);
        return found > major || (found == major && Integer.parseInt(version[1]) >= minor);
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
