/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.view.Views;
import net.openhft.chronicle.bytes.Bytes;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A named object of raw bytes, as long as it was constructed: the plainest thing to share.
 *
 * <pre>
 *   +0  identity, 0 when destroyed      +8  length in bytes      +16  the bytes
 * </pre>
 *
 * Thread-safe as memory is: aligned words are read and written whole, larger ranges are not.
 */
public final class SharedBytes {
    /** Constructs objects of any length from 0; their bytes are 0 at first. */
    public static final SharedType<SharedBytes> TYPE = new Type();

    static final int BYTES_OFFSET = 16;

    private final ObjectSpace space;
    private final SegmentMemory memory;
    private final long object;
    private final long identity;
    private final long length;

    private SharedBytes(ObjectSpace space, long object, long length) {
        this.space = space;
        this.memory = space.memory();
        this.object = object;
        this.identity = memory.getLongVolatile(object);
        this.length = length;
        if (identity == 0) {
            throw destroyed();
        }
    }

    /** Length in bytes. */
    public long length() {
        checkUsable();
        return length;
    }

    /** Offset of the first byte in the segment, a multiple of 16. */
    public long offset() {
        checkUsable();
        return object + BYTES_OFFSET;
    }

    /**
     * A byte.
     *
     * @throws IndexOutOfBoundsException if the position is not from 0 to {@link #length} - 1
     */
    public byte getByte(long position) {
        byte value = memory.getByte(at(position, 1));
        memory.keepMapped();
        return value;
    }

    /**
     * Sets a byte.
     *
     * @throws IndexOutOfBoundsException as {@link #getByte}
     */
    public void putByte(long position, byte value) {
        memory.putByte(at(position, 1), value);
        memory.keepMapped();
    }

    /** Eight bytes, little-endian; in one access if the position is a multiple of 8, which it must be. */
    public long getLong(long position) {
        long value = memory.getLongVolatile(word(position));
        memory.keepMapped();
        return value;
    }

    /** Sets eight bytes with one store, behind all earlier stores of this thread. */
    public void putLong(long position, long value) {
        memory.putLongRelease(word(position), value);
        memory.keepMapped();
    }

    /** Replaces eight bytes if they are as expected, in one step for all processes. */
    public boolean compareAndSetLong(long position, long expected, long value) {
        boolean set = memory.compareAndSetLong(word(position), expected, value);
        memory.keepMapped();
        return set;
    }

    /** Copies a range out. */
    public void get(long position, byte[] target, int targetPosition, int count) {
        memory.copyTo(at(position, count), target, targetPosition, count);
        memory.keepMapped();
    }

    /** Copies a range in. A reader may see a part of it. */
    public void put(long position, byte[] source, int sourcePosition, int count) {
        memory.copyFrom(source, sourcePosition, at(position, count), count);
        memory.keepMapped();
    }

    /**
     * All bytes as Chronicle Bytes that cannot grow, cleared. See {@link Views}: the view is not told when this object
     * is destroyed.
     *
     * @throws UnsupportedOperationException on a heap that is open read-only
     */
    public Bytes<Void> bytes() {
        return Views.bytes(memory, at(0, length), length);
    }

    /**
     * All bytes as an Agrona buffer. See {@link Views}: the view is not told when this object is destroyed.
     *
     * @throws IllegalArgumentException if the object has 2 GiB or more
     * @throws UnsupportedOperationException on a heap that is open read-only, and without the option of the JVM that Agrona
     *     needs: the message names it
     */
    public UnsafeBuffer buffer() {
        return Views.buffer(memory, at(0, length), length);
    }

    private long word(long position) {
        if (position % Long.BYTES != 0) {
            throw new IllegalArgumentException("a word begins at a multiple of 8: position=" + position);
        }
        return at(position, Long.BYTES);
    }

    private long at(long position, long count) {
        checkUsable();
        if (position < 0 || count < 0 || position > length - count) {
            throw new IndexOutOfBoundsException(
                    "outside the object: position=" + position + " count=" + count + " length=" + length);
        }
        return object + BYTES_OFFSET + position;
    }

    private void checkUsable() {
        space.lanes().checkOpen();
        if (memory.getLongVolatile(object) != identity) {
            throw destroyed();
        }
    }

    private IllegalStateException destroyed() {
        return new IllegalStateException(
                "the object has been destroyed: offset=" + object + " segment=" + memory.name());
    }

    private static final class Type implements SharedType<SharedBytes> {
        private static final BlockShape SHAPE = new BlockShape(BYTES_OFFSET, 1);

        @Override
        public String fingerprint() {
            return "SharedBytes/1";
        }

        @Override
        public Structure structure() {
            return Structure.BLOCK;
        }

        @Override
        public BlockShape shape() {
            return SHAPE;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            SHAPE.reserve(space, lane, length);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return SHAPE.create(space, lane, identity, length);
        }

        @Override
        public SharedBytes bind(ObjectSpace space, long offset, long length) {
            return new SharedBytes(space, offset, length);
        }
    }
}
