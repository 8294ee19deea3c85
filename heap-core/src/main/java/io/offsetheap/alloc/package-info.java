/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Allocators: blocks of a segment.
 *
 * <p>Open {@link io.offsetheap.alloc.BlockAllocator} first, the interface, then
 * {@link io.offsetheap.alloc.SegmentAllocator}, the product. Under it: {@code Runs} of equal cells, {@code PageHeap} with
 * spans of pages; {@link io.offsetheap.alloc.PageEntry}, {@link io.offsetheap.alloc.Bin} and
 * {@link io.offsetheap.alloc.SpanBins} are the layouts.
 *
 * <p>Threads: whole operations are thread-safe; steps of an operation belong to the lane's lessee.
 */
@NullMarked
package io.offsetheap.alloc;

import org.jspecify.annotations.NullMarked;
