/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A bare chunked vector as a named object, whose elements are bytes of any codec-less length. */
public final class VectorObject {
    /** Elements of one word. */
    public static final SharedType<VectorObject> WORDS = new Type("VectorObject/1<8>", Long.BYTES);

    /** Elements of three words, the last of which is half used. */
    public static final SharedType<VectorObject> WIDE = new Type("VectorObject/1<20>", 20);

    /** Elements of any length, each in a block of its own. */
    public static final SharedType<VectorObject> BLOCKS = new Type("VectorObject/1<*>", ElementShape.VARIABLE);

    /** All of them. */
    public static final List<SharedType<VectorObject>> TYPES = List.of(WORDS, WIDE, BLOCKS);

    private record Type(String fingerprint, int elementLength) implements SharedType<VectorObject> {
        @Override
        public Structure structure() {
            return Structure.VECTOR;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            ChunkedVector.reserve(space, lane);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return ChunkedVector.create(space, lane, identity, elementLength);
        }

        @Override
        public VectorObject bind(ObjectSpace space, long offset, long length) {
            return new VectorObject(ChunkedVector.open(space, offset, elementLength), elementLength);
        }
    }

    private final ChunkedVector vector;
    private final int elementLength;

    private VectorObject(ChunkedVector vector, int elementLength) {
        this.vector = vector;
        this.elementLength = elementLength;
    }

    public ChunkedVector vector() {
        return vector;
    }

    /** Offset of the vector's header. */
    public long header() {
        return vector.header();
    }

    /** Offset of the vector's lock. */
    public long lock() {
        return vector.header() + VectorHeader.LOCK_OFFSET;
    }

    /** An element that says by all of its bytes which it is. */
    public byte[] element(int value) {
        byte[] bytes = new byte[elementLength < 0 ? value % 40 : elementLength];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    public void add(int value) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.encodeValue(Codecs.BYTES, element(value));
            vector.add(scratch);
        } finally {
            scratch.leave();
        }
    }

    public byte[] set(long index, int value) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.encodeValue(Codecs.BYTES, element(value));
            vector.set(scratch, index);
            return scratch.decodeCopy(Codecs.BYTES);
        } finally {
            scratch.leave();
        }
    }

    public byte @Nullable [] removeLast() {
        Scratch scratch = Scratch.enter();
        try {
            return vector.removeLast(scratch, -1) ? scratch.decodeCopy(Codecs.BYTES) : null;
        } finally {
            scratch.leave();
        }
    }

    public byte @Nullable [] get(long index) {
        Scratch scratch = Scratch.enter();
        try {
            return vector.copy(scratch, index) ? scratch.decodeCopy(Codecs.BYTES) : null;
        } finally {
            scratch.leave();
        }
    }

    /** All elements, as length and bytes that must be all the same. */
    public List<String> content() {
        List<String> content = new ArrayList<>();
        byte[] element = get(0);
        while (element != null) {
            content.add(describe(element));
            element = get(content.size());
        }
        return content;
    }

    /** An element as its length and its bytes, of which a torn one has several. */
    public static String describe(byte @Nullable [] element) {
        if (element == null) {
            return "absent";
        }
        StringBuilder text = new StringBuilder(element.length + ":");
        byte last = 0;
        for (int i = 0; i < element.length; i++) {
            if (i == 0 || element[i] != last) {
                text.append(i == 0 ? "" : "/").append(element[i]);
            }
            last = element[i];
        }
        return text.toString();
    }
}
