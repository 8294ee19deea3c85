/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

/**
 * The first word of every object, which tells it from all others: its type, whether it has a name, and a generation that no
 * other object of the segment has until 32 bits of one lane's have gone round. 0 when there is no object any more.
 *
 * <pre>
 *   type:30 | anonymous:1 | named:1 | generation:32
 * </pre>
 *
 * One of the two bits is set, so that the word of an object is never 0.
 */
public final class Identity {
    static final int NAMED = 1;
    static final int ANONYMOUS = 2;

    private static final int KINDS = NAMED | ANONYMOUS;
    private static final long TAG_MIX = 0x9E3779B1L;

    private Identity() {}

    /**
     * The word of an object.
     *
     * @param kind {@link #NAMED} or {@link #ANONYMOUS}
     */
    static long of(long typeHash, int kind, int generation) {
        return (long) (typeBits(typeHash) | kind) << Integer.SIZE | generation & 0xFFFF_FFFFL;
    }

    /** What the identities of all objects of a type have in common, as {@link #typeOf} gives it. */
    public static int typeBits(long typeHash) {
        return (int) (typeHash >>> Integer.SIZE) & ~KINDS;
    }

    /** {@link #typeBits(long)} of a type. */
    public static int typeBits(SharedType<?> type) {
        return typeBits(TypeRecord.hash(TypeRecord.of(type).encode()));
    }

    /** The type's part of an identity. */
    public static int typeOf(long identity) {
        return (int) (identity >>> Integer.SIZE) & ~KINDS;
    }

    static int generation(long identity) {
        return (int) identity;
    }

    static boolean isNamed(long identity) {
        return (identity >>> Integer.SIZE & KINDS) == NAMED;
    }

    /** Whether the word is that of an object without a name. */
    public static boolean isAnonymous(long identity) {
        return (identity >>> Integer.SIZE & KINDS) == ANONYMOUS;
    }

    /** 24 bits of the generation, for a reference that has no room for more. */
    static int tag(long identity) {
        return (int) (generation(identity) * TAG_MIX) >>> Integer.SIZE - OffsetRef.TAG_BITS;
    }
}
