/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.layout.Geometry;
import io.offsetheap.region.SegmentLocation;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Where a heap lives, and how to make or open it. Obtained from {@link OffsetHeap#sharedMemory} and its like.
 *
 * <p>Not thread-safe; any number of processes may build the same heap at once.
 */
public final class HeapBuilder {
    /**
     * Address space of a heap unless {@link #maxSize} says otherwise: 64 GiB, or what the JVM can map if that is less. It
     * costs nothing until it is used.
     */
    public static final long DEFAULT_MAX_SIZE = 64L << 30;

    private final SegmentLocation location;
    private long maxSize;
    private AllocatorType allocator = SegmentAllocator.TYPE;
    private Set<PosixFilePermission> permissions =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    HeapBuilder(SegmentLocation location) {
        this.location = location;
        this.maxSize = Math.min(DEFAULT_MAX_SIZE, location.greatestSize());
    }

    /**
     * The most a new heap can grow to, fixed for its life. Ignored when a heap is opened: {@link OffsetHeap#maxSize} tells.
     *
     * @param bytes from 256 KiB to 16 TiB; rounded up to 64 KiB
     * @throws IllegalArgumentException if it is outside that range
     */
    public HeapBuilder maxSize(long bytes) {
        Geometry.of(bytes);
        this.maxSize = bytes;
        return this;
    }

    /**
     * The allocator of a new heap, fixed for its life; {@link SegmentAllocator} unless said. A heap that is opened may have
     * this one or any of the library's own: one with an allocator of another program is opened only with its type given here.
     *
     * @throws IllegalArgumentException if the type has a number of the library's and is not of the library
     */
    public HeapBuilder allocator(AllocatorType type) {
        if (type.id() < AllocatorType.FIRST_FOREIGN_ID && !SegmentOpener.OWN_ALLOCATORS.contains(type)) {
            throw new IllegalArgumentException("the number of an allocator belongs to the library: id=" + type.id()
                    + " firstForeignId=" + AllocatorType.FIRST_FOREIGN_ID);
        }
        this.allocator = type;
        return this;
    }

    /** Permissions of a new heap, whatever the umask; owner only unless said. Ignored when a heap is opened. */
    public HeapBuilder permissions(Set<PosixFilePermission> permissions) {
        this.permissions = Set.copyOf(Objects.requireNonNull(permissions, "permissions"));
        return this;
    }

    /**
     * Makes a new heap.
     *
     * @throws io.offsetheap.error.SegmentExistsException if there is one; it is not touched
     * @throws io.offsetheap.error.OutOfSegmentMemoryException if the file system has no room; nothing is left behind
     */
    public OffsetHeap create() {
        return opener().create(Geometry.of(maxSize), permissions);
    }

    /**
     * Opens an existing heap, and finishes whatever a dead process has left half done.
     *
     * @throws io.offsetheap.error.SegmentNotFoundException if there is none
     * @throws io.offsetheap.error.SegmentFormatException if it is not a heap of this version, or was open when the machine
     *     went down, see {@link #salvage}; the file is not changed
     * @throws io.offsetheap.error.SegmentBusyException if as many processes as it has slots are attached
     */
    public OffsetHeap open() {
        return opener().open(false);
    }

    /** Opens the heap, or makes it. Any number of processes may do so at once: one makes it, and all get the same. */
    public OffsetHeap openOrCreate() {
        return opener().openOrCreate(Geometry.of(maxSize), permissions);
    }

    /**
     * Opens an existing heap for reading alone: no store ever reaches the file, every writing call is an
     * {@link UnsupportedOperationException}.
     *
     * <p>Also one that was not closed. Nothing is repaired: a lock that a dead process has left is a
     * {@link io.offsetheap.error.LockTimeoutException} for who needs it. When the machine went down while the heap was open,
     * the file may mix old and new pages: what is read then is an exception at worst, but only {@link OffsetHeap#verify}
     * tells whether the heap is whole.
     *
     * @throws io.offsetheap.error.SegmentNotFoundException if there is none
     * @throws io.offsetheap.error.SegmentFormatException if it is not a heap of this version
     */
    public OffsetHeap openReadOnly() {
        return opener().openReadOnly();
    }

    /**
     * Opens a private copy of an existing heap: what this process changes in it nobody else sees, and not one byte of the
     * heap itself changes; this process need not be allowed to write to it, unless the heap's locks are in a file that has
     * to be made. The copy ends when it is closed.
     *
     * <p>All of the heap is copied before this returns, so it takes memory as the heap does. What a dead process has left half
     * done is finished in the copy. Meanwhile others wait to open the heap, for up to ten seconds.
     *
     * @throws io.offsetheap.error.SegmentNotFoundException if there is none
     * @throws io.offsetheap.error.SegmentFormatException as for {@link #open}
     * @throws io.offsetheap.error.SegmentBusyException if somebody has the heap open for writing
     */
    public OffsetHeap openCopyOnWrite() {
        return opener().openCopyOnWrite();
    }

    /**
     * Opens a heap that was open when the machine went down, if a full check finds nothing wrong with its structure. What
     * the last seconds before had written may be missing.
     *
     * @throws io.offsetheap.error.SegmentFormatException if the check finds something
     */
    public OffsetHeap salvage() {
        return opener().open(true);
    }

    /** Removes the heap's name. Processes that have it open keep it until they end. Returns false if there was none. */
    public boolean remove() {
        return location.remove();
    }

    private SegmentOpener opener() {
        return new SegmentOpener(location, allocator);
    }

    @Override
    public String toString() {
        return location.toString();
    }
}
