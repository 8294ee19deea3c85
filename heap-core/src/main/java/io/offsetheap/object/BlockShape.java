/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;
import java.util.List;

/**
 * How an object of {@link SharedType.Structure#BLOCK one block} is built, so that every process can tell its size and what it
 * refers to without knowing its type. Immutable.
 *
 * <pre>
 *   +0  identity      +8  number of elements, if it has any      then  its own bytes      +base  the elements
 * </pre>
 *
 * @param base bytes before the first element; of the whole object, if it has none
 * @param element bytes of each element; 0 if there are none
 * @param references where words with an {@link OffsetRef} stand: in each element, or in the object if it has none; multiples
 *     of 8
 */
public record BlockShape(int base, int element, List<Integer> references) {
    static final int LENGTH_OFFSET = 8;

    public BlockShape {
        references = List.copyOf(references);
    }

    /** A shape without references. */
    public BlockShape(int base, int element) {
        this(base, element, List.of());
    }

    /** Bytes of an object, more than any heap has if that is more than a {@code long} holds. */
    public long size(long length) {
        return element == 0 ? base : base + Math.min(length, (Long.MAX_VALUE - base) / element) * element;
    }

    /** Whether objects have elements. */
    public boolean hasElements() {
        return element != 0;
    }

    /** Number of elements of an object, 1 if its type has none. */
    public long length(SegmentMemory memory, long object) {
        return hasElements() ? memory.getLongVolatile(object + LENGTH_OFFSET) : 1;
    }

    /** {@link SharedType#reserve} for such an object. */
    public void reserve(ObjectSpace space, Lane lane, long length) {
        if (length < 0) {
            throw new IllegalArgumentException("a length must not be negative: length=" + length);
        }
        if (!hasElements() && length != 1) {
            throw new IllegalArgumentException(
                    "an object of this type has no elements and is constructed without a length: length=" + length);
        }
        space.blocks().reserve(lane, size(length), 1);
    }

    /** {@link SharedType#create} for such an object: all bytes are 0 but for the words above. */
    public long create(ObjectSpace space, Lane lane, long identity, long length) {
        SegmentMemory memory = space.memory();
        long object = space.blocks().take(lane, size(length));
        memory.zero(object + Long.BYTES, size(length) - Long.BYTES);
        if (hasElements()) {
            memory.putLong(object + LENGTH_OFFSET, length);
        }
        memory.putLong(object, identity);
        return object;
    }
}
