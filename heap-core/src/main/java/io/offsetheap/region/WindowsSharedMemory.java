/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner.Cleanable;
import java.nio.file.AccessDeniedException;
import org.jspecify.annotations.Nullable;

/**
 * Shared memory as Windows has it, to share with programs that use it: a part of the paging file. It has a name and one size for
 * its life, and cannot be removed: the name goes when the last process has closed it, the memory when nobody has it mapped any
 * more. So who makes it keeps it open until the others have opened it.
 *
 * <p>A name may begin with {@code Local\}, which is the same as without: the processes of one session find it. With {@code
 * Global\} those of all sessions do, services among them; only a service or who is allowed to may create such memory, whoever may
 * read it can open it. It can be opened by the user who made it, and by the system.
 *
 * <p>Elsewhere than on Windows each method that makes one throws {@link UnsupportedOperationException}. Thread-safe. Regions that it mapped
 * live on after it is closed; after their own close, a view may go on showing the memory to a thread that is inside an access.
 */
public final class WindowsSharedMemory extends MappableObject {
    /** The offset and the address of a region that is wanted at an address are multiples of this. */
    public static final int GRANULARITY = 1 << 16;

    private static final int LONGEST_NAME = 260;
    private static final String LOCAL = "Local\\";
    private static final String GLOBAL = "Global\\";

    private final Kernel32 kernel;
    private final String name;
    private final long size;
    private final boolean readOnly;
    private final Handle handle;
    private final Cleanable cleanable;

    private WindowsSharedMemory(Kernel32 kernel, String name, long size, boolean readOnly, Handle handle) {
        this.kernel = kernel;
        this.name = name;
        this.size = size;
        this.readOnly = readOnly;
        this.handle = handle;
        this.cleanable = MappedRegion.CLEANER.register(this, handle);
    }

    /** What keeps the name. Not the object itself, so that the cleaner does not keep that reachable. */
    private static final class Handle implements Runnable {
        private final Kernel32 kernel;
        private long value;

        Handle(Kernel32 kernel, long value) {
            this.kernel = kernel;
            this.value = value;
        }

        /** The handle, while the lock on this object is held: another thread may close it, and the system give its number away. */
        long value(String name) {
            if (value == 0) {
                throw new IllegalStateException("the memory is closed: segment=" + describe(name));
            }
            return value;
        }

        @Override
        public synchronized void run() {
            if (value != 0) {
                kernel.closeHandle(value);
                value = 0;
            }
        }
    }

    /**
     * Where the memory of a name is, for a heap. Its locks are on an empty file in the folder {@code OffsetHeap} of that for the
     * data of all users, {@code %ProgramData%}, because the memory has none. The last page says which file that is.
     *
     * @param name see {@link #create}
     * @return the location; on another system than Windows each of its methods throws {@link UnsupportedOperationException}
     * @throws IllegalArgumentException if the name is not such a one
     */
    public static SegmentLocation location(String name) {
        return new WindowsLocation(NativeKernel32::get, WindowsLocation.allUsersDirectory(), name);
    }

    /**
     * Creates memory filled with zeros.
     *
     * @param name see above; at most 260 characters, and behind the prefix none is {@code \}
     * @param size its size in bytes
     * @return the memory, writable
     * @throws IllegalArgumentException if the size is not positive, or the name not such a one
     * @throws UnsupportedOperationException elsewhere than on Windows
     * @throws SegmentExistsException if there is one of this name
     * @throws OutOfSegmentMemoryException if there is too little memory
     * @throws UncheckedIOException with an {@link AccessDeniedException}, if this process may not create it
     * @throws HeapException if the system refuses
     */
    public static WindowsSharedMemory create(String name, long size) {
        return create(NativeKernel32.get(), name, size);
    }

    static WindowsSharedMemory create(Kernel32 kernel, String name, long size) {
        WindowsSharedMemory found = createOrFind(kernel, name, size);
        if (found == null) {
            throw new SegmentExistsException("the name is taken: segment=" + describe(name));
        }
        return found;
    }

    /** Null if there is one of this name. */
    private static @Nullable WindowsSharedMemory createOrFind(Kernel32 kernel, String name, long size) {
        checkName(name);
        SegmentFile.checkPositive("size", size);
        long created = kernel.createFileMapping(size, name);
        int error = kernel.lastError();
        if (created == 0) {
            throw failure(error, "cannot create the memory", "size=" + size + " ", name);
        }
        if (error == Kernel32.ERROR_ALREADY_EXISTS) {
            kernel.closeHandle(created);
            return null;
        }
        return new WindowsSharedMemory(kernel, name, size, false, new Handle(kernel, created));
    }

    /**
     * Opens memory that is there.
     *
     * @param name see {@link #create}
     * @param readOnly whether to ask for read access only
     * @return the memory
     * @throws IllegalArgumentException if the name is not such a one
     * @throws UnsupportedOperationException elsewhere than on Windows
     * @throws SegmentNotFoundException if there is none of this name
     * @throws SegmentFormatException if the name belongs to something else
     * @throws UncheckedIOException with an {@link AccessDeniedException}, if this process may not open it so
     * @throws HeapException if the system refuses
     */
    public static WindowsSharedMemory open(String name, boolean readOnly) {
        return open(NativeKernel32.get(), name, readOnly);
    }

