/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.error;

/**
 * The file is not a segment that this version can use: another kind of file, another format version, or a file system that
 * cannot share memory. Not one byte of it was changed. Check the name, or use the version that wrote it.
 */
public final class SegmentFormatException extends HeapException {
    /**
     * Makes the exception.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     */
    public SegmentFormatException(String message) {
        super(message);
    }

    /**
     * Makes the exception with the failure behind it.
     *
     * @param message what is wrong, then {@code name=value} pairs, the segment last
     * @param cause what led to it
     */
    public SegmentFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
