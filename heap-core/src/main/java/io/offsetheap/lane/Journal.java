/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;

/**
 * Layout of the redo records and of the lock list in a lane body, and how a survivor applies them.
 *
 * <pre>
 *  record:     63  60 59   54 53                     0        second word
 *             +------+-------+------------------------+      +-----------+
 *             | op   | log2n | offset / 8             |      | value     |
 *             +------+-------+------------------------+      +-----------+
 *  lock entry: the same word, with the kind of lock in place of the op; 0 = empty
 * </pre>
 *
 * A body is read by those who find it after a death, so nothing in it is believed before it has been checked.
 */
public final class Journal {
    static final int SET = 1;
    static final int FILL = 2;

    static final int LOCK_WORD = 1;
    /** 2^log2n buckets of 64 bytes. */
    static final int LOCK_BUCKETS = 2;
    /** 2^log2n buckets of 128 bytes. */
    static final int LOCK_LARGE_BUCKETS = 3;

    static final int BUCKET_SHIFT = 6;
    static final int LARGE_BUCKET_SHIFT = 7;

    private static final int OP_SHIFT = 60;
    private static final int LOG2_SHIFT = 54;
    private static final long TARGET_MASK = (1L << LOG2_SHIFT) - 1;
    private static final int WORD_SHIFT = 3;
    private static final int MAX_LOG2 = 24;

    private Journal() {}

    static long encode(int op, int log2n, long offset) {
        return (long) op << OP_SHIFT | (long) log2n << LOG2_SHIFT | offset >>> WORD_SHIFT;
    }

    static int op(long target) {
        return (int) (target >>> OP_SHIFT);
    }

    static int log2n(long target) {
        return (int) (target >>> LOG2_SHIFT) & 63;
    }

    static long offset(long target) {
        return (target & TARGET_MASK) << WORD_SHIFT;
    }

    /** The entry of a lock list for 2^log2n buckets of a size. */
    static long buckets(long offset, int log2n, int bucketShift) {
        return encode(bucketShift == BUCKET_SHIFT ? LOCK_BUCKETS : LOCK_LARGE_BUCKETS, log2n, offset);
    }

    /** Number of words that an entry of a lock list stands for. */
    static int lockWords(long entry) {
        return 1 << log2n(entry);
    }

    /** Offset of one of them. */
    static long lockWord(long entry, int index) {
        return offset(entry) + ((long) index << bucketShift(entry));
    }

    private static int bucketShift(long entry) {
        return op(entry) == LOCK_LARGE_BUCKETS ? LARGE_BUCKET_SHIFT : BUCKET_SHIFT;
    }

    static void apply(SegmentMemory memory, long target, long value) {
        long offset = offset(target);
        if (op(target) == SET) {
            // Behind the records before it: who reads a structure version without its lock finds the directory of that
            // version, not an older one.
            memory.putLongRelease(offset, value);
            return;
        }
        long end = offset + ((long) Long.BYTES << log2n(target));
        for (long at = offset; at < end; at += Long.BYTES) {
            memory.putLong(at, value);
        }
    }

    /** Applies a complete list again, all of it or, if a single record or lock of the body is impossible, nothing. */
    static void replay(SegmentMemory memory, Geometry geometry, long body) {
        check(memory, geometry, body);
        long records = memory.getLongVolatile(body + Geometry.JOURNAL_HEAD_OFFSET);
        if (records == 0) {
            return;
        }
        long first = body + Geometry.REDO_OFFSET;
        long end = first + records * Geometry.REDO_RECORD_SIZE;
        for (long at = first; at < end; at += Geometry.REDO_RECORD_SIZE) {
            apply(memory, memory.getLong(at), memory.getLong(at + Long.BYTES));
        }
        memory.publish(body + Geometry.JOURNAL_HEAD_OFFSET, 0);
    }

    private static void check(SegmentMemory memory, Geometry geometry, long body) {
        long records = memory.getLongVolatile(body + Geometry.JOURNAL_HEAD_OFFSET);
        if (records < 0 || records > geometry.redoCapacity) {
            throw new CorruptedSegmentException("impossible number of journal records: records=" + records
                    + " capacity=" + geometry.redoCapacity + " body=" + body + " segment=" + memory.name());
        }
        for (int i = 0; i < records; i++) {
            long target = memory.getLong(body + Geometry.REDO_OFFSET + (long) i * Geometry.REDO_RECORD_SIZE);
            if (!isPossibleRecord(memory, target)) {
                throw new CorruptedSegmentException("impossible journal record: op=" + op(target) + " log2n="
                        + log2n(target) + " offset=" + offset(target) + " segment=" + memory.name());
            }
        }
        for (int i = 0; i < Geometry.LOCK_CAPACITY; i++) {
            long entry = memory.getLong(body + Geometry.LOCK_LIST_OFFSET + (long) i * Long.BYTES);
            if (entry != 0 && !isPossibleLock(memory, entry)) {
                throw new CorruptedSegmentException("impossible entry in a lock list: kind=" + op(entry) + " log2n="
                        + log2n(entry) + " offset=" + offset(entry) + " segment=" + memory.name());
            }
        }
    }

    /** Whether a record could have been written by a lane. */
    public static boolean isPossibleRecord(SegmentMemory memory, long target) {
        int op = op(target);
        int log2n = log2n(target);
        long length = (long) Long.BYTES << log2n;
        return ((op == SET && log2n == 0) || (op == FILL && log2n <= MAX_LOG2))
                && offset(target) >= Superblock.IMMUTABLE_END
                && memory.contains(offset(target), length)
                && !overlapsClassTable(offset(target), length);
    }

    private static boolean overlapsClassTable(long offset, long length) {
        return offset < Superblock.NAME_INDEX_OFFSET + Long.BYTES && offset + length > Superblock.CLASS_TABLE_OFFSET;
    }

    /**
     * Releases every lock that the lane's list names and that the lane really holds. Others are not touched. The list has
     * been checked by {@link #replay}.
     */
    static void releaseLocks(SegmentMemory memory, long body, int lane) {
        for (int i = 0; i < Geometry.LOCK_CAPACITY; i++) {
            long listed = body + Geometry.LOCK_LIST_OFFSET + (long) i * Long.BYTES;
            long entry = memory.getLong(listed);
            if (entry == 0) {
                continue;
            }
            for (int word = 0; word < lockWords(entry); word++) {
                long at = lockWord(entry, word);
                long value = memory.getLongVolatile(at);
                if (LockWord.owner(value) == lane) {
                    memory.publish(at, LockWord.unlocked(value));
                }
            }
            memory.publish(listed, 0);
        }
    }

    /** Whether an entry of a lock list that is not empty could have been written by a lane. */
    public static boolean isPossibleLock(SegmentMemory memory, long entry) {
        int kind = op(entry);
        int log2n = log2n(entry);
        return (kind == LOCK_WORD
                        ? log2n == 0
                        : kind >= LOCK_BUCKETS && kind <= LOCK_LARGE_BUCKETS && log2n <= MAX_LOG2)
                && offset(entry) >= Superblock.IMMUTABLE_END
                && memory.contains(offset(entry), 1L << (log2n + bucketShift(entry)));
    }
}
