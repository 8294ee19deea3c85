/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

/** What is done with a pair of longs: a {@link java.util.function.BiConsumer} without objects. */
@FunctionalInterface
public interface LongLongConsumer {
    void accept(long key, long value);
}
