/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.SegmentNotFoundException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * Memory without a name, which goes when the last process that uses it has gone, however that ends. A process that is told
 * the {@link #path} opens it as a {@link FileMapping}, as long as this one is open: a child that this process starts, or any
 * other of the same user. This is for programs that want the memory and nothing else; a heap makes its own.
 *
 * <p>Thread-safe. Regions that it mapped live on after it is closed.
 */
public final class AnonymousSharedMemory extends MappableObject {
    /*
     * A file of memfd_create. It has no name, but /proc shows each open descriptor as a link, and to open that makes a new
     * file description, with locks of its own: just what a heap needs of a name.
     */

    private static final SegmentLocation LOCATION = new SegmentLocation() {
        @Override
        public SegmentFile createUnnamed(Set<PosixFilePermission> permissions) {
            LibC libC = LibC.get();
            int descriptor = libC.memfdCreate("offsetheap", LibC.MFD_CLOEXEC);
            if (descriptor < 0) {
                throw new HeapException(
                        "cannot create anonymous memory: errno=" + LibC.describe(libC.errno()) + " segment=" + this);
            }
            return new DescriptorLocation(descriptor).adoptNew(libC, descriptor, null, permissions);
        }

        @Override
        public SegmentFile open(boolean readOnly) {
            throw new SegmentNotFoundException(
                    "memory without a name is only created here, others open its path: segment=" + this);
        }

        @Override
        public boolean remove() {
            return false;
        }

        @Override
        public String toString() {
            return "anonymous memory";
        }
    };

    /** The way to one file through the descriptor of this process: it is there from the beginning. */
    private static final class DescriptorLocation extends NamedFileLocation {
        DescriptorLocation(int descriptor) {
            this(Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", Integer.toString(descriptor)));
        }

        private DescriptorLocation(Path path) {
            super(path, "anonymous memory " + path);
        }

        @Override
        boolean link(LibC libC, String existing) {
            return true;
        }
    }

    private final SegmentFile file;

    private AnonymousSharedMemory(SegmentFile file) {
        this.file = file;
    }

    /**
     * Where memory without a name is made.
     *
     * @return the location, for a heap: it can be created there, and never opened
     */
    public static SegmentLocation location() {
        return LOCATION;
    }

    /**
     * Creates memory filled with zeros, for processes of the same user.
     *
     * @param size its size in bytes
     * @return the memory, writable
     * @throws IllegalArgumentException if the size is not positive
     * @throws io.offsetheap.error.OutOfSegmentMemoryException if there is too little memory
     * @throws HeapException if the system refuses
     */
    public static AnonymousSharedMemory create(long size) {
        SegmentFile file =
                LOCATION.createUnnamed(EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        try {
            file.reserve(0, size);
            return new AnonymousSharedMemory(file);
        } catch (Throwable t) {
            file.close();
            throw t;
        }
    }

    /**
     * What other processes open it by, as a {@link FileMapping}, as long as this object is open.
     *
     * @return a path under {@code /proc}
     */
    public Path path() {
        return file.path();
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public boolean readOnly() {
        return file.readOnly();
    }

    @Override
    MappedRegion map(MapMode mode, long offset, long size, long address) {
        return file.mapPart(mode, offset, size, address);
    }

    /** Closes it: nobody can open its path any more. Regions that were mapped stay, here and elsewhere. Idempotent. */
    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
