/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.LockTimeoutException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentFormatException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Memory of one size, as a region, with locks that are found somewhere else. */
abstract class RegionSegmentFile extends SegmentFile {
    /*
     * Such memory cannot be made without a name and named when it is whole. Who makes a segment holds a byte of the locks
     * meanwhile, and who opens one waits for that byte: so others see a whole segment, none, or one whose maker has died. The
     * last of these has no first word yet, see Attachment.format.
     */

    /** Held by who makes or removes the memory, and together by those who open it. */
    static final long MAKE_BYTE = 0;

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long POLL_NANOS = 100_000;

    private final SegmentLocks locks;
    private @Nullable MappedRegion region;
    /** Whether a segment works in the region. */
    private boolean mapped;

    /** @param region null if the memory is made when it is mapped */
    RegionSegmentFile(String description, boolean readOnly, SegmentLocks locks, @Nullable MappedRegion region) {
        super(description, readOnly);
        this.locks = locks;
        this.region = region;
    }

    /** Takes {@link #MAKE_BYTE}, or waits for who has it. */
    static void lockMake(SegmentLocks locks, boolean shared, String segment) {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!(shared ? locks.tryLockShared(MAKE_BYTE) : locks.tryLock(MAKE_BYTE))) {
            if (System.nanoTime() - deadline > 0) {
                throw new LockTimeoutException("another process is making or removing the segment and does not go on:"
                        + " waited=10s segment=" + segment + ". If it is stopped, kill -9 is safe.");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Makes the memory, of a size. */
    abstract MappedRegion make(long length);

    @Override
    public final Path path() {
        throw new UnsupportedOperationException("no path leads to such memory: segment=" + this);
    }

    /** Throws {@link IllegalStateException} after close. */
    abstract void checkOpen();

    @Override
    public final synchronized long size() {
        checkOpen();
        return region == null ? 0 : region.size();
    }

    private synchronized MappedRegion region() {
        if (region == null) {
            throw new IllegalStateException("the memory has not been made yet: segment=" + this);
        }
        return region;
    }

    @Override
    public final void read(long position, byte[] target) {
        long end = size();
        if (position > end - target.length) {
            throw new SegmentFormatException("the memory ends too early: position=" + position + " length="
                    + target.length + " end=" + end + " segment=" + this);
        }
        region().read(position, target);
    }

    @Override
    public final void truncate(long size) {
        checkNotNegative("size", size);
        checkInside(0, size);
    }

    /** Before the memory is made there is nothing to do: it is made as a whole. */
    @Override
    public void reserve(long position, long length) {
        checkNotNegative("position", position);
        checkPositive("length", length);
        if (size() == 0) {
            return;
        }
        checkInside(position, length);
        if (!region().populate(position, length)) {
            throw new OutOfSegmentMemoryException("there is no memory for this part of the region: position=" + position
                    + " length=" + length + " segment=" + this);
        }
    }

    private void checkInside(long position, long length) {
        long size = size();
        if (position > size - length) {
            throw new OutOfSegmentMemoryException("the memory has one size for its life: position=" + position
                    + " length=" + length + " size=" + size + " segment=" + this);
        }
    }

    @Override
    public final synchronized MappedRegion map(long length) {
        checkPositive("length", length);
        if (size() == 0) {
            region = make(length);
        } else if (length > size()) {
            throw new SegmentFormatException("the memory is smaller than the heap may grow: size=" + size()
                    + " maxSize=" + length + " segment=" + this);
        }
        mapped = true;
        return region();
    }

    final synchronized boolean isMapped() {
        return mapped;
    }

    @Override
    final MappedRegion mapInside(MapMode mode, long offset, long length, long address) {
        throw new UnsupportedOperationException("the memory is mapped already: segment=" + this);
    }

    /** Others may open it now. */
    @Override
    public boolean publish() {
        locks.unlock(MAKE_BYTE);
        return true;
    }

    // ---- locks

    @Override
    public final boolean tryLockSlot(long position) {
        return locks.tryLockSlot(position);
    }

    @Override
    public final void unlockSlot(long position) {
        locks.unlockSlot(position);
    }

    @Override
    public final boolean tryLock(long position) {
        return locks.tryLock(position);
    }

    @Override
    public final boolean tryLockShared(long position) {
        return locks.tryLockShared(position);
    }

    @Override
    public final void unlock(long position) {
        locks.unlock(position);
    }

    @Override
    public final boolean isLocked(long position) {
        return locks.isLocked(position);
    }

    @Override
    public final @Nullable LockHolder lockHolder(long position) {
        return locks.lockHolder(position);
    }

    @Override
    public final boolean spanProcesses() {
        return locks.spanProcesses();
    }
}
