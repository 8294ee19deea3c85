/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * A heap inside a memory segment that several processes map at once.
 *
 * <p>Open {@link io.offsetheap.OffsetHeap} first: it is all that most users need, together with the types of objects they
 * construct in it. Behind it, {@code SegmentOpener} makes and opens segments, and {@code Attachment} is one attach of one
 * process, the layers of the packages below put together.
 *
 * <p>Threads: a heap is thread-safe; a pinned lane belongs to the thread that pinned it; builders belong to one thread.
 */
@NullMarked
package io.offsetheap;

import org.jspecify.annotations.NullMarked;
