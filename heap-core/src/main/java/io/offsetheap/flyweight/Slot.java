/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

/**
 * Where a field stands. Only a {@link Layout} makes one, so nobody else can make a field.
 *
 * @param name of the layout and the field, for messages
 * @param offset bytes from the first field
 * @param length number of elements, or of bytes of text; 1 for others
 */
record Slot(String name, int offset, int length) {
    /** Offset of an element. */
    int at(int index, int width) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException(
                    "no such element: index=" + index + " length=" + length + " field=" + name);
        }
        return offset + index * width;
    }

    @Override
    public String toString() {
        return name + "@" + offset;
    }
}
