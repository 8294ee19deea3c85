/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.ByteArrays;
import java.util.Arrays;
import java.util.IdentityHashMap;

/**
 * What one operation on a {@link HashIndex} needs in private memory: key and value encoded before the operation begins,
 * and what it finds. Each thread has a small stack of them, so that an operation inside a function that another operation
 * has called has its own.
 *
 * <p>Confined to its thread, from {@link #enter} to {@link #leave}.
 */
public final class Scratch {
    /** Larger buffers are not kept from one operation to the next. */
    static final int KEPT_CAPACITY = 1 << 20;

    private static final int SPARE = Long.BYTES;
    /** What an array can hold beside the spare bytes, on every JVM. */
    private static final int MAX_LENGTH = Integer.MAX_VALUE - 64;

    private static final int FIRST_CAPACITY = 256;
    private static final ThreadLocal<Frames> FRAMES = ThreadLocal.withInitial(Frames::new);

    private static final class Frames {
        private Scratch[] frames = {new Scratch(this)};
        private int depth;

        Scratch push() {
            int at = depth;
            if (at == frames.length) {
                Scratch[] more = Arrays.copyOf(frames, at + 1);
                more[at] = new Scratch(this);
                frames = more;
            }
            depth = at + 1;
            return frames[at];
        }
    }

    private final Frames owner;
    final EncodedKey key = new EncodedKey();
    final ValueView view = new ValueView();
    private final ValueWriter writer = new ValueWriter();

    /** The cursors of codecs that have been used on this thread, to be used again. */
    private final IdentityHashMap<CursorCodec<?>, Object> cursors = new IdentityHashMap<>(0);

    byte[] value = new byte[FIRST_CAPACITY];
    int valueLength;
    byte[] expected = new byte[FIRST_CAPACITY];
    int expectedLength;

    /** Whether the key was there when the last operation took effect. */
    boolean present;
    /** Copy of the value that was found. */
    byte[] copy = new byte[FIRST_CAPACITY];

    int copyLength;
    /** For elements of a vector, made when it is first asked for. */
    private long[] words = {};

    /** Where the last search found the entry, with what it has to compare afterwards. */
    long bucket;

    long lock;
    long version;
    long valueOffset;
    int foundLength;
    /** Whether the search has copied the value, so that nothing has to be compared. */
    boolean copied;

    int failures;

    private Scratch(Frames owner) {
        this.owner = owner;
    }

    /** The calling thread's next scratch. It must {@link #leave} it, in a finally block. */
    public static Scratch enter() {
        return FRAMES.get().push();
    }

    /** Gives the scratch back. */
    public void leave() {
        owner.depth--;
        view.release();
        if (value.length + copy.length + expected.length + key.bytes.length > FIRST_CAPACITY * 4) {
            shrink();
        }
    }

    private void shrink() {
        key.shrink();
        value = value.length > KEPT_CAPACITY ? new byte[FIRST_CAPACITY] : value;
        copy = copy.length > KEPT_CAPACITY ? new byte[FIRST_CAPACITY] : copy;
        expected = expected.length > KEPT_CAPACITY ? new byte[FIRST_CAPACITY] : expected;
    }

    /** Room for some elements of a vector. */
    long[] words() {
        if (words.length == 0) {
            words = new long[ChunkedVector.BLOCK];
        }
        return words;
    }

    /** The key of the operation. */
    public EncodedKey key() {
        return key;
    }

    /** Whether the key was there when the last operation took effect. */
    public boolean present() {
        return present;
    }

    /** The value found, or its copy. Dead after {@link #leave}. */
    public ValueView view() {
        return view;
    }

    /** Encodes the value to store. */
    public <V> void encodeValue(Codec<V> codec, V newValue) {
        if (codec.isWord()) {
            ByteArrays.putLong(value, 0, codec.toWord(newValue));
            valueLength = codec.fixedLength();
        } else {
            byte[] target = roomForValue(codec.maxLength(newValue));
            valueLength = codec.write(newValue, target, 0);
        }
    }

    /** Encodes the value that the entry must have for the operation to take place. */
    public <V> void encodeExpected(Codec<V> codec, V expectedValue) {
        int count = codec.maxLength(expectedValue);
        if (expected.length - SPARE < count) {
            expected = new byte[capacityFor(count)];
        }
        expectedLength = codec.write(expectedValue, expected, 0);
    }

    /** Whether the copy of the value found has the bytes of the expected one. */
    public boolean copyIsExpected() {
        return Arrays.equals(copy, 0, copyLength, expected, 0, expectedLength);
    }

    /** A writer for the value to store, of that many bytes. End it with {@link #endWrite}. */
    public ValueWriter beginWrite(int length) {
        if (length < 0) {
            throw new IllegalArgumentException("a length must not be negative: length=" + length);
        }
        writer.wrap(roomForValue(length), length);
        valueLength = length;
        return writer;
    }

    /** Ends the life of the writer. */
    public void endWrite() {
        writer.release();
    }

    /** The copy of the value found, decoded. */
    public <V> V decodeCopy(Codec<V> codec) {
        if (codec.isWord()) {
            return codec.fromWord(copyWord());
        }
        view.wrap(copy, 0, copyLength);
        return codec.read(view);
    }

    /** The copy of a value of up to 8 bytes as a number with a sign. */
    public long copyWord() {
        int unused = Long.SIZE - Byte.SIZE * copyLength;
        return copyLength == 0 ? 0 : ByteArrays.getLong(copy, 0) << unused >> unused;
    }

    /** A cursor that stands nowhere or where its last user has left it. The next operation of this scratch may move it. */
    @SuppressWarnings("unchecked")
    public <T> T cursor(CursorCodec<T> codec) {
        // A codec is the key of cursors of its own type alone.
        T cursor = (T) cursors.get(codec);
        if (cursor == null) {
            cursor = codec.newCursor();
            cursors.put(codec, cursor);
        }
        return cursor;
    }

    private byte[] roomForValue(int count) {
        if (value.length - SPARE < count) {
            value = new byte[capacityFor(count)];
        }
        return value;
    }

    boolean canCopy(int count) {
        return copy.length - SPARE >= count;
    }

    void roomForCopy(int count) {
        if (!canCopy(count)) {
            copy = new byte[capacityFor(count)];
        }
    }

    /** A capacity for that many bytes and for reading a whole word at the last one. */
    static int capacityFor(int count) {
        if (count > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "keys and values have at most " + MAX_LENGTH + " bytes each: length=" + count);
        }
        int needed = count + SPARE;
        int power = Integer.highestOneBit(needed - 1) << 1;
        return power > 0 && needed <= KEPT_CAPACITY ? Math.max(power, FIRST_CAPACITY) : needed;
    }
}
