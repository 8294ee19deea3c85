/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Speed and space beside the peers. Built with the tests, run by {@code heap-examples/bin/benchmarks}, never published.
 *
 * <p>JMH classes measure single operations. {@link io.offsetheap.benchmarks.TwoJvms}, {@link
 * io.offsetheap.benchmarks.Opening}, {@link io.offsetheap.benchmarks.Graphs}, {@link io.offsetheap.benchmarks.EntrySpace} and
 * {@link io.offsetheap.benchmarks.Garbage} are programs, because they need several processes or rounds in turn, or measure no
 * time at all.
 */
@NullMarked
package io.offsetheap.benchmarks;

import org.jspecify.annotations.NullMarked;
