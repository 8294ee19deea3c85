/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Locks on a {@link LockFile} that is there as long as anybody has the segment open. */
final class FileLocks implements SegmentLocks {
    private final String segment;
    private final LockFile file;
    private volatile boolean closed;

    private FileLocks(String segment, LockFile file) {
        this.segment = segment;
        this.file = file;
    }

    /** Makes the file and opens it. Nobody else may do so: the path is one that no file has ever had. */
    static FileLocks create(Path path, Set<PosixFilePermission> permissions, String segment) throws IOException {
        ChannelFileLocation.create(path, permissions).close();
        return open(path, segment);
    }

    /**
     * Opens the file.
     *
     * @throws NoSuchFileException if it is not there
     */
    static FileLocks open(Path path, String segment) throws IOException {
        return new FileLocks(segment, LockFile.openExisting(path));
    }

    private interface LockCall<T> {
        T call() throws IOException;
    }

    /** Not beside {@link #close}: a lock that is taken behind it would stay as long as others of this process use the file. */
    private synchronized <T> T call(long position, LockCall<T> call) {
        SegmentFile.checkNotNegative("position", position);
        checkOpen();
        try {
            return call.call();
        } catch (NonWritableChannelException e) {
            String text = "the lock file cannot be written to: position=" + position + " segment=" + segment;
            throw new UncheckedIOException(text, new AccessDeniedException(segment, null, text));
        } catch (IOException e) {
            throw failure("cannot lock: position=" + position, segment, e);
        }
    }

    static HeapException failure(String what, String segment, IOException e) {
        return new HeapException(what + " reason=" + e + " segment=" + segment, e);
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the memory is closed: segment=" + segment);
        }
    }

    @Override
    public boolean tryLockSlot(long position) {
        return call(position, () -> file.tryLockSlot(this, position));
    }

    @Override
    public void unlockSlot(long position) {
        unlock(position);
    }

    @Override
    public boolean tryLock(long position) {
        return call(position, () -> file.tryLock(this, position, false));
    }

    @Override
    public boolean tryLockShared(long position) {
        return call(position, () -> file.tryLock(this, position, true));
    }

    @Override
    public void unlock(long position) {
        call(position, () -> {
            file.unlock(this, position);
            return true;
        });
    }

    @Override
    public boolean isLocked(long position) {
        return call(position, () -> file.isLocked(position));
    }

    /** The JDK does not tell who it is. */
    @Override
    public @Nullable LockHolder lockHolder(long position) {
        return isLocked(position) ? new LockHolder(-1, position, 1, false) : null;
    }

    /** Gives up all locks; the last who has the file open deletes it. Idempotent. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                file.close(this);
            } catch (IOException e) {
                throw failure("cannot close the lock file:", segment, e);
            }
        }
    }
}
