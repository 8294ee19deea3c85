/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

/** How a program is going to use a region, for {@link MappedRegion#advise}. The system may do something with it or not. */
public enum Advice {
    /** Nothing in particular. */
    NORMAL(0),
    /** In no order: reading ahead is a waste. */
    RANDOM(1),
    /** From its beginning to its end. */
    SEQUENTIAL(2),
    /** Soon: it may be read ahead. */
    WILL_NEED(3),
    /** Not soon: its pages may go. What a private region has written goes with them. */
    DONT_NEED(4);

    private final int code;

    Advice(int code) {
        this.code = code;
    }

    /** The number that Linux knows it by. */
    int code() {
        return code;
    }
}
