/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.HeapException;
import io.offsetheap.region.Kind.Subject;
import io.offsetheap.view.Views;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.UnsafeMemory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

@Tag("without-native-calls")
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
    @DisabledIfSystemProperty(
            named = "offsetheap.native",
            matches = "false",
            disabledReason = "the JDK maps less than 2 GiB")
    void reservesFarMoreThanTheMachineHas() {
        try (MappedRegion region = MappedRegion.anonymous(1L << 40)) {
            UnsafeMemory.INSTANCE.writeByte(region.address() + (1L << 40) - 1, (byte) 1);
        }
    }

    /** From Linux 5.14 on; before, the call changes nothing. */
    @Test
    @DisabledIfSystemProperty(named = "offsetheap.native", matches = "false", disabledReason = "left to the first use")
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
    @DisabledIfSystemProperty(
            named = "offsetheap.native",
            matches = "false",
            disabledReason = "the JDK maps less than 2 GiB")
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

    /** A fixed address is honoured or refused; what is there stays. */
    @Test
    @DisabledIfSystemProperty(
            named = "offsetheap.native",
            matches = "false",
            disabledReason = "the JDK maps where it likes")
    void isMappedAtAnAddressOrNotAtAll() {
        int page = MappedRegion.pageSize();
        for (Kind kind : Kind.values()) {
            try (Subject subject = kind.create(2L * page)) {
                MappableObject object = subject.object();
                MappedRegion hole = MappedRegion.anonymous(4L * page);
                long address = hole.address();
                hole.close();
                try (MappedRegion region = MappedRegion.map(object, MapMode.READ_WRITE, 0, 0, address)) {
                    assertEquals(address, region.address());
                    Views.bytes(region).writeLong(0, 42);
                    var taken = assertThrows(
                            HeapException.class,
                            () -> MappedRegion.map(object, MapMode.READ_WRITE, page, 0, address + page));
                    assertEquals(
                            "cannot map: length=" + page + " position=" + page + " address=0x"
                                    + Long.toHexString(address + page) + " errno=EEXIST (file exists) segment="
                                    + object,
                            taken.getMessage());
                    assertEquals(42, Views.bytes(region).readLong(0));
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> MappedRegion.map(object, MapMode.READ_ONLY, 0, 0, address + 3L * page + 8));
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> MappedRegion.map(object, MapMode.READ_ONLY, 8, 0, address + 3L * page));
                }
            }
        }
    }

    @Test
    void shrinksFromBothEnds() {
        int page = MappedRegion.pageSize();
        try (Subject subject = Kind.FILE.create(5L * page);
                MappedRegion all = subject.object().map()) {
            Bytes<Void> whole = Views.bytes(all);
            for (int i = 0; i < 5; i++) {
                whole.writeLong((long) i * page + 8, i);
            }
            MappedRegion region = subject.object().map(8, 0);
            Bytes<Void> old = Views.bytes(region);
            assertThrows(IllegalArgumentException.class, () -> region.shrinkBy(-1, true));
            assertThrows(IllegalArgumentException.class, () -> region.shrinkBy(region.size(), true));
            MappedRegion shorter = region.shrinkBy(page + 100L, true);
            assertThrows(IllegalStateException.class, () -> old.readByte(0));
            assertThrows(IllegalStateException.class, () -> region.shrinkBy(1, true));
            assertTrue(region.isClosed());
            assertEquals(4L * page - 108, shorter.size());
            assertEquals(3, Views.bytes(shorter).readLong(3L * page));
            try (MappedRegion rest = shorter.shrinkBy(2L * page, false)) {
                assertEquals(2L * page - 108, rest.size());
                assertEquals(2, Views.bytes(rest).readLong(0));
                assertEquals(3, Views.bytes(rest).readLong(page));
                Views.bytes(rest).writeLong(page, 33);
            }
            assertEquals(33, whole.readLong(3L * page + 8));
        }
    }

    @Test
    void takesAdvice() {
        try (Subject subject = Kind.FILE.create(10_000);
                MappedRegion region = subject.object().map(1, 0)) {
            Views.bytes(region).writeLong(0, 42);
            for (Advice advice : Advice.values()) {
                assertEquals(LibC.isAvailable(), region.advise(advice), advice::toString);
            }
            assertEquals(42, Views.bytes(region).readLong(0));
        }
    }

    /** A view ends with the region; what is ordered is refused where a word of the region is none of the machine. */
    @Test
    void isReadAndWrittenThroughBytes() {
        try (Subject subject = Kind.SHARED_MEMORY.create(100)) {
            MappedRegion region = subject.object().map(0, 20);
            Bytes<Void> bytes = Views.bytes(region);
            assertEquals(20, bytes.capacity());
            assertEquals(3, bytes.addAndGetLong(8, 3));
            assertThrows(BufferOverflowException.class, () -> bytes.writeLong(13, 1));
            try (MappedRegion odd = subject.object().map(3, 20)) {
                Views.bytes(odd).writeLong(5, 77);
                assertEquals(77, bytes.readVolatileLong(8));
                assertThrows(
                        IllegalArgumentException.class, () -> Views.bytes(odd).readVolatileLong(0));
                assertThrows(
                        IllegalArgumentException.class, () -> Views.bytes(odd).readVolatileLong(5));
            }
            region.close();
            var thrown = assertThrows(IllegalStateException.class, () -> bytes.readLong(8));
            assertEquals("the region is closed: segment=region size=20", thrown.getMessage());
            assertThrows(IllegalStateException.class, () -> bytes.writeLong(8, 1));
            assertThrows(IllegalStateException.class, region::flush);
            assertThrows(IllegalStateException.class, () -> region.advise(Advice.NORMAL));
        }
    }
}
