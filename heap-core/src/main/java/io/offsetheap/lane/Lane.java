/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.HeapException;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A working context inside the segment: lock list, journal and stocks of free blocks. A thread leases one for each
 * outermost write, so lanes count concurrent writers, not threads. When the thread or its process dies, the lane is what
 * survivors find, and all they need to finish or undo the operation.
 *
 * <p>Not thread-safe: only the lessee calls it, from {@link LaneTable#lease()} to {@link #giveBack()} or {@link #abandon}.
 */
public final class Lane {
    /*
     * The commit. Changes are collected here, in Java, with read-your-writes, and touch the segment only in commit():
     *
     *   one record    that store is the commit
     *   several       records into the journal, their number with one store (the commit), apply, number back to 0
     *
     * A survivor who finds a number applies the records again. That is safe because the guard of each record, a lock or
     * the lane itself, stays held by the dead lane until its list has been applied: nobody else can have changed the words.
     *
     * Locks. The intent goes into the lock list before the compare-and-set, and leaves it after the release. A survivor
     * skips an intent whose word names another owner, so both gaps are harmless.
     */

    private static final int STACK_PROBE_DEPTH = 24;

    private final LaneTable table;
    private final SegmentMemory memory;
    private final Geometry geometry;
    private final int index;
    private final long entry;
    private final long body;

    private final long[] targets;
    private final long[] values;
    private int records;

    private final long[] held = new long[Geometry.LOCK_CAPACITY];
    private final LockRank[] ranks = new LockRank[Geometry.LOCK_CAPACITY];
    private int locks;
    /** Locks that are held over the operations of a section: operations begin and end with so many. */
    private int sectionLocks;

    private long unsettled;
    /** What a function that is not ours has thrown in this operation, at a clean point. */
    private @Nullable Throwable foreign;

    /** Whose lease this is, for those who ask whether its thread still lives; stale after the lease. */
    @Nullable
    LaneContext holder;
    /** The FREE word that the last lease of this handle left. Any other word means that a stranger had the lane since. */
    long lastFree = -1;

    Lane(LaneTable table, int index) {
        this.table = table;
        this.memory = table.memory();
        this.geometry = table.geometry();
        this.index = index;
        this.entry = geometry.lane(index);
        this.body = geometry.laneBody(index);
        this.targets = new long[geometry.redoCapacity];
        this.values = new long[geometry.redoCapacity];
    }

    /** The lane's number, from 0; its number + 1 is the owner in the lock words it holds. */
    public int index() {
        return index;
    }

    public LaneTable table() {
        return table;
    }

    /** Offset of the lane's entry in the lane table. */
    public long entry() {
        return entry;
    }

    /** Offset of the stock of a size class: its count, then its slots. */
    public long stock(int sizeClass) {
        return body + geometry.stock(sizeClass);
    }

    // ---- the transaction

    /** The word as this transaction will leave it. */
    public long get(long offset) {
        long target = Journal.encode(Journal.SET, 0, offset);
        for (int i = records - 1; i >= 0; i--) {
            if (targets[i] == target) {
                return values[i];
            }
        }
        return memory.getLong(offset);
    }

    /** Adds the store of a word to the transaction. The caller holds the word's guard until {@link #commit} returns. */
    public void set(long offset, long value) {
        long target = Journal.encode(Journal.SET, 0, offset);
        for (int i = records - 1; i >= 0; i--) {
            if (targets[i] == target) {
                values[i] = value;
                return;
            }
        }
        add(target, value);
    }

    /** Adds the filling of 2^{@code log2n} words to the transaction. */
    public void fill(long offset, int log2n, long value) {
        add(Journal.encode(Journal.FILL, log2n, offset), value);
    }

    private void add(long target, long value) {
        if (records == targets.length) {
            throw new IllegalStateException("the journal is full: records=" + records + " segment=" + memory.name());
        }
        targets[records] = target;
        values[records] = value;
        records++;
    }

    /** Makes all changes of the transaction real with one store, and begins the next one. */
    public void commit(CommitSite site) {
        int n = records;
        if (n == 0) {
            return;
        }
        if (n == 1 && Journal.op(targets[0]) == Journal.SET) {
            records = 0;
            memory.commitWord(site, Journal.offset(targets[0]), values[0]);
            return;
        }
        long at = body + Geometry.REDO_OFFSET;
        for (int i = 0; i < n; i++) {
            memory.putLong(at, targets[i]);
            memory.putLong(at + Long.BYTES, values[i]);
            at += Geometry.REDO_RECORD_SIZE;
        }
        // Commit: the number of records goes last, in order. Whoever finds this lane dead reads it and therefore sees
        // every record behind it. Stored earlier it would let a survivor apply half a list.
        memory.commitWord(site, body + Geometry.JOURNAL_HEAD_OFFSET, n);
        for (int i = 0; i < n; i++) {
            Journal.apply(memory, targets[i], values[i]);
        }
        // A survivor that reads 0 finds everything applied; the next records must not overtake this store.
        memory.publish(body + Geometry.JOURNAL_HEAD_OFFSET, 0);
        records = 0;
    }

    /** Forgets the changes that are not committed. */
    public void rollback() {
        records = 0;
    }

    // ---- locks

    /** Takes a lock, waiting as long as its owner lives and helping as soon as it does not. */
    public void lock(LockRank rank, long offset) {
        int at = intend(rank, offset, Journal.encode(Journal.LOCK_WORD, 0, offset));
        acquire(offset, at);
        // The stores of the section must not overtake the compare-and-set that announces it to readers.
        memory.storeStoreFence();
    }

    /**
     * Takes the locks of 2^{@code log2n} buckets in a row, as one entry of the lock list.
     *
     * @param bucketShift log2 of the bytes of a bucket: {@value Journal#BUCKET_SHIFT} or {@value Journal#LARGE_BUCKET_SHIFT}
     */
    public void lockBuckets(long offset, int log2n, int bucketShift) {
        long entry = Journal.buckets(offset, log2n, bucketShift);
        int at = intend(LockRank.BUCKET, offset, entry);
        for (int i = 0; i < Journal.lockWords(entry); i++) {
            acquire(Journal.lockWord(entry, i), at);
        }
        memory.storeStoreFence();
    }

    /** {@link #lock} of one that is free just now. */
    public boolean tryLock(LockRank rank, long offset) {
        long word = memory.getLongVolatile(offset);
        if (LockWord.isLocked(word)) {
            return false;
        }
        int at = intend(rank, offset, Journal.encode(Journal.LOCK_WORD, 0, offset));
        if (!memory.compareAndSetLong(offset, word, LockWord.lockedBy(word, index))) {
            withdraw(at);
            return false;
        }
        memory.storeStoreFence();
        return true;
    }

    private int intend(LockRank rank, long offset, long listed) {
        if (locks == sectionLocks) {
            // An overflow of the stack should happen here, where nothing is locked, not inside a section.
            probeStack(STACK_PROBE_DEPTH);
        }
        if (locks != 0) {
            LockRank last = ranks[locks - 1];
            if (last.compareTo(rank) > 0 || (last == rank && Journal.offset(held[locks - 1]) >= offset)) {
                throw new IllegalStateException("locks are taken in rising order: held=" + last + "@"
                        + Journal.offset(held[locks - 1]) + " wanted=" + rank + "@" + offset + " segment="
                        + memory.name());
            }
        }
        int at = locks;
        held[at] = listed;
        ranks[at] = rank;
        locks = at + 1;
        // The intent goes first: a death between it and the compare-and-set leaves an entry whose word has another
        // owner.
        memory.publish(listOffset(at), listed);
        return at;
    }

    private void acquire(long offset, int at) {
        while (true) {
            long word = memory.getLongVolatile(offset);
            if (LockWord.isLocked(word)) {
                try {
                    table.await(offset, word, this);
                } catch (IllegalStateException | HeapException e) {
                    withdraw(at);
                    throw e;
                }
            } else if (memory.compareAndSetLong(offset, word, LockWord.lockedBy(word, index))) {
                return;
            }
        }
    }

    /** Gives up the entry just intended, and what it has already locked of it. */
    private void withdraw(int at) {
        locks = at;
        release(held[at], at);
    }

    /** Releases the lock taken last. */
    public void unlock(long offset) {
        long entry = held[locks - 1];
        if (Journal.offset(entry) != offset) {
            throw new IllegalStateException("locks are released in reverse order: held=" + Journal.offset(entry)
                    + " released=" + offset + " segment=" + memory.name());
        }
        locks--;
        release(entry, locks);
    }

    private void release(long entry, int at) {
        for (int i = 0; i < Journal.lockWords(entry); i++) {
            long word = Journal.lockWord(entry, i);
            long value = memory.getLong(word);
            if (LockWord.owner(value) == index) {
                memory.publish(word, LockWord.unlocked(value));
            }
        }
        memory.publish(listOffset(at), 0);
    }

    /** Locks held now. */
    public int locks() {
        return locks;
    }

    private long listOffset(int at) {
        return body + Geometry.LOCK_LIST_OFFSET + (long) at * Long.BYTES;
    }

    private static int probeStack(int depth) {
        return depth == 0 ? 0 : 1 + probeStack(depth - 1);
    }

    // ---- the lease

    /** Notes that the stock of this class may hold more than it may keep; it is settled before the lane is given back. */
    public void touch(int sizeClass) {
        unsettled |= 1L << sizeClass;
    }

    /** Ends the operation. The lane holds no lock and its transaction is committed. */
    public void giveBack() {
        settle();
        table.giveBack(this);
    }

    /** Brings the stocks back to what they may hold between operations. */
    void settle() {
        if (unsettled != 0) {
            table.upkeep().settle(this, unsettled);
            unsettled = 0;
        }
    }

    /** Begins a section: the locks held now stay, whatever operations begin and end meanwhile. See {@link LaneTable#enterSection}. */
    void enterSection() {
        sectionLocks = locks;
    }

    void leaveSection() {
        sectionLocks = 0;
    }

    /**
     * Calls a function that is not ours: of a user, or of a type. It may read, and use this lane; until it returns the thread
     * can begin no other write to this heap. What it throws is a refusal, unless it comes from the middle of a step of ours.
     *
     * <p>The lane holds no lock; what its transaction has collected is forgotten if the function throws.
     */
    public <T> T call(Supplier<T> function) {
        LaneContext context = table.enterUserFunction();
        try {
            return function.get();
        } catch (Throwable t) {
            foreign = isClean() ? t : null;
            throw t;
        } finally {
            context.leaveUserFunction();
        }
    }

    /** Whether the segment knows of nothing that has been begun and not finished. */
    private boolean isClean() {
        return locks == sectionLocks
                && memory.getLong(listOffset(sectionLocks)) == 0
                && memory.getLong(body + Geometry.JOURNAL_HEAD_OFFSET) == 0
                && memory.getLong(entry + LaneState.CLAIM_OFFSET) == 0;
    }

    /**
     * Ends an operation that failed, to be rethrown by the caller. A refusal at a clean point gives the lane back as it
     * was. After anything else the lane is poisoned with one store and left to whoever needs it: no repair, no unlock and
     * no help here, because what failed once may fail again.
     */
    public void abandon(Throwable reason) {
        Throwable obstacle = locks == sectionLocks && isRefusal(reason) ? undo() : reason;
        foreign = null;
        if (obstacle == null) {
            table.giveBack(this);
        } else {
            table.poison(this);
        }
        if (obstacle != null && obstacle != reason) {
            reason.addSuppressed(obstacle);
        }
    }

    /** Returns what has failed in its turn, or null. */
    private @Nullable Throwable undo() {
        rollback();
        try {
            settle();
            return null;
        } catch (Throwable t) {
            return t;
        }
    }

    /** Damage is no refusal: who has met it may claim a lane that cannot be recovered, and must not look done with it. */
    private boolean isRefusal(Throwable reason) {
        return (reason instanceof HeapException && !(reason instanceof CorruptedSegmentException))
                || reason instanceof IllegalArgumentException
                || reason == foreign;
    }

    /** Forgets what an earlier lease of this handle left in Java; the segment has been recovered by then. */
    void reset() {
        records = 0;
        locks = 0;
        sectionLocks = 0;
        unsettled = 0;
        Arrays.fill(held, 0);
    }
}
