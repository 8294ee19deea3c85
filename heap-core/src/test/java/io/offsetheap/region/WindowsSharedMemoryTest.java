/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.view.Views;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is above the calls of Windows, over calls that behave as those are documented: no test here runs them. */
class WindowsSharedMemoryTest {
    private static final String NAME = "Local\\numbers";

    private final FakeKernel32 windows = new FakeKernel32();

    @AfterEach
    void everythingIsGivenBack() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        // Regions that had a view go when they are no longer reachable.
        while (windows.inUse() > 0) {
            assertTrue(System.nanoTime() < deadline, () -> "in use: " + windows.inUse());
            System.gc();
            Thread.sleep(2);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void isRefusedElsewhereThanOnWindows() {
        for (var call : new Executable[] {
            () -> WindowsSharedMemory.create(NAME, 1),
            () -> WindowsSharedMemory.open(NAME, true),
            () -> WindowsSharedMemory.openOrCreate(NAME, 1)
        }) {
            var refused = assertThrows(UnsupportedOperationException.class, call);
            assertTrue(refused.getMessage().contains("os.name=" + System.getProperty("os.name")));
        }
    }

    @Test
    void isThereUntilTheLastHasClosedIt() {
        assertThrows(SegmentNotFoundException.class, () -> WindowsSharedMemory.open(windows, NAME, true));
        WindowsSharedMemory made = WindowsSharedMemory.create(windows, NAME, 1000);
        var taken = assertThrows(SegmentExistsException.class, () -> WindowsSharedMemory.create(windows, NAME, 1000));
        assertEquals("the name is taken: segment=Windows shared memory 'Local\\numbers'", taken.getMessage());
        WindowsSharedMemory opened = WindowsSharedMemory.open(windows, NAME, false);
        MappedRegion region = made.map();
        made.close();
        made.close();
        try (WindowsSharedMemory again = WindowsSharedMemory.openOrCreate(windows, NAME, 1);
                MappedRegion other = again.map()) {
            Views.bytes(region).writeLong(0, 42);
            assertEquals(42, Views.bytes(other).readLong(0));
        }
        opened.close();
        assertThrows(SegmentNotFoundException.class, () -> WindowsSharedMemory.open(windows, NAME, false));
        assertEquals(42, Views.bytes(region).readLong(0));
        try (WindowsSharedMemory next = WindowsSharedMemory.openOrCreate(windows, NAME, 1000);
                MappedRegion other = next.map()) {
            assertEquals(0, Views.bytes(other).readLong(0));
        }
        region.close();
    }

    /** Between the two calls of which it consists, the one that is there may go. */
    @Test
    void openOrCreateBeginsAgainWhenTheOtherHasGone() {
        WindowsSharedMemory other = WindowsSharedMemory.create(windows, NAME, 10);
        FakeKernel32 slow = new FakeKernel32() {
            @Override
            public long createFileMapping(long size, String name) {
                return windows.createFileMapping(size, name);
            }

            @Override
            public int lastError() {
                return windows.lastError();
            }

            @Override
            public boolean closeHandle(long handle) {
                return windows.closeHandle(handle);
            }

            @Override
            public long openFileMapping(int access, String name) {
                other.close();
                return windows.openFileMapping(access, name);
            }
        };
        try (WindowsSharedMemory made = WindowsSharedMemory.openOrCreate(slow, NAME, 1000)) {
            assertEquals(1000, made.size());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 4096", "1000, 4096", "4096, 4096", "4097, 8192", "1000000, 1003520"})
    void itsSizeEndsWithAPageForAllButTheMaker(long size, long rounded) {
        try (WindowsSharedMemory made = WindowsSharedMemory.create(windows, NAME, size);
                WindowsSharedMemory opened = WindowsSharedMemory.open(windows, NAME, true)) {
            assertEquals(size, made.size());
            assertEquals(rounded, opened.size());
            assertThrows(IllegalArgumentException.class, () -> made.map(0, size + 1));
            assertThrows(IllegalArgumentException.class, () -> opened.map(0, rounded + 1));
            assertThrows(IllegalArgumentException.class, () -> made.map(size, 0));
            try (MappedRegion whole = made.map();
                    MappedRegion other = opened.map()) {
                assertEquals(size, whole.size());
                assertEquals(rounded, other.size());
                assertTrue(other.readOnly());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "4095, 2", "65535, 2", "65536, 65536", "65537, 100", "131071, 60000", "199999, 1"})
    void aPartFromAnyByteIsTheSameMemory(int offset, int size) {
        try (WindowsSharedMemory made = WindowsSharedMemory.create(windows, NAME, 200_000);
                WindowsSharedMemory opened = WindowsSharedMemory.open(windows, NAME, false);
                MappedRegion whole = made.map();
                MappedRegion part = opened.map(offset, size)) {
            assertEquals(size == 0 ? opened.size() - offset : size, part.size());
            Bytes<Void> bytes = Views.bytes(part);
            bytes.writeByte(0, (byte) 42);
            assertEquals(42, Views.bytes(whole).readByte(offset));
            long last = Math.min(part.size(), 200_000 - offset) - 1;
            Views.bytes(whole).writeByte(offset + last, (byte) 43);
            assertEquals(43, bytes.readByte(last));
        }
    }

    @Test
    void theModeSaysWhatMayBeWrittenAndWhoSeesIt() {
        try (WindowsSharedMemory made = WindowsSharedMemory.create(windows, NAME, 100);
                WindowsSharedMemory reader = WindowsSharedMemory.open(windows, NAME, true);
                MappedRegion region = made.map();
                MappedRegion own = MappedRegion.map(reader, MapMode.COPY_ON_WRITE);
                MappedRegion watched = MappedRegion.map(reader, MapMode.READ_PRIVATE)) {
            assertTrue(reader.readOnly());
            var denied = assertThrows(UncheckedIOException.class, () -> MappedRegion.map(reader, MapMode.READ_WRITE));
            assertEquals(AccessDeniedException.class, denied.getCause().getClass());
            Views.bytes(own).writeByte(7, (byte) 1);
            assertEquals(1, Views.bytes(own).readByte(7));
            assertEquals(0, Views.bytes(region).readByte(7));
            Views.bytes(region).writeByte(7, (byte) 2);
            assertEquals(2, Views.bytes(watched).readByte(7));
            assertEquals(1, Views.bytes(own).readByte(7));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> Views.bytes(watched).writeByte(7, (byte) 1));
        }
    }

    @Test
    void anAddressIsHonouredOrRefused() {
        int unit = WindowsSharedMemory.GRANULARITY;
        MappedRegion hole = MappedRegion.anonymous(4L * unit);
        long address = (hole.address() + unit - 1) & -unit;
        hole.close();
        try (WindowsSharedMemory memory = WindowsSharedMemory.create(windows, NAME, 2L * unit);
                MappedRegion region = MappedRegion.map(memory, MapMode.READ_WRITE, unit, 0, address)) {
            assertEquals(address, region.address());
            var taken = assertThrows(
                    HeapException.class, () -> MappedRegion.map(memory, MapMode.READ_WRITE, 0, 0, address));
            assertEquals(
                    "cannot map: offset=0 length=131072 address=0x" + Long.toHexString(address)
                            + " error=487 segment=Windows shared memory 'Local\\numbers'",
                    taken.getMessage());
            for (long[] wrong : new long[][] {{1, address}, {4096, address}, {0, address + 4096}}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> MappedRegion.map(memory, MapMode.READ_WRITE, wrong[0], 0, wrong[1]));
            }
        }
    }

    @Test
    void aRegionIsMappedWholeAndHasNoDisk() {
        try (WindowsSharedMemory memory = WindowsSharedMemory.create(windows, NAME, 100_000);
                MappedRegion region = memory.map()) {
            region.flush();
            region.flush(70_000, 5, true);
            assertFalse(region.advise(Advice.WILL_NEED));
            assertThrows(UnsupportedOperationException.class, () -> region.shrinkBy(70_000, true));
            assertEquals(100_000, region.size());
            region.buffer(1, 8).putLong(0, 5);
            assertEquals(5, Views.bytes(region).readByte(8));
        }
    }

    @Test
    void refusesEverythingAfterClose() {
        WindowsSharedMemory memory = WindowsSharedMemory.create(windows, NAME, 100);
        MappedRegion region = memory.map();
        Bytes<Void> bytes = Views.bytes(region);
        memory.close();
        assertThrows(IllegalStateException.class, memory::size);
        assertThrows(IllegalStateException.class, memory::map);
        bytes.writeLong(0, 1);
        region.close();
        assertThrows(IllegalStateException.class, () -> bytes.writeLong(0, 2));
        assertThrows(IllegalStateException.class, region::address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Local\\", "Global\\", "a\\b", "Local\\a\\b", "Session\\1\\a", "\\", "a\0b"})
    void refusesWhatIsNoName(String name) {
        assertThrows(IllegalArgumentException.class, () -> WindowsSharedMemory.create(windows, name, 1));
        assertThrows(IllegalArgumentException.class, () -> WindowsSharedMemory.open(windows, name, true));
    }

    @Test
    void refusesNamesThatAreTooLongAndSizesThatAreNone() {
        String longest = "Global\\" + "n".repeat(253);
        WindowsSharedMemory.create(windows, longest, 1).close();
        assertThrows(IllegalArgumentException.class, () -> WindowsSharedMemory.create(windows, longest + "n", 1));
        assertThrows(IllegalArgumentException.class, () -> WindowsSharedMemory.create(windows, NAME, 0));
        assertThrows(IllegalArgumentException.class, () -> WindowsSharedMemory.create(windows, NAME, -1));
    }

    @Test
    void saysWhatTheSystemHasRefused() {
        assertRefused(Kernel32.ERROR_NOT_ENOUGH_MEMORY, OutOfSegmentMemoryException.class);
        assertRefused(Kernel32.ERROR_COMMITMENT_LIMIT, OutOfSegmentMemoryException.class);
        assertRefused(Kernel32.ERROR_INVALID_HANDLE, SegmentFormatException.class);
        assertRefused(Kernel32.ERROR_ACCESS_DENIED, UncheckedIOException.class);
        assertEquals(
                "cannot create the memory: size=10 error=1234 segment=Windows shared memory 'Local\\numbers'",
                assertRefused(1234, HeapException.class));
    }

    private String assertRefused(int error, Class<? extends RuntimeException> expected) {
        windows.nextError = error;
        RuntimeException refused =
                assertThrows(RuntimeException.class, () -> WindowsSharedMemory.create(windows, NAME, 10));
        assertEquals(expected, refused.getClass());
        assertNotEquals(null, refused.getMessage());
        return refused.getMessage();
    }
}
