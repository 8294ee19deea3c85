/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.memory;

/**
 * Puts real memory behind a range of the segment before its first use, so that a full file system is an exception here and
 * never a fault at a later access. Thread-safe.
 */
@FunctionalInterface
public interface BackingStore {
    /**
     * Reserves a range. Nobody else uses it at this moment: what cannot be reserved otherwise is read and written back.
     *
     * @param offset start of the range in bytes from the segment's base
     * @param length its length in bytes
     * @throws io.offsetheap.error.OutOfSegmentMemoryException if the file system has no room; nothing has changed then
     */
    void reserve(long offset, long length);
}
