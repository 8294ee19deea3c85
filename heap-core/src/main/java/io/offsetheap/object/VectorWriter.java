/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.alloc.BlockAllocator;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LockRank;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;

/**
 * The writing operations of a {@link ChunkedVector}, from a lane that the caller has leased. Thread-safe: it has no state of
 * its own.
 */
final class VectorWriter {
    /*
     * Every operation: reserve its blocks, take the vector's lock, and make the change real with one commit:
     *
     *   chunk    word of the table, stock        set      the words of the element, or offset, stock
     *   add      size; of blocks also stock      remove   size, structure version; of blocks also stock
     *
     * A new element is written behind the size, where it is nobody's, and so is never seen half. Chunks are linked one by
     * one, in commits of their own before that: what a death or a refusal leaves then is a vector with room to spare.
     */

    private static final long[] NO_RESERVATIONS = {};
    private static final int NONE = -1;

    private final ChunkedVector vector;
    private final SegmentMemory memory;
    private final BlockAllocator blocks;
    private final ElementShape shape;
    private final long lockWord;
    private final long sizeWord;
    private final long versionWord;

    VectorWriter(ChunkedVector vector) {
        this.vector = vector;
        this.memory = vector.memory();
        this.blocks = vector.space().blocks();
        this.shape = vector.shape();
        this.lockWord = vector.header() + VectorHeader.LOCK_OFFSET;
        this.sizeWord = vector.header() + VectorHeader.SIZE_OFFSET;
        this.versionWord = vector.header() + VectorHeader.STRUCTURE_VERSION_OFFSET;
    }

    // ---- the lock

    /** Takes the vector's lock. Returns the size. */
    long lock(Lane lane) {
        // A vector that is alive now, inside the lease, is not taken apart before the lease ends.
        vector.checkAlive();
        lane.lock(LockRank.CONTAINER, lockWord);
        return memory.getLong(sizeWord);
    }

    void unlock(Lane lane) {
        lane.unlock(lockWord);
    }

    /** Takes the lock of a vector with room for more elements. Returns the size. */
    private long lockWithRoom(Lane lane, long count) {
        int reserved = NONE;
        long[] before = NO_RESERVATIONS;
        while (true) {
            long size = lock(lane);
            int chunk = missingChunk(size, count);
            if (chunk != NONE && chunk == reserved) {
                link(lane, chunk);
                reserved = NONE;
                chunk = missingChunk(size, count);
            }
            if (chunk == NONE) {
                return size;
            }
            unlock(lane);
            if (reserved != NONE) {
                // Somebody else has linked this chunk: ours stays in the stock, where nothing keeps it.
                blocks.endReservations(lane, before);
            }
            before = blocks.reservations(lane);
            blocks.reserve(lane, shape.chunkSize(chunk), 1);
            reserved = chunk;
        }
    }

    /** The first chunk that is not there, of those that so many more elements need. */
    private int missingChunk(long size, long count) {
        int last = shape.chunk(size + count - 1);
        for (int chunk = shape.chunk(size); chunk <= last; chunk++) {
            if (chunk >= VectorHeader.CHUNKS || memory.getLong(chunkWord(chunk)) == 0) {
                return chunk;
            }
        }
        return NONE;
    }

    private void link(Lane lane, int chunk) {
        lane.set(chunkWord(chunk), blocks.take(lane, shape.chunkSize(chunk)));
        lane.commit(CommitSite.VECTOR_CHUNK);
    }

    private long chunkWord(int chunk) {
        return vector.table() + (long) chunk * Long.BYTES;
    }

    // ---- add

    void add(Lane lane, Scratch scratch) {
        if (shape.isWord()) {
            addWord(lane, vector.toWord(scratch.value));
            return;
        }
        if (shape.isBlock()) {
            blocks.reserve(lane, VectorHeader.elementSize(scratch.valueLength), 1);
        }
        long size = lockWithRoom(lane, 1);
        long at = vector.element(size);
        if (shape.isBlock()) {
            memory.putLong(at, newBlock(lane, scratch));
        } else {
            for (int i = 0; i < shape.stride(); i += Long.BYTES) {
                memory.putLong(at + i, wordAt(scratch, i));
            }
        }
        grow(lane, size + 1);
    }

    void addWord(Lane lane, long word) {
        long size = lockWithRoom(lane, 1);
        memory.putLong(vector.element(size), word);
        grow(lane, size + 1);
    }

    void addWords(Lane lane, long[] source, int position, int count) {
        long size = lockWithRoom(lane, count);
        int done = 0;
        while (done < count) {
            long index = size + done;
            long end = shape.elementsBefore(shape.chunk(index) + 1);
            int part = (int) Math.min(count - done, end - index);
            memory.copyFrom(source, position + done, vector.element(index), part);
            done += part;
        }
        grow(lane, size + count);
    }

