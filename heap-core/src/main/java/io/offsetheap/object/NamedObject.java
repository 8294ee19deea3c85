/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

/**
 * What the name index says of one object.
 *
 * @param name its name
 * @param fingerprint the text that names its type
 * @param length number of elements it was constructed with
 * @param offset where it begins in the segment
 */
public record NamedObject(String name, String fingerprint, long length, long offset) {}
