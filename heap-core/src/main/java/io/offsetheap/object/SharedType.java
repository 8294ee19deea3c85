/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;

/**
 * A type of objects that live in a segment: how to lay one out, how to bind to it, and a text by which every process can
 * tell whether it means the same. Stateless and thread-safe.
 *
 * <p>Anybody can write one. {@link #reserve}, {@link #create} and {@link #bind} are called inside the operation that
 * constructs the object, before it has its name: they may use the lane they are given and read, but another write to the same
 * heap is an {@link IllegalStateException}. Whatever they throw reaches the caller of construct, and nothing is left.
 *
 * @param <T> what a program holds of such an object: a handle bound to one heap
 */
public interface SharedType<T> {
    /** The shape of objects that are containers. */
    BlockShape NO_BLOCK = new BlockShape(0, 0);

    /** How the parts of an object hang together, so that any process can take it apart without knowing its type. */
    enum Structure {
        /** One block. */
        BLOCK(0),
        /** A {@link HashIndex}: a container header, directory, hash segments and entries. */
        HASH_INDEX(1),
        /** A {@link LongIndex}: a container header, directory and hash segments. */
        LONG_INDEX(2),
        /** A {@link ChunkedVector}: a container header, table, chunks and elements. */
        VECTOR(3);

        private static final Structure[] VALUES = values();

        private final int code;

        Structure(int code) {
            this.code = code;
        }

        /** The number that stands for it in the segment. */
        public int code() {
            return code;
        }

        /** Whether it is one of {@link Containers}: a header that leads to further blocks. */
        public boolean isContainer() {
            return this != BLOCK;
        }

        /** The structure that a number stands for; {@link #BLOCK}, which no container has, for one that stands for none. */
        static Structure of(long code) {
            for (Structure structure : VALUES) {
                if (structure.code == code) {
                    return structure;
                }
            }
            return BLOCK;
        }
    }

    /** Text that names the layout, such as {@code SharedHashMap/1<utf8/1,i64/1>}. Two types are the same if it and the shape are. */
    String fingerprint();

    Structure structure();

    /** How each object is built, if it is one block. Constant. */
    default BlockShape shape() {
        return NO_BLOCK;
    }

    /**
     * Number of elements of every object that this type constructs, if the type says it and not who constructs; -1 if not. An
     * object that is found may have any number then.
     */
    default long ownLength() {
        return -1;
    }

    /**
     * Reserves all blocks that {@link #create} will take, as {@link io.offsetheap.alloc.BlockAllocator#reserve}. A type with a
     * shape leaves both to it.
     *
     * @param length number of elements, as given to construct
     */
    void reserve(ObjectSpace space, Lane lane, long length);

    /**
     * Builds an object in reserved blocks. It becomes real with the commit of the lane's transaction.
     *
     * @param identity the object's first word, {@code typeId | generation}, never 0
     * @return its offset
     */
    long create(ObjectSpace space, Lane lane, long identity, long length);

    /** A handle to the object at an offset. */
    T bind(ObjectSpace space, long offset, long length);
}
