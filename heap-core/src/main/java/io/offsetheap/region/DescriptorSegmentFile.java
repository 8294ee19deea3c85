/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.error.SegmentFormatException;
import java.io.IOException;
import java.lang.ref.Cleaner.Cleanable;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that is open through descriptors of this process, with every call made of the C library: a name on a file system, or
 * memory without one.
 */
final class DescriptorSegmentFile extends SegmentFile {
    /*
     * Two descriptors, each with an open file description of its own.
     *
     * The first one maps and holds the lock on the slot byte of this process. The kernel frees that lock with the last
     * reference to the description, and the mapping is such a reference: byte free means no mapping, so that no store of
     * the owner can follow. Nothing else is done with it, because whatever else holds the description (a copy made by dup,
     * a descriptor passed to another process) would keep the owner alive.
     *
     * The second one does the rest. Above all it asks who holds a slot byte: F_OFD_GETLK never reports a lock of the
     * description that it asks through. As a slot byte is locked through the first one, this object's own lock is reported.
     */
    private static final int ZERO_CHUNK = 1 << 16;

    private final LibC libC;
    private final Descriptors descriptors;
    private final NamedFileLocation location;
    private final LibC.FileStatus identity;
    private final boolean onDisk;
    private final boolean unlimited;
    private final Cleanable cleanable;

    /** Keeps the region, and with it the descriptors, as long as this object is reachable. */
    private @Nullable MappedRegion region;

    DescriptorSegmentFile(
            LibC libC,
            Descriptors descriptors,
            NamedFileLocation location,
            LibC.FileStatus identity,
            LibC.FileSystem fileSystem,
            boolean readOnly) {
        super(location.toString(), readOnly);
        this.libC = libC;
        this.descriptors = descriptors;
        this.location = location;
        this.identity = identity;
        this.onDisk = !FileSystemType.isMemory(fileSystem.type());
        this.unlimited = FileSystemType.isUnlimitedMemory(fileSystem.type(), fileSystem.blocks());
        cleanable = MappedRegion.CLEANER.register(this, descriptors);
    }

    @Override
    public Path path() {
        return location.path();
    }

    @Override
    public boolean isOnDisk() {
        return onDisk;
    }

    @Override
    public long size() {
        try (var use = descriptors.use()) {
            LibC.FileStatus status = libC.status(use.probe());
            if (status == null) {
                throw location.failure(libC.errno(), "cannot read the size of the file");
            }
            return status.length();
        }
    }

    @Override
    public void read(long position, byte[] target) {
        checkNotNegative("position", position);
        try (var use = descriptors.use()) {
            int done = 0;
            while (done < target.length) {
                long n = libC.pread(use.probe(), target, done, target.length - done, position + done);
                if (n == 0) {
                    throw new SegmentFormatException("the file ends too early: position=" + position + " length="
                            + target.length + " end=" + (position + done) + " segment=" + location);
                } else if (n > 0) {
                    done += (int) n;
                } else if (libC.errno() != LibC.EINTR) {
                    throw location.failure(libC.errno(), "cannot read: position=" + position);
                }
            }
        }
    }

    @Override
    public void truncate(long size) {
        checkNotNegative("size", size);
        try (var use = descriptors.use()) {
            long current = size();
            if (size < current) {
                throw new IllegalArgumentException(
                        "a segment never shrinks: size=" + current + " requested=" + size + " segment=" + location);
            }
            int result;
            do {
                result = libC.ftruncate(use.probe(), size);
            } while (result != 0 && libC.errno() == LibC.EINTR);
            if (result != 0) {
                throw reserveFailure(libC.errno(), current, size - current);
            }
        }
    }

    @Override
    public void reserve(long position, long length) {
        checkNotNegative("position", position);
        checkPositive("length", length);
        try (var use = descriptors.use()) {
            if (unlimited) {
                // No file system refuses it: it would be taken from all processes, until the system kills some of them.
                long more = length - Math.max(0, Math.min(length, size() - position));
                AvailableMemory.check(more, position, length, location.toString());
            }
            int result;
            do {
                result = libC.fallocate(use.probe(), position, length);
            } while (result != 0 && libC.errno() == LibC.EINTR);
            if (result == 0) {
                return;
            }
            int errno = libC.errno();
            if (errno == LibC.EOPNOTSUPP || errno == LibC.ENOSYS || errno == LibC.EINVAL) {
                writeZeros(use.probe(), Math.max(position, size()), position, length);
            } else {
                throw reserveFailure(errno, position, length);
            }
        }
    }

    private void writeZeros(int descriptor, long from, long position, long length) {
        byte[] zeros = new byte[ZERO_CHUNK];
        long at = from;
        while (at < position + length) {
            long n = libC.pwrite(descriptor, zeros, (int) Math.min(ZERO_CHUNK, position + length - at), at);
            if (n >= 0) {
                at += n;
            } else if (libC.errno() != LibC.EINTR) {
                throw reserveFailure(libC.errno(), position, length);
            }
        }
    }

    private RuntimeException reserveFailure(int errno, long position, long length) {
        boolean noRoom = errno == LibC.ENOSPC || errno == LibC.EFBIG || errno == LibC.EDQUOT || errno == LibC.ENOMEM;
        if (!noRoom) {
            return location.failure(errno, "cannot extend the file: position=" + position + " length=" + length);
        }
        return new OutOfSegmentMemoryException("the file system has no room for this part of the file: position="
                + position + " length=" + length + " errno=" + LibC.describe(errno) + " segment=" + location);
    }

