/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Objects in a segment: names, types, and the hash index that maps and names stand on.
 *
 * <p>Open {@link io.offsetheap.object.SharedType} first, then {@link io.offsetheap.object.HashIndex}.
 * {@link io.offsetheap.object.NameIndex} finds objects by name; {@link io.offsetheap.object.Codec} turns keys and values
 * into bytes; {@link io.offsetheap.object.SharedBytes} is the plainest object.
 *
 * <p>Threads: handles to objects are thread-safe; a {@link io.offsetheap.object.Scratch}, a view and a cursor belong to one
 * thread.
 */
@NullMarked
package io.offsetheap.object;

import org.jspecify.annotations.NullMarked;
