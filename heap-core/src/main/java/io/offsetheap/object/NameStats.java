/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

/**
 * What the name index of a heap holds.
 *
 * @param named number of objects with a name
 * @param singletons number of singletons
 * @param types number of types that have ever been used; their records stay
 */
public record NameStats(long named, long singletons, long types) {}
