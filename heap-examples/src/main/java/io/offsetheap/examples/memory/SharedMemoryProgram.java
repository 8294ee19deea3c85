/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.memory;

import io.offsetheap.region.MapMode;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.SharedMemoryObject;
import java.io.IOException;
import java.nio.file.attribute.PosixFilePermissions;

/** Shared memory with a name. */
public final class SharedMemoryProgram {
    private SharedMemoryProgram() {}

    /** The parent runs without an argument, the child with the name. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0) {
            String name = "shared-memory-program-" + ProcessHandle.current().pid();
            try (SharedMemoryObject object =
                    SharedMemoryObject.create(name, PosixFilePermissions.fromString("rw-------"))) {
                object.truncate(1000);
                try (MappedRegion region = MappedRegion.map(object, MapMode.READ_WRITE)) {
                    Ones.fill(region);
                    Ones.runChild(SharedMemoryProgram.class, name);
                }
            } finally {
                SharedMemoryObject.remove(name);
            }
        } else {
            try (SharedMemoryObject object = SharedMemoryObject.open(arguments[0], true);
                    MappedRegion region = MappedRegion.map(object, MapMode.READ_ONLY)) {
                Ones.check(region);
            }
        }
    }
}
