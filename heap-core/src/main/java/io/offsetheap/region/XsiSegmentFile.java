/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A segment in XSI memory, with the file that has its locks. */
final class XsiSegmentFile extends RegionSegmentFile {
    /** How to make the memory of a new segment, under the MAKE byte. */
    private record Maker(XsiKey key, NamedFileLocation lockFile, Set<PosixFilePermission> permissions) {}

    private final SegmentFile locks;
    /** Memory that was there; null if it is made. */
    private final @Nullable MappedRegion found;

    /** Null once others may open the segment. */
    private @Nullable Maker maker;

    /** Its id, when it has been made here; -1 before. */
    private int made = -1;

    /** Memory that is made when it is mapped. */
    XsiSegmentFile(XsiKey key, NamedFileLocation lockFile, SegmentFile locks, Set<PosixFilePermission> permissions) {
        super("XSI shared memory key=" + key, false, locks, null);
        this.locks = locks;
        found = null;
        maker = new Maker(key, lockFile, permissions);
    }

    /** Memory that is there. */
    XsiSegmentFile(String description, SegmentFile locks, MappedRegion region) {
        super(description, region.readOnly(), locks, region);
        this.locks = locks;
        found = region;
        keepLocked(region);
    }

    /** As long as anybody can store, the locks say so. */
    private void keepLocked(MappedRegion region) {
        MappedRegion.CLEANER.register(region, locks::close);
    }

    @Override
    MappedRegion make(long length) {
        if (maker == null) {
            throw new IllegalStateException("the memory is there: segment=" + this);
        }
        try (XsiSharedMemory memory = XsiSharedMemory.create(maker.key, length, maker.permissions)) {
            made = memory.id();
            MappedRegion region = memory.map();
            keepLocked(region);
            return region;
        }
    }

    @Override
    public boolean publish() {
        maker = null;
        return super.publish();
    }

    @Override
    public boolean isOnDisk() {
        return false;
    }

    @Override
    public void sync() {}

    /** The lock file goes when the memory is removed. */
    @Override
    public boolean isStillNamed() {
        return locks.isStillNamed();
    }

    @Override
    void checkOpen() {
        locks.size();
    }

    @Override
    public synchronized void unmap(MappedRegion region) {
        super.unmap(region);
        end();
    }

    @Override
    public synchronized void close() {
        if (!isMapped()) {
            if (found != null) {
                found.close();
            }
            end();
        }
    }

    /** Before the locks are given up: what others would find is not whole. */
    private void end() {
        if (maker != null) {
            if (made >= 0) {
                XsiSharedMemory.remove(made);
            }
            maker.lockFile.remove();
            maker = null;
        }
        locks.close();
    }
}
