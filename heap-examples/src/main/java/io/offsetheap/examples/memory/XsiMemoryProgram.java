/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.memory;

import io.offsetheap.region.MapMode;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.XsiKey;
import io.offsetheap.region.XsiSharedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Shared memory of System V, found by a key that a file stands for. */
public final class XsiMemoryProgram {
    private static final int NUMBER = 1;

    private XsiMemoryProgram() {}

    /** The parent runs without an argument, the child with the file of the key. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0) {
            Path file = Files.createTempFile("xsi-memory-program", ".key");
            XsiSharedMemory memory =
                    XsiSharedMemory.create(XsiKey.of(file, NUMBER), 1000, PosixFilePermissions.fromString("rw-------"));
            try (MappedRegion region = MappedRegion.map(memory, MapMode.READ_WRITE)) {
                Ones.fill(region);
                Ones.runChild(XsiMemoryProgram.class, file.toString());
            } finally {
                XsiSharedMemory.remove(memory.id());
                Files.delete(file);
            }
        } else {
            XsiKey key = XsiKey.of(Path.of(arguments[0]), NUMBER);
            try (XsiSharedMemory memory = XsiSharedMemory.open(key);
                    MappedRegion region = MappedRegion.map(memory, MapMode.READ_ONLY)) {
                Ones.check(region);
            }
        }
    }
}
