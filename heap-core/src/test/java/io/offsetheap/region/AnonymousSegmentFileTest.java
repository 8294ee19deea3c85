/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AnonymousSegmentFileTest implements SegmentFileContract {
    private Path path = Path.of("none yet");

    @Override
    public Path path() {
        return path;
    }

    @Override
    public SegmentFile published() {
        SegmentFile file = AnonymousSharedMemory.location().createUnnamed(OWNER);
        assertTrue(file.publish());
        path = file.path();
        return file;
    }

    @Override
    public SegmentFile open(boolean readOnly) {
        return FileMapping.location(path).open(readOnly);
    }

    @Test
    void isMemoryThatIsNamedFromTheBeginning() {
        try (SegmentFile file = AnonymousSharedMemory.location().createUnnamed(OWNER)) {
            assertFalse(file.isOnDisk());
            assertTrue(file.isStillNamed());
            try (SegmentFile other = FileMapping.location(file.path()).open(false)) {
                assertTrue(other.isStillNamed());
            }
        }
    }
}
