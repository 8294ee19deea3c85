/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.LockTimeoutException;
import io.offsetheap.error.SegmentBusyException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The file beside a segment on which processes without native calls lock bytes for each other. One for all users of this
 * JVM; never mapped, read or written. Thread-safe.
 */
final class LockFile {
    /*
     * The kernel frees a lock of this kind when its process closes any descriptor of the file, so
     *  - it is not the segment's file, which anybody may read, copy and close;
     *  - this JVM opens it once, and closes it behind its last user.
     * Such a lock belongs to the process, and the JDK refuses two of one process on one byte. So who of this process has it
     * is written down here.
     *
     * Each process that uses the file has its last byte together with the others. Who gets that byte for himself is the last
     * one, and deletes the file. Whoever gets it, or his share of it, looks first whether the name still leads to the file:
     * another one may have deleted it before. So all who use a segment at one time use one lock file, and it is there as
     * long as one of them lives.
     */
    static final long IN_USE = Long.MAX_VALUE - 1;

    private static final long QUESTION_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long POLL_NANOS = 100_000;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Map<Path, LockFile> OPEN = new HashMap<>();

    /** Channels that must not be closed, see {@link #tryLockInUse}. Guarded by {@link #OPEN}. */
    private static final Map<Path, FileChannel> KEPT = new HashMap<>();

    /** A lock of this process, and which of its users share it. */
    private record Held(FileLock lock, List<Object> owners) {}

    private final FileIdentity identity;
    private final Path path;
    private final FileChannel channel;
    private final FileLock inUse;
    private final Map<Long, Held> held = new HashMap<>();
    private int users;

    private LockFile(FileIdentity identity, Path path, FileChannel channel, FileLock inUse) {
        this.identity = identity;
        this.path = path;
        this.channel = channel;
        this.inUse = inUse;
    }

    /**
     * One more user of the lock file of a segment, which is made if it is missing, for all who may open the segment.
     *
     * @param segment a path that leads to the segment, for its permissions
     */
    static LockFile open(Path path, Path segment) throws IOException {
        while (true) {
            try {
                return openExisting(path);
            } catch (NoSuchFileException absent) {
                ChannelFileLocation.createLike(segment, path);
            }
        }
    }

    /**
     * One more user of a lock file that is there.
     *
     * @throws NoSuchFileException if it is not
     */
    static LockFile openExisting(Path path) throws IOException {
        synchronized (OPEN) {
            LockFile file = OPEN.get(path);
            long deadline = System.nanoTime() + DEADLINE_NANOS;
            while (file == null) {
                if (System.nanoTime() - deadline > 0) {
                    throw new LockTimeoutException(
                            "another process is deleting the lock file and does not go on: waited=10s lockFile=" + path
                                    + ". If it is stopped, kill -9 is safe.");
                }
                file = tryOpen(path);
                Thread.yield();
            }
            OPEN.put(path, file);
            file.users++;
            return file;
        }
    }

    /** Returns null if the file is being deleted. */
    private static @Nullable LockFile tryOpen(Path path) throws IOException {
        closeKept(path);
        FileIdentity before = FileIdentity.of(path);
        FileChannel channel = openChannel(path);
        boolean valid = false;
        try {
            FileLock inUse = tryLockInUse(path, channel);
            valid = inUse != null && before.equals(FileIdentity.of(path));
            return valid ? new LockFile(before, path, channel, Objects.requireNonNull(inUse)) : null;
        } finally {
            if (!valid && KEPT.get(path) != channel) {
                channel.close();
            }
        }
    }

    /** Keeps the channel if another copy of this class, from another class loader, uses the file: to close it would end its locks. */
    private static @Nullable FileLock tryLockInUse(Path path, FileChannel channel) throws IOException {
        try {
            return channel.tryLock(IN_USE, 1, true);
        } catch (OverlappingFileLockException e) {
            KEPT.put(path, channel);
            throw new SegmentBusyException("another copy of this library has the segment open in this JVM: lockFile="
                    + path + ". Load it by one class loader for all.");
        }
    }

