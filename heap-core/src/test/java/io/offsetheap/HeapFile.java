/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.layout.Superblock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The file of a heap, for tests that copy or cut it. */
public final class HeapFile {
    private HeapFile() {}

    /** Its bytes up to the end of the heap; the file may go on as a hole. */
    public static byte[] read(Path path) throws IOException {
        byte[] all = Files.readAllBytes(path);
        long end = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong(Superblock.HEAP_END_OFFSET);
        return Arrays.copyOf(all, Math.toIntExact(end));
    }
}
