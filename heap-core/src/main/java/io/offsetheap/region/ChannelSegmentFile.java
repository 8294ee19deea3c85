/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import java.io.IOException;
import java.lang.ref.Cleaner.Cleanable;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file that is open through a channel of the JDK, without a native call. */
final class ChannelSegmentFile extends SegmentFile {
    /*
     * The JDK cannot map beyond the end of a file, nor ask for blocks without writing. So to map the file whole gives it its
     * full length, as a hole, and to reserve a part is to read it and to write back what was read. A file that is not mapped
     * whole has no such hole, and only gets longer.
     *
     * Locks are taken on the lock file beside this one. It is opened when the first lock is wanted: memory without a heap has
     * none.
     */
    private static final int CHUNK = 1 << 16;

    /** A byte of the file itself that is locked while it is extended: no slot, and far behind any content. */
    private static final long EXTENSION_BYTE = Long.MAX_VALUE - 1;

    /** One of this process at a time: what the kernel locks it locks for all of a process. */
    private static final Object EXTENSION = new Object();

    private final ChannelFileLocation location;
    private final Resources resources;
    private final FileIdentity identity;
    private final boolean onDisk;
    private final Cleanable cleanable;

    /** Keeps the region, and with it the locks, as long as this object is reachable. */
    private @Nullable MappedRegion region;

    ChannelSegmentFile(ChannelFileLocation location, FileChannel channel, Path name, boolean readOnly, boolean onDisk)
            throws IOException {
        super(location.toString(), readOnly);
        this.location = location;
        this.identity = FileIdentity.of(name);
        this.onDisk = onDisk;
        this.resources = new Resources(channel, name, !name.equals(location.path()));
        cleanable = MappedRegion.CLEANER.register(this, resources);
    }

    /** What is to be closed. Not the file itself, so that the cleaner does not keep that reachable. */
    private static final class Resources implements Runnable {
        private final FileChannel channel;
        private Path name;
        private boolean temporary;
        private @Nullable LockFile lockFile;
        private volatile boolean ownedByRegion;

        Resources(FileChannel channel, Path name, boolean temporary) {
            this.channel = channel;
            this.name = name;
            this.temporary = temporary;
        }

        /** What happens when the file is closed or can no longer be reached: a region, if there is one, stays as it is. */
        @Override
        public synchronized void run() {
            if (!ownedByRegion) {
                close();
            }
        }

        void closeUnusedLockFile() throws IOException {
            if (lockFile != null && !lockFile.isUsedBy(this)) {
                lockFile.close(this);
                lockFile = null;
            }
        }

        synchronized void close() {
            try (FileChannel closed = channel) {
                if (closed.isOpen() && temporary) {
                    Files.deleteIfExists(name);
                }
                if (lockFile != null) {
                    lockFile.close(this);
                    lockFile = null;
                }
            } catch (IOException e) {
                throw new HeapException("cannot close the file: path=" + name, e);
            }
        }
    }

    @Override
    public Path path() {
        return location.path();
    }

    @Override
    public boolean isOnDisk() {
        return onDisk;
    }

    /** A call of the channel, which is open. */
    private <T> T call(String what, Uninterrupted.Call<T> call) {
        checkOpen();
        try {
            return Uninterrupted.call(call);
        } catch (IOException e) {
            checkOpen();
            throw location.failure(e, what);
        }
    }

    private void checkOpen() {
        if (!resources.channel.isOpen()) {
            throw new IllegalStateException("the file is closed: segment=" + this);
        }
    }

    @Override
    public long size() {
        return call("cannot read the size of the file", resources.channel::size);
    }

    @Override
    public void read(long position, byte[] target) {
        checkNotNegative("position", position);
        int done = call("cannot read: position=" + position, () -> read(position, ByteBuffer.wrap(target)));
        if (done < target.length) {
            throw new SegmentFormatException("the file ends too early: position=" + position + " length="
                    + target.length + " end=" + (position + done) + " segment=" + this);
        }
    }

    /** Reads until the target is full or the file ends. Returns how many bytes. */
    private int read(long position, ByteBuffer target) throws IOException {
        int n = 0;
        while (n >= 0 && target.hasRemaining()) {
            n = resources.channel.read(target, position + target.position());
        }
        return target.position();
    }

