/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A segment in Windows shared memory, with the file that has its locks. */
final class WindowsSegmentFile extends RegionSegmentFile {
    /** How to make the memory of a new segment, under the MAKE byte. */
    private record Maker(Kernel32 kernel, String name, long number) {}

    private final FileLocks locks;
    /** Null if the memory was there. */
    private final @Nullable Maker maker;

    /** What keeps the name; null until the memory is made. */
    private @Nullable WindowsSharedMemory memory;

    /**
     * Memory that is made when it is mapped.
     *
     * @param number what the file of the locks is called by
     */
    WindowsSegmentFile(Kernel32 kernel, String name, long number, FileLocks locks) {
        super(WindowsSharedMemory.describe(name), false, locks, null);
        this.locks = locks;
        maker = new Maker(kernel, name, number);
    }

    /** Memory that is there. */
    WindowsSegmentFile(String description, FileLocks locks, WindowsSharedMemory memory, MappedRegion region) {
        super(description, memory.readOnly(), locks, region);
        this.locks = locks;
        maker = null;
        keep(memory, region);
    }

    /** Where the heap is never closed, name and locks stay as long as anybody can reach the bytes. */
    private void keep(WindowsSharedMemory memory, MappedRegion region) {
        this.memory = memory;
        FileLocks locks = this.locks;
        MappedRegion.CLEANER.register(region, () -> end(memory, locks));
    }

    /** The memory first: who then finds no locks soon finds no memory either. */
    private static void end(@Nullable WindowsSharedMemory memory, FileLocks locks) {
        if (memory != null) {
            memory.close();
        }
        locks.close();
    }

    @Override
    MappedRegion make(long length) {
        Maker how = Objects.requireNonNull(maker);
        WindowsSharedMemory made =
                WindowsSharedMemory.create(how.kernel, how.name, length + WindowsLocation.NUMBER_PAGE);
        try {
            MappedRegion region = made.map();
            // In whatever order others see it: a number that is wrong leads them nowhere, and they look again.
            region.buffer(length, Long.BYTES).putLong(0, how.number);
            keep(made, region);
            return region;
        } catch (Throwable t) {
            made.close();
            throw t;
        }
    }

    @Override
    public boolean isOnDisk() {
        return false;
    }

    @Override
    public void sync() {}

    /** Nobody can take the name away while this has the memory open. */
    @Override
    public boolean isStillNamed() {
        return true;
    }

    @Override
    void checkOpen() {
        locks.checkOpen();
    }

    @Override
    public synchronized void unmap(MappedRegion region) {
        super.unmap(region);
        close();
    }

    /** The region stays until nobody can reach it any more, the name does not: a heap that is closed is gone. */
    @Override
    public synchronized void close() {
        end(memory, locks);
    }
}
