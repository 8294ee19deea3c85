/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Files and shared memory objects, the locks of the kernel on them, and their mapping into this process.
 *
 * <p>Open {@link io.offsetheap.region.SegmentLocation} first: where a segment can live. It makes a
 * {@link io.offsetheap.region.SegmentFile}, an open file with its {@link io.offsetheap.region.SegmentLocks}, and that makes
 * the {@link io.offsetheap.region.MappedRegion}, addresses. Memory that is no file has a {@code RegionSegmentFile}, with locks
 * that are found elsewhere. A {@link io.offsetheap.region.MappableObject} is for users who want a
 * mapped region and no heap in it.
 *
 * <p>This is the only package that makes native calls, in {@code LibC} and, for memory of Windows, {@code NativeKernel32}. Nothing here stores in a
 * segment: the number that {@code WindowsSegmentFile} stores is behind it. Threads: every class may be used by any number of threads at once, unless it says otherwise.
 */
@NullMarked
package io.offsetheap.region;

import org.jspecify.annotations.NullMarked;