    @Override
    public void truncate(long size) {
        checkNotNegative("size", size);
        extend(() -> {
            long current = resources.channel.size();
            if (size < current) {
                throw new IllegalArgumentException(
                        "a segment never shrinks: size=" + current + " requested=" + size + " segment=" + this);
            } else if (size > current) {
                write(ByteBuffer.allocate(1), size - 1);
            }
            return size;
        });
    }

    @Override
    public void reserve(long position, long length) {
        checkNotNegative("position", position);
        checkPositive("length", length);
        if (length > EXTENSION_BYTE - position) {
            throw new OutOfSegmentMemoryException(
                    "no file can be that large: position=" + position + " length=" + length + " segment=" + this);
        }
        long end = position + length;
        if (resources.ownedByRegion) {
            write(() -> writeBack(position, end));
        } else {
            extend(() -> lengthen(position, end));
        }
    }

    private long lengthen(long position, long end) throws IOException {
        long size = resources.channel.size();
        Path directory = Objects.requireNonNull(location.path().getParent());
        long room = Files.getFileStore(directory).getUsableSpace();
        // Before the first byte is written: it would take all room there is for a while.
        if (end - size > room) {
            throw new IOException("room=" + room + " wanted=" + (end - size));
        }
        try {
            return writeBack(Math.max(position, size), end);
        } catch (IOException e) {
            resources.channel.truncate(size);
            throw e;
        }
    }

