/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

@Tag("without-native-calls")
class SharedMemorySegmentFileTest implements NamedSegmentFileContract {
    private final String name = "offsetheap-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

    @Override
    public SegmentLocation location() {
        return SharedMemoryObject.location(name);
    }

    @Override
    public Path path() {
        return SharedMemoryObject.directory().resolve(name);
    }

    @AfterEach
    void removeTheName() throws Exception {
        Files.deleteIfExists(path());
    }

    @Test
    @DisabledIfSystemProperty(
            named = "offsetheap.native",
            matches = "false",
            disabledReason = "files that stand for memory lie on a disk")
    void isMemory() {
        try (SegmentFile file = location().createUnnamed(OWNER)) {
            assertFalse(file.isOnDisk());
        }
    }
}
