/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.SegmentBusyException;
import org.jspecify.annotations.Nullable;

/**
 * Locks on the bytes of a segment, by which the kernel says who is alive. They end with the process that has them, however
 * it ends.
 *
 * <p>Thread-safe. The locks belong to this object, neither to a thread nor to the process: two of these on one segment, in
 * one JVM or in two, exclude each other, and a lock that this object has is never in its own way. No call waits for a lock.
 * A byte need not lie within the segment; a negative one is an {@link IllegalArgumentException}. The last two that a file can
 * have are not free.
 */
public interface SegmentLocks {
    /**
     * Takes the lock on a slot byte, the sign that the owner of the slot is alive. It stays until {@link #unlockSlot}, or
     * until the segment is unmapped, or until this process has ended and its memory is gone, whatever comes first.
     *
     * @param position the byte
     * @return false if another of these has it
     */
    boolean tryLockSlot(long position);

    /**
     * Releases the lock on a slot byte.
     *
     * @param position the byte
     */
    void unlockSlot(long position);

    /**
     * Takes the lock on a byte, for as long as something lasts that only one may do at a time. Holding it, or not, says
     * nothing about slot bytes.
     *
     * @param position the byte
     * @return false if another of these has it
     */
    boolean tryLock(long position);

    /**
     * Takes the lock on a byte together with others who do the same, against those who {@link #tryLock} it.
     *
     * @param position the byte
     * @return false if another of these has it for itself
     */
    boolean tryLockShared(long position);

    /**
     * Releases what {@link #tryLock} or {@link #tryLockShared} took.
     *
     * @param position the byte
     */
    void unlock(long position);

    /**
     * Whether the owner of a slot byte holds it: whether the owner is alive. Any lock but one of exactly this byte against
     * all others proves that the owner has none, because the two would exclude each other; so a program that locks whole
     * files, such as one for backups, cannot make a dead owner look alive.
     *
     * <p>This object's own lock on the byte counts too.
     *
     * @param position the slot byte
     * @return true if the byte is locked the way {@link #tryLockSlot} does it
     */
    boolean isLocked(long position);

    /**
     * A lock that keeps a byte from being locked for writing, whoever has it; for messages about slots that nobody can take.
     *
     * @param position the byte
     * @return one such lock, or null if there is none at this moment
     */
    @Nullable
    LockHolder lockHolder(long position);

    /**
     * Looks for processes that these locks do not meet, because theirs are of another kind: those with native calls and those
     * without.
     *
     * @throws SegmentBusyException if one of them has locks at this moment
     */
    default void checkOtherKind() {}

    /**
     * Whether other processes meet these locks.
     *
     * @return false if they mean something in this process alone
     */
    default boolean spanProcesses() {
        return true;
    }
}
