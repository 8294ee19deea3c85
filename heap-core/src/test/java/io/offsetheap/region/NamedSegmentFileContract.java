/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds for a segment's file that has a name. */
interface NamedSegmentFileContract extends SegmentFileContract {
    /** Of one open file. */
    int DESCRIPTORS = LibC.isAvailable() ? 2 : 1;

    /** The location under test, a name that nobody else has and that is removed after the test. */
    SegmentLocation location();

    @Override
    default SegmentFile published() {
        SegmentFile file = location().createUnnamed(OWNER);
        assertTrue(file.publish());
        return file;
    }

    @Override
    default SegmentFile open(boolean readOnly) {
        return location().open(readOnly);
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
        try (SegmentFile file = createWithTemporaryName()) {
            assertEquals(1, temporaryNames());
            assertTrue(file.publish());
            assertEquals(0, temporaryNames());
            assertTrue(file.isStillNamed());
            try (SegmentFile loser = createWithTemporaryName()) {
                assertFalse(loser.publish());
            }
            assertEquals(0, temporaryNames());
        }
    }

    /** Without native calls there is no other way. */
    private SegmentFile createWithTemporaryName() {
        return location() instanceof NamedFileLocation named
                ? named.createWithTemporaryName(OWNER)
                : location().createUnnamed(OWNER);
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
            while (watcher.isLocked(SLOT) || isMapped() || openDescriptors() > DESCRIPTORS) {
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
        assertEquals(DESCRIPTORS, openDescriptors());
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
