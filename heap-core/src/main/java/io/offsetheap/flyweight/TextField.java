/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import io.offsetheap.object.Codecs;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A field that holds a text of up to a fixed number of bytes in UTF-8, at first the empty one. Methods throw as {@link Flyweight}
 * says.
 *
 * <p>A text is not written in one step: who reads it meanwhile may see a mixture of the old one and the new, but never
 * anything but a text.
 *
 * @param <T> the flyweight that has the field
 * @param slot where it stands; its length is the capacity
 */
public record TextField<T extends Flyweight>(Slot slot) {
    /*
     * Two bytes that hold the length, then the bytes, then zeros. So equal texts have equal bytes, as the values of a map
     * must.
     */

    static final int LENGTH_BYTES = Short.BYTES;

    /** Made by {@link Layout#text}. */
    public TextField {
        Objects.requireNonNull(slot, "slot");
    }

    /** The most bytes that a text here can have. */
    public int capacity() {
        return slot.length();
    }

    public String get(T cursor) {
        int room = LENGTH_BYTES + capacity();
        byte[] bytes = cursor.buffer(room);
        cursor.get(slot.offset(), bytes, 0, room);
        int length = bytes[0] & 0xFF | (bytes[1] & 0xFF) << Byte.SIZE;
        // The length of one text and the bytes of another, perhaps: what is no UTF-8 then is replaced, not refused.
        return new String(bytes, LENGTH_BYTES, Math.min(length, capacity()), StandardCharsets.UTF_8);
    }

    /**
     * Replaces the text. Makes no garbage.
     *
     * @throws IllegalArgumentException if it has more bytes than {@link #capacity}, or half a surrogate pair; nothing has
     *     changed then
     */
    public void set(T cursor, String text) {
        int capacity = capacity();
        if (text.length() > capacity) {
            throw tooLong(text);
        }
        byte[] bytes = cursor.buffer(LENGTH_BYTES + Math.max(capacity, Codecs.UTF8.maxLength(text)));
        int length = Codecs.UTF8.write(text, bytes, LENGTH_BYTES);
        if (length > capacity) {
            throw tooLong(text);
        }
        bytes[0] = (byte) length;
        bytes[1] = (byte) (length >>> Byte.SIZE);
        Arrays.fill(bytes, LENGTH_BYTES + length, LENGTH_BYTES + capacity, (byte) 0);
        cursor.put(slot.offset(), bytes, 0, LENGTH_BYTES + capacity);
    }

    private IllegalArgumentException tooLong(String text) {
        return new IllegalArgumentException("the text does not fit: chars=" + text.length() + " bytes="
                + text.getBytes(StandardCharsets.UTF_8).length + " capacity=" + capacity() + " field=" + slot.name());
    }
}
