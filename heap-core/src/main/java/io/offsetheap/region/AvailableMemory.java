/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.OutOfSegmentMemoryException;
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

    /** An eighth of the memory that is available is left to others. */
    private static final int SPARED_PART = 8;

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

    /**
     * Refuses to take more than there is.
     *
     * @param more bytes that are to be taken, for a part of a segment
     * @throws OutOfSegmentMemoryException if the machine has too little memory
     */
    static void check(long more, long position, long length, String segment) {
        long available = bytes();
        if (more > available - available / SPARED_PART) {
            throw new OutOfSegmentMemoryException(
                    "the machine has too little memory for this part of the file: position=" + position + " length="
                            + length + " available=" + available + " segment=" + segment);
        }
    }
}
