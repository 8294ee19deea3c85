/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.region.MappedRegion;
import java.util.function.BooleanSupplier;

/**
 * A segment's memory as somebody sees it who is stopped before or after a chosen load while others work, and who is watched:
 * no access beyond the heap or into the part of the superblock that only an opener reads, no wait for a word that nobody
 * changes, no endless walk.
 */
final class PreemptedMemory extends SegmentMemory {
    /** So many volatile loads without another load between them: a wait for others, but they stand still. */
    private static final int LONGEST_WAIT = 200;

    private static final long LONGEST_WALK = 1_000_000;

    private boolean mayStore = true;
    private final BooleanSupplier mayStop;
    private boolean watched;
    private long points;
    private long stop = Long.MAX_VALUE;
    /** Whether the others have been at work: then a pointer may have gone under the reader's eyes. */
    private boolean disturbed;

    private Runnable intruder = () -> {};
    private int waits;
    private int longestCopy;

    /**
     * The memory of somebody who is watched.
     *
     * @param mayStop asked before the others are let in: they must not have to wait for a lock
     */
    PreemptedMemory(MappedRegion region, String name, long limit, BooleanSupplier mayStop) {
        super(region, name, limit);
        this.mayStop = mayStop;
    }

    /** Counts from 0 again, and lets the others work once at a point: two points to each load, before it and after it. */
    void preemptAt(long point, Runnable others) {
        points = 0;
        watched = true;
        disturbed = false;
        stop = point;
        intruder = others;
        waits = 0;
    }

    /** Lets the others work once more, so many points from here. */
    void preemptIn(long pointsFromHere) {
        stop = points + pointsFromHere;
    }

    /** False for a reader, which stores nothing as long as nobody dies. */
    void mayStore(boolean allowed) {
        mayStore = allowed;
    }

    /** Stops and watches no longer, until the next {@link #preemptAt}. */
    void endWatch() {
        stop = Long.MAX_VALUE;
        watched = false;
    }

    /** Points passed since the counter was set. */
    long points() {
        return points;
    }

    /** Bytes that were copied out at most in one call. */
    int longestCopy() {
        return longestCopy;
    }

    private void pass() {
        points++;
        if (points > stop && mayStop.getAsBoolean()) {
            stop = Long.MAX_VALUE;
            disturbed = true;
            intruder.run();
        }
        if (points > LONGEST_WALK && watched) {
            throw new AssertionError("a walk does not end");
        }
    }

    private void check(long offset, long length) {
        long end = super.getLongVolatile(Superblock.HEAP_END_OFFSET);
        if (offset + length > end) {
            throw new AssertionError("a load beyond the heap: offset=" + offset + " heapEnd=" + end);
        }
        if (offset < Superblock.IMMUTABLE_END && !disturbed) {
            throw new AssertionError("an empty slot or link was followed: offset=" + offset);
        }
    }

    @Override
    public long getLong(long offset) {
        pass();
        waits = 0;
        long value = super.getLong(offset);
        check(offset, Long.BYTES);
        pass();
        return value;
    }

    @Override
    public long getLongVolatile(long offset) {
        pass();
        long value = super.getLongVolatile(offset);
        check(offset, Long.BYTES);
        if (++waits > LONGEST_WAIT && watched) {
            throw new AssertionError("waits for a word that nobody changes: offset=" + offset + " word=" + value);
        }
        pass();
        return value;
    }

    @Override
    public long peekLong(long offset) {
        pass();
        waits = 0;
        long value = super.peekLong(offset);
        pass();
        return value;
    }

    @Override
    public long peekMatches(long offset, int count, long value, int bits) {
        long matches = 0;
        for (int i = 0; i < count; i++) {
            pass();
            matches |= super.peekMatches(offset + (long) i * Long.BYTES, 1, value, bits) << i;
            pass();
        }
        return matches;
    }

    @Override
    public int getInt(long offset) {
        pass();
        int value = super.getInt(offset);
        check(offset, Integer.BYTES);
        pass();
        return value;
    }

    @Override
    public short getShort(long offset) {
        pass();
        short value = super.getShort(offset);
        check(offset, Short.BYTES);
        pass();
        return value;
    }

    @Override
    public byte getByteVolatile(long offset) {
        pass();
        byte value = super.getByteVolatile(offset);
        check(offset, 1);
        pass();
        return value;
    }

    @Override
    public short getShortVolatile(long offset) {
        pass();
        short value = super.getShortVolatile(offset);
        check(offset, Short.BYTES);
        pass();
        return value;
    }

    @Override
    public int getIntVolatile(long offset) {
        pass();
        int value = super.getIntVolatile(offset);
        check(offset, Integer.BYTES);
        pass();
        return value;
    }

    @Override
    public byte getByte(long offset) {
        pass();
        byte value = super.getByte(offset);
        check(offset, 1);
        pass();
        return value;
    }

    @Override
    public long getLongUnaligned(long offset) {
        pass();
        long value = super.getLongUnaligned(offset);
        check(offset, Long.BYTES);
        pass();
        return value;
    }

    @Override
    public void copyTo(long offset, byte[] target, int position, int length) {
        pass();
        super.copyTo(offset, target, position, length);
        check(offset, length);
        longestCopy = Math.max(longestCopy, length);
        pass();
    }

    @Override
    public void copyTo(long offset, long[] target, int position, int count) {
        pass();
        super.copyTo(offset, target, position, count);
        check(offset, count * Long.BYTES);
        pass();
    }

    @Override
    public long getKnown(long offset) {
        return getLong(offset);
    }

    @Override
    public boolean isKnownPair(long offset, long first, long second) {
        return getLong(offset) == first && getLong(offset + Long.BYTES) == second;
    }

    @Override
    public void putLong(long offset, long value) {
        checkStore(offset);
        super.putLong(offset, value);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        checkStore(offset);
        super.putLongRelease(offset, value);
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        checkStore(offset);
        return super.compareAndSetLong(offset, expected, value);
    }

    @Override
    public boolean compareAndSetInt(long offset, int expected, int value) {
        checkStore(offset);
        return super.compareAndSetInt(offset, expected, value);
    }

    @Override
    public void putByte(long offset, byte value) {
        checkStore(offset);
        super.putByte(offset, value);
    }

    @Override
    public void putShort(long offset, short value) {
        checkStore(offset);
        super.putShort(offset, value);
    }

    @Override
    public void putInt(long offset, int value) {
        checkStore(offset);
        super.putInt(offset, value);
    }

    @Override
    public void putLongUnaligned(long offset, long value) {
        checkStore(offset);
        super.putLongUnaligned(offset, value);
    }

    @Override
    public void putByteRelease(long offset, byte value) {
        checkStore(offset);
        super.putByteRelease(offset, value);
    }

    @Override
    public void putShortRelease(long offset, short value) {
        checkStore(offset);
        super.putShortRelease(offset, value);
    }

    @Override
    public void putIntRelease(long offset, int value) {
        checkStore(offset);
        super.putIntRelease(offset, value);
    }

    @Override
    public void copyFrom(byte[] source, int position, long offset, int length) {
        checkStore(offset);
        super.copyFrom(source, position, offset, length);
    }

    @Override
    public void copyFrom(long[] source, int position, long offset, int count) {
        checkStore(offset);
        super.copyFrom(source, position, offset, count);
    }

    @Override
    public void zero(long offset, long length) {
        checkStore(offset);
        super.zero(offset, length);
    }

    private void checkStore(long offset) {
        if (!mayStore) {
            throw new AssertionError("a reader stores: offset=" + offset);
        }
    }
}
