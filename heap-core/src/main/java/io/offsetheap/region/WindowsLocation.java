/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.SegmentFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Windows shared memory of a name, with an empty file for the locks. Immutable. */
final class WindowsLocation implements SegmentLocation {
    /*
     * The name means other memory in another session, and other memory when the last who had it open has gone. So the lock
     * file is not called by it, but by a random number that stands in the memory, in a page behind the heap: whoever has found
     * the memory has found its locks, and no number is ever used again.
     *
     * The maker makes the file, takes its MAKE byte, then makes the memory and stores the number. Nobody else ever makes the
     * file. It is deleted by the last who has the heap open, which is when the memory goes.
     *
     * So memory that has no number yet, no file any more, or a free MAKE byte and no first word, is about to become a heap or about
     * to go: whoever finds it lets go of it, so that it can, and looks again. What is the same for long is no heap.
     */

    /** The number is the first word of the last page. */
    static final int NUMBER_PAGE = 1 << 12;

    /** So many, and a second in all, before memory is no heap. Not counted in time: one look may wait for a maker that fails then. */
    private static final int LOOKS = 200;

    /** Long beside the time for which the memory is looked at: it stays as long as one of those who look has it open. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Supplier<Kernel32> kernel;
    private final Path directory;
    private final String name;
    private final String description;

    /**
     * A location.
     *
     * @param kernel throws {@link UnsupportedOperationException} elsewhere than on Windows
     * @param directory of the lock files; the same for all who may open the memory
     */
    WindowsLocation(Supplier<Kernel32> kernel, Path directory, String name) {
        WindowsSharedMemory.checkName(name);
        this.kernel = kernel;
        this.directory = directory;
        this.name = name;
        description = WindowsSharedMemory.describe(name);
    }

    /** A directory in that for data of all users, each of whom may make files in it. */
    static Path allUsersDirectory() {
        return Path.of(Objects.requireNonNullElse(System.getenv("ProgramData"), "C:\\ProgramData"), "OffsetHeap");
    }

    private Path lockFile(long number) {
        return directory.resolve(".offsetheap-windows-" + Long.toHexString(number));
    }

    @Override
    public SegmentFile createUnnamed(Set<PosixFilePermission> permissions) {
        Kernel32 windows = kernel.get();
        long number = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        try {
            Files.createDirectories(directory);
            FileLocks locks = FileLocks.create(lockFile(number), permissions, description);
            // Nobody else knows the number yet.
            locks.tryLock(RegionSegmentFile.MAKE_BYTE);
            return new WindowsSegmentFile(windows, name, number, locks);
        } catch (AccessDeniedException e) {
            throw new UncheckedIOException("cannot make the lock file: segment=" + this, e);
        } catch (IOException e) {
            throw FileLocks.failure("cannot make the lock file:", description, e);
        }
    }

    @Override
    public SegmentFile open(boolean readOnly) {
        for (int look = 1; ; look++) {
            WindowsSharedMemory memory = WindowsSharedMemory.open(kernel.get(), name, readOnly);
            try {
                return open(memory);
            } catch (SegmentFormatException notWhole) {
                memory.close();
                if (look == LOOKS) {
                    throw notWhole;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            } catch (Throwable t) {
                memory.close();
                throw t;
            }
        }
    }

    private SegmentFile open(WindowsSharedMemory memory) {
        MappedRegion region = memory.map();
        FileLocks locks = openLocks(region);
        try {
            RegionSegmentFile.lockMake(locks, true, description);
            if (word(region, 0) == 0) {
                throw new SegmentFormatException(
                        "whoever began to make the segment has died before it was whole, and another program keeps it:"
                                + " segment=" + this);
            }
            locks.unlock(RegionSegmentFile.MAKE_BYTE);
            return new WindowsSegmentFile(description, locks, memory, region);
        } catch (Throwable t) {
            locks.close();
            throw t;
        }
    }

    private FileLocks openLocks(MappedRegion region) {
        long at = region.size() - NUMBER_PAGE;
        // No file has the number 0, so that without a page, or with one that is empty yet, nothing is found.
        Path path = lockFile(at < 0 ? 0 : word(region, at));
        try {
            return FileLocks.open(path, description);
        } catch (FileSystemException e) {
            // Also when somebody has it open who is just deleting it.
            throw new SegmentFormatException(
                    "the memory is of another program, or the lock file of the heap was deleted or belongs to somebody"
                            + " else: lockFile=" + path + " reason=" + e + " segment=" + this,
                    e);
        } catch (IOException e) {
            throw FileLocks.failure("cannot open the lock file: lockFile=" + path, description, e);
        }
    }

    private static long word(MappedRegion region, long offset) {
        byte[] word = new byte[Long.BYTES];
        region.read(offset, word);
        return ByteBuffer.wrap(word).getLong();
    }

    /** Nothing can be removed: the memory goes when nobody has it open any more. */
    @Override
    public boolean remove() {
        Objects.requireNonNull(kernel.get(), "kernel");
        return false;
    }

    @Override
    public String toString() {
        return description;
    }
}
