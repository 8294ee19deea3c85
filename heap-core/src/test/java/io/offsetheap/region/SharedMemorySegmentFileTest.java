/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedMemorySegmentFileTest implements NamedSegmentFileContract {
    private final String name = "offsetheap-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    @Override
    public SegmentLocation location() {
        return SharedMemoryObject.location(name);
    }

    @Override
    public Path path() {
        return Path.of("/dev/shm", name);
    }

    @AfterEach
    void removeTheName() throws Exception {
        Files.deleteIfExists(path());
    }

    @Test
    void isMemory() {
        try (SegmentFile file = location().createUnnamed(OWNER)) {
            assertFalse(file.isOnDisk());
        }
    }
}
