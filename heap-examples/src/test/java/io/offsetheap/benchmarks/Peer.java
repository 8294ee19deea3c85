/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

/** Which map to measure. */
public enum Peer {
    OFFSET_HEAP,
    CONCURRENT_HASH_MAP,
    CHRONICLE_MAP
}
