/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Lanes: the unit that works, and the unit that dies.
 *
 * <p>Open {@link io.offsetheap.lane.Lane} first: it holds the commit and the locks. {@link io.offsetheap.lane.LaneTable}
 * leases lanes, waits for the locks of others, and finishes the work of the dead; {@link io.offsetheap.lane.Liveness} is
 * how it knows them. {@link io.offsetheap.lane.LaneState}, {@link io.offsetheap.lane.LockWord} and {@code Journal} are the
 * layouts.
 *
 * <p>Threads: the table is thread-safe; a lane belongs to the thread that has leased it.
 */
@NullMarked
package io.offsetheap.lane;

import org.jspecify.annotations.NullMarked;
