/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

/**
 * The calls of Windows that {@link WindowsSharedMemory} needs, and nothing on top of them: each is called as there, results are
 * those of the call, and {@link #lastError} is the error of the last call of this thread.
 *
 * <p>Thread-safe.
 */
interface Kernel32 {
    int FILE_MAP_COPY = 1;
    int FILE_MAP_WRITE = 2;
    int FILE_MAP_READ = 4;

    int ERROR_FILE_NOT_FOUND = 2;
    int ERROR_ACCESS_DENIED = 5;
    int ERROR_INVALID_HANDLE = 6;
    int ERROR_NOT_ENOUGH_MEMORY = 8;
    int ERROR_ALREADY_EXISTS = 183;
    int ERROR_INVALID_ADDRESS = 487;
    int ERROR_COMMITMENT_LIMIT = 1455;

    /**
     * Memory of the paging file, readable and writable, for all who may do as much as the user; or the memory that has this name
     * already, which {@link #ERROR_ALREADY_EXISTS} says.
     *
     * @return its handle; 0 on failure
     */
    long createFileMapping(long size, String name);

    /** The handle of memory with a name; 0 on failure. */
    long openFileMapping(int access, String name);

    /**
     * Maps a part.
     *
     * @param offset a multiple of 64 KiB
     * @param size 0 for the rest
     * @param address a multiple of 64 KiB, or 0 for any
     * @return where the part begins; 0 on failure
     */
    long mapViewOfFileEx(long handle, int access, long offset, long size, long address);

    boolean unmapViewOfFile(long address);

    /** Bytes from an address on whose pages are all alike, as {@code VirtualQuery} knows them; 0 on failure. */
    long regionSize(long address);

    boolean closeHandle(long handle);

    int lastError();
}
