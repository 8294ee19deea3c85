/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.SegmentFormatException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("without-native-calls")
class FileSegmentFileTest implements NamedSegmentFileContract {
    @TempDir
    Path directory;

    @Override
    public SegmentLocation location() {
        return FileMapping.location(path());
    }

    @Override
    public Path path() {
        return directory.resolve("segment");
    }

    @Test
    void aMissingDirectoryIsNamedWithTheErrorOfTheSystem() {
        SegmentLocation location = FileMapping.location(directory.resolve("missing/segment"));
        var thrown = assertThrows(HeapException.class, () -> location.createUnnamed(OWNER));
        assertEquals(
                "cannot create the file: "
                        + (LibC.isAvailable()
                                ? "errno=ENOENT (no such file or directory)"
                                : "reason=NoSuchFileException (" + directory.resolve("missing") + ")")
                        + " segment=" + location,
                thrown.getMessage());
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void aNamedPipeIsNotASegmentAndNobodyWaitsForItsOtherEnd() throws Exception {
        assertEquals(0, new ProcessBuilder("mkfifo", path().toString()).start().waitFor());
        assertThrows(SegmentFormatException.class, () -> location().open(true));
        assertThrows(SegmentFormatException.class, () -> location().open(false));
    }

    @Test
    void aSymbolicLinkLeadsToTheSameFile() throws Exception {
        try (SegmentFile file = location().createUnnamed(OWNER)) {
            assertTrue(file.publish());
            Path link = Files.createSymbolicLink(directory.resolve("link"), path());
            try (SegmentFile linked = FileMapping.location(link).open(false)) {
                assertTrue(file.tryLockSlot(SLOT));
                assertTrue(linked.isLocked(SLOT));
                assertTrue(linked.isStillNamed());
            }
        }
    }

    @Test
    void aNameOfAnyLettersIsWrittenTheWayTheJvmWritesIt() throws Exception {
        Path path;
        try {
            path = directory.resolve("ä €");
        } catch (InvalidPathException e) {
            Assumptions.assumeTrue(false, "this locale has only ASCII");
            return;
        }
        try (SegmentFile file = FileMapping.location(path).createUnnamed(OWNER)) {
            assertTrue(file.publish());
            assertTrue(Files.exists(path));
        }
    }

    @Test
    void noPermissionIsAnAccessDeniedException() throws Exception {
        // The superuser may write to any file, but nobody can write to this one.
        Path notWritable = Path.of("/sys/kernel/uevent_seqnum");
        Assumptions.assumeTrue(Files.exists(notWritable));
        var thrown = assertThrows(
                UncheckedIOException.class,
                () -> FileMapping.location(notWritable).open(false));
        assertInstanceOf(AccessDeniedException.class, thrown.getCause());
        assertTrue(thrown.getMessage().startsWith("cannot open the file: "), thrown.getMessage());
    }
}
