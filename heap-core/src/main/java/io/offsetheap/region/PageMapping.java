/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Pages that were mapped by a call of the C library. */
final class PageMapping extends Mapping {
    private final LibC libC;
    private final @Nullable Descriptors descriptors;
    private long address;
    private long length;

    private PageMapping(
            LibC libC,
            @Nullable Descriptors descriptors,
            long begin,
            long size,
            String object,
            long address,
            long length) {
        super(begin, size, object);
        this.libC = libC;
        this.descriptors = descriptors;
        this.address = address;
        this.length = length;
    }

    /** Pages that are there, with the region from their first byte on. */
    static PageMapping of(LibC libC, long address, long size, String object) {
        return new PageMapping(libC, null, address, size, object, address, roundUpToPages(size));
    }

    /**
     * Maps a part of a file, from any byte on.
     *
     * @param flags how to map
     * @param wanted where, or {@link MappedRegion#ANY_ADDRESS}
     * @param descriptor the file, or -1 for memory without one
     * @param descriptors what to close behind the pages, or null
     */
    static PageMapping map(
            LibC libC,
            long wanted,
            long offset,
            long size,
            MapMode mode,
            int flags,
            int descriptor,
            @Nullable Descriptors descriptors,
            String object) {
        long page = JvmMemory.pageSize();
        long lead = offset % page;
        if (wanted != MappedRegion.ANY_ADDRESS && (lead != 0 || wanted % page != 0)) {
            throw new IllegalArgumentException("offset and address must be multiples of the page size: offset=" + offset
                    + " address=0x" + Long.toHexString(wanted) + " pageSize=" + page + " segment=" + object);
        }
        long length = roundUpToPages(lead + size);
        long address = map(libC, wanted, length, mode, flags, descriptor, offset - lead, object);
        return new PageMapping(libC, descriptors, address + lead, size, object, address, length);
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
        boolean anywhere = wanted == MappedRegion.ANY_ADDRESS;
        int all = flags | LibC.MAP_NORESERVE | (anywhere ? 0 : LibC.MAP_FIXED_NOREPLACE);
        long address = libC.mmap(wanted, length, mode.protection(), all, descriptor, position);
        int errno = libC.errno();
        if (address != LibC.MAP_FAILED) {
            // A kernel before 4.17 takes the wanted address for a hint.
            errno = LibC.EEXIST;
            if (anywhere || wanted == address) {
                // A child made by fork would share the mapping and so keep the owner of the slot alive.
                if (libC.madvise(address, length, LibC.MADV_DONTFORK) == 0) {
                    return address;
                }
                errno = libC.errno();
            }
            libC.munmap(address, length);
        }
        throw new HeapException("cannot map: length=" + length + " position=" + position
                + (anywhere ? "" : " address=0x" + Long.toHexString(wanted)) + " errno=" + LibC.describe(errno)
                + " segment=" + segment);
    }

    private static long roundUpToPages(long length) {
        long mask = JvmMemory.pageSize() - 1L;
        if (length > Long.MAX_VALUE - mask) {
            throw new IllegalArgumentException("no region can be that large: length=" + length);
        }
        return (length + mask) & ~mask;
    }

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
    @Override
    synchronized boolean close() {
        if (!closed) {
            checkNoHeap();
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

    /** The pages that go lie all before or all behind those that stay. */
    @Override
    synchronized Mapping keepOnly(long from, long keptSize) {
        if (closed) {
            throw new IllegalStateException("the region is closed: address=0x" + Long.toHexString(address));
        }
        checkNoHeap();
        closed = true;
        long first = firstPage(from);
        long pages = pages(from, keptSize);
        PageMapping kept = new PageMapping(libC, null, begin + from, keptSize, object, first, pages);
        kept.viewed = viewed;
        long end = address + length;
        if (first > address) {
            length = first - address;
        } else {
            address = first + pages;
            length = end - address;
        }
        giveBack(viewed);
        return kept;
    }

    @Override
    ByteBuffer buffer(MappedRegion region, long offset, int bytes) {
        return keeping(region, begin + offset, bytes);
    }

    @Override
    boolean populate(long offset, long bytes) {
        return libC.madvise(firstPage(offset), pages(offset, bytes), LibC.MADV_POPULATE_WRITE) == 0
                || libC.errno() == LibC.EINVAL;
    }

    @Override
    boolean advise(Advice advice) {
        return libC.madvise(firstPage(0), pages(0, size), advice.code()) == 0;
    }

    @Override
    void flush(long offset, long bytes, boolean async) {
        if (libC.msync(firstPage(offset), pages(offset, bytes), async ? LibC.MS_ASYNC : LibC.MS_SYNC) != 0) {
            throw new HeapException("cannot write to the disk: offset=" + offset + " length=" + bytes + " errno="
                    + LibC.describe(libC.errno()) + " segment=" + object);
        }
    }

    private long firstPage(long offset) {
        return begin + offset & -(long) JvmMemory.pageSize();
    }

    private long pages(long offset, long bytes) {
        return roundUpToPages(begin + offset + bytes) - firstPage(offset);
    }
}
