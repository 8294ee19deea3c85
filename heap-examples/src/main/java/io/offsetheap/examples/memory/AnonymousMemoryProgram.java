/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.memory;

import io.offsetheap.region.AnonymousSharedMemory;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MapMode;
import io.offsetheap.region.MappedRegion;
import java.io.IOException;
import java.nio.file.Path;

/** Shared memory without a name, which a child is told the way to. */
public final class AnonymousMemoryProgram {
    private AnonymousMemoryProgram() {}

    /** The parent runs without an argument, the child with the path. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0) {
            try (AnonymousSharedMemory memory = AnonymousSharedMemory.create(1000);
                    MappedRegion region = MappedRegion.map(memory, MapMode.READ_WRITE)) {
                Ones.fill(region);
                Ones.runChild(AnonymousMemoryProgram.class, memory.path().toString());
            }
        } else {
            try (FileMapping memory = FileMapping.open(Path.of(arguments[0]), true);
                    MappedRegion region = MappedRegion.map(memory, MapMode.READ_ONLY)) {
                Ones.check(region);
            }
        }
    }
}
