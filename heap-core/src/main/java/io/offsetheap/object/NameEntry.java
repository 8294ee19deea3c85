/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.SegmentMemory;

/**
 * Layout of what the name index says of an object, and the kinds of its keys.
 *
 * <pre>
 *  key    'n' name in UTF-8      value  +0 type's hash  +8 object  +16 length  +24 structure:32 generation:32
 *  key    's' type's hash (8 B)  value  the same, of the type's singleton
 *  key    't' type's hash (8 B)  value  a {@link TypeRecord}
 * </pre>
 *
 * @param hash hash of the type's record
 * @param offset where the object begins
 * @param objectLength number of elements it was constructed with
 * @param structure code of its {@link SharedType.Structure}
 * @param generation the other half of its first word, which no other object of the segment has
 */
public record NameEntry(long hash, long offset, long objectLength, int structure, int generation) {
    public static final int HASH_OFFSET = 0;
    public static final int OBJECT_OFFSET = HASH_OFFSET + Long.BYTES;
    public static final int OBJECT_LENGTH_OFFSET = OBJECT_OFFSET + Long.BYTES;
    public static final int STRUCTURE_OFFSET = OBJECT_LENGTH_OFFSET + Long.BYTES;
    /** Bytes of a name's value. */
    public static final int LENGTH = STRUCTURE_OFFSET + Long.BYTES;

    static final byte NAME_KIND = 'n';
    static final byte SINGLETON_KIND = 's';
    static final byte TYPE_KIND = 't';

    static NameEntry of(byte[] value, int length) {
        if (length != LENGTH) {
            throw new CorruptedSegmentException("a name's record has an impossible length: length=" + length);
        }
        return new NameEntry(
                ByteArrays.getLong(value, HASH_OFFSET),
                ByteArrays.getLong(value, OBJECT_OFFSET),
                ByteArrays.getLong(value, OBJECT_LENGTH_OFFSET),
                ByteArrays.getInt(value, STRUCTURE_OFFSET),
                ByteArrays.getInt(value, STRUCTURE_OFFSET + Integer.BYTES));
    }

    byte[] encode() {
        byte[] value = new byte[LENGTH];
        ByteArrays.putLong(value, HASH_OFFSET, hash);
        ByteArrays.putLong(value, OBJECT_OFFSET, offset);
        ByteArrays.putLong(value, OBJECT_LENGTH_OFFSET, objectLength);
        ByteArrays.putInt(value, STRUCTURE_OFFSET, structure);
        ByteArrays.putInt(value, STRUCTURE_OFFSET + Integer.BYTES, generation);
        return value;
    }

    boolean isContainer() {
        return SharedType.Structure.of(structure).isContainer();
    }

    /** The object's first word as long as it lives. */
    long identity() {
        return Identity.of(hash, Identity.NAMED, generation);
    }

    /** Whether this is what a name's value says now. Under the lock of its bucket. */
    boolean isAt(SegmentMemory memory, long value) {
        return object(memory, value) == offset
                && memory.getInt(value + STRUCTURE_OFFSET + Integer.BYTES) == generation
                && memory.getLong(value + HASH_OFFSET) == hash;
    }

    // ---- for the verifier, which believes nothing

    /** Whether a key of the name index is a name, or that of a singleton of the type that the value names. */
    public static boolean isName(SegmentMemory memory, long key, int keyLength, long value) {
        return keyLength > 1
                && (memory.getByte(key) == NAME_KIND
                        || (memory.getByte(key) == SINGLETON_KIND
                                && keyLength == 1 + Long.BYTES
                                && typeHash(memory, key) == memory.getLong(value + HASH_OFFSET)));
    }

    /** Whether a key of the name index is that of a type's record. */
    public static boolean isType(SegmentMemory memory, long key, int keyLength) {
        return keyLength == 1 + Long.BYTES && memory.getByte(key) == TYPE_KIND;
    }

    /** Hash of the record that the key of a type, or of a singleton, holds. */
    public static long typeHash(SegmentMemory memory, long key) {
        return memory.getLongUnaligned(key + 1);
    }

    /** What the value of a name says. */
    public static NameEntry at(SegmentMemory memory, long value) {
        return new NameEntry(
                memory.getLong(value + HASH_OFFSET),
                object(memory, value),
                memory.getLong(value + OBJECT_LENGTH_OFFSET),
                memory.getInt(value + STRUCTURE_OFFSET),
                memory.getInt(value + STRUCTURE_OFFSET + Integer.BYTES));
    }

    private static long object(SegmentMemory memory, long value) {
        return memory.getLong(value + OBJECT_OFFSET);
    }

    /** Whether the object, which lies inside the heap, is the one that was given the name. */
    public boolean isOf(SegmentMemory memory) {
        return memory.getLong(offset) == identity();
    }
}
