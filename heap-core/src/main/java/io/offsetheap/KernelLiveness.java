/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.lane.Liveness;
import io.offsetheap.region.LockHolder;
import io.offsetheap.region.SegmentLocks;

/**
 * Liveness by the kernel: each slot is a byte far behind the end of the file, and its claim is a lock on that byte, see
 * {@link SegmentLocks#tryLockSlot}. It is given up when no operation runs any more, or goes when the process has ended and its
 * memory is gone: then no thread of that process can store.
 */
final class KernelLiveness implements Liveness {
    static final long INIT_BYTE = 1L << 62;
    private static final long FIRST_SLOT_BYTE = INIT_BYTE + 16;

    private final SegmentLocks locks;

    KernelLiveness(SegmentLocks locks) {
        this.locks = locks;
    }

    @Override
    public boolean tryClaim(int slot) {
        return locks.tryLockSlot(FIRST_SLOT_BYTE + slot);
    }

    @Override
    public void release(int slot) {
        locks.unlockSlot(FIRST_SLOT_BYTE + slot);
    }

    @Override
    public boolean isAlive(int slot) {
        return locks.isLocked(FIRST_SLOT_BYTE + slot);
    }

    @Override
    public String holders() {
        LockHolder holder = locks.lockHolder(FIRST_SLOT_BYTE);
        return holder == null || holder.length() == 1
                ? "processes attached to this heap"
                : "a lock of the whole file by pid " + holder.pid() + ", such as a backup tool takes";
    }
}
