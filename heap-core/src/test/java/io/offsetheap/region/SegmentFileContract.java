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
import io.offsetheap.error.SegmentNotFoundException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.core.UnsafeMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds for a segment's file wherever it lives. */
interface SegmentFileContract {
    Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    UnsafeMemory MEMORY = UnsafeMemory.INSTANCE;
    long SLOT = (1L << 62) + 16;
    long MIB = 1 << 20;

    /** The location under test, a name that nobody else has and that is removed after the test. */
    SegmentLocation location();

    /** Where the file is for the rest of the world. */
    Path path();

    private SegmentFile published() {
        SegmentFile file = location().createUnnamed(OWNER);
        assertTrue(file.publish());
        return file;
    }

    @Test
    default void aNewFileIsInvisibleUntilItIsPublished() {
        try (SegmentFile file = location().createUnnamed(OWNER)) {
            assertThrows(SegmentNotFoundException.class, () -> location().open(false));
            assertFalse(file.isStillNamed());
            assertTrue(file.publish());
            assertTrue(file.isStillNamed());
            location().open(false).close();
        }
    }

    @Test
    default void aNameIsGivenOnceAndNeverTakenOver() {
        try (SegmentFile first = published();
                SegmentFile second = location().createUnnamed(OWNER)) {
            assertFalse(second.publish());
            assertFalse(first.publish());
            assertTrue(first.isStillNamed());
            assertFalse(second.isStillNamed());
        }
    }

    @Test
    default void aFileSystemWithoutUnnamedFilesIsServedByATemporaryName() throws IOException {
        var location = (NamedFileLocation) location();
        try (SegmentFile file = location.createWithTemporaryName(OWNER)) {
            assertEquals(1, temporaryNames());
            assertTrue(file.publish());
            assertEquals(0, temporaryNames());
            assertTrue(file.isStillNamed());
            try (SegmentFile loser = location.createWithTemporaryName(OWNER)) {
                assertFalse(loser.publish());
            }
            assertEquals(0, temporaryNames());
        }
    }

    private long temporaryNames() throws IOException {
        try (var files = Files.list(path().getParent())) {
            return files.filter(file -> file.getFileName().toString().startsWith(".offsetheap-"))
                    .count();
        }
    }

    @Test
    default void theNameIsRemovedOnce() {
        try (SegmentFile file = published()) {
            assertTrue(location().remove());
            assertFalse(location().remove());
            assertFalse(file.isStillNamed());
        }
    }

    @Test
    default void aNameThatLeadsToAnotherFileIsNoticed() {
        try (SegmentFile old = published()) {
            location().remove();
            try (SegmentFile other = published()) {
                assertFalse(old.isStillNamed());
                assertTrue(other.isStillNamed());
            }
        }
    }

    @Test
    default void thePermissionsAreExactlyThoseAskedFor() throws IOException {
        for (String permissions : new String[] {"rw-rw-rw-", "rw-r-----", "r--------"}) {
            try (SegmentFile file = location().createUnnamed(PosixFilePermissions.fromString(permissions))) {
                file.reserve(0, 1);
                assertTrue(file.publish());
                assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
            }
            location().remove();
        }
    }

    @Test
    default void aSlotByteIsHeldByOneFileAtATime() {
        try (SegmentFile one = published();
                SegmentFile two = location().open(false)) {
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
                SegmentFile two = location().open(false)) {
            assertTrue(one.tryLockSlot(SLOT));
            Files.readAllBytes(path());
            try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
                assertTrue(channel.isOpen());
            }
            location().open(false).close();
            assertTrue(two.isLocked(SLOT));
        }
    }

    @Test
    default void aSlotByteIsLockedAsLongAsTheRegionIsMapped() {
        SegmentFile one = published();
        MappedRegion region = one.map(MIB);
        assertTrue(one.tryLockSlot(SLOT));
        one.close();
        try (SegmentFile two = location().open(false)) {
            assertTrue(two.isLocked(SLOT));
            region.close();
            assertFalse(two.isLocked(SLOT));
            assertThrows(IllegalStateException.class, one::size);
        }
    }

    @Test
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
                SegmentFile two = location().open(false);
                SegmentFile reader = location().open(true)) {
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
                SegmentFile other = location().open(false);
                MappedRegion region = file.map(64 * MIB);
                MappedRegion otherRegion = other.map(64 * MIB)) {
            assertEquals(0, file.size());
            file.reserve(0, 4096);
            MEMORY.writeLong(region.address(), 11);
            other.reserve(40 * MIB, 4096);
            assertEquals(40 * MIB + 4096, file.size());
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
                MappedRegion region = file.map(MIB)) {
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
                    "the file ends too early: position=299999 length=2 end=300000 segment=" + location(),
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
            assertEquals(
                    "a segment never shrinks: size=1048576 requested=1 segment=" + location(), thrown.getMessage());
        }
    }

    @Test
    default void aReadOnlyFileIsMappedForReading() {
        try (SegmentFile file = published();
                MappedRegion region = file.map(4096)) {
            file.reserve(0, 4096);
            MEMORY.writeInt(region.address(), 3);
            try (SegmentFile reader = location().open(true);
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
        assertEquals("the file is closed: segment=" + location(), thrown.getMessage());
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

    @Test
    default void aDirectoryIsNotASegment() throws IOException {
        Files.createDirectory(path());
        for (boolean readOnly : new boolean[] {true, false}) {
            var thrown =
                    assertThrows(SegmentFormatException.class, () -> location().open(readOnly));
            assertTrue(thrown.getMessage().endsWith("segment=" + location()), thrown.getMessage());
        }
        assertThrows(SegmentFormatException.class, () -> location().remove());
        Files.delete(path());
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    default void aRegionThatNobodyCanReachIsUnmappedAndItsSlotIsFree() throws Exception {
        mapAndForget();
        try (SegmentFile watcher = location().open(false)) {
            while (watcher.isLocked(SLOT) || isMapped() || openDescriptors() > 2) {
                System.gc();
                Thread.sleep(10);
            }
        }
    }

    private void mapAndForget() throws IOException {
        // Opened by name, because the system lists a mapping under the name that its file had when it was opened.
        published().close();
        SegmentFile file = location().open(false);
        MappedRegion region = file.map(MIB);
        file.reserve(0, 4096);
        MEMORY.writeByte(region.address(), (byte) 1);
        assertTrue(file.tryLockSlot(SLOT));
        assertTrue(isMapped());
        assertEquals(2, openDescriptors());
    }

    private boolean isMapped() throws IOException {
        return Files.readString(Path.of("/proc/self/maps"))
                .contains(path().getFileName().toString());
    }

    private long openDescriptors() throws IOException {
        long count = 0;
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    if (Files.isSameFile(descriptor, path())) {
                        count++;
                    }
                } catch (IOException closedMeanwhile) {
                    continue;
                }
            }
        }
        return count;
    }

    @Test
    default void errorsNameTheSegmentAndTheValues() {
        var thrown =
                assertThrows(SegmentNotFoundException.class, () -> location().open(true));
        assertEquals("there is no such segment: segment=" + location(), thrown.getMessage());
        try (SegmentFile file = published()) {
            var negative = assertThrows(IllegalArgumentException.class, () -> file.reserve(-1, 1));
            assertEquals("position must not be negative: position=-1", negative.getMessage());
            var empty = assertThrows(IllegalArgumentException.class, () -> file.reserve(0, 0));
            assertEquals("length must be positive: length=0", empty.getMessage());
        }
    }
}
