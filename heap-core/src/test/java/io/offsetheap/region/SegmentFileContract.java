/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.SegmentFormatException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import net.openhft.chronicle.core.UnsafeMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** What holds for a segment's file wherever it lives. */
interface SegmentFileContract {
    Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    UnsafeMemory MEMORY = UnsafeMemory.INSTANCE;
    long SLOT = (1L << 62) + 16;
    long MIB = 1 << 20;

    /** Where the file is for the rest of the world. */
    Path path();

    /** The end of a file that is mapped: without native calls that is the end of the mapping. */
    default long end(long reserved, long mapped) {
        return LibC.isAvailable() ? reserved : mapped;
    }

    /** A new file, of size 0, that others can open. */
    SegmentFile published();

    /** Opens the file that was made last. */
    SegmentFile open(boolean readOnly);

    @Test
    default void aSlotByteIsHeldByOneFileAtATime() {
        try (SegmentFile one = published();
                SegmentFile two = open(false)) {
            assertFalse(one.isLocked(SLOT));
            assertTrue(one.tryLockSlot(SLOT));
            assertFalse(two.tryLockSlot(SLOT));
            assertTrue(two.tryLockSlot(SLOT + 1));
            assertTrue(two.isLocked(SLOT));
            assertTrue(one.isLocked(SLOT), "a living owner looks dead to itself");
            assertTrue(one.isLocked(SLOT + 1));
            one.unlockSlot(SLOT);
            assertFalse(two.isLocked(SLOT));
            assertTrue(two.tryLockSlot(SLOT));
        }
    }

