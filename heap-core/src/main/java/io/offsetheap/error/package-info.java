/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * The exceptions of the library.
 *
 * <p>Open {@link io.offsetheap.error.HeapException} first: all others extend it, and each says in its Javadoc when it is
 * thrown and what the reader can do. All are unchecked. Misuse by the caller is not here: it is an
 * {@link java.lang.IllegalArgumentException}, {@link java.lang.IllegalStateException} or another exception of the JDK.
 *
 * <p>Messages read: what is wrong, colon, {@code name=value} pairs, the segment last. A cause is always passed on.
 *
 * <p>Threads: exceptions are immutable apart from what {@link java.lang.Throwable} allows; this package has no other state.
 * It depends on no other package, and every other package may use it.
 */
@NullMarked
package io.offsetheap.error;

import org.jspecify.annotations.NullMarked;
