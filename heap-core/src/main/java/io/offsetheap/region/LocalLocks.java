/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The locks of those who have one memory open in this JVM, for memory that is of no concern to another process. They end when
 * they are closed, and with the JVM, which is the process.
 */
final class LocalLocks implements SegmentLocks {
    /** Who has a byte: one for himself, or many together. */
    private record Held(boolean shared, Set<LocalLocks> holders) {}

    /** All locks on one memory. Its own monitor guards it. */
    private static final class Table {
        private final Map<Long, Held> bytes = new HashMap<>();
        /** Guarded by {@link #TABLES}. */
        private int users;
    }

    /** The memory that somebody has open, by what tells it from all other. Its own monitor guards it. */
    private static final Map<Object, Table> TABLES = new HashMap<>();

    private final Object memory;
    private final Table table;
    private volatile boolean closed;

    /** @param memory what tells the memory from all other: equal for all who share its locks */
    LocalLocks(Object memory) {
        this.memory = memory;
        synchronized (TABLES) {
            table = TABLES.computeIfAbsent(memory, key -> new Table());
            table.users++;
        }
    }

    @Override
    public boolean tryLockSlot(long position) {
        return lock(position, false);
    }

    @Override
    public void unlockSlot(long position) {
        unlock(position);
    }

    @Override
    public boolean tryLock(long position) {
        return lock(position, false);
    }

    @Override
    public boolean tryLockShared(long position) {
        return lock(position, true);
    }

    private boolean lock(long position, boolean shared) {
        check(position);
        synchronized (table) {
            Held held = table.bytes.get(position);
            Set<LocalLocks> holders = held == null ? new HashSet<>() : held.holders;
            boolean free = holders.isEmpty() || holders.equals(Set.of(this)) || shared && held != null && held.shared;
            if (free) {
                holders.add(this);
                table.bytes.put(position, new Held(shared, holders));
            }
            return free;
        }
    }

    @Override
    public void unlock(long position) {
        check(position);
        synchronized (table) {
            Held held = table.bytes.get(position);
            if (held != null && held.holders.remove(this) && held.holders.isEmpty()) {
                table.bytes.remove(position);
            }
        }
    }

    @Override
    public boolean isLocked(long position) {
        LockHolder holder = lockHolder(position);
        return holder != null && !holder.shared();
    }

    @Override
    public @Nullable LockHolder lockHolder(long position) {
        check(position);
        synchronized (table) {
            Held held = table.bytes.get(position);
            return held == null ? null : new LockHolder(ProcessHandle.current().pid(), position, 1, held.shared);
        }
    }

    @Override
    public boolean spanProcesses() {
        return false;
    }

    private void check(long position) {
        SegmentFile.checkNotNegative("position", position);
        checkOpen();
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the memory is closed: memory=" + memory);
        }
    }

    /** Gives up all that this has. Once only. */
    void close() {
        closed = true;
        synchronized (table) {
            table.bytes.values().removeIf(held -> held.holders.remove(this) && held.holders.isEmpty());
        }
        synchronized (TABLES) {
            if (--table.users == 0) {
                TABLES.remove(memory);
            }
        }
    }
}
