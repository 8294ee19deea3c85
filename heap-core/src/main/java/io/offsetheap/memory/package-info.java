/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * The bytes of a segment: the one place that loads and stores.
 *
 * <p>Open {@link io.offsetheap.memory.SegmentMemory} first. Every store of the library goes through it, checked against
 * bounds and read-only mappings; that is also what lets a test stop a process before any chosen store.
 * {@link io.offsetheap.memory.CommitSite} names every place that commits.
 *
 * <p>Threads: each access is one access, ordered as its name says. Who may write which word is said where the word is laid
 * out, in the packages above.
 */
@NullMarked
package io.offsetheap.memory;

import org.jspecify.annotations.NullMarked;
