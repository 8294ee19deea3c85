/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import java.lang.ref.Cleaner;
import java.lang.ref.Cleaner.Cleanable;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A range of this process's addresses that is the memory of a file or the like. {@link #map(MappableObject, MapMode)} and its
 * like make one. It has no way to load or store itself: {@code io.offsetheap.view.Views} has, checked against its borders,
 * its mode and its end.
 *
 * <p>Thread-safe. It is unmapped when it is closed, or when it is no longer reachable. The heap never closes the regions
 * that it uses: everything that holds an address of one holds the region as well, and ends each access with a
 * {@link java.lang.ref.Reference#reachabilityFence}, so that the garbage collector cannot unmap it under a reader.
 *
 * <p>Who works with {@link #address()} checks every access himself, because one outside of the range, a store to a region that
 * is not writable and any access after close kill the JVM.
 */
public final class MappedRegion implements AutoCloseable {
    /** Leaves the address of a region to the system. */
    public static final long ANY_ADDRESS = 0;

    static final Cleaner CLEANER = Cleaner.create();

    private final Mapping mapping;
    private final MapMode mode;
    /** Whether a part of it can be given back. */
    private final boolean divisible;

    private final Cleanable cleanable;

    /** What {@link #shrinkBy} has left: who is inside an access to this region may be inside that part of it. */
    private @Nullable MappedRegion rest;

    MappedRegion(Mapping mapping, MapMode mode, boolean divisible) {
        this.mapping = mapping;
        this.mode = mode;
        this.divisible = divisible;
        cleanable = CLEANER.register(this, mapping);
    }

    /** The same addresses for reading alone, of a region that stays mapped as long as this one is reachable. */
    private MappedRegion(MappedRegion whole) {
        mapping = whole.mapping;
        mode = MapMode.READ_ONLY;
        divisible = false;
        cleanable = CLEANER.register(this, new Mapping.Hold(whole));
    }

    // ---- mapping

    /**
     * Maps all of an object.
     *
     * @param object what to map
     * @param mode what may be done with the region
     * @return the region
     * @throws IllegalArgumentException if the object has no bytes
     * @throws java.io.UncheckedIOException with an {@link java.nio.file.AccessDeniedException}, if the mode is {@link
     *     MapMode#READ_WRITE} and the object was opened for reading only
     */
    public static MappedRegion map(MappableObject object, MapMode mode) {
        return map(object, mode, 0, 0, ANY_ADDRESS);
    }

    /**
     * Maps a part of an object.
     *
     * @param object what to map
     * @param mode what may be done with the region
     * @param offset where the part begins; any byte, not only that of a page
     * @param size the size of the part in bytes; 0 means the rest
     * @return the region
     * @throws IllegalArgumentException if the part is empty or reaches beyond the end of the object
     * @throws java.io.UncheckedIOException as {@link #map(MappableObject, MapMode)}
     */
    public static MappedRegion map(MappableObject object, MapMode mode, long offset, long size) {
        return map(object, mode, offset, size, ANY_ADDRESS);
    }

    /**
     * Maps a part of an object at an address. Nothing that is there already is replaced.
     *
     * @param object what to map
     * @param mode what may be done with the region
     * @param offset where the part begins; with an address a multiple of {@link #pageSize}
     * @param size the size of the part in bytes; 0 means the rest
     * @param address where it is to be, a multiple of {@link #pageSize}; or {@link #ANY_ADDRESS}
     * @return the region, at that address
     * @throws IllegalArgumentException as {@link #map(MappableObject, MapMode, long, long)}, and if offset or address are not
     *     such multiples
     * @throws HeapException if something is mapped there, or the system refuses
     * @throws UnsupportedOperationException if there is an address, and no native call is possible
     * @throws java.io.UncheckedIOException as {@link #map(MappableObject, MapMode)}
     */
    public static MappedRegion map(MappableObject object, MapMode mode, long offset, long size, long address) {
        Objects.requireNonNull(mode, "mode");
        return object.map(mode, offset, size, address);
    }

    /**
     * Memory that has no name and that no other process can reach, filled with zeros. Pages are taken from the system at
     * their first use, so that the size may be larger than what will ever be needed.
     *
     * @param size the size in bytes
     * @return a writable region
     * @throws HeapException if the address space is too small
     */
    public static MappedRegion anonymous(long size) {
        SegmentFile.checkPositive("size", size);
        if (!LibC.isAvailable()) {
            return ChannelFileLocation.anonymousRegion(size);
        }
        MapMode mode = MapMode.READ_WRITE;
        int flags = mode.flags() | LibC.MAP_ANONYMOUS;
        return new MappedRegion(
                PageMapping.map(LibC.get(), ANY_ADDRESS, 0, size, mode, flags, -1, null, "anonymous memory"),
                mode,
                true);
    }

    /**
     * Attaches XSI shared memory.
     *
     * @param address as in {@link #map(MappableObject, MapMode, long, long, long)}, a multiple of the page size
     * @return the region, or null: then the C library knows why
     */
    static @Nullable MappedRegion ofXsi(LibC libC, int id, MapMode mode, long length, long address, String segment) {
        long first = libC.shmat(id, address, mode.writable() ? 0 : LibC.SHM_RDONLY);
        if (first == LibC.MAP_FAILED) {
            return null;
        }
        return new MappedRegion(PageMapping.of(libC, first, length, segment), mode, false);
    }

    /**
     * The unit in which the system maps. Offsets and sizes need not be multiples of it, but take as much as if they were.
     *
     * @return the page size in bytes
     */
    public static int pageSize() {
        return JvmMemory.pageSize();
    }

    // ---- what it is

    /**
     * Where the region begins.
     *
     * @return the address of its first byte
     * @throws IllegalStateException after close
     */
    public long address() {
        if (mapping.closed) {
            throw new IllegalStateException("the region is closed: size=" + mapping.size);
        }
        return mapping.begin;
    }

    /**
     * How many bytes, from {@link #address()} on, belong to the region. A file behind it may be shorter.
     *
     * @return the size in bytes
     */
    public long size() {
        return mapping.size;
    }

    /**
     * The mode it was mapped with.
     *
     * @return the mode
     */
    public MapMode mode() {
        return mode;
    }

    /**
     * Whether a store to the region kills the JVM.
     *
     * @return true if it may only be read
     */
    public boolean readOnly() {
        return !mode.writable();
    }

    /**
     * Whether the region is closed.
     *
     * @return true after close, and after {@link #shrinkBy}
     */
    public boolean isClosed() {
        return mapping.closed;
    }

    // ---- access

    /**
     * Makes {@link #close} safe for somebody who asks {@link #isClosed} before each access, but may be inside one at that moment: the
     * object's pages go at once, and the addresses, with zeros in place of the object, when this region is not reachable any more.
     *
     * @throws IllegalStateException after close
     */
    public void keepAddresses() {
        // Before the question: a close that has not seen it yet is seen here.
        mapping.viewed = true;
        address();
    }

    /**
     * Refuses {@link #close} and {@link #shrinkBy} from now on, until {@link #release}: a heap begins to live in the region.
     *
     * @throws IllegalStateException after close
     */
    void hold() {
        mapping.hold();
        // A reader that outlives its heap may outlive the region as well.
        keepAddresses();
    }

    /** A heap has ended. */
    void release() {
        mapping.release();
    }

    /** This region for those who are not to write. */
    MappedRegion forReading() {
        return readOnly() ? this : new MappedRegion(this);
    }

    /**
     * Copies bytes out. If an object has been cut off behind the mapping, that is an error of the JVM, not its end.
     *
     * @param offset where they begin in the region
     * @param target is filled completely
     */
    void read(long offset, byte[] target) {
        Objects.checkFromIndexSize(offset, target.length, size());
        keepAddresses();
        mapping.buffer(this, offset, target.length).get(target);
    }

    /**
     * A range as a buffer of the JDK, which checks every access against its borders. The region stays mapped as long as the
     * buffer, a slice of it or anything else that refers to it is reachable. When the region is closed all the same, the buffer
     * shows zeros; without native calls it goes on showing the object.
     *
     * @param offset where the range begins in the region
     * @param length its length in bytes
     * @return a direct buffer, big-endian as every new one
     * @throws IllegalStateException after close
     * @throws UnsupportedOperationException if the region is not writable
     */
    public ByteBuffer buffer(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, size());
        if (readOnly()) {
            throw new UnsupportedOperationException("a store to the region would kill the JVM: " + this);
        }
        keepAddresses();
        return mapping.buffer(this, offset, length);
    }

    // ---- pages

    /**
     * Maps the pages of a range in one call, where the system can: at their first use each would fault by itself. A system
     * that cannot leaves it to the first use.
     *
     * @param offset where the range begins in the region
     * @param length its length in bytes
     * @return false if there is no memory for one of them, so that its first use would be a fault
     */
    public boolean populate(long offset, long length) {
        checkOpen(offset, length);
        return mapping.populate(offset, length);
    }

    /**
     * Tells the system how the region is going to be used.
     *
     * @param advice how
     * @return false if the system does not take this advice, as it does without native calls
     * @throws IllegalStateException after close
     */
    public boolean advise(Advice advice) {
        checkOpen(0, size());
        return mapping.advise(advice);
    }

    /**
     * Writes all of the region to the disk, and waits for it.
     *
     * @throws HeapException if the disk reports an error
     * @throws IllegalStateException after close
     */
    public void flush() {
        flush(0, size(), false);
    }

    /**
     * Writes a range to the disk. There is nothing to do for memory that has no disk, and for a region whose stores do not reach
     * the object.
     *
     * @param offset where the range begins in the region; any byte
     * @param length its length in bytes
     * @param async whether to return when that has begun, or when it is done
     * @throws IndexOutOfBoundsException if the range is not inside the region
     * @throws HeapException if the disk reports an error
     * @throws IllegalStateException after close
     */
    public void flush(long offset, long length, boolean async) {
        checkOpen(offset, length);
        mapping.flush(offset, length, async);
    }

    private void checkOpen(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, size());
        address();
    }

    /**
     * Gives the system back a part of the region, as far as that is whole pages. What remains is another region: this one is
     * closed then.
     *
     * @param bytes how much to give back, less than all
     * @param fromBack whether from its end, or from its beginning
     * @return the rest
     * @throws IllegalArgumentException if the number is negative, or nothing would remain
     * @throws IllegalStateException after close, or if a heap is open over the region
     * @throws UnsupportedOperationException if a heap has mapped the region, or it is XSI shared memory
     */
    public MappedRegion shrinkBy(long bytes, boolean fromBack) {
        long size = size();
        if (bytes < 0 || bytes >= size) {
            throw new IllegalArgumentException("a region shrinks by less than all, which is to close it: bytes=" + bytes
                    + " size=" + size + " segment=" + mapping.object);
        }
        if (!divisible) {
            throw new UnsupportedOperationException(
                    "the region is mapped whole or not at all: segment=" + mapping.object);
        }
        rest = new MappedRegion(mapping.keepOnly(fromBack ? 0 : bytes, size - bytes), mode, true);
        return rest;
    }

    /**
     * Unmaps the region, then closes the file behind it if the region owns that. From then on views refuse every access; an
     * access that another thread is inside of at this moment, through a view, meets zeros in place of the object. Without native
     * calls it meets the object, and the pages stay until the collector finds that nobody refers to the region. Idempotent.
     *
     * @throws IllegalStateException if a heap is open over the region
     */
    @Override
    public void close() {
        if (mapping.close()) {
            cleanable.clean();
        }
    }

    @Override
    public String toString() {
        return "region size=" + size() + (readOnly() ? " read-only" : "") + (mapping.closed ? " closed" : "");
    }
}