    /** Closes a channel that was kept, if the other copy is no longer in the way. */
    private static void closeKept(Path path) throws IOException {
        FileChannel kept = KEPT.get(path);
        if (kept != null) {
            tryLockInUse(path, kept);
            KEPT.remove(path);
            kept.close();
        }
    }

    /** Who may only read it can take part in shared locks, and ask. */
    private static FileChannel openChannel(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            return FileChannel.open(path, StandardOpenOption.READ);
        }
    }

    /** Deletes a lock file that dead processes have left, if there is one. */
    static void deleteUnused(Path path) throws IOException {
        try {
            synchronized (OPEN) {
                LockFile file = OPEN.containsKey(path) ? null : tryOpen(path);
                if (file != null) {
                    file.end();
                }
            }
        } catch (NoSuchFileException | AccessDeniedException | SegmentBusyException e) {
            // There is none, or it is somebody else's.
            return;
        }
    }

    /** Ends the use by one user, and gives up what that still has. */
    void close(Object owner) throws IOException {
        synchronized (OPEN) {
            for (long position : positionsOf(owner)) {
                unlock(owner, position);
            }
            users--;
            if (users == 0) {
                OPEN.remove(path);
                end();
            }
        }
    }

    /** Closes the file, and deletes it if nobody else uses it. */
    private void end() throws IOException {
        try {
            inUse.release();
            deleteIfUnused();
        } finally {
            channel.close();
        }
    }

    private void deleteIfUnused() throws IOException {
        try (FileLock last = channel.tryLock(IN_USE, 1, false)) {
            if (last != null && identity.equals(FileIdentity.of(path))) {
                Files.delete(path);
            }
        } catch (NonWritableChannelException | FileSystemException e) {
            // Another one was faster. Or it is somebody else's file, in a directory where each can remove what is his;
            // or one
            // that another program has open, on a system that then deletes none. It stays, and whoever uses the segment
            // next uses it again.
            return;
        }
    }

    /** Whether a user has a lock. */
    boolean isUsedBy(Object owner) {
        return !positionsOf(owner).isEmpty();
    }

    private synchronized List<Long> positionsOf(Object owner) {
        List<Long> positions = new ArrayList<>();
        held.forEach((position, lock) -> {
            if (lock.owners.contains(owner)) {
                positions.add(position);
            }
        });
        return positions;
    }

    /** Takes the lock on a byte for one user. Returns false if somebody else's lock is in the way. */
    synchronized boolean tryLock(Object owner, long position, boolean shared) throws IOException {
        Held here = held.get(position);
        if (here != null) {
            boolean mine = here.owners.contains(owner);
            boolean granted = here.lock.isShared() == shared && (mine || shared);
            if (granted && !mine) {
                here.owners.add(owner);
            }
            return granted;
        }
        FileLock lock = channel.tryLock(position, 1, shared);
        if (lock == null) {
            return false;
        }
        List<Object> owners = new ArrayList<>();
        owners.add(owner);
        held.put(position, new Held(lock, owners));
        return true;
    }

    /** Takes a slot's byte for one user. Returns false if somebody has the slot. */
    boolean tryLockSlot(Object owner, long position) throws IOException {
        long start = System.nanoTime();
        while (!tryLock(owner, position, false)) {
            // What is in the way may be no more than a question, asked by who may be out of processor time.
            if (isLocked(position) || System.nanoTime() - start > QUESTION_NANOS) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /** Gives up what one user has on a byte. */
    synchronized void unlock(Object owner, long position) throws IOException {
        Held here = held.get(position);
        if (here != null && here.owners.remove(owner) && here.owners.isEmpty()) {
            held.remove(position);
            here.lock.release();
        }
    }

    /** Whether anybody, this process included, has the lock on a byte against all others. */
    synchronized boolean isLocked(long position) throws IOException {
        Held here = held.get(position);
        return here == null ? isLockedElsewhere(position) : !here.lock.isShared();
    }

    /**
     * Asks by taking the lock together with others who ask, and giving it back: two who ask at once do not see each other, so
     * nobody dead looks alive. Who takes the lock for himself at that moment does not get it.
     */
    private boolean isLockedElsewhere(long position) throws IOException {
        FileLock lock = channel.tryLock(position, 1, true);
        if (lock == null) {
            return true;
        }
        lock.release();
        return false;
    }
}
