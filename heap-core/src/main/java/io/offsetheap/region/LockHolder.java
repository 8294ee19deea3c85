/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

/**
 * A lock that another open file has on some bytes, for error messages. Immutable.
 *
 * @param pid the process, as this one sees it; -1 where the kernel does not say, which is so for all locks of this library
 * @param start the first byte locked
 * @param length how many bytes are locked; 0 means to the end, however far the file grows
 * @param shared whether it is a read lock
 */
public record LockHolder(long pid, long start, long length, boolean shared) {
    @Override
    public String toString() {
        return (shared ? "read lock" : "write lock") + " start=" + start + " length=" + (length == 0 ? "all" : length)
                + " pid=" + (pid < 0 ? "unknown" : pid);
    }
}
