/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Bytes of a segment as other libraries see bytes: Chronicle's {@link net.openhft.chronicle.bytes.Bytes} and Agrona's
 * {@link org.agrona.concurrent.UnsafeBuffer}.
 *
 * <p>Open {@link io.offsetheap.view.Views} first: both views of one block. {@link
 * io.offsetheap.view.CheckedBytesStore} is what makes {@code Bytes} safe, also over bytes that are no block.
 *
 * <p>Threads: a {@code Bytes} has positions and belongs to one thread; an {@code UnsafeBuffer} may be shared.
 */
@NullMarked
package io.offsetheap.view;

import org.jspecify.annotations.NullMarked;
