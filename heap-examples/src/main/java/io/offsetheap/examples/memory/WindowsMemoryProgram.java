/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.memory;

import io.offsetheap.region.MapMode;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.WindowsSharedMemory;
import java.io.IOException;

/**
 * Shared memory of Windows: a parent makes it and fills it with ones, a child opens and reads it. The parent keeps it open until the child
 * has ended, because it goes with the last who has. Elsewhere it ends with an exception that says so.
 */
public final class WindowsMemoryProgram {
    private WindowsMemoryProgram() {}

    /** The parent runs without an argument, the child with the name. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0) {
            String name =
                    "Local\\windows-memory-program-" + ProcessHandle.current().pid();
            try (WindowsSharedMemory memory = WindowsSharedMemory.create(name, 1000);
                    MappedRegion region = MappedRegion.map(memory, MapMode.READ_WRITE)) {
                Ones.fill(region);
                Ones.runChild(WindowsMemoryProgram.class, name);
            }
        } else {
            // All others see whole pages, so the number of ones is agreed on.
            try (WindowsSharedMemory memory = WindowsSharedMemory.open(arguments[0], true);
                    MappedRegion region = MappedRegion.map(memory, MapMode.READ_ONLY, 0, 1000)) {
                Ones.check(region);
            }
        }
    }
}
