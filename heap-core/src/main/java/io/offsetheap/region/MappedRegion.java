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
    private final long address;
    private final long size;
    private final MapMode mode;
    private final String object;
    /** Whether a part of it can be given back. */
    private final boolean divisible;

    private final Cleanable cleanable;

    /** What {@link #shrinkBy} has left: who is inside an access to this region may be inside that part of it. */
    private @Nullable MappedRegion rest;

    private MappedRegion(Mapping mapping, long address, long size, MapMode mode, String object, boolean divisible) {
        this.mapping = mapping;
        this.address = address;
        this.size = size;
        this.mode = mode;
        this.object = object;
        this.divisible = divisible;
        cleanable = CLEANER.register(this, mapping);
    }

    /** The pages behind a region. Not the region itself, so that the cleaner does not keep that reachable. */
    private static final class Mapping implements Runnable {
        private final LibC libC;
        private final @Nullable Descriptors descriptors;
        private long address;
        private long length;
        /** Whether somebody may be inside an access that checks whether the region is closed. */
        private volatile boolean viewed;

        private volatile boolean closed;

        Mapping(LibC libC, long address, long length, @Nullable Descriptors descriptors) {
            this.libC = libC;
            this.address = address;
            this.length = length;
            this.descriptors = descriptors;
        }

        /** What happens when the region can no longer be reached. */
        @Override
        public synchronized void run() {
            boolean wasOpen = !closed;
            closed = true;
            giveBack(false);
            if (wasOpen) {
                closeDescriptors();
            }
        }

        /** Takes the object's pages away at once. Returns whether the addresses are free as well. */
        synchronized boolean close() {
            if (!closed) {
                closed = true;
                // After the store above: who has not seen that has said before that he is coming.
                giveBack(viewed);
                closeDescriptors();
            }
            return length == 0;
        }

        /** Unmaps, or leaves zeros in place of the object for those who are inside an access. */
        private void giveBack(boolean leaveZeros) {
            if (length == 0) {
                return;
            }
            boolean done;
            if (leaveZeros) {
                int flags = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_FIXED | LibC.MAP_NORESERVE;
                int protection = LibC.PROT_READ | LibC.PROT_WRITE;
                done = libC.mmap(address, length, protection, flags, -1, 0) != LibC.MAP_FAILED;
            } else {
                done = libC.munmap(address, length) == 0;
            }
            if (!done) {
                throw new HeapException("cannot unmap: address=0x" + Long.toHexString(address) + " length=" + length
                        + " errno=" + LibC.describe(libC.errno()));
            } else if (!leaveZeros) {
                length = 0;
            }
        }

        /** Always behind the pages: a slot byte must not look free while this process can still store. */
        private void closeDescriptors() {
            if (descriptors != null) {
                descriptors.close();
            }
        }

        /**
         * Ends this mapping, but for the pages from {@code from} up to {@code to}, which another one takes over. The others
         * lie all before or all behind them.
         */
        synchronized void keepOnly(long from, long to) {
            if (closed) {
                throw new IllegalStateException("the region is closed: address=0x" + Long.toHexString(address));
            }
            closed = true;
            long end = address + length;
            if (from > address) {
                length = from - address;
            } else {
                address = to;
                length = end - to;
            }
            giveBack(viewed);
        }
    }

    /** Keeps a region until the cleaner that holds this runs it. */
    private record Hold(MappedRegion region) implements Runnable {
        @Override
        public void run() {
            // It has done its work by being there.
        }
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
     * @throws java.io.UncheckedIOException as {@link #map(MappableObject, MapMode)}
     */
    public static MappedRegion map(MappableObject object, MapMode mode, long offset, long size, long address) {
        Objects.requireNonNull(mode, "mode");
        return object.map(mode, offset, size, address);
    }

    /** Maps a file from its first byte, and takes over its descriptors. */
    static MappedRegion ofWholeFile(
            LibC libC, Descriptors descriptors, int descriptor, long length, MapMode mode, String segment) {
        long rounded = roundUpToPages(length);
        long address = map(libC, ANY_ADDRESS, rounded, mode, mode.flags(), descriptor, 0, segment);
        descriptors.passToRegion();
        return new MappedRegion(
                new Mapping(libC, address, rounded, descriptors), address, length, mode, segment, false);
    }

    /** Maps a part of a file, from any byte on, independent of its descriptors. */
    static MappedRegion ofPart(
            LibC libC, int descriptor, MapMode mode, long offset, long length, long address, String segment) {
        long lead = offset % pageSize();
        if (address != ANY_ADDRESS && (lead != 0 || address % pageSize() != 0)) {
            throw new IllegalArgumentException("offset and address must be multiples of the page size: offset=" + offset
                    + " address=0x" + Long.toHexString(address) + " pageSize=" + pageSize() + " segment=" + segment);
        }
        long rounded = roundUpToPages(lead + length);
        long first = map(libC, address, rounded, mode, mode.flags(), descriptor, offset - lead, segment);
        return new MappedRegion(new Mapping(libC, first, rounded, null), first + lead, length, mode, segment, true);
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
        if (size <= 0) {
            throw new IllegalArgumentException("size must be positive: size=" + size);
        }
        LibC libC = LibC.get();
        long rounded = roundUpToPages(size);
        MapMode mode = MapMode.READ_WRITE;
        String object = "anonymous memory";
        long address = map(libC, ANY_ADDRESS, rounded, mode, mode.flags() | LibC.MAP_ANONYMOUS, -1, 0, object);
        return new MappedRegion(new Mapping(libC, address, rounded, null), address, size, mode, object, true);
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
        return new MappedRegion(
                new Mapping(libC, first, roundUpToPages(length), null), first, length, mode, segment, false);
    }

    private static long map(
            LibC libC,
            long wanted,
            long length,
            MapMode mode,
            int flags,
            int descriptor,
            long position,
            String segment) {
        int all = flags | LibC.MAP_NORESERVE | (wanted == ANY_ADDRESS ? 0 : LibC.MAP_FIXED_NOREPLACE);
        long address = libC.mmap(wanted, length, mode.protection(), all, descriptor, position);
        int errno = libC.errno();
        if (address != LibC.MAP_FAILED) {
            // A kernel before 4.17 takes the wanted address for a hint.
            errno = LibC.EEXIST;
            if (wanted == ANY_ADDRESS || wanted == address) {
                // A child made by fork would share the mapping and so keep the owner of the slot alive.
                if (libC.madvise(address, length, LibC.MADV_DONTFORK) == 0) {
                    return address;
                }
                errno = libC.errno();
            }
            libC.munmap(address, length);
        }
        throw new HeapException("cannot map: length=" + length + " position=" + position
                + (wanted == ANY_ADDRESS ? "" : " address=0x" + Long.toHexString(wanted)) + " errno="
                + LibC.describe(errno) + " segment=" + segment);
    }

    private static long roundUpToPages(long length) {
        long mask = pageSize() - 1L;
        if (length > Long.MAX_VALUE - mask) {
            throw new IllegalArgumentException("no region can be that large: length=" + length);
        }
        return (length + mask) & ~mask;
    }

    /**
     * The unit in which the system maps. Offsets and sizes need not be multiples of it, but take as much as if they were.
     *
     * @return the page size in bytes
     */
    public static int pageSize() {
        return LibC.get().pageSize();
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
            throw new IllegalStateException("the region is closed: size=" + size);
        }
        return address;
    }

    /**
     * How many bytes, from {@link #address()} on, belong to the region. A file behind it may be shorter.
     *
     * @return the size in bytes
     */
    public long size() {
        return size;
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
     * A range as a buffer of the JDK, which checks every access against its borders. The region stays mapped as long as the
     * buffer, a slice of it or anything else that refers to it is reachable. When the region is closed all the same, the buffer
     * shows zeros.
     *
     * @param offset where the range begins in the region
     * @param length its length in bytes
     * @return a direct buffer, big-endian as every new one
     * @throws IllegalStateException after close
     * @throws UnsupportedOperationException if the region is not writable
     */
    public ByteBuffer buffer(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, size);
        if (readOnly()) {
            throw new UnsupportedOperationException("a store to the region would kill the JVM: " + this);
        }
        keepAddresses();
        ByteBuffer buffer = LibC.get().newBuffer(address + offset, length);
        CLEANER.register(buffer, new Hold(this));
        return buffer;
    }

    // ---- pages

    /**
     * Maps the pages of a range in one call, where the system can: at their first use each would fault by itself. The file
     * has memory for them already. A system that cannot leaves it to the first use.
     *
     * @param offset where the range begins in the region
     * @param length its length in bytes
     */
    public void populate(long offset, long length) {
        LibC.get().madvise(firstPage(offset, length), pages(offset, length), LibC.MADV_POPULATE_WRITE);
    }

    /**
     * Tells the system how the region is going to be used.
     *
     * @param advice how
     * @return false if the system does not take this advice
     * @throws IllegalStateException after close
     */
    public boolean advise(Advice advice) {
        return LibC.get().madvise(firstPage(0, size), pages(0, size), advice.code()) == 0;
    }

    /**
     * Writes all of the region to the disk, and waits for it.
     *
     * @throws HeapException if the disk reports an error
     * @throws IllegalStateException after close
     */
    public void flush() {
        flush(0, size, false);
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
        long first = firstPage(offset, length);
        LibC libC = LibC.get();
        if (libC.msync(first, pages(offset, length), async ? LibC.MS_ASYNC : LibC.MS_SYNC) != 0) {
            throw new HeapException("cannot write to the disk: offset=" + offset + " length=" + length + " errno="
                    + LibC.describe(libC.errno()) + " segment=" + object);
        }
    }

    private long firstPage(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, size);
        return address() + offset & -(long) pageSize();
    }

    private long pages(long offset, long length) {
        return roundUpToPages(address + offset + length) - (address + offset & -(long) pageSize());
    }

    /**
     * Gives the system back a part of the region, as far as that is whole pages. What remains is another region: this one is
     * closed then.
     *
     * @param bytes how much to give back, less than all
     * @param fromBack whether from its end, or from its beginning
     * @return the rest
     * @throws IllegalArgumentException if the number is negative, or nothing would remain
     * @throws IllegalStateException after close
     * @throws UnsupportedOperationException if a heap lives in the region, or it is XSI shared memory
     */
    public MappedRegion shrinkBy(long bytes, boolean fromBack) {
        if (bytes < 0 || bytes >= size) {
            throw new IllegalArgumentException("a region shrinks by less than all, which is to close it: bytes=" + bytes
                    + " size=" + size + " segment=" + object);
        }
        if (!divisible) {
            throw new UnsupportedOperationException("the region is mapped whole or not at all: segment=" + object);
        }
        long begin = fromBack ? address : address + bytes;
        long from = begin & -(long) pageSize();
        long to = roundUpToPages(begin + size - bytes);
        mapping.keepOnly(from, to);
        Mapping kept = new Mapping(mapping.libC, from, to - from, null);
        kept.viewed = mapping.viewed;
        rest = new MappedRegion(kept, begin, size - bytes, mode, object, true);
        return rest;
    }

    /**
     * Unmaps the region, then closes the file behind it if the region owns that. From then on views refuse every access; an
     * access that another thread is inside of at this moment, through a view, meets zeros in place of the object. Idempotent.
     */
    @Override
    public void close() {
        if (mapping.close()) {
            cleanable.clean();
        }
    }

    @Override
    public String toString() {
        return "region size=" + size + (readOnly() ? " read-only" : "") + (mapping.closed ? " closed" : "");
    }
}
