/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.BlockShape;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.SharedType;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A text in a segment, shared by all processes that map it. It never changes. Any {@code String} can be one, also one with
 * half a surrogate pair.
 *
 * <pre>
 *   +0  identity      +8  length in bytes      +16  hash code:32 bytes of a character:32      +24  the characters
 * </pre>
 *
 * <p>As in a {@code String} of the JDK, a character has one byte if all of them are Latin-1, else two. So {@link #charAt}
 * takes one access. Each call looks whether the object is still there; {@link #toString} makes a copy that needs no look.
 *
 * <p>Two shared strings are equal if their characters are, wherever they stand; a {@code String} is not equal to one, but its
 * {@link #contentEquals content} may be. The hash code is that of the {@code String}.
 *
 * <p>Thread-safe. Every call is an {@link IllegalStateException} after the heap is closed or the object destroyed.
 */
public final class SharedString implements CharSequence, Comparable<SharedString> {
    /** Finds texts, and constructs the empty one. */
    public static final SharedType<SharedString> TYPE = of("");

    private static final int CODING_OFFSET = 16;
    private static final int TEXT_OFFSET = 24;
    private static final int LATIN_1 = 1;
    private static final int UTF_16 = 2;
    private static final int MAX_LENGTH = Integer.MAX_VALUE / UTF_16 - Long.BYTES;

    private final ObjectSpace space;
    private final SegmentMemory memory;
    private final long object;
    private final long identity;
    private final int width;
    private final int hash;
    private final int length;

    private SharedString(ObjectSpace space, long object, long bytes) {
        this.space = space;
        this.memory = space.memory();
        this.object = object;
        this.identity = memory.getLongVolatile(object);
        long coding = memory.getLong(object + CODING_OFFSET);
        this.width = (int) coding;
        this.hash = (int) (coding >>> Integer.SIZE);
        checkUsable();
        if (identity == 0) {
            throw destroyed();
        }
        this.length = (int) (width == UTF_16 ? bytes / UTF_16 : bytes);
    }

    /** The type that constructs this text. It finds any: its objects are those of {@link #TYPE}. */
    public static SharedType<SharedString> of(CharSequence text) {
        return new Type(text.toString());
    }

    private record Type(String text) implements SharedType<SharedString> {
        private static final BlockShape SHAPE = new BlockShape(TEXT_OFFSET, 1);

        Type {
            if (text.length() > MAX_LENGTH) {
                throw new IllegalArgumentException("a text is too long to be shared: length=" + text.length());
            }
        }

        @Override
        public String fingerprint() {
            return "SharedString/1";
        }

        @Override
        public Structure structure() {
            return Structure.BLOCK;
        }

        @Override
        public BlockShape shape() {
            return SHAPE;
        }

        private int width() {
            return text.chars().allMatch(c -> c < 1 << Byte.SIZE) ? LATIN_1 : UTF_16;
        }

        @Override
        public long ownLength() {
            return (long) text.length() * width();
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            SHAPE.reserve(space, lane, length);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            long object = SHAPE.create(space, lane, identity, length);
            int width = width();
            byte[] bytes = new byte[(int) length];
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                bytes[i * width] = (byte) c;
                if (width == UTF_16) {
                    bytes[i * width + 1] = (byte) (c >> Byte.SIZE);
                }
            }
            space.memory().putLong(object + CODING_OFFSET, (long) text.hashCode() << Integer.SIZE | width);
            space.memory().copyFrom(bytes, 0, object + TEXT_OFFSET, bytes.length);
            return object;
        }

        @Override
        public SharedString bind(ObjectSpace space, long offset, long length) {
            return new SharedString(space, offset, length);
        }
    }

    private void checkUsable() {
        space.lanes().checkOpen();
        memory.loadFence();
        if (memory.getLongVolatile(object) != identity) {
            throw destroyed();
        }
        memory.keepMapped();
    }

    private IllegalStateException destroyed() {
        return new IllegalStateException(
                "the object has been destroyed: offset=" + object + " segment=" + memory.name());
    }

    /** Number of characters, as a {@code String} counts them. */
    @Override
    public int length() {
        checkUsable();
        return length;
    }

    @Override
    public boolean isEmpty() {
        return length() == 0;
    }

    @Override
    public char charAt(int index) {
        Objects.checkIndex(index, length);
        long at = object + TEXT_OFFSET + (long) index * width;
        char c = (char) (width == LATIN_1 ? memory.getByte(at) & 0xFF : memory.getShort(at));
        checkUsable();
        return c;
    }

    /** A copy of some characters. */
    @Override
    public String subSequence(int start, int end) {
        Objects.checkFromToIndex(start, end, length);
        byte[] bytes = new byte[(end - start) * width];
        memory.copyTo(object + TEXT_OFFSET + (long) start * width, bytes, 0, bytes.length);
        checkUsable();
        if (width == LATIN_1) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        // Not by a decoder, which would replace half of a surrogate pair.
        char[] chars = new char[end - start];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) (bytes[2 * i] & 0xFF | bytes[2 * i + 1] << Byte.SIZE);
        }
        return new String(chars);
    }

    /** A copy. */
    @Override
    public String toString() {
        return subSequence(0, length);
    }

    /** Whether another sequence has the same characters. */
    public boolean contentEquals(CharSequence other) {
        return toString().contentEquals(other);
    }

    /** By the characters, as strings are compared. */
    @Override
    public int compareTo(SharedString other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SharedString text && contentEquals(text.toString());
    }

    @Override
    public int hashCode() {
        checkUsable();
        return hash;
    }
}