    /** Commit: whoever reads the size, reads elements that were written before it. */
    private void grow(Lane lane, long size) {
        lane.set(sizeWord, size);
        lane.commit(CommitSite.VECTOR_ADD);
        unlock(lane);
    }

    /** Fills a reserved block with the scratch's value. */
    private long newBlock(Lane lane, Scratch scratch) {
        int length = scratch.valueLength;
        long block = blocks.take(lane, VectorHeader.elementSize(length));
        memory.putLong(block, length);
        memory.copyFrom(scratch.value, 0, block + VectorHeader.ELEMENT_BYTES_OFFSET, length);
        return block;
    }

    /** Eight bytes of the scratch's value from a position on, zeros behind its end. */
    private static long wordAt(Scratch scratch, int position) {
        int bytes = Math.min(Long.BYTES, scratch.valueLength - position);
        return ByteArrays.getLong(scratch.value, position) & EncodedKey.mask(bytes);
    }

    // ---- change

    /** Returns the size. If the index lies behind it, nothing has been done. */
    long set(Lane lane, Scratch scratch, long index) {
        if (shape.isBlock()) {
            blocks.reserve(lane, VectorHeader.elementSize(scratch.valueLength), 1);
        }
        long size = lock(lane);
        if (index < 0 || index >= size) {
            unlock(lane);
            return size;
        }
        long at = vector.element(index);
        if (shape.isBlock()) {
            long old = memory.getLong(at);
            lane.set(at, newBlock(lane, scratch));
            giveBlock(lane, old);
            lane.commit(CommitSite.VECTOR_SET);
            unlock(lane);
            keepGiven(scratch, old);
            return size;
        }
        keep(scratch, index);
        if (shape.isWord()) {
            lane.set(at, vector.toWord(scratch.value));
        } else {
            for (int i = 0; i < shape.stride(); i += Long.BYTES) {
                lane.set(at + i, wordAt(scratch, i));
            }
        }
        lane.commit(CommitSite.VECTOR_SET);
        unlock(lane);
        return size;
    }

    /** Copies an element that stands in place; there is always room for it. */
    private void keep(Scratch scratch, long index) {
        vector.copyFound(scratch, vector.locate(scratch, index));
    }

    private void giveBlock(Lane lane, long block) {
        blocks.give(lane, block, VectorHeader.elementSize(vector.lengthOf(block)));
    }

    /** The block is in the lane's own stock now; its bytes stay what they are as long as the lease lasts. */
    private void keepGiven(Scratch scratch, long block) {
        scratch.foundLength = vector.lengthOf(block);
        scratch.roomForCopy(scratch.foundLength);
        vector.copyFound(scratch, block + VectorHeader.ELEMENT_BYTES_OFFSET);
    }

    /** Under the lock. Returns the word as it was. */
    long update(Lane lane, long index, ChunkedVector.Update update, long operand, long expected) {
        long at = vector.element(index);
        long old = memory.getLong(at);
        switch (update) {
            case READ -> {}
            case SET -> lane.set(at, operand);
            case ADD -> lane.set(at, old + operand);
            case COMPARE_AND_SET -> {
                if (old == expected) {
                    lane.set(at, operand);
                }
            }
        }
        lane.commit(CommitSite.VECTOR_SET);
        return old;
    }

    // ---- remove

    boolean removeLast(Lane lane, Scratch scratch, long index) {
        long last = lock(lane) - 1;
        if (last < 0 || (index >= 0 && index != last)) {
            unlock(lane);
            return false;
        }
        if (shape.isBlock()) {
            long block = memory.getLong(vector.element(last));
            giveBlock(lane, block);
            shrink(lane, last);
            unlock(lane);
            keepGiven(scratch, block);
        } else {
            keep(scratch, last);
            shrink(lane, last);
            unlock(lane);
        }
        return true;
    }

    private void shrink(Lane lane, long size) {
        // The size first: who reads the new version, reads no older size, and so does not take for an element what is
        // behind the new one.
        lane.set(sizeWord, size);
        lane.set(versionWord, memory.getLong(versionWord) + 1);
        lane.commit(CommitSite.VECTOR_REMOVE);
    }

    /** Removes elements until only so many are left. Returns false if it has to be called again. */
    boolean truncate(Lane lane, long target) {
        long size = lock(lane);
        if (!shape.isBlock() && size > target) {
            shrink(lane, target);
            size = target;
        }
        while (size > target) {
            long block = memory.getLong(vector.element(size - 1));
            long bytes = VectorHeader.elementSize(vector.lengthOf(block));
            if (!blocks.hasRoom(lane, bytes, 1)) {
                unlock(lane);
                blocks.makeRoom(lane, bytes, 1);
                return false;
            }
            giveBlock(lane, block);
            size--;
            shrink(lane, size);
        }
        unlock(lane);
        return true;
    }
}