    @Override
    public synchronized MappedRegion map(long length) {
        checkPositive("length", length);
        if (region != null) {
            throw new IllegalStateException("the file is mapped already: segment=" + location);
        }
        MapMode mode = readOnly() ? MapMode.READ_ONLY : MapMode.READ_WRITE;
        try (var use = descriptors.use()) {
            Mapping pages = PageMapping.map(
                    libC,
                    MappedRegion.ANY_ADDRESS,
                    0,
                    length,
                    mode,
                    mode.flags(),
                    use.map(),
                    descriptors,
                    location.toString());
            descriptors.passToRegion();
            region = new MappedRegion(pages, mode, false);
            return region;
        }
    }

    @Override
    MappedRegion mapInside(MapMode mode, long offset, long length, long address) {
        try (var use = descriptors.use()) {
            return new MappedRegion(
                    PageMapping.map(
                            libC, address, offset, length, mode, mode.flags(), use.probe(), null, location.toString()),
                    mode,
                    true);
        }
    }

    @Override
    public boolean publish() {
        try (var use = descriptors.use()) {
            var temporaryName = descriptors.temporaryName();
            String existing = temporaryName == null ? Descriptors.ownPath(use.probe()) : temporaryName.toString();
            boolean named = location.link(libC, existing);
            if (named) {
                descriptors.removeTemporaryName();
            }
            return named;
        }
    }

    @Override
    public boolean isStillNamed() {
        try (var use = descriptors.use()) {
            Objects.requireNonNull(use);
            LibC.FileStatus status = libC.status(location.path());
            return status != null && status.isSameFileAs(identity);
        }
    }

    @Override
    public boolean tryLockSlot(long position) {
        try (var use = descriptors.use()) {
            if (!setLock(use.map(), LibC.F_WRLCK, position)) {
                return false;
            }
            // Behind the lock, because who has no native calls locks first as well, and then looks at this file.
            if (isUsedWithoutNativeCalls()) {
                unlockSlot(position);
                throw usedWithoutNativeCalls();
            }
            return true;
        }
    }

    @Override
    public void checkOtherKind() {
        if (isUsedWithoutNativeCalls()) {
            throw usedWithoutNativeCalls();
        }
    }

    private SegmentBusyException usedWithoutNativeCalls() {
        return new SegmentBusyException("a process without native calls has the segment open: segment=" + location);
    }

    /** Asks the lock file, which is there as long as such a process has the segment open. */
    private boolean isUsedWithoutNativeCalls() {
        Path real;
        try {
            real = location.path().toRealPath();
        } catch (IOException e) {
            // Not yet named, or no longer: nobody else opens it.
            return false;
        }
        int lockFile = libC.open(FileIdentity.lockFile(real, identity.inode()), LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        if (lockFile < 0) {
            int errno = libC.errno();
            if (errno == LibC.ENOENT) {
                return false;
            }
            throw location.failure(errno, "cannot look for processes without native calls");
        }
        try {
            LibC.FileLock lock = libC.getLock(lockFile, LibC.F_WRLCK, LockFile.IN_USE);
            return lock == null || lock.type() != LibC.F_UNLCK;
        } finally {
            libC.close(lockFile);
        }
    }

    @Override
    public void unlockSlot(long position) {
        try (var use = descriptors.use()) {
            setLock(use.map(), LibC.F_UNLCK, position);
        }
    }

    @Override
    public boolean tryLock(long position) {
        try (var use = descriptors.use()) {
            return setLock(use.probe(), LibC.F_WRLCK, position);
        }
    }

    @Override
    public boolean tryLockShared(long position) {
        try (var use = descriptors.use()) {
            return setLock(use.probe(), LibC.F_RDLCK, position);
        }
    }

    @Override
    public void unlock(long position) {
        try (var use = descriptors.use()) {
            setLock(use.probe(), LibC.F_UNLCK, position);
        }
    }

    private boolean setLock(int descriptor, short type, long position) {
        checkNotNegative("position", position);
        while (libC.setLock(descriptor, type, position) != 0) {
            int errno = libC.errno();
            if (errno == LibC.EAGAIN || errno == LibC.EACCES) {
                return false;
            } else if (errno != LibC.EINTR) {
                throw location.failure(errno, "cannot lock: position=" + position);
            }
        }
        return true;
    }

    @Override
    public boolean isLocked(long position) {
        LockHolder holder = lockHolder(position);
        return holder != null && !holder.shared() && holder.start() == position && holder.length() == 1;
    }

    @Override
    public @Nullable LockHolder lockHolder(long position) {
        checkNotNegative("position", position);
        try (var use = descriptors.use()) {
            LibC.FileLock lock;
            do {
                lock = libC.getLock(use.probe(), LibC.F_WRLCK, position);
            } while (lock == null && libC.errno() == LibC.EINTR);
            if (lock == null) {
                throw location.failure(libC.errno(), "cannot look for locks: position=" + position);
            } else if (lock.type() == LibC.F_UNLCK) {
                return null;
            }
            return new LockHolder(lock.pid(), lock.start(), lock.length(), lock.type() == LibC.F_RDLCK);
        }
    }

    @Override
    public void sync() {
        try (var use = descriptors.use()) {
            int result;
            do {
                result = libC.fsync(use.probe());
            } while (result != 0 && libC.errno() == LibC.EINTR);
            if (result != 0) {
                throw location.failure(libC.errno(), "cannot write the file to the disk");
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!descriptors.isOwnedByRegion()) {
            cleanable.clean();
        }
    }
}
