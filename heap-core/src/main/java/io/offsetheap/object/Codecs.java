/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.ByteArrays;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import net.openhft.chronicle.bytes.BytesMarshallable;

/** The codecs that come with the library. */
public final class Codecs {
    /**
     * Strings in UTF-8. A string with half a surrogate pair has no encoding: {@link IllegalArgumentException}.
     */
    public static final Codec<String> UTF8 = new Utf8();

    /**
     * Arrays of bytes, as they are. As keys and values of a map they are equal if their bytes are, where {@link
     * Object#equals} would compare references.
     */
    public static final Codec<byte[]> BYTES = new Bytes();

    /** Numbers of eight bytes. */
    public static final Codec<Long> LONG = new LongCodec();

    /** Numbers of four bytes. */
    public static final Codec<Integer> INT = new IntCodec();

    /** Numbers of eight bytes, equal as {@link Double#equals} says: 0.0 is not -0.0, and every NaN is the same. */
    public static final Codec<Double> DOUBLE = new DoubleCodec();

    private Codecs() {}

    /**
     * Lists, each as one value with all of its elements. Lists that are read cannot be modified.
     *
     * @param elements of the elements, none of which may be null
     */
    public static <E> Codec<List<E>> list(Codec<E> elements) {
        return new ListCodec<>(Objects.requireNonNull(elements, "elements"));
    }

    /**
     * Objects that write themselves to Chronicle Bytes and read themselves from there. Equal objects must write equal bytes.
     * Objects that leave both to Chronicle, which then finds their fields, are public classes with public fields.
     *
     * @param id name and version of what the objects write, such as {@code quote/1}: to be changed when that changes
     * @param maker makes an object that {@code readMarshallable} then fills
     */
    public static <T extends BytesMarshallable> Codec<T> marshallable(String id, Supplier<? extends T> maker) {
        return new MarshallableCodec<>(Objects.requireNonNull(id, "id"), Objects.requireNonNull(maker, "maker"));
    }

    private static final class Utf8 implements Codec<String> {
        private static final int MAX_BYTES_PER_CHAR = 3;
        private static final int SHORT = 1024;

        @Override
        public String id() {
            return "utf8/1";
        }

        @Override
        public int fixedLength() {
            return -1;
        }

        @Override
        public int maxLength(String value) {
            int length = value.length();
            return length <= SHORT ? length * MAX_BYTES_PER_CHAR : exactLength(value);
        }

        /** A long string is measured rather than given three times its room. */
        private static int exactLength(String value) {
            long bytes = value.length();
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c >= 0x80) {
                    // Each half of a surrogate pair counts for two of the pair's four bytes.
                    bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
                }
            }
            if (bytes > Integer.MAX_VALUE - 64) {
                throw new IllegalArgumentException("a string is too long to be encoded: bytes=" + bytes);
            }
            return (int) bytes;
        }

        @Override
        public int write(String value, byte[] target, int position) {
            int length = value.length();
            for (int i = 0; i < length; i++) {
                char c = value.charAt(i);
                if (c >= 0x80) {
                    return writeFrom(value, i, target, position + i) - position;
                }
                target[position + i] = (byte) c;
            }
            return length;
        }

        /** From the first character on that is not ASCII. Returns the position behind the last byte. */
        private static int writeFrom(String value, int first, byte[] target, int position) {
            int at = position;
            for (int i = first; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c < 0x80) {
                    target[at++] = (byte) c;
                } else if (c < 0x800) {
                    target[at++] = (byte) (0xC0 | c >> 6);
                    target[at++] = (byte) (0x80 | c & 0x3F);
                } else if (Character.isSurrogate(c)) {
                    if (!Character.isHighSurrogate(c)
                            || i + 1 == value.length()
                            || !Character.isLowSurrogate(value.charAt(i + 1))) {
                        throw new IllegalArgumentException("a string with half a surrogate pair has no encoding: index="
                                + i + " char=0x" + Integer.toHexString(c));
                    }
                    int codePoint = Character.toCodePoint(c, value.charAt(++i));
                    target[at++] = (byte) (0xF0 | codePoint >> 18);
                    target[at++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
                    target[at++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
                    target[at++] = (byte) (0x80 | codePoint & 0x3F);
                } else {
                    target[at++] = (byte) (0xE0 | c >> 12);
                    target[at++] = (byte) (0x80 | c >> 6 & 0x3F);
                    target[at++] = (byte) (0x80 | c & 0x3F);
                }
            }
            return at;
        }

        @Override
        public String read(ValueView view) {
            int length = view.length();
            byte[] array = view.array();
            int position = view.arrayPosition();
            String value = new String(array, position, length, StandardCharsets.UTF_8);
            if (value.indexOf('\uFFFD') >= 0) {
                // Either the character itself or the decoder's replacement for what is no UTF-8.
                checkWellFormed(array, position, length);
            }
            return value;
        }

        private static void checkWellFormed(byte[] array, int position, int length) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(array, position, length));
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("not a string in UTF-8: length=" + length, e);
            }
        }
    }

    private static final class Bytes implements Codec<byte[]> {
        @Override
        public String id() {
            return "bytes/1";
        }

        @Override
        public int fixedLength() {
            return -1;
        }

        @Override
        public int maxLength(byte[] value) {
            return value.length;
        }

        @Override
        public int write(byte[] value, byte[] target, int position) {
            System.arraycopy(value, 0, target, position, value.length);
            return value.length;
        }

        @Override
        public byte[] read(ValueView view) {
            int position = view.arrayPosition();
            return Arrays.copyOfRange(view.array(), position, position + view.length());
        }
    }

    private static final class LongCodec implements Codec<Long> {
        @Override
        public String id() {
            return "i64/1";
        }

        @Override
        public int fixedLength() {
            return Long.BYTES;
        }

        @Override
        public int write(Long value, byte[] target, int position) {
            ByteArrays.putLong(target, position, value);
            return Long.BYTES;
        }

        @Override
        public Long read(ValueView view) {
            return view.getLong(0);
        }

        @Override
        public long toWord(Long value) {
            return value;
        }

        @Override
        public Long fromWord(long word) {
            return word;
        }
    }

    private static final class IntCodec implements Codec<Integer> {
        @Override
        public String id() {
            return "i32/1";
        }

        @Override
        public int fixedLength() {
            return Integer.BYTES;
        }

        @Override
        public int write(Integer value, byte[] target, int position) {
            ByteArrays.putInt(target, position, value);
            return Integer.BYTES;
        }

        @Override
        public Integer read(ValueView view) {
            return view.getInt(0);
        }

        @Override
        public long toWord(Integer value) {
            return value;
        }

        @Override
        public Integer fromWord(long word) {
            return (int) word;
        }
    }

    private static final class DoubleCodec implements Codec<Double> {
        @Override
        public String id() {
            return "f64/1";
        }

        @Override
        public int fixedLength() {
            return Double.BYTES;
        }

        @Override
        public int write(Double value, byte[] target, int position) {
            ByteArrays.putLong(target, position, Double.doubleToLongBits(value));
            return Double.BYTES;
        }

        @Override
        public Double read(ValueView view) {
            return view.getDouble(0);
        }

        @Override
        public long toWord(Double value) {
            return Double.doubleToLongBits(value);
        }

        @Override
        public Double fromWord(long word) {
            return Double.longBitsToDouble(word);
        }
    }
}
