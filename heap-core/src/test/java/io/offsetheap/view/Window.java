/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.view;

import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.SegmentFile;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** The last bytes of a page of memory that has nothing behind it: an access there is a fault, which the JVM reports. */
final class Window implements AutoCloseable {
    static final int LENGTH = 64;

    private final SegmentFile file;
    private final SegmentMemory memory;
    private final int page = MappedRegion.pageSize();

    Window(Path directory) {
        file = FileMapping.location(directory.resolve("window")).createUnnamed(Set.of(PosixFilePermission.OWNER_READ));
        file.reserve(0, page);
        memory = new SegmentMemory(file.map(2L * page), "window", 2L * page);
    }

    SegmentMemory memory() {
        return memory;
    }

    long offset() {
        return page - LENGTH;
    }

    byte[] before() {
        byte[] bytes = new byte[(int) offset()];
        memory.copyTo(0, bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public void close() {
        memory.region().close();
    }
}
