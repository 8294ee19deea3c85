/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory the system can still give. Stateless. */
final class AvailableMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";
    private static final String SWAP = "SwapFree:";
    private static final int KIB = 1024;

    private AvailableMemory() {}

    /** An estimate by the kernel, in bytes, for the whole machine: a limit of a container is not in it. */
    static long bytes() {
        long kib = 0;
        try {
            for (String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith(AVAILABLE) || line.startsWith(SWAP)) {
                    kib += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read how much memory there is", e);
        }
        return kib * KIB;
    }
}
