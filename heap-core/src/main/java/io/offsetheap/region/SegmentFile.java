/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentFormatException;
import java.nio.file.Path;

/**
 * What a segment lives in, open: its size, its blocks, its name, and the locks on it.
 *
 * <p>Thread-safe. After close, and after the region made by {@link #map} is closed, every call throws {@link
 * IllegalStateException}.
 */
public abstract class SegmentFile implements SegmentLocks, AutoCloseable {
    private final String description;
    private final boolean readOnly;

    /** @param description what messages show as the segment */
    SegmentFile(String description, boolean readOnly) {
        this.description = description;
        this.readOnly = readOnly;
    }

    /**
     * Whether it was opened for reading only.
     *
     * @return true if no byte of it can be changed through this object
     */
    public final boolean readOnly() {
        return readOnly;
    }

    /**
     * The path by which it was opened or created.
     *
     * @return an absolute path
     */
    public abstract Path path();

    /**
     * Whether the file outlives the machine's memory.
     *
     * @return false on tmpfs and its kin, where {@link #sync()} has nothing to do
     */
    public abstract boolean isOnDisk();

    /**
     * The size of the file now. Another process may have extended it since.
     *
     * @return the size in bytes
     */
    public abstract long size();

    /**
     * Reads bytes of the file, mapped or not. This is for looking at a file before it is trusted: unlike an access to a
     * mapping it cannot fault.
     *
     * @param position the first byte
     * @param target is filled completely
     * @throws SegmentFormatException if the file ends before the target is full
     */
    public abstract void read(long position, byte[] target);

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
    public abstract void truncate(long size);

    /**
     * Provides blocks for a part of the file, and extends the file to the end of it if it is shorter. Existing content
     * stays, new content is zeros, and no store to this part can fail for want of room any more. A region that was mapped
     * beyond the end of the file reaches the new part without being mapped again.
     *
     * <p>On a file system that cannot do this in one call, the new part of the file is written with zeros instead; there
     * the caller makes sure that nobody else extends the file at this moment, and a hole inside the file stays one. Without
     * native calls that goes for a file that is not mapped whole; of one that is, the part is read and written back, and the
     * caller makes sure that nobody stores to it at this moment.
     *
     * @param position the first byte of the part
     * @param length its length in bytes
     * @throws OutOfSegmentMemoryException if there is no room
     */
    public abstract void reserve(long position, long length);

    /**
     * Maps the file from its first byte. The region may reach far beyond the end of the file: there an access is a fault,
     * until {@link #reserve} has extended the file. Without native calls the file is extended to the end of the region at
     * once, as a hole.
     *
     * <p>From now on the region decides how long the file stays open, and thus the locks: closing this object has no
     * effect any more. Once only.
     *
     * @param length the length of the region in bytes
     * @return the region, writable unless the file was opened for reading only
     * @throws HeapException if the address space is too small
     * @throws UnsupportedOperationException if it needs native calls, and there are none: a region of 2 GiB or more, or one
     *     beyond the end of a file that is open for reading only
     */
    public abstract MappedRegion map(long length);

    /**
     * Takes back what {@link #map} has made, of a segment that nobody works with.
     *
     * @param region what it has made
     */
    public void unmap(MappedRegion region) {
        region.close();
    }

    /**
     * Maps a part of the file into a region that lives on after this object is closed.
     *
     * @param offset any byte of the file
     * @param size 0 for the rest of the file
     * @param address as in {@link MappedRegion#map(MappableObject, MapMode, long, long, long)}
     */
    final MappedRegion mapPart(MapMode mode, long offset, long size, long address) {
        long length = MappableObject.lengthOfPart(mode, offset, size, size(), readOnly, description);
        return mapInside(mode, offset, length, address);
    }

    /** Maps a part that lies inside the file, in a mode that it was opened for. */
    abstract MappedRegion mapInside(MapMode mode, long offset, long length, long address);

    /**
     * Gives the file its name, if the name is free. A file that is there is never replaced.
     *
     * @return false if the name is taken
     * @throws HeapException if the system refuses
     */
    public abstract boolean publish();

    /**
     * Whether the name still leads to this file, rather than to nothing or to another file that was created since.
     *
     * @return true if who opens the location now gets this file
     */
    public abstract boolean isStillNamed();

    /**
     * Writes everything to the disk, what was stored through a mapping included, and waits for it.
     *
     * @throws HeapException if the disk reports an error
     */
    public abstract void sync();

    static void checkNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + name + "=" + value);
        }
    }

    static void checkPositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + name + "=" + value);
        }
    }

    /**
     * Closes the file and gives up its locks, unless it is mapped: then the region does this when it is unmapped. An
     * unpublished file is gone. Idempotent.
     */
    @Override
    public abstract void close();

    @Override
    public final String toString() {
        return description;
    }
}
