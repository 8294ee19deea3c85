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
 * A range of this process's addresses that is shared memory. It has no way to load or store: that is done with the
 * addresses, by code that checks every access against {@link #address()} and {@link #size()}, because an access outside
 * the range, a store to a read-only region and any access after it is unmapped kill the JVM.
 *
 * <p>Thread-safe. It is unmapped when it is closed, or when it is no longer reachable. The heap never closes the regions
 * that it uses: everything that holds an address of one holds the region as well, and ends each access with a
 * {@link java.lang.ref.Reference#reachabilityFence}, so that the garbage collector cannot unmap it under a reader. Call
 * {@link #close()} only when no other thread can be inside an access.
 */
public final class MappedRegion implements AutoCloseable {
    static final Cleaner CLEANER = Cleaner.create();

    private final Mapping mapping;
    private final long address;
    private final long size;
    private final boolean readOnly;
    private final Cleanable cleanable;

    private MappedRegion(Mapping mapping, long address, long size, boolean readOnly) {
        this.mapping = mapping;
        this.address = address;
        this.size = size;
        this.readOnly = readOnly;
        cleanable = CLEANER.register(this, mapping);
    }

    /** The pages behind a region. Not the region itself, so that the cleaner does not keep that reachable. */
    private static final class Mapping implements Runnable {
        private final LibC libC;
        private final long address;
        private final long length;
        private final @Nullable Descriptors descriptors;
        private volatile boolean unmapped;

        Mapping(LibC libC, long address, long length, @Nullable Descriptors descriptors) {
            this.libC = libC;
            this.address = address;
            this.length = length;
            this.descriptors = descriptors;
        }

        /** Runs once. The order matters: a slot byte must not look free while this process can still store. */
        @Override
        public void run() {
            unmapped = true;
            int result = libC.munmap(address, length);
            int errno = libC.errno();
            if (descriptors != null) {
                descriptors.close();
            }
            if (result != 0) {
                throw new HeapException("cannot unmap: address=0x" + Long.toHexString(address) + " length=" + length
                        + " errno=" + LibC.describe(errno));
            }
        }
    }

    /** Keeps a region until the cleaner that holds this runs it. */
    private record Hold(MappedRegion region) implements Runnable {
        @Override
        public void run() {
            // It has done its work by being there.
        }
    }

    /** Maps a file from its first byte, and takes over its descriptors. */
    static MappedRegion ofWholeFile(
            LibC libC, Descriptors descriptors, int descriptor, long length, boolean readOnly, String segment) {
        long rounded = roundUpToPages(length);
        long address = map(libC, rounded, LibC.MAP_SHARED, descriptor, 0, readOnly, segment);
        descriptors.passToRegion();
        return new MappedRegion(new Mapping(libC, address, rounded, descriptors), address, length, readOnly);
    }

    /** Maps a part of a file, from any byte on, independent of its descriptors. */
    static MappedRegion ofPart(LibC libC, int descriptor, long offset, long length, boolean readOnly, String segment) {
        long lead = offset % pageSize();
        long rounded = roundUpToPages(lead + length);
        long address = map(libC, rounded, LibC.MAP_SHARED, descriptor, offset - lead, readOnly, segment);
        return new MappedRegion(new Mapping(libC, address, rounded, null), address + lead, length, readOnly);
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
        int flags = LibC.MAP_SHARED | LibC.MAP_ANONYMOUS;
        long address = map(libC, rounded, flags, -1, 0, false, "anonymous memory");
        return new MappedRegion(new Mapping(libC, address, rounded, null), address, size, false);
    }

    private static long map(
            LibC libC, long length, int flags, int descriptor, long position, boolean readOnly, String segment) {
        int protection = readOnly ? LibC.PROT_READ : LibC.PROT_READ | LibC.PROT_WRITE;
        long address = libC.mmap(length, protection, flags | LibC.MAP_NORESERVE, descriptor, position);
        int errno = libC.errno();
        if (address != LibC.MAP_FAILED) {
            // A child made by fork would share the mapping and so keep the owner of the slot alive.
            if (libC.madvise(address, length, LibC.MADV_DONTFORK) == 0) {
                return address;
            }
            errno = libC.errno();
            libC.munmap(address, length);
        }
        throw new HeapException("cannot map: length=" + length + " position=" + position + " errno="
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
     * The size of a page: what the system maps as one.
     *
     * @return bytes, a power of two
     */
    public static int pageSize() {
        return LibC.get().pageSize();
    }

    /**
     * Where the region begins.
     *
     * @return the address of its first byte
     * @throws IllegalStateException after close
     */
    public long address() {
        if (mapping.unmapped) {
            throw new IllegalStateException("the region is closed: size=" + size);
        }
        return address;
    }

    /**
     * Maps the pages of a range in one call, where the system can: at their first use each would fault by itself. The file
     * has memory for them already. A system that cannot leaves it to the first use.
     *
     * @param offset where the range begins in the region
     * @param length its length in bytes
     */
    public void populate(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, size);
        long first = offset & -pageSize();
        LibC.get().madvise(address() + first, roundUpToPages(offset + length) - first, LibC.MADV_POPULATE_WRITE);
    }

    /**
     * A range as a buffer of the JDK, which checks every access. The region stays mapped as long as the buffer, a slice of
     * it or anything else that refers to it is reachable.
     *
     * @param offset where the range begins in the region
     * @param length its length in bytes
     * @return a direct buffer, big-endian as every new one
     * @throws UnsupportedOperationException if the region is read-only
     */
    public ByteBuffer buffer(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, size);
        if (readOnly) {
            throw new UnsupportedOperationException("a store to the region would kill the JVM: " + this);
        }
        ByteBuffer buffer = LibC.get().newBuffer(address() + offset, length);
        CLEANER.register(buffer, new Hold(this));
        return buffer;
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
     * Whether a store to the region kills the JVM.
     *
     * @return true if it may only be read
     */
    public boolean readOnly() {
        return readOnly;
    }

    /**
     * Whether the region is unmapped.
     *
     * @return true after close
     */
    public boolean isClosed() {
        return mapping.unmapped;
    }

    /** Unmaps the region, then closes the file behind it if the region owns that. Idempotent. */
    @Override
    public void close() {
        cleanable.clean();
    }

    @Override
    public String toString() {
        return "region size=" + size + (readOnly ? " read-only" : "") + (mapping.unmapped ? " closed" : "");
    }
}
