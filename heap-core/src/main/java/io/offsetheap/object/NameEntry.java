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
 *  key    'n' name in UTF-8            value  +0 fingerprint hash  +8 object  +16 length  +24 structure:32 generation:32
 *  key    't' fingerprint hash (8 B)   value  the fingerprint's text in UTF-8
 * </pre>
 *
 * @param hash hash of the type's fingerprint
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
        return structure == SharedType.Structure.HASH_INDEX.code();
    }

    /** The object's first word as long as it lives. */
    long identity() {
        return identity(typeId(hash), generation);
    }

    static long identity(int typeId, int generation) {
        return (long) typeId << Integer.SIZE | generation & 0xFFFF_FFFFL;
    }

    /** The type half of an object's first word: how an object says which type it has. */
    static int typeId(long hash) {
        return (int) (hash >>> Integer.SIZE) | 1;
    }

    /** Whether this is what a name's value says now. Under the lock of its bucket. */
    boolean isAt(SegmentMemory memory, long value) {
        return object(memory, value) == offset
                && memory.getInt(value + STRUCTURE_OFFSET + Integer.BYTES) == generation
                && memory.getLong(value + HASH_OFFSET) == hash;
    }

    // ---- for the verifier, which believes nothing

    /** Whether a key of the name index is a name. */
    public static boolean isName(SegmentMemory memory, long key, int keyLength) {
        return keyLength > 1 && memory.getByte(key) == NAME_KIND;
    }

    /** Whether an entry of the name index is the record of a type, with the text that its key is the hash of. */
    public static boolean isType(SegmentMemory memory, long key, int keyLength, long value, int valueLength) {
        if (keyLength != 1 + Long.BYTES || memory.getByte(key) != TYPE_KIND) {
            return false;
        }
        byte[] text = new byte[valueLength];
        memory.copyTo(value, text, 0, valueLength);
        return NameIndex.hashOf(text) == typeHash(memory, key);
    }

    /** Hash of the fingerprint that the key of a type's record holds. */
    public static long typeHash(SegmentMemory memory, long key) {
        return memory.getLongUnaligned(key + 1);
    }

    /** Hash of the fingerprint of a named object's type. */
    public static long hash(SegmentMemory memory, long value) {
        return memory.getLong(value + HASH_OFFSET);
    }

    /** Where a name's value says that its object begins. */
    public static long object(SegmentMemory memory, long value) {
        return memory.getLong(value + OBJECT_OFFSET);
    }

    public static boolean isContainer(SegmentMemory memory, long value) {
        return memory.getInt(value + STRUCTURE_OFFSET) == SharedType.Structure.HASH_INDEX.code();
    }

    /** Bytes of the block of an object that is no container. */
    public static long blockSize(SegmentMemory memory, long value) {
        return SharedBytes.blockSize(memory.getLong(value + OBJECT_LENGTH_OFFSET));
    }

    /** Whether the object at the end of a name, which lies inside the heap, is of the type and length that it says. */
    public static boolean matches(SegmentMemory memory, long value) {
        long object = object(memory, value);
        int structure = memory.getInt(value + STRUCTURE_OFFSET);
        if (structure != SharedType.Structure.BLOCK.code() && structure != SharedType.Structure.HASH_INDEX.code()) {
            return false;
        }
        int generation = memory.getInt(value + STRUCTURE_OFFSET + Integer.BYTES);
        if (memory.getLong(object) != identity(typeId(memory.getLong(value + HASH_OFFSET)), generation)) {
            return false;
        }
        return isContainer(memory, value)
                || (memory.contains(object, SharedBytes.BYTES_OFFSET)
                        && memory.getLong(object + SharedBytes.LENGTH_OFFSET)
                                == memory.getLong(value + OBJECT_LENGTH_OFFSET));
    }
}
