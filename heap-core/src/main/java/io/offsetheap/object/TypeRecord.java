/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.object.SharedType.Structure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the segment knows of a type: enough to print it, and to find everything that an object of it owns or refers to.
 *
 * <pre>
 *   +0  structure   +8  references   +16  base   +24  element   +32  offset of each reference   then  fingerprint in UTF-8
 * </pre>
 *
 * Its hash is that of all its bytes: two types are the same if these are.
 *
 * @param structure code of its {@link SharedType.Structure}
 * @param shape how its objects are built, if each is one block
 * @param fingerprint the text that names it
 */
public record TypeRecord(int structure, BlockShape shape, String fingerprint) {
    static final int STRUCTURE_OFFSET = 0;
    static final int REFERENCES_OFFSET = STRUCTURE_OFFSET + Long.BYTES;
    static final int BASE_OFFSET = REFERENCES_OFFSET + Long.BYTES;
    static final int ELEMENT_OFFSET = BASE_OFFSET + Long.BYTES;
    static final int OFFSETS_OFFSET = ELEMENT_OFFSET + Long.BYTES;

    static TypeRecord of(SharedType<?> type) {
        BlockShape shape = type.shape();
        if (!type.structure().isContainer() && shape.base() < Long.BYTES) {
            throw new IllegalArgumentException("a type whose objects are one block says how long that is, its identity"
                    + " included: base=" + shape.base() + " type=" + type.fingerprint());
        }
        return new TypeRecord(type.structure().code(), shape, type.fingerprint());
    }

    /** Whether it is the record of a container's type. */
    public boolean isContainer() {
        return Structure.of(structure).isContainer();
    }

    byte[] encode() {
        byte[] text = fingerprint.getBytes(StandardCharsets.UTF_8);
        List<Integer> references = shape.references();
        int textOffset = OFFSETS_OFFSET + references.size() * Long.BYTES;
        byte[] bytes = new byte[textOffset + text.length];
        ByteArrays.putLong(bytes, STRUCTURE_OFFSET, structure);
        ByteArrays.putLong(bytes, REFERENCES_OFFSET, references.size());
        ByteArrays.putLong(bytes, BASE_OFFSET, shape.base());
        ByteArrays.putLong(bytes, ELEMENT_OFFSET, shape.element());
        for (int i = 0; i < references.size(); i++) {
            ByteArrays.putLong(bytes, OFFSETS_OFFSET + i * Long.BYTES, references.get(i));
        }
        System.arraycopy(text, 0, bytes, textOffset, text.length);
        return bytes;
    }

    /**
     * Reads a record.
     *
     * @throws CorruptedSegmentException if the bytes are none
     */
    public static TypeRecord decode(byte[] bytes) {
        if (bytes.length < OFFSETS_OFFSET) {
            throw new CorruptedSegmentException("a type's record is too short: length=" + bytes.length);
        }
        long count = ByteArrays.getLong(bytes, REFERENCES_OFFSET);
        if (count < 0 || count > (bytes.length - OFFSETS_OFFSET) / Long.BYTES) {
            throw new CorruptedSegmentException("a type's record has an impossible number of references: count=" + count
                    + " length=" + bytes.length);
        }
        List<Integer> references = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            references.add((int) ByteArrays.getLong(bytes, OFFSETS_OFFSET + i * Long.BYTES));
        }
        int textOffset = OFFSETS_OFFSET + (int) count * Long.BYTES;
        return new TypeRecord(
                (int) ByteArrays.getLong(bytes, STRUCTURE_OFFSET),
                new BlockShape(
                        (int) ByteArrays.getLong(bytes, BASE_OFFSET),
                        (int) ByteArrays.getLong(bytes, ELEMENT_OFFSET),
                        references),
                new String(bytes, textOffset, bytes.length - textOffset, StandardCharsets.UTF_8));
    }

    /** FNV-1a over a record's bytes, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
    public static long hash(byte[] record) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : record) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
        }
        return hash;
    }
}
