/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Tells one run of the operating system from another. */
final class BootId {
    private static final Path SOURCE = Path.of("/proc/sys/kernel/random/boot_id");

    private static final long CURRENT = read();

    private BootId() {}

    /** A word for this boot, never 0; the same in every process of it. 1 where the system does not tell. */
    static long current() {
        return CURRENT;
    }

    private static long read() {
        CRC32C hash = new CRC32C();
        try {
            hash.update(Files.readString(SOURCE).strip().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // Without a boot id a reboot cannot be told from a death; then the verifier is the user's judge.
            return 1;
        }
        return hash.getValue() + 2;
    }
}