    private long writeBack(long from, long to) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (long at = from; at < to; at += chunk.limit()) {
            chunk.clear().limit((int) Math.min(CHUNK, to - at));
            read(at, chunk);
            while (chunk.hasRemaining()) {
                chunk.put((byte) 0);
            }
            write(chunk.flip(), at);
        }
        return to - from;
    }

    /** Makes the file longer, while nobody else does. */
    private void extend(Uninterrupted.Call<Long> call) {
        write(() -> {
            synchronized (EXTENSION) {
                try (FileLock lock = resources.channel.lock(EXTENSION_BYTE, 1, false)) {
                    Objects.requireNonNull(lock);
                    return call.call();
                }
            }
        });
    }

    private void write(Uninterrupted.Call<Long> call) {
        checkOpen();
        try {
            Uninterrupted.call(call);
        } catch (IOException e) {
            checkOpen();
            throw new OutOfSegmentMemoryException(
                    "the file system does not take this part of the file: reason=" + e.getMessage() + " segment="
                            + this,
                    e);
        }
    }

    private void write(ByteBuffer source, long position) throws IOException {
        while (source.hasRemaining()) {
            resources.channel.write(source, position + source.position());
        }
    }

    @Override
    public synchronized MappedRegion map(long length) {
        checkPositive("length", length);
        if (region != null) {
            throw new IllegalStateException("the file is mapped already: segment=" + this);
        }
        ChannelFileLocation.checkSize(length, toString());
        if (readOnly() && size() < length) {
            throw new UnsupportedOperationException(
                    "to map beyond the end of a file that is open for reading only needs"
                            + " native calls: size=" + size() + " length=" + length + " segment=" + this
                            + ". Open it for writing once, then it has its full length.");
        }
        MapMode mode = readOnly() ? MapMode.READ_ONLY : MapMode.READ_WRITE;
        MappedByteBuffer pages =
                call("cannot map: length=" + length, () -> resources.channel.map(channelMode(mode), 0, length));
        resources.ownedByRegion = true;
        region = new MappedRegion(new BufferMapping(pages, resources::close, toString()), mode, false);
        return region;
    }

    @Override
    MappedRegion mapInside(MapMode mode, long offset, long length, long address) {
        if (address != MappedRegion.ANY_ADDRESS) {
            throw new UnsupportedOperationException("to map at an address needs native calls: address=0x"
                    + Long.toHexString(address) + " segment=" + this);
        }
        ChannelFileLocation.checkSize(length, toString());
        MappedByteBuffer pages = call("cannot map: length=" + length + " position=" + offset, () -> {
            if (!readOnly() || !mode.writable()) {
                return resources.channel.map(channelMode(mode), offset, length);
            }
            // The JDK asks for a channel that may write, though nothing is ever written.
            try (FileChannel writable = location.openChannel(true)) {
                checkStillNamed();
                return writable.map(channelMode(mode), offset, length);
            }
        });
        return new MappedRegion(new BufferMapping(pages, () -> {}, toString()), mode, true);
    }

    private static FileChannel.MapMode channelMode(MapMode mode) {
        return switch (mode) {
            case READ_WRITE -> FileChannel.MapMode.READ_WRITE;
            case READ_ONLY, READ_PRIVATE -> FileChannel.MapMode.READ_ONLY;
            case COPY_ON_WRITE -> FileChannel.MapMode.PRIVATE;
        };
    }

    @Override
    public boolean publish() {
        checkOpen();
        synchronized (resources) {
            boolean named = location.link(resources.name);
            if (named && resources.temporary) {
                Path old = resources.name;
                resources.name = location.path();
                resources.temporary = false;
                try {
                    Files.delete(old);
                } catch (IOException e) {
                    throw location.failure(e, "cannot remove the temporary name");
                }
            }
            return named;
        }
    }

    /** Whether this is what its name led to when the channel had been opened. */
    boolean isKnownAs(FileIdentity other) {
        return identity.equals(other);
    }

    @Override
    public boolean isStillNamed() {
        checkOpen();
        return leadsHere(location.path());
    }

    private boolean leadsHere(Path name) {
        try {
            return FileIdentity.of(name).key().equals(identity.key());
        } catch (IOException e) {
            return false;
        }
    }

    private void checkStillNamed() {
        if (!leadsHere(resources.name)) {
            throw new SegmentNotFoundException("the segment has been removed: segment=" + this);
        }
    }

    // ---- locks

    private interface LockCall<T> {
        T call(LockFile file) throws IOException;
    }

    /** A call of the lock file, which is open as long as this object has a lock. */
    private <T> T locks(long position, LockCall<T> call) {
        checkNotNegative("position", position);
        synchronized (resources) {
            checkOpen();
            try {
                LockFile file = resources.lockFile;
                if (file == null) {
                    file = LockFile.open(identity.lockFile(), resources.name);
                    resources.lockFile = file;
                }
                try {
                    return call.call(file);
                } finally {
                    resources.closeUnusedLockFile();
                }
            } catch (NoSuchFileException e) {
                throw new SegmentNotFoundException("the segment has been removed: segment=" + this);
            } catch (NonWritableChannelException e) {
                throw location.failure(
                        new AccessDeniedException(identity.lockFile().toString()), "cannot lock: position=" + position);
            } catch (IOException e) {
                throw location.failure(e, "cannot lock: position=" + position);
            }
        }
    }

    @Override
    public boolean tryLockSlot(long position) {
        return locks(position, file -> {
            if (!file.tryLockSlot(resources, position)) {
                return false;
            }
            // Behind the lock, because who has native calls locks first as well, and then looks at the lock file.
            if (isLockedNatively()) {
                file.unlock(resources, position);
                throw lockedNatively();
            }
            return true;
        });
    }

    @Override
    public void checkOtherKind() {
        checkOpen();
        try {
            if (isLockedNatively()) {
                throw lockedNatively();
            }
        } catch (IOException e) {
            throw location.failure(e, "cannot look for processes with native calls");
        }
    }

    private SegmentBusyException lockedNatively() {
        return new SegmentBusyException("a process with native calls has the segment open, or a program has locked"
                + " the whole file: segment=" + this);
    }

    /** Asks for locks on the segment's own file, of whatever byte. */
    private boolean isLockedNatively() throws IOException {
        synchronized (EXTENSION) {
            try (FileLock lock = resources.channel.tryLock(0, EXTENSION_BYTE, true)) {
                return lock == null;
            } catch (OverlappingFileLockException e) {
                // A lock of this process that is none of this library's.
                return true;
            }
        }
    }

    @Override
    public void unlockSlot(long position) {
        unlock(position);
    }

    @Override
    public boolean tryLock(long position) {
        return locks(position, file -> file.tryLock(resources, position, false));
    }

    @Override
    public boolean tryLockShared(long position) {
        return locks(position, file -> file.tryLock(resources, position, true));
    }

    @Override
    public void unlock(long position) {
        locks(position, file -> {
            file.unlock(resources, position);
            return true;
        });
    }

    @Override
    public boolean isLocked(long position) {
        return locks(position, file -> file.isLocked(position));
    }

    /** The JDK does not tell who it is. */
    @Override
    public @Nullable LockHolder lockHolder(long position) {
        return isLocked(position) ? new LockHolder(-1, position, 1, false) : null;
    }

    @Override
    public void sync() {
        call("cannot write the file to the disk", () -> {
            resources.channel.force(true);
            return true;
        });
    }

    @Override
    public synchronized void close() {
        if (region == null) {
            cleanable.clean();
        }
    }
}
