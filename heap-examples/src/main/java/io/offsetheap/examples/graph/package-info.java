/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Objects that refer to each other: a list and a tree of flyweights, built by one JVM and changed by another.
 *
 * <p>Open {@link io.offsetheap.examples.graph.LongList} first, then {@link io.offsetheap.examples.graph.LongTree}. {@code
 * GraphCommand} is the program that each JVM runs.
 *
 * <p>Threads: one writer at a time, in whatever process, and no reader meanwhile; nothing here sees to that.
 */
@NullMarked
package io.offsetheap.examples.graph;

import org.jspecify.annotations.NullMarked;
