/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.view;

import io.offsetheap.memory.SegmentMemory;

/** A range of a segment or of another region, through {@link SegmentMemory}. Thread-safe as memory is. */
final class BlockBytesStore extends CheckedBytesStore<BlockBytesStore> {
    private final SegmentMemory memory;
    private final long offset;
    private final long length;

    BlockBytesStore(SegmentMemory memory, long offset, long length) {
        this.memory = memory;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public long capacity() {
        return length;
    }

    @Override
    protected void copyOut(long position, byte[] target, int targetPosition, int count) {
        memory.copyTo(at(position), target, targetPosition, count);
        memory.keepMapped();
    }

    @Override
    protected void copyIn(byte[] source, int sourcePosition, long position, int count) {
        memory.copyFrom(source, sourcePosition, at(position), count);
        memory.keepMapped();
    }

    // ---- plain

    @Override
    public byte readByte(long position) {
        byte value = memory.getByte(at(readable(position, Byte.BYTES)));
        memory.keepMapped();
        return value;
    }

    @Override
    public short readShort(long position) {
        short value = memory.getShort(at(readable(position, Short.BYTES)));
        memory.keepMapped();
        return value;
    }

    @Override
    public int readInt(long position) {
        int value = memory.getInt(at(readable(position, Integer.BYTES)));
        memory.keepMapped();
        return value;
    }

    @Override
    public long readLong(long position) {
        long value = memory.getLongUnaligned(at(readable(position, Long.BYTES)));
        memory.keepMapped();
        return value;
    }

    @Override
    public BlockBytesStore writeByte(long position, byte value) {
        memory.putByte(at(writable(position, Byte.BYTES)), value);
        memory.keepMapped();
        return this;
    }

    @Override
    public BlockBytesStore writeShort(long position, short value) {
        memory.putShort(at(writable(position, Short.BYTES)), value);
        memory.keepMapped();
        return this;
    }

    @Override
    public BlockBytesStore writeInt(long position, int value) {
        memory.putInt(at(writable(position, Integer.BYTES)), value);
        memory.keepMapped();
        return this;
    }

    @Override
    public BlockBytesStore writeLong(long position, long value) {
        memory.putLongUnaligned(at(writable(position, Long.BYTES)), value);
        memory.keepMapped();
        return this;
    }

    // ---- ordered

    @Override
    public byte readVolatileByte(long position) {
        byte value = readByte(position);
        memory.loadFence();
        return value;
    }

    @Override
    public short readVolatileShort(long position) {
        short value = readShort(aligned(position, Short.BYTES));
        memory.loadFence();
        return value;
    }

    @Override
    public int readVolatileInt(long position) {
        int value = memory.getIntVolatile(at(readable(aligned(position, Integer.BYTES), Integer.BYTES)));
        memory.keepMapped();
        return value;
    }

    @Override
    public long readVolatileLong(long position) {
        long value = memory.getLongVolatile(at(readable(aligned(position, Long.BYTES), Long.BYTES)));
        memory.keepMapped();
        return value;
    }

    @Override
    public BlockBytesStore writeOrderedInt(long position, int value) {
        memory.putIntRelease(at(writable(aligned(position, Integer.BYTES), Integer.BYTES)), value);
        memory.keepMapped();
        return this;
    }

    @Override
    public BlockBytesStore writeOrderedLong(long position, long value) {
        memory.putLongRelease(at(writable(aligned(position, Long.BYTES), Long.BYTES)), value);
        memory.keepMapped();
        return this;
    }

    // A volatile store is behind everything before it and before everything behind it.

    @Override
    public BlockBytesStore writeVolatileByte(long position, byte value) {
        memory.fullFence();
        writeByte(position, value);
        memory.fullFence();
        return this;
    }

    @Override
    public BlockBytesStore writeVolatileShort(long position, short value) {
        memory.fullFence();
        writeShort(aligned(position, Short.BYTES), value);
        memory.fullFence();
        return this;
    }

    @Override
    public BlockBytesStore writeVolatileInt(long position, int value) {
        writeOrderedInt(position, value);
        memory.fullFence();
        return this;
    }

    @Override
    public BlockBytesStore writeVolatileLong(long position, long value) {
        writeOrderedLong(position, value);
        memory.fullFence();
        return this;
    }

    @Override
    public boolean compareAndSwapInt(long position, int expected, int value) {
        boolean set =
                memory.compareAndSetInt(at(writable(aligned(position, Integer.BYTES), Integer.BYTES)), expected, value);
        memory.keepMapped();
        return set;
    }

    @Override
    public boolean compareAndSwapLong(long position, long expected, long value) {
        boolean set =
                memory.compareAndSetLong(at(writable(aligned(position, Long.BYTES), Long.BYTES)), expected, value);
        memory.keepMapped();
        return set;
    }

    /** Regions of heaps are never closed; others are when their user wants it. */
    private long at(long position) {
        if (memory.region().isClosed()) {
            throw new IllegalStateException("the region is closed: segment=" + memory.name());
        }
        return offset + position;
    }

    /** No processor promises that a number across two words is read or written whole. */
    private long aligned(long position, int size) {
        if ((offset + position) % size != 0 || memory.region().address() % size != 0) {
            throw new IllegalArgumentException("an ordered access of " + size + " bytes begins at a multiple of " + size
                    + ": position=" + position + " segment=" + memory.name());
        }
        return position;
    }
}