    static WindowsSharedMemory open(Kernel32 kernel, String name, boolean readOnly) {
        checkName(name);
        int access = readOnly ? Kernel32.FILE_MAP_READ : Kernel32.FILE_MAP_READ | Kernel32.FILE_MAP_WRITE;
        long opened = kernel.openFileMapping(access, name);
        if (opened == 0) {
            throw failure(kernel.lastError(), "cannot open the memory", "", name);
        }
        Handle handle = new Handle(kernel, opened);
        try {
            return new WindowsSharedMemory(kernel, name, sizeOf(kernel, opened, name), readOnly, handle);
        } catch (Throwable t) {
            handle.run();
            throw t;
        }
    }

    /** The system tells nobody the size, but how far a mapping of all of it reaches: nobody has changed a page of that one. */
    private static long sizeOf(Kernel32 kernel, long handle, String name) {
        long whole = kernel.mapViewOfFileEx(handle, Kernel32.FILE_MAP_READ, 0, 0, MappedRegion.ANY_ADDRESS);
        if (whole == 0) {
            throw failure(kernel.lastError(), "cannot read the size", "", name);
        }
        long size = kernel.regionSize(whole);
        int error = kernel.lastError();
        kernel.unmapViewOfFile(whole);
        if (size == 0) {
            throw failure(error, "cannot read the size", "", name);
        }
        return size;
    }

    /**
     * Opens memory that is there, or else creates it; of several processes that call this at once, one creates it and all get
     * the same.
     *
     * @param name see {@link #create}
     * @param size its size in bytes, if it is created
     * @return the memory, writable
     * @throws IllegalArgumentException as {@link #create}
     * @throws UnsupportedOperationException elsewhere than on Windows
     * @throws HeapException as {@link #create} and {@link #open}
     */
    public static WindowsSharedMemory openOrCreate(String name, long size) {
        return openOrCreate(NativeKernel32.get(), name, size);
    }

    static WindowsSharedMemory openOrCreate(Kernel32 kernel, String name, long size) {
        while (true) {
            WindowsSharedMemory created = createOrFind(kernel, name, size);
            if (created != null) {
                return created;
            }
            try {
                return open(kernel, name, false);
            } catch (SegmentNotFoundException gone) {
                // The others have closed it meanwhile: create it.
            }
        }
    }

    static void checkName(String name) {
        String rest = name.startsWith(LOCAL)
                ? name.substring(LOCAL.length())
                : name.startsWith(GLOBAL) ? name.substring(GLOBAL.length()) : name;
        if (rest.isEmpty() || name.length() > LONGEST_NAME || rest.indexOf('\\') >= 0 || rest.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a name has at most " + LONGEST_NAME
                    + " characters and no '\\' but that of 'Local\\' or 'Global\\': name=" + name);
        }
    }

    /** @param values pairs for the message, each with a space behind it */
    private static RuntimeException failure(int error, String what, String values, String name) {
        String segment = describe(name);
        String text = what + ": " + values + "error=" + error + " segment=" + segment;
        return switch (error) {
            case Kernel32.ERROR_FILE_NOT_FOUND ->
                new SegmentNotFoundException("there is no such segment: segment=" + segment);
            case Kernel32.ERROR_INVALID_HANDLE ->
                new SegmentFormatException("the name belongs to something that is not memory: segment=" + segment);
            case Kernel32.ERROR_NOT_ENOUGH_MEMORY, Kernel32.ERROR_COMMITMENT_LIMIT ->
                new OutOfSegmentMemoryException(text);
            case Kernel32.ERROR_ACCESS_DENIED ->
                new UncheckedIOException(text, new AccessDeniedException(segment, null, text));
            default -> new HeapException(text);
        };
    }

    /**
     * The name it was opened by.
     *
     * @return the name, with its prefix
     */
    public String name() {
        return name;
    }

    /**
     * The size. Only who made it knows it to the byte; for all others it ends with a page of 4 KiB, so the maker has to tell them what
     * matters.
     *
     * @return the size in bytes
     */
    @Override
    public long size() {
        synchronized (handle) {
            handle.value(name);
            return size;
        }
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    MappedRegion map(MapMode mode, long offset, long size, long address) {
        long length = lengthOfPart(mode, offset, size, size(), readOnly, toString());
        long lead = offset % GRANULARITY;
        if (address != MappedRegion.ANY_ADDRESS && (lead != 0 || address % GRANULARITY != 0)) {
            throw new IllegalArgumentException(
                    "offset and address must be multiples of the granularity: offset=" + offset + " address=0x"
                            + Long.toHexString(address) + " granularity=" + GRANULARITY + " segment=" + this);
        }
        synchronized (handle) {
            long first =
                    kernel.mapViewOfFileEx(handle.value(name), access(mode), offset - lead, lead + length, address);
            if (first == 0) {
                String values =
                        "offset=" + offset + " length=" + length + " address=0x" + Long.toHexString(address) + " ";
                throw failure(kernel.lastError(), "cannot map", values, name);
            }
            return new MappedRegion(new ViewMapping(kernel, first, first + lead, length, toString()), mode, false);
        }
    }

    /** A private page is taken from the memory when it is written to first. */
    private static int access(MapMode mode) {
        return switch (mode) {
            case READ_ONLY, READ_PRIVATE -> Kernel32.FILE_MAP_READ;
            case READ_WRITE -> Kernel32.FILE_MAP_READ | Kernel32.FILE_MAP_WRITE;
            case COPY_ON_WRITE -> Kernel32.FILE_MAP_COPY;
        };
    }

    /** Closes it. When nobody has it open any more, nobody can open it. Idempotent. */
    @Override
    public void close() {
        cleanable.clean();
    }

    static String describe(String name) {
        return "Windows shared memory '" + name + "'";
    }

    @Override
    public String toString() {
        return describe(name);
    }
}
