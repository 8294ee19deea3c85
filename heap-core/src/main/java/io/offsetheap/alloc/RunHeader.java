/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

import io.offsetheap.layout.Geometry;

/**
 * Layout of a run: a span of pages cut into equal cells. The header says which cells are free; cells carry no header.
 *
 * <pre>
 *   +0  +---------------------------------------------------------------+
 *       | magic:32 | size class:32          (low half first)            |
 *   +8  +---------------------------------------------------------------+
 *       | number of free cells                                          |
 *  +16  +---------------------------------------------------------------+
 *       | bitmap, one bit a cell, 1 = free                             ...
 *       +---------------------------------------------------------------+
 * </pre>
 *
 * Cells begin at the next multiple of 64 bytes. All words are guarded by the bin of the class.
 */
public final class RunHeader {
    public static final int KIND_OFFSET = 0;
    public static final int FREE_COUNT_OFFSET = 8;
    public static final int BITMAP_OFFSET = Geometry.RUN_BITMAP_OFFSET;

    static final int MAGIC = 0x004E5552; // "RUN"

    private RunHeader() {}

    public static long kind(int sizeClass) {
        return MAGIC | (long) sizeClass << 32;
    }
}
