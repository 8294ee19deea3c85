/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Memory that two processes share, without a heap in it: in each program the parent makes the memory and fills it with ones, then starts
 * itself as a child, which opens the memory and checks it.
 *
 * <p>Open {@link io.offsetheap.examples.memory.SharedMemoryProgram} first; the others differ in the kind of memory alone.
 */
@NullMarked
package io.offsetheap.examples.memory;

import org.jspecify.annotations.NullMarked;
