/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Allocators: blocks of a segment.
 *
 * <p>Open {@link io.offsetheap.alloc.BlockAllocator} first, the interface, then
 * {@link io.offsetheap.alloc.FirstFitAllocator}, which is all of an allocator in the plainest way, over
 * {@link io.offsetheap.alloc.TaggedBlock}. {@link io.offsetheap.alloc.SegmentAllocator} is the product: under it {@code Runs}
 * of equal cells, {@code PageHeap} with spans of pages, and the layouts {@link io.offsetheap.alloc.PageEntry},
 * {@link io.offsetheap.alloc.Bin} and {@link io.offsetheap.alloc.SpanBins}. {@link io.offsetheap.alloc.AllocatorType} is
 * where an allocator plugs in: how a heap is made, opened and walked.
 *
 * <p>Threads: whole operations are thread-safe; steps of an operation belong to the lane's lessee.
 */
@NullMarked
package io.offsetheap.alloc;

import org.jspecify.annotations.NullMarked;
