/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * The command line tool: one JVM loads maps into a heap, any others look things up there.
 *
 * <p>Open {@link io.offsetheap.examples.catalog.UnicodeNames} first: it is what uses the library. {@code CatalogCommand} is
 * the command line around it, and {@code ExitStatus} says how a command can end.
 *
 * <p>Threads: one in each process; the processes share the heap.
 */
@NullMarked
package io.offsetheap.examples.catalog;

import org.jspecify.annotations.NullMarked;
