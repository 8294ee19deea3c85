/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Where everything stands in a segment.
 *
 * <p>Open {@link io.offsetheap.layout.Superblock} first, then {@link io.offsetheap.layout.Geometry}, which is what a
 * superblock says, checked. {@link io.offsetheap.layout.SizeClasses} are the sizes of small blocks;
 * {@link io.offsetheap.layout.FindingKind} names what can be wrong with all of it.
 *
 * <p>Threads: all classes are immutable or have no state.
 */
@NullMarked
package io.offsetheap.layout;

import org.jspecify.annotations.NullMarked;
