/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.HeapException;
import io.offsetheap.error.LockTimeoutException;
import io.offsetheap.error.OutOfLanesException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.error.TypeMismatchException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** How a command ends: the numbers of {@code sysexits.h} where it has one that fits. */
final class ExitStatus {
    static final int OK = 0;
    static final int KEY_NOT_FOUND = 1;
    static final int USAGE = 64;
    static final int MALFORMED = 65;
    static final int NO_INPUT = 66;
    static final int UNAVAILABLE = 69;
    static final int INTERNAL = 70;
    static final int SYSTEM = 71;
    static final int NO_ROOM = 73;
    static final int INPUT_OUTPUT = 74;
    static final int TEMPORARY = 75;
    static final int UNEXPECTED_CONTENT = 76;
    static final int NO_PERMISSION = 77;

    private ExitStatus() {}

    static int of(Throwable failure) {
        if (failure instanceof CommandFailure command) {
            return command.status();
        } else if (failure instanceof SegmentNotFoundException) {
            return UNAVAILABLE;
        } else if (failure instanceof OutOfSegmentMemoryException) {
            return NO_ROOM;
        } else if (failure instanceof SegmentBusyException
                || failure instanceof LockTimeoutException
                || failure instanceof OutOfLanesException) {
            return TEMPORARY;
        } else if (failure instanceof SegmentFormatException
                || failure instanceof CorruptedSegmentException
                || failure instanceof TypeMismatchException) {
            return UNEXPECTED_CONTENT;
        } else if (failure instanceof HeapException) {
            return SYSTEM;
        } else if (failure instanceof UncheckedIOException) {
            return NO_PERMISSION;
        } else if (failure instanceof IOException) {
            return INPUT_OUTPUT;
        }
        return INTERNAL;
    }
}
