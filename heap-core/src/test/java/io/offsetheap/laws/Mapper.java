/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

/** Somebody who has the segment mapped and does what it is told, in this process or in another one. */
interface Mapper {
    /** Does what the command says, one of {@link HeapCommands}, and returns the answer. */
    String tell(String command);

    /** Detaches. */
    void detach();

    /**
     * Does what the command says, but is dead before the answer comes: in the middle of it, or afterwards.
     *
     * @param point a larger one lets it go further
     */
    void dieDuring(String command, long point);
}
