/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** XSI memory of a key, with an empty file beside it for the locks. Immutable. */
final class XsiLocation implements SegmentLocation {
    /*
     * The lock file is there before the memory and goes after it, and each of that under its MAKE byte. A lock on a file that
     * has lost its name is none: so whoever has the byte looks whether the file still has its name, and begins again if not.
     * Memory and locks that were found under the byte belong together, for the life of both.
     *
     * If the maker is killed, the memory stays, without its first word. It could as well be of another program, so it is never
     * written to: who wants a heap there removes it.
     */
    private static final Path DIRECTORY = Path.of("/dev/shm");

    private static final int NONE = -1;

    private final XsiKey key;
    private final String description;
    private final NamedFileLocation lockFile;

    XsiLocation(XsiKey key) {
        if (key.equals(XsiKey.PRIVATE)) {
            throw new IllegalArgumentException("a heap in XSI shared memory is found by its key: key=" + key);
        }
        this.key = key;
        description = "XSI shared memory key=" + key;
        Path path = DIRECTORY.resolve(".offsetheap-xsi-" + key);
        lockFile = new NamedFileLocation(path, "lock file " + path + " of " + description);
    }

    @Override
    public SegmentFile createUnnamed(Set<PosixFilePermission> permissions) {
        while (true) {
            SegmentFile locks = lockFile.createUnnamed(permissions);
            try {
                // Nobody else can see it yet.
                locks.tryLock(RegionSegmentFile.MAKE_BYTE);
                if (locks.publish()) {
                    checkFree();
                    return new XsiSegmentFile(key, lockFile, locks, permissions);
                }
            } catch (Throwable t) {
                locks.close();
                throw t;
            }
            locks.close();
            removeLeftLockFile();
        }
    }

    /**
     * The key may be taken by another program, or by a heap whose lock file somebody has deleted. Then, or if nobody tells, the
     * new lock file goes.
     */
    private void checkFree() {
        boolean free = false;
        try {
            free = !exists();
        } finally {
            if (!free) {
                lockFile.remove();
            }
        }
        if (!free) {
            throw new SegmentExistsException("the key is taken, and not by a heap: segment=" + this
                    + ". If nobody needs that memory, remove() takes it away.");
        }
    }

    private boolean exists() {
        return id() != NONE;
    }

    /** The id of the memory, or {@link #NONE}. */
    private int id() {
        try (XsiSharedMemory memory = XsiSharedMemory.open(key)) {
            memory.size();
            return memory.id();
        } catch (SegmentNotFoundException absent) {
            return NONE;
        }
    }

    /** Somebody has removed the memory and not the file. Or there is a heap, and that is it. */
    private void removeLeftLockFile() {
        try {
            removeWithLockFile(() -> {
                if (exists()) {
                    throw new SegmentExistsException("the segment exists already: segment=" + this);
                }
                return true;
            });
        } catch (SegmentNotFoundException goneMeanwhile) {
            // Somebody was faster: begin again.
            return;
        }
    }

    private boolean removeWithLockFile(BooleanSupplier removal) {
        SegmentFile locks = openLocks(false, false);
        try {
            boolean removed = removal.getAsBoolean();
            lockFile.remove();
            return removed;
        } finally {
            locks.close();
        }
    }

    /** Opens the lock file that has the name, and takes its MAKE byte. Closing it gives that up. */
    private SegmentFile openLocks(boolean readOnly, boolean shared) {
        while (true) {
            SegmentFile locks = lockFile.open(readOnly);
            try {
                RegionSegmentFile.lockMake(locks, shared, description);
                if (locks.isStillNamed()) {
                    return locks;
                }
            } catch (Throwable t) {
                locks.close();
                throw t;
            }
            locks.close();
        }
    }

    @Override
    public SegmentFile open(boolean readOnly) {
        SegmentFile locks = openLocksOfMemory(readOnly);
        SegmentFile opened = locks;
        try (XsiSharedMemory memory = XsiSharedMemory.open(key)) {
            MapMode mode = readOnly ? MapMode.READ_ONLY : MapMode.READ_WRITE;
            opened = new XsiSegmentFile(description, locks, MappedRegion.map(memory, mode));
            byte[] firstWord = new byte[Long.BYTES];
            opened.read(0, firstWord);
            if (Arrays.equals(firstWord, new byte[Long.BYTES])) {
                throw new SegmentFormatException(
                        "whoever began to make the segment has died before it was whole: segment=" + this
                                + ". remove() takes it away.");
            }
            locks.unlock(RegionSegmentFile.MAKE_BYTE);
            return opened;
        } catch (Throwable t) {
            opened.close();
            throw t;
        }
    }

    private SegmentFile openLocksOfMemory(boolean readOnly) {
        while (true) {
            int before = id();
            try {
                return openLocks(readOnly, true);
            } catch (SegmentNotFoundException noLocks) {
                int after = id();
                if (after == NONE) {
                    throw new SegmentNotFoundException("there is no such segment: segment=" + this, noLocks);
                } else if (after == before) {
                    // A heap's lock file is made before its memory and removed after it: this memory has none.
                    throw new SegmentFormatException(
                            "the memory is of another program, or the lock file of the heap was deleted: lockFile="
                                    + lockFile.path() + " segment=" + this
                                    + ". If nobody needs that memory, remove() takes it away.",
                            noLocks);
                }
            }
        }
    }

    /** Also what is no heap: memory of another program, and what is left of a maker that was killed. */
    @Override
    public boolean remove() {
        try {
            return removeWithLockFile(this::removeMemory);
        } catch (SegmentNotFoundException noLocks) {
            return removeMemory();
        }
    }

    private boolean removeMemory() {
        try (XsiSharedMemory memory = XsiSharedMemory.open(key)) {
            return XsiSharedMemory.remove(memory.id());
        } catch (SegmentNotFoundException absent) {
            return false;
        }
    }

    @Override
    public String toString() {
        return description;
    }
}
