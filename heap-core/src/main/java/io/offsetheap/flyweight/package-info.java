/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Objects with fields: cursors over fixed layouts in a segment, in a map's values and in private memory.
 *
 * <p>Open {@link io.offsetheap.flyweight.Layout} first: it declares the fields of a {@link io.offsetheap.flyweight.Flyweight} and
 * makes its {@link io.offsetheap.flyweight.FlyweightType}. {@link io.offsetheap.flyweight.RefField} leads from object to object,
 * {@link io.offsetheap.flyweight.SharedArray} holds many in a row.
 *
 * <p>Threads: types, fields and arrays are thread-safe; a cursor belongs to one thread.
 */
@NullMarked
package io.offsetheap.flyweight;

import org.jspecify.annotations.NullMarked;
