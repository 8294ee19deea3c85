/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Checks that all structures of a segment agree with each other.
 *
 * <p>Open {@link io.offsetheap.verify.HeapVerifier} first; {@link io.offsetheap.layout.FindingKind} lists what it checks.
 * A walk never writes, always ends, and works on a read-only mapping, whatever the segment holds.
 *
 * <p>Threads: a verifier is used once, by one thread; its report is immutable.
 */
@NullMarked
package io.offsetheap.verify;

import org.jspecify.annotations.NullMarked;
