/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.view;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.BytesUtil;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.bytes.internal.AbstractBytesStore;
import net.openhft.chronicle.bytes.internal.BytesInternal;
import net.openhft.chronicle.bytes.util.DecoratedBufferOverflowException;
import net.openhft.chronicle.bytes.util.DecoratedBufferUnderflowException;

/**
 * Bytes for Chronicle that have no address: each access goes through one of the few methods below, which check it. A subclass
 * says where the bytes are. Writing is refused unless it overrides that too.
 *
 * <p>Thread-safe as the bytes behind it are.
 *
 * @param <S> the subclass itself
 */
public abstract class CheckedBytesStore<S extends CheckedBytesStore<S>> extends AbstractBytesStore<S, Void> {
    /*
     * Chronicle's own stores over an address leave the checks to Bytes, which can be asked not to make them, makes them
     * against limits that anybody may set, and copies straight from address to address where both sides have one. A store
     * that is not direct memory is only ever asked for bytes and words at positions.
     */

    private static final String NO_ADDRESS = "these bytes have no address";

    /** Bytes whose memory is not Chronicle's: nothing is counted, nothing is freed. */
    protected CheckedBytesStore() {
        super(false);
    }

    // ---- what a subclass says

    /** Number of bytes. Positions are from 0 to this, excluding. */
    @Override
    public abstract long capacity();

    /** Copies bytes out. The range has been checked. */
    protected abstract void copyOut(long position, byte[] target, int targetPosition, int count);

    /** Copies bytes in. The range has been checked. */
    protected void copyIn(byte[] source, int sourcePosition, long position, int count) {
        throw readOnly();
    }

    // ---- checks

    /**
     * The position, if so many bytes from it on can be read.
     *
     * @throws java.nio.BufferUnderflowException if not
     */
    protected final long readable(long position, long count) {
        if (!fits(position, count)) {
            throw new DecoratedBufferUnderflowException(outside(position, count));
        }
        return position;
    }

    /**
     * The position, if so many bytes from it on can be written.
     *
     * @throws java.nio.BufferOverflowException if not
     */
    protected final long writable(long position, long count) {
        if (!fits(position, count)) {
            throw new DecoratedBufferOverflowException(outside(position, count));
        }
        return position;
    }

    private boolean fits(long position, long count) {
        return position >= 0 && count >= 0 && position <= capacity() - count;
    }

    private String outside(long position, long count) {
        return "outside the bytes: position=" + position + " count=" + count + " capacity=" + capacity();
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("these bytes can only be read");
    }

    // ---- reading

    @Override
    public final float readFloat(long position) {
        return Float.intBitsToFloat(readInt(position));
    }

    @Override
    public final double readDouble(long position) {
        return Double.longBitsToDouble(readLong(position));
    }

    @Override
    public byte readVolatileByte(long position) {
        return readByte(position);
    }

    @Override
    public short readVolatileShort(long position) {
        return readShort(position);
    }

    @Override
    public int readVolatileInt(long position) {
        return readInt(position);
    }

    @Override
    public long readVolatileLong(long position) {
        return readLong(position);
    }

    /** Copies out as many bytes as there are, at most {@code length}. */
    @Override
    public final long read(long position, byte[] target, int targetPosition, int length) {
        int count = (int) Math.min(length, capacity() - readable(position, 0));
        Objects.checkFromIndexSize(targetPosition, count, target.length);
        copyOut(position, target, targetPosition, count);
        return count;
    }

    // ---- writing

    @Override
    public S writeByte(long position, byte value) {
        throw readOnly();
    }

    @Override
    public S writeShort(long position, short value) {
        throw readOnly();
    }

    @Override
    public S writeInt(long position, int value) {
        throw readOnly();
    }

    @Override
    public S writeLong(long position, long value) {
        throw readOnly();
    }

    @Override
    public final S writeFloat(long position, float value) {
        return writeInt(position, Float.floatToRawIntBits(value));
    }

    @Override
    public final S writeDouble(long position, double value) {
        return writeLong(position, Double.doubleToRawLongBits(value));
    }

    @Override
    public S writeOrderedInt(long position, int value) {
        throw readOnly();
    }

    @Override
    public S writeOrderedLong(long position, long value) {
        throw readOnly();
    }

    @Override
    public S writeVolatileByte(long position, byte value) {
        throw readOnly();
    }

    @Override
    public S writeVolatileShort(long position, short value) {
        throw readOnly();
    }

