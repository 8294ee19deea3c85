/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Names, handles and views as the documentation of Windows has them, over memory of Linux that can be read and written. It is as
 * strict as that about offsets, addresses and rights. Each of these is a session of its own.
 */
public class FakeKernel32 implements Kernel32 {
    private static final int PAGE = 4096;
    private static final int ERROR_MAPPED_ALIGNMENT = 1132;

    private final LibC libC = LibC.get();
    private final Map<String, Section> names = new HashMap<>();
    private final Map<Long, Opened> handles = new HashMap<>();
    private final Map<Long, Long> views = new HashMap<>();
    private long lastHandle = 0x40;
    private final ThreadLocal<Integer> error = ThreadLocal.withInitial(() -> 0);

    /** The error of the next call that creates or opens. */
    int nextError;

    private static final class Section {
        final String name;
        final int descriptor;
        final long size;
        int handles;

        Section(String name, int descriptor, long size) {
            this.name = name;
            this.descriptor = descriptor;
            this.size = size;
        }
    }

    private record Opened(Section section, int access) {}

    /** How many handles and views there are. */
    synchronized int inUse() {
        return handles.size() + views.size();
    }

    /** What {@link WindowsSharedMemory#location} says, in this session. */
    public SegmentLocation location(Path directory, String name) {
        return new WindowsLocation(() -> this, directory, name);
    }

    /** What another process {@link #share shares} the memory of a name by, for as long as this one has it open. */
    synchronized String shared(String name) {
        Section section = Objects.requireNonNull(names.get(plain(name)));
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + section.descriptor + " " + section.size;
    }

    /** Gives this session memory of another one under a name, from now on. */
    synchronized void share(String name, String shared) {
        String[] pathAndSize = shared.split(" ", 2);
        int descriptor = libC.open(pathAndSize[0], LibC.O_RDWR | LibC.O_CLOEXEC, 0);
        if (descriptor < 0) {
            throw new AssertionError("errno=" + libC.errno());
        }
        Section section = new Section(plain(name), descriptor, Long.parseLong(pathAndSize[1]));
        names.put(section.name, section);
        open(section, FILE_MAP_READ);
    }

    private long open(Section section, int access) {
        section.handles++;
        lastHandle += 4;
        handles.put(lastHandle, new Opened(section, access));
        return lastHandle;
    }

    private long refuse(int reason) {
        error.set(reason);
        return 0;
    }

    private long refuseNext() {
        error.set(nextError);
        nextError = 0;
        return 0;
    }

    @Override
    public synchronized long createFileMapping(long size, String name) {
        if (nextError != 0) {
            return refuseNext();
        }
        Section section = names.get(plain(name));
        error.set(section == null ? 0 : ERROR_ALREADY_EXISTS);
        if (section == null) {
            int descriptor = libC.memfdCreate("windows", LibC.MFD_CLOEXEC);
            long rounded = roundUp(size);
            if (descriptor < 0 || libC.ftruncate(descriptor, rounded) != 0) {
                throw new AssertionError("errno=" + libC.errno());
            }
            section = new Section(plain(name), descriptor, rounded);
            names.put(section.name, section);
        }
        return open(section, FILE_MAP_READ | FILE_MAP_WRITE);
    }

    /** A name of this session is one without a prefix. */
    private static String plain(String name) {
        return name.startsWith("Local\\") ? name.substring("Local\\".length()) : name;
    }

    private static long roundUp(long size) {
        return (size + PAGE - 1) & -PAGE;
    }

    @Override
    public synchronized long openFileMapping(int access, String name) {
        if (nextError != 0) {
            return refuseNext();
        }
        Section section = names.get(plain(name));
        return section == null ? refuse(ERROR_FILE_NOT_FOUND) : open(section, access);
    }

    @Override
    public synchronized long mapViewOfFileEx(long handle, int access, long offset, long size, long address) {
        Opened opened = handles.get(handle);
        if (opened == null) {
            return refuse(ERROR_INVALID_HANDLE);
        }
        long length = size == 0 ? opened.section.size - offset : size;
        int needed = access == FILE_MAP_COPY ? FILE_MAP_READ : access;
        if ((opened.access & needed) != needed || offset + length > opened.section.size) {
            return refuse(ERROR_ACCESS_DENIED);
        }
        if (offset % WindowsSharedMemory.GRANULARITY != 0 || address % WindowsSharedMemory.GRANULARITY != 0) {
            return refuse(ERROR_MAPPED_ALIGNMENT);
        }
        int protection = access == FILE_MAP_READ ? LibC.PROT_READ : LibC.PROT_READ | LibC.PROT_WRITE;
        int flags = (access == FILE_MAP_COPY ? LibC.MAP_PRIVATE : LibC.MAP_SHARED)
                | (address == 0 ? 0 : LibC.MAP_FIXED_NOREPLACE);
        long view = libC.mmap(address, roundUp(length), protection, flags, opened.section.descriptor, offset);
        if (view == LibC.MAP_FAILED) {
            return refuse(ERROR_INVALID_ADDRESS);
        }
        views.put(view, roundUp(length));
        return view;
    }

    @Override
    public synchronized boolean unmapViewOfFile(long address) {
        Long length = views.remove(address);
        if (length == null) {
            error.set(ERROR_INVALID_ADDRESS);
            return false;
        }
        return libC.munmap(address, length) == 0;
    }

    @Override
    public synchronized long regionSize(long address) {
        return views.getOrDefault(address, 0L);
    }

    @Override
    public synchronized boolean closeHandle(long handle) {
        Opened opened = handles.remove(handle);
        if (opened == null) {
            error.set(ERROR_INVALID_HANDLE);
            return false;
        }
        Section section = opened.section;
        section.handles--;
        if (section.handles == 0) {
            names.remove(section.name);
            libC.close(section.descriptor);
        }
        return true;
    }

    @Override
    public synchronized int lastError() {
        return error.get();
    }
}
