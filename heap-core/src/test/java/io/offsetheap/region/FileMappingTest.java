/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.SegmentNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import net.openhft.chronicle.core.UnsafeMemory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("without-native-calls")
class FileMappingTest {
    @TempDir
    Path directory;

    @Test
    void theBytesOfAFileAreMemory() throws Exception {
        Path path = Files.writeString(directory.resolve("greeting"), "hello");
        try (FileMapping file = FileMapping.open(path, false);
                MappedRegion region = file.map(1, 0)) {
            assertEquals(5, file.size());
            assertEquals(4, region.size());
            assertEquals('e', UnsafeMemory.INSTANCE.readByte(region.address()));
            UnsafeMemory.INSTANCE.writeByte(region.address(), (byte) 'a');
        }
        assertEquals("hallo", Files.readString(path));
    }

    @Test
    void opensOnlyWhatIsThereAndRemovesItOnce() throws Exception {
        Path path = directory.resolve("absent");
        assertThrows(SegmentNotFoundException.class, () -> FileMapping.open(path, true));
        Files.createFile(path);
        FileMapping.open(path, true).close();
        assertTrue(FileMapping.remove(path));
        assertFalse(FileMapping.remove(path));
        assertFalse(FileMapping.remove(path.resolve("below")));
    }

    @Test
    void aLocationIsAnAbsolutePathOfThisMachine() throws Exception {
        assertEquals(
                "file " + Path.of("a").toAbsolutePath(),
                FileMapping.location(Path.of("a")).toString());
        assertThrows(IllegalArgumentException.class, () -> FileMapping.location(Path.of("/")));
        assertThrows(IllegalArgumentException.class, () -> FileMapping.location(Path.of("")));
        Path zip = directory.resolve("a.zip");
        try (var archive = FileSystems.newFileSystem(zip, java.util.Map.of("create", "true"))) {
            assertThrows(IllegalArgumentException.class, () -> FileMapping.location(archive.getPath("/a")));
        }
    }
}
