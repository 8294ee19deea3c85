/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentNotFoundException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Shared memory of the older kind, of System V, to share with programs that use it. It is found by a key, lasts until it is
 * removed or the machine stops, has one size for its life, and is mapped whole.
 *
 * <p>Thread-safe. Regions that it mapped live on after it is closed, and after it is removed.
 */
public final class XsiSharedMemory extends MappableObject {
    private static final int FAILED = -1;

    private final LibC libC = LibC.get();
    private final int id;
    private volatile boolean closed;

    private XsiSharedMemory(int id) {
        this.id = id;
    }

    /**
     * Where the memory of a key is, for a heap. Its locks are on an empty file beside it, {@code /dev/shm/.offsetheap-xsi-KEY},
     * because the memory has none that the kernel gives up when a process dies.
     *
     * @param key any but {@link XsiKey#PRIVATE}
     * @return the location
     * @throws IllegalArgumentException if the key is private
     */
    public static SegmentLocation location(XsiKey key) {
        return new XsiLocation(key);
    }

    /**
     * Creates memory filled with zeros. Its pages are taken from the system at their first use.
     *
     * @param key what others open it by
     * @param size its size in bytes
     * @param permissions who may open it; the umask of the process takes nothing away from them
     * @return the memory
     * @throws IllegalArgumentException if the size is not positive
     * @throws SegmentExistsException if there is one of this key
     * @throws OutOfSegmentMemoryException if there is too little memory
     * @throws HeapException if the system refuses
     */
    public static XsiSharedMemory create(XsiKey key, long size, Set<PosixFilePermission> permissions) {
        if (size <= 0) {
            throw new IllegalArgumentException("size must be positive: size=" + size);
        }
        String name = "XSI shared memory key=" + key;
        long available = AvailableMemory.bytes();
        if (size > available) {
            throw new OutOfSegmentMemoryException(
                    "the machine has too little memory: size=" + size + " available=" + available + " segment=" + name);
        }
        int flags = LibC.IPC_CREAT | LibC.IPC_EXCL | NamedFileLocation.mode(permissions);
        return new XsiSharedMemory(get(key, size, flags, name));
    }

    /**
     * Opens memory that is there.
     *
     * @param key its key
     * @return the memory
     * @throws SegmentNotFoundException if there is none, as for {@link XsiKey#PRIVATE}
     * @throws HeapException if the system refuses
     */
    public static XsiSharedMemory open(XsiKey key) {
        String name = "XSI shared memory key=" + key;
        if (key.equals(XsiKey.PRIVATE)) {
            throw new SegmentNotFoundException("without a key it is opened by its id: segment=" + name);
        }
        return new XsiSharedMemory(get(key, 0, 0, name));
    }

    /**
     * Opens memory that is there, or else creates it; of several processes that call this at once, one creates it and all get
     * the same.
     *
     * @param key its key
     * @param size its size in bytes, if it is created
     * @param permissions who may open it, if it is created
     * @return the memory
     * @throws OutOfSegmentMemoryException if there is too little memory
     * @throws HeapException if the system refuses
     */
    public static XsiSharedMemory openOrCreate(XsiKey key, long size, Set<PosixFilePermission> permissions) {
        while (true) {
            try {
                return open(key);
            } catch (SegmentNotFoundException absent) {
                try {
                    return create(key, size, permissions);
                } catch (SegmentExistsException faster) {
                    // Somebody has made it meanwhile: open that.
                }
            }
        }
    }

    /**
     * Opens memory by its id, which whoever made it knows.
     *
     * @param id its id
     * @return the memory
     * @throws SegmentNotFoundException if there is none
     * @throws HeapException if the system refuses
     */
    public static XsiSharedMemory ofId(int id) {
        XsiSharedMemory memory = new XsiSharedMemory(id);
        memory.size();
        return memory;
    }

    private static int get(XsiKey key, long size, int flags, String name) {
        LibC libC = LibC.get();
        int id = libC.shmget(key.value(), size, flags);
        if (id == FAILED) {
            throw failure(libC.errno(), "cannot get the memory", name);
        }
        return id;
    }

    private static RuntimeException failure(int errno, String what, String name) {
        String text = what + ": errno=" + LibC.describe(errno) + " segment=" + name;
        return switch (errno) {
            case LibC.EEXIST -> new SegmentExistsException("the key is taken: segment=" + name);
            case LibC.ENOENT, LibC.EIDRM -> new SegmentNotFoundException("there is no such segment: segment=" + name);
            case LibC.ENOSPC, LibC.ENOMEM -> new OutOfSegmentMemoryException(text);
            case LibC.EACCES, LibC.EPERM -> new UncheckedIOException(text, new AccessDeniedException(name, null, text));
            default -> new HeapException(text);
        };
    }

    /**
     * Removes memory. What is mapped stays until the last process has unmapped it.
     *
     * @param id its id
     * @return false when there is none; what was removed is there until the last process has unmapped it
     * @throws HeapException if the system refuses
     */
    public static boolean remove(int id) {
        LibC libC = LibC.get();
        if (libC.shmRemove(id) == 0) {
            return true;
        }
        int errno = libC.errno();
        if (errno == LibC.EINVAL || errno == LibC.EIDRM) {
            return false;
        }
        throw failure(errno, "cannot remove the memory", describe(id));
    }

    /**
     * What the system calls it by.
     *
     * @return the id
     */
    public int id() {
        return id;
    }

    @Override
    public long size() {
        if (closed) {
            throw new IllegalStateException("the memory is closed: segment=" + this);
        }
        long size = libC.shmSize(id);
        if (size >= 0) {
            return size;
        }
        int errno = libC.errno();
        // The system says "invalid" of an id that belongs to nothing.
        throw failure(errno == LibC.EINVAL ? LibC.EIDRM : errno, "cannot read the size", toString());
    }

    /** False: whether it can be written to is seen when it is mapped. */
    @Override
    public boolean readOnly() {
        return false;
    }

    @Override
    MappedRegion map(MapMode mode, long offset, long size, long address) {
        long whole = size();
        if (offset != 0 || (size != 0 && size != whole)) {
            throw new IllegalArgumentException("XSI shared memory is mapped whole: offset=" + offset + " size=" + size
                    + " whole=" + whole + " segment=" + this);
        }
        if (mode.isPrivate()) {
            throw new IllegalArgumentException(
                    "XSI shared memory has no private pages: mode=" + mode + " segment=" + this);
        }
        if (address % MappedRegion.pageSize() != 0) {
            throw new IllegalArgumentException("an address must be a multiple of the page size: address=0x"
                    + Long.toHexString(address) + " pageSize=" + MappedRegion.pageSize() + " segment=" + this);
        }
        MappedRegion region = MappedRegion.ofXsi(libC, id, mode, whole, address, toString());
        if (region == null) {
            throw failure(libC.errno(), "cannot map: address=0x" + Long.toHexString(address), toString());
        }
        return region;
    }

    /** Closes it: nothing more can be asked of this object. The memory stays, and so do regions. Idempotent. */
    @Override
    public void close() {
        closed = true;
    }

    private static String describe(int id) {
        return "XSI shared memory id=" + id;
    }

    @Override
    public String toString() {
        return describe(id);
    }
}
