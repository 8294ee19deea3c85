/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.alloc;

/**
 * Layout of a class bin: the runs of one size class that have a free cell.
 *
 * <pre>
 *   +0  lock, guards the list and all runs of the class
 *   +8  page number of the first run with a free cell, or 0
 * </pre>
 */
public final class Bin {
    public static final int LOCK_OFFSET = 0;
    public static final int FIRST_OFFSET = 8;

    private Bin() {}
}