    @Override
    public S writeVolatileInt(long position, int value) {
        throw readOnly();
    }

    @Override
    public S writeVolatileLong(long position, long value) {
        throw readOnly();
    }

    @Override
    public boolean compareAndSwapInt(long position, int expected, int value) {
        throw readOnly();
    }

    @Override
    public boolean compareAndSwapLong(long position, long expected, long value) {
        throw readOnly();
    }

    @Override
    public final void testAndSetInt(long position, int expected, int value) {
        if (!compareAndSwapInt(position, expected, value)) {
            throw new IllegalStateException("another value than expected: position=" + position + " expected="
                    + expected + " found=" + readVolatileInt(position));
        }
    }

    @Override
    public final S write(long position, byte[] source, int sourcePosition, int count) {
        Objects.checkFromIndexSize(sourcePosition, count, source.length);
        copyIn(source, sourcePosition, writable(position, count), count);
        return self();
    }

    @Override
    public final void write(long position, ByteBuffer source, int sourcePosition, int count) {
        Objects.checkFromIndexSize(sourcePosition, count, source.limit());
        writable(position, count);
        byte[] bytes = new byte[count];
        source.get(sourcePosition, bytes);
        copyIn(bytes, 0, position, count);
    }

    @Override
    public final S write(long position, RandomDataInput source, long sourcePosition, long count) {
        writable(position, count);
        for (long i = 0; i < count; i++) {
            writeByte(position + i, source.readByte(sourcePosition + i));
        }
        return self();
    }

    @Override
    public final long write8bit(long position, BytesStore<?, ?> text) {
        long length = text.readRemaining();
        long at = BytesUtil.writeStopBit(this, position, length);
        write(at, text, text.readPosition(), length);
        return at + length;
    }

    @Override
    public final long write8bit(long position, String text, int start, int length) {
        byte[] bytes = text.substring(start, start + length).getBytes(StandardCharsets.ISO_8859_1);
        long at = BytesUtil.writeStopBit(this, position, length);
        write(at, bytes, 0, length);
        return at + length;
    }

    /** Writes {@code mantissa} with its last {@code exponent} digits behind the point, and returns how many bytes that took. */
    @Override
    public final long appendAndReturnLength(
            long position, boolean negative, long mantissa, int exponent, boolean withPoint) {
        writable(position, Math.abs((long) exponent)); // so that a wild exponent does not become as many digits
        String digits = BigDecimal.valueOf(mantissa, exponent).toPlainString();
        String text = (negative ? "-" : "") + digits + (withPoint && exponent <= 0 ? ".0" : "");
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        write(position, bytes, 0, bytes.length);
        return bytes.length;
    }

    /** Copies bytes within the store. The ranges may overlap. */
    @Override
    public final void move(long from, long to, long count) {
        readable(from, count);
        writable(to, count);
        byte[] bytes = new byte[Math.toIntExact(count)];
        copyOut(from, bytes, 0, bytes.length);
        copyIn(bytes, 0, to, bytes.length);
    }

    private S self() {
        @SuppressWarnings("unchecked")
        S self = (S) this;
        return self;
    }

    // ---- what is not to be had

    @Override
    public final boolean isDirectMemory() {
        return false;
    }

    @Override
    public final long addressForRead(long position) {
        throw new UnsupportedOperationException(NO_ADDRESS);
    }

    @Override
    public final long addressForWrite(long position) {
        throw new UnsupportedOperationException(NO_ADDRESS);
    }

    @Override
    public final long addressForWritePosition() {
        throw new UnsupportedOperationException(NO_ADDRESS);
    }

    @Override
    public final void nativeRead(long position, long address, long size) {
        throw new UnsupportedOperationException("copying to an address is not checked by anybody");
    }

    @Override
    public final void nativeWrite(long address, long position, long size) {
        throw new UnsupportedOperationException("copying from an address is not checked by anybody");
    }

    @Override
    public final boolean sharedMemory() {
        return false;
    }

    @Override
    public final Void underlyingObject() {
        return null;
    }

    @Override
    public final BytesStore<S, Void> copy() {
        throw new UnsupportedOperationException("a copy would be another kind of bytes: toByteArray() makes one");
    }

    @Override
    protected final void performRelease() {
        // The memory is not Chronicle's to free.
    }

    @Override
    public final String toString() {
        return BytesInternal.toString(this);
    }
}
