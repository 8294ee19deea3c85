/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.ByteArrays;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Lists as one value: the number of elements, four bytes, then the elements, in front of each its length, four bytes, unless
 * all have the same. What is read cannot be modified.
 */
record ListCodec<E>(Codec<E> elements) implements Codec<List<E>> {
    @Override
    public String id() {
        return "list/1<" + elements.id() + ">";
    }

    @Override
    public int fixedLength() {
        return -1;
    }

    /** Bytes in front of each element. */
    private int prefix() {
        return elements.fixedLength() < 0 ? Integer.BYTES : 0;
    }

    @Override
    public int maxLength(List<E> list) {
        long length = Integer.BYTES;
        for (E element : list) {
            length += prefix() + elements.maxLength(element);
        }
        return (int) Math.min(length, Integer.MAX_VALUE);
    }

    @Override
    public int write(List<E> list, byte[] target, int position) {
        ByteArrays.putInt(target, position, list.size());
        int at = position + Integer.BYTES;
        for (E element : list) {
            int length = elements.write(element, target, at + prefix());
            if (prefix() > 0) {
                ByteArrays.putInt(target, at, length);
            }
            at += prefix() + length;
        }
        return at - position;
    }

    @Override
    public List<E> read(ValueView view) {
        int count = view.getInt(0);
        int at = Integer.BYTES;
        List<E> list = new ArrayList<>();
        ValueView element = new ValueView();
        byte[] bytes = view.array();
        int start = view.arrayPosition();
        for (int i = 0; i < count; i++) {
            int length = prefix() > 0 ? view.getInt(at) : elements.fixedLength();
            at += prefix();
            if (length < 0 || length > view.length() - at) {
                throw new IllegalArgumentException(
                        "not a list: index=" + i + " length=" + length + " left=" + (view.length() - at));
            }
            element.wrap(bytes, start + at, length);
            list.add(elements.read(element));
            element.release();
            at += length;
        }
        return Collections.unmodifiableList(list);
    }
}
