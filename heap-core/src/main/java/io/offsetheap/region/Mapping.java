/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;

/**
 * The pages behind a region, and how they are given back. Not the region itself, so that the cleaner does not keep that
 * reachable. Offsets are those of the region, and lie inside it. Thread-safe.
 */
abstract class Mapping implements Runnable {
    /** Address of the region's first byte. */
    final long begin;

    /** Bytes of the region. */
    final long size;

    /** What messages show as the segment. */
    final String object;

    /** Whether somebody may be inside an access that checks whether the region is closed. */
    volatile boolean viewed;

    volatile boolean closed;

    /** How many heaps live in the region. Guarded by this. */
    private int heaps;

    Mapping(long begin, long size, String object) {
        this.begin = begin;
        this.size = size;
        this.object = object;
    }

    final synchronized void hold() {
        if (closed) {
            throw new IllegalStateException("the region is closed: segment=" + object);
        }
        heaps++;
    }

    final synchronized void release() {
        heaps--;
    }

    /** Whoever ends the use of the pages asks first, and holds the monitor of this until he has. */
    final void checkNoHeap() {
        if (heaps > 0) {
            throw new IllegalStateException(
                    "a heap lives in the region, close that first: heaps=" + heaps + " segment=" + object);
        }
    }

    /** Ends the use of the pages. Returns whether nothing is left to be done when the region can no longer be reached. */
    abstract boolean close();

    /** What happens when the region can no longer be reached. */
    @Override
    public abstract void run();

    /** Ends this mapping, but for the part from {@code from} on, which another one takes over. */
    abstract Mapping keepOnly(long from, long length);

    /** What {@link MappedRegion#buffer} says, of a region that stays reachable as long as the result. */
    abstract ByteBuffer buffer(MappedRegion region, long offset, int length);

    /** A buffer over addresses of a region that the JDK has not mapped: the region stays reachable as long as the buffer. */
    static ByteBuffer keeping(MappedRegion region, long address, int length) {
        ByteBuffer buffer = MemoryIO.getInstance().newDirectByteBuffer(address, length);
        MappedRegion.CLEANER.register(buffer, new Hold(region));
        return buffer;
    }

    /** Keeps a region until the cleaner that holds this runs it. */
    record Hold(MappedRegion region) implements Runnable {
        @Override
        public void run() {
            // It has done its work by being there.
        }
    }

    /** What {@link MappedRegion#populate} says. */
    abstract boolean populate(long offset, long length);

    /** What {@link MappedRegion#advise} says. */
    abstract boolean advise(Advice advice);

    /** What {@link MappedRegion#flush(long, long, boolean)} says. */
    abstract void flush(long offset, long length, boolean async);
}
