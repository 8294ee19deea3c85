/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentFormatException;
import java.lang.ref.Cleaner.Cleanable;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An open file that a segment lives in: its size, its blocks, its name, and the kernel's locks on it.
 *
 * <p>Thread-safe. The locks belong to this object, neither to a thread nor to the process: two of these on one file, in one
 * JVM or in two, exclude each other, and a lock that this object has is never in its own way. No call waits for a lock.
 * After close, and after the region made by {@link #map} is closed, every call throws {@link IllegalStateException}.
 */
public final class SegmentFile implements AutoCloseable {
    /*
     * Two descriptors, each with an open file description of its own.
     *
     * The first one maps and holds the lock on the slot byte of this process. The kernel frees that lock with the last
     * reference to the description, and the mapping is such a reference: byte free means no mapping, so that no store of
     * the owner can follow. Nothing else is done with it, because whatever else holds the description (a copy made by dup,
     * a descriptor passed to another process) would keep the owner alive.
     *
     * The second one does the rest. Above all it asks who holds a slot byte: F_OFD_GETLK never reports a lock of the
     * description that it asks through.
     */
    private static final int ZERO_CHUNK = 1 << 16;

    /** An eighth of the memory that is available is left to others. */
    private static final int SPARED_PART = 8;

    private final LibC libC;
    private final Descriptors descriptors;
    private final NamedFileLocation location;
    private final LibC.FileStatus identity;
    private final boolean onDisk;
    private final boolean unlimited;
    private final boolean readOnly;
    private final Cleanable cleanable;

    /** Keeps the region, and with it the descriptors, as long as this object is reachable. */
    private @Nullable MappedRegion region;

    SegmentFile(
            LibC libC,
            Descriptors descriptors,
            NamedFileLocation location,
            LibC.FileStatus identity,
            LibC.FileSystem fileSystem,
            boolean readOnly) {
        this.libC = libC;
        this.descriptors = descriptors;
        this.location = location;
        this.identity = identity;
        this.onDisk = !FileSystemType.isMemory(fileSystem.type());
        this.unlimited = FileSystemType.isUnlimitedMemory(fileSystem.type(), fileSystem.blocks());
        this.readOnly = readOnly;
        cleanable = MappedRegion.CLEANER.register(this, descriptors);
    }

    /**
     * Whether it was opened for reading only.
     *
     * @return true if no byte of it can be changed through this object
     */
    public boolean readOnly() {
        return readOnly;
    }

    /**
     * The path by which it was opened or created.
     *
     * @return an absolute path
     */
    public Path path() {
        return location.path();
    }

    /**
     * Whether the file outlives the machine's memory.
     *
     * @return false on tmpfs and its kin, where {@link #sync()} has nothing to do
     */
    public boolean isOnDisk() {
        return onDisk;
    }

    /**
     * The size of the file now. Another process may have extended it since.
     *
     * @return the size in bytes
     */
    public long size() {
        try (var use = descriptors.use()) {
            LibC.FileStatus status = libC.status(use.probe());
            if (status == null) {
                throw location.failure(libC.errno(), "cannot read the size of the file");
            }
            return status.length();
        }
    }

    /**
     * Reads bytes of the file, mapped or not. This is for looking at a file before it is trusted: unlike an access to a
     * mapping it cannot fault.
     *
     * @param position the first byte
     * @param target is filled completely
     * @throws SegmentFormatException if the file ends before the target is full
     */
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

    /**
     * Extends the file, without any block behind the new part: it reads as zeros. Before the first store to it
     * {@link #reserve} it; a store to a block that the file system then cannot provide is a fault, not an exception.
     *
     * <p>The caller makes sure that nobody else changes the size at this moment.
     *
     * @param size the new size
     * @throws IllegalArgumentException if the file is larger already: what others may have mapped never shrinks
     * @throws OutOfSegmentMemoryException if the file system does not allow files of this size
     */
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

    /**
     * Provides blocks for a part of the file, and extends the file to the end of it if it is shorter. Existing content
     * stays, new content is zeros, and no store to this part can fail for want of room any more. A region that was mapped
     * beyond the end of the file reaches the new part without being mapped again.
     *
     * <p>On a file system that cannot do this in one call, the new part of the file is written with zeros instead; there
     * the caller makes sure that nobody else extends the file at this moment, and a hole inside the file stays one.
     *
     * @param position the first byte of the part
     * @param length its length in bytes
     * @throws OutOfSegmentMemoryException if there is no room
     */
    public void reserve(long position, long length) {
        checkNotNegative("position", position);
        if (length <= 0) {
            throw new IllegalArgumentException("length must be positive: length=" + length);
        }
        try (var use = descriptors.use()) {
            if (unlimited) {
                checkMemory(position, length);
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

    /** A request that no file system refuses would be taken from all processes, until the system kills some of them. */
    private void checkMemory(long position, long length) {
        long more = length - Math.max(0, Math.min(length, size() - position));
        long available = AvailableMemory.bytes();
        if (more > available - available / SPARED_PART) {
            throw new OutOfSegmentMemoryException(
                    "the machine has too little memory for this part of the file: position=" + position + " length="
                            + length + " available=" + available + " segment=" + location);
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

    /**
     * Maps the file from its first byte. The region may reach far beyond the end of the file: there an access is a fault,
     * until {@link #reserve} has extended the file.
     *
     * <p>From now on the region decides how long the descriptors, and thus the locks, live: closing this object has no
     * effect any more. Once only.
     *
     * @param length the length of the region in bytes
     * @return the region, writable unless the file was opened for reading only
     * @throws HeapException if the address space is too small
     */
    public synchronized MappedRegion map(long length) {
        if (length <= 0) {
            throw new IllegalArgumentException("length must be positive: length=" + length);
        } else if (region != null) {
            throw new IllegalStateException("the file is mapped already: segment=" + location);
        }
        try (var use = descriptors.use()) {
            region = MappedRegion.ofWholeFile(
                    libC,
                    descriptors,
                    use.map(),
                    length,
                    readOnly ? MapMode.READ_ONLY : MapMode.READ_WRITE,
                    location.toString());
            return region;
        }
    }

    /**
     * Maps a part of the file into a region that lives on after this object is closed.
     *
     * @param offset any byte of the file
     * @param size 0 for the rest of the file
     * @param address as in {@link MappedRegion#map(MappableObject, MapMode, long, long, long)}
     */
    MappedRegion mapPart(MapMode mode, long offset, long size, long address) {
        long fileSize = size();
        if (offset < 0 || size < 0 || offset > fileSize || size > fileSize - offset) {
            throw new IllegalArgumentException("the part to map is not within the file: offset=" + offset + " size="
                    + size + " fileSize=" + fileSize + " segment=" + location);
        }
        long length = size == 0 ? fileSize - offset : size;
        if (length == 0) {
            throw new IllegalArgumentException(
                    "there is nothing to map, give the file a size first: offset=" + offset + " segment=" + location);
        }
        if (readOnly && mode.writesToTheObject()) {
            throw location.failure(LibC.EACCES, "opened for reading only, so it cannot be mapped for writing");
        }
        try (var use = descriptors.use()) {
            return MappedRegion.ofPart(libC, use.probe(), mode, offset, length, address, location.toString());
        }
    }

    /**
     * Gives the file its name, if the name is free. A file that is there is never replaced.
     *
     * @return false if the name is taken
     * @throws HeapException if the system refuses
     */
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

    /**
     * Whether the name still leads to this file, rather than to nothing or to another file that was created since.
     *
     * @return true if who opens the location now gets this file
     */
    public boolean isStillNamed() {
        try (var use = descriptors.use()) {
            Objects.requireNonNull(use);
            LibC.FileStatus status = libC.status(location.path());
            return status != null && status.isSameFileAs(identity);
        }
    }

    /**
     * Takes the lock on a slot byte, the sign that the owner of the slot is alive. It stays until {@link #unlockSlot}, or
     * until the region is unmapped, or until this process has ended and its memory is gone, whatever comes first.
     *
     * @param position the byte; it need not lie within the file
     * @return false if another open file has it
     */
    public boolean tryLockSlot(long position) {
        try (var use = descriptors.use()) {
            return setLock(use.map(), LibC.F_WRLCK, position);
        }
    }

    /**
     * Releases the lock on a slot byte.
     *
     * @param position the byte
     */
    public void unlockSlot(long position) {
        try (var use = descriptors.use()) {
            setLock(use.map(), LibC.F_UNLCK, position);
        }
    }

    /**
     * Takes the lock on a byte, for as long as something lasts that only one open file may do at a time. Holding it, or
     * not, says nothing about slot bytes.
     *
     * @param position the byte; it need not lie within the file
     * @return false if another open file has it
     */
    public boolean tryLock(long position) {
        try (var use = descriptors.use()) {
            return setLock(use.probe(), LibC.F_WRLCK, position);
        }
    }

    /**
     * Takes the lock on a byte together with others who do the same, against those who {@link #tryLock} it.
     *
     * @param position the byte; it need not lie within the file
     * @return false if another open file has it for itself
     */
    public boolean tryLockShared(long position) {
        try (var use = descriptors.use()) {
            return setLock(use.probe(), LibC.F_RDLCK, position);
        }
    }

    /**
     * Releases what {@link #tryLock} or {@link #tryLockShared} took.
     *
     * @param position the byte
     */
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

    /**
     * Whether the owner of a slot byte holds it: whether the owner is alive. Any lock but a write lock of exactly this byte
     * proves that the owner has none, because the two would exclude each other; so a program that locks whole files, such
     * as one for backups, cannot make a dead owner look alive.
     *
     * <p>This object's own lock on the byte counts too, for it was taken through the other descriptor.
     *
     * @param position the slot byte
     * @return true if the byte is locked the way {@link #tryLockSlot} does it
     */
    public boolean isLocked(long position) {
        LockHolder holder = lockHolder(position);
        return holder != null && !holder.shared() && holder.start() == position && holder.length() == 1;
    }

    /**
     * A lock that keeps a byte from being locked for writing, whoever has it; for messages about slots that nobody can take.
     *
     * @param position the byte
     * @return one such lock, or null if there is none at this moment
     */
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

    /**
     * Writes everything to the disk, what was stored through a mapping included, and waits for it.
     *
     * @throws HeapException if the disk reports an error
     */
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

    private static void checkNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + name + "=" + value);
        }
    }

    /**
     * Closes the file and gives up its locks, unless it is mapped: then the region does this when it is unmapped. An
     * unpublished file is gone. Idempotent.
     */
    @Override
    public synchronized void close() {
        if (!descriptors.isOwnedByRegion()) {
            cleanable.clean();
        }
    }

    @Override
    public String toString() {
        return location.toString();
    }
}
