/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.layout;

/**
 * Size classes of small blocks: every 16 bytes to 128, then four to each doubling up to 8 KiB, so that rounding wastes at
 * most a fifth. Two classes stand apart: {@link #HEADER} for container headers, {@link #LARGE} for whole pages. Pure functions.
 */
public final class SizeClasses {
    /** Class of container headers. Their cells are reused for headers only, for ever: a stale handle meets a header. */
    public static final int HEADER = 32;
    /** Class of blocks of whole pages. */
    public static final int LARGE = 33;

    public static final int COUNT = 34;
    public static final int SMALL = 32;
    public static final int GRANULARITY = 16;
    public static final int GRANULARITY_SHIFT = 4;
    public static final int HEADER_SIZE = 256;
    public static final int LARGEST_SMALL = 8192;

    private static final int LINEAR_CLASSES = 8;
    private static final int LINEAR_SHIFT = 7;

    private SizeClasses() {}

    /**
     * The smallest class whose cells hold {@code size} bytes.
     *
     * @param size 0 to {@value #LARGEST_SMALL}
     */
    public static int classOf(long size) {
        if (size <= GRANULARITY * LINEAR_CLASSES) {
            return size == 0 ? 0 : (int) (size - 1) >>> GRANULARITY_SHIFT;
        }
        int last = (int) size - 1;
        int doubling = 31 - Integer.numberOfLeadingZeros(last);
        int quarter = last >>> (doubling - 2) & 3;
        return LINEAR_CLASSES + (doubling - LINEAR_SHIFT) * 4 + quarter;
    }

    /** Bytes of a cell of the class; 0 for {@link #LARGE}. */
    public static int cellSize(int sizeClass) {
        if (sizeClass < LINEAR_CLASSES) {
            return (sizeClass + 1) << GRANULARITY_SHIFT;
        }
        if (sizeClass < SMALL) {
            int doubling = (sizeClass - LINEAR_CLASSES) / 4;
            int quarter = (sizeClass - LINEAR_CLASSES) % 4;
            return (5 + quarter) << (LINEAR_SHIFT - 2 + doubling);
        }
        return sizeClass == HEADER ? HEADER_SIZE : 0;
    }

    /** Slots of a lane's stock in a heap that is large enough to afford them all. */
    static int fullSlots(int sizeClass) {
        if (sizeClass == LARGE) {
            return 16;
        }
        int cellSize = cellSize(sizeClass);
        if (sizeClass == HEADER || cellSize > 2048) {
            return 8;
        }
        return cellSize <= 512 ? 32 : 16;
    }
}
