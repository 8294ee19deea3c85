/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Collections that live in a segment and are shared by all processes that map it.
 *
 * <p>Open {@link io.offsetheap.collections.SharedHashMap} first. Each collection has a {@code type}, with which a heap
 * constructs or finds it by name. A collection object is a handle: it holds no element, and any number of handles in any
 * number of processes stand for the same collection.
 *
 * <p>Threads: all handles are thread-safe, and safe against the death of any process at any moment. Reads take no lock.
 * No function of a user is called while a lock is held. Iterators and views of values belong to one thread.
 */
@NullMarked
package io.offsetheap.collections;

import org.jspecify.annotations.NullMarked;