    @Test
    default void aSlotByteStaysLockedWhenOthersOpenAndCloseTheFile() throws IOException {
        try (SegmentFile one = published();
                SegmentFile two = open(false)) {
            assertTrue(one.tryLockSlot(SLOT));
            Files.readAllBytes(path());
            try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
                assertTrue(channel.isOpen());
            }
            open(false).close();
            assertTrue(two.isLocked(SLOT));
        }
    }

    @Test
    default void aSlotByteIsLockedAsLongAsTheRegionIsMapped() {
        SegmentFile one = published();
        MappedRegion region = one.map(MIB);
        assertTrue(one.tryLockSlot(SLOT));
        one.close();
        try (SegmentFile two = open(false)) {
            assertTrue(two.isLocked(SLOT));
            region.close();
            assertFalse(two.isLocked(SLOT));
            assertThrows(IllegalStateException.class, one::size);
        }
    }

    @Test
    @DisabledIfSystemProperty(
            named = "offsetheap.native",
            matches = "false",
            disabledReason = "the JDK does not tell whose lock it is")
    default void theLockOfAProgramThatLocksWholeFilesIsNotThatOfAnOwner() throws IOException {
        try (SegmentFile file = published();
                FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
            var foreign = channel.lock();
            assertFalse(file.tryLockSlot(SLOT));
            assertFalse(file.isLocked(SLOT));
            LockHolder holder = file.lockHolder(SLOT);
            assertNotNull(holder);
            assertEquals(ProcessHandle.current().pid(), holder.pid());
            assertEquals(0, holder.start());
            assertNotEquals(1, holder.length());
            foreign.release();
            assertNull(file.lockHolder(SLOT));
        }
    }

    @Test
    default void aByteIsLockedByOneForItselfOrByManyTogether() {
        long position = 1L << 62;
        try (SegmentFile one = published();
                SegmentFile two = open(false);
                SegmentFile reader = open(true)) {
            assertTrue(one.tryLock(position));
            assertTrue(one.tryLock(position));
            assertFalse(two.tryLock(position));
            assertFalse(reader.tryLockShared(position));
            one.unlock(position);
            assertTrue(two.tryLockShared(position));
            assertTrue(reader.tryLockShared(position));
            assertFalse(one.tryLock(position));
            assertFalse(one.isLocked(position));
            two.unlock(position);
            reader.unlock(position);
            assertTrue(one.tryLock(position));
        }
    }

    @Test
    default void aRegionBeyondTheEndReachesWhatIsReservedLater() {
        try (SegmentFile file = published();
                SegmentFile other = open(false);
                MappedRegion region = file.map(64 * MIB);
                MappedRegion otherRegion = other.map(64 * MIB)) {
            assertEquals(end(0, 64 * MIB), file.size());
            file.reserve(0, 4096);
            MEMORY.writeLong(region.address(), 11);
            other.reserve(40 * MIB, 4096);
            assertEquals(end(40 * MIB + 4096, 64 * MIB), file.size());
            MEMORY.writeLong(region.address() + 40 * MIB, 12);
            assertNotEquals(region.address(), otherRegion.address());
            assertEquals(11, MEMORY.readLong(otherRegion.address()));
            assertEquals(12, MEMORY.readLong(otherRegion.address() + 40 * MIB));
        }
    }

    @Test
    default void reservingKeepsContent() {
        try (SegmentFile file = published();
                MappedRegion region = file.map(MIB)) {
            file.reserve(0, 8192);
            MEMORY.writeLong(region.address() + 4096, 7);
            file.reserve(0, 8192);
            file.reserve(4096, MIB - 4096);
            assertEquals(7, MEMORY.readLong(region.address() + 4096));
            assertEquals(MIB, file.size());
        }
    }

    @Test
    default void bytesAreReadWithoutAMapping() {
        try (SegmentFile file = published();
                MappedRegion region = file.map(300_000)) {
            file.reserve(0, 300_000);
            MEMORY.writeByte(region.address() + 299_999, (byte) 5);
            byte[] all = new byte[300_000];
            file.read(0, all);
            assertEquals(5, all[299_999]);
            byte[] last = new byte[2];
            file.read(299_998, last);
            assertArrayEquals(new byte[] {0, 5}, last);
            var thrown = assertThrows(SegmentFormatException.class, () -> file.read(299_999, last));
            assertEquals(
                    "the file ends too early: position=299999 length=2 end=300000 segment=" + file,
                    thrown.getMessage());
        }
    }

    @Test
    default void truncatingOnlyExtends() {
        try (SegmentFile file = published()) {
            file.truncate(MIB);
            assertEquals(MIB, file.size());
            file.truncate(MIB);
            var thrown = assertThrows(IllegalArgumentException.class, () -> file.truncate(1));
            assertEquals("a segment never shrinks: size=1048576 requested=1 segment=" + file, thrown.getMessage());
        }
    }

    @Test
    default void aReadOnlyFileIsMappedForReading() {
        try (SegmentFile file = published();
                MappedRegion region = file.map(4096)) {
            file.reserve(0, 4096);
            MEMORY.writeInt(region.address(), 3);
            try (SegmentFile reader = open(true);
                    MappedRegion view = reader.map(4096)) {
                assertTrue(reader.readOnly());
                assertTrue(view.readOnly());
                assertFalse(region.readOnly());
                assertEquals(3, MEMORY.readInt(view.address()));
            }
        }
    }

    @Test
    default void aFileIsMappedOnce() {
        try (SegmentFile file = published();
                MappedRegion region = file.map(4096)) {
            assertEquals(4096, region.size());
            assertThrows(IllegalStateException.class, () -> file.map(4096));
        }
    }

    @Test
    default void nothingWorksAfterClose() {
        SegmentFile file = published();
        file.close();
        file.close();
        var thrown = assertThrows(IllegalStateException.class, file::size);
        assertEquals("the file is closed: segment=" + file, thrown.getMessage());
        assertThrows(IllegalStateException.class, () -> file.map(4096));
        assertThrows(IllegalStateException.class, () -> file.tryLockSlot(SLOT));
        assertThrows(IllegalStateException.class, file::publish);
    }

    @Test
    default void syncIsAllowedEverywhere() {
        try (SegmentFile file = published()) {
            file.reserve(0, 10);
            assertDoesNotThrow(file::sync);
        }
    }
}
