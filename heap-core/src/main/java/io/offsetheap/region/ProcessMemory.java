/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.SegmentNotFoundException;
import java.io.IOException;
import java.lang.ref.Cleaner.Cleanable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Memory that one process has for itself, as a place for segments: new memory for each, or a region that the process has
 * mapped already. Stateless.
 */
public final class ProcessMemory {
    /** Where a segment may begin: its blocks are aligned within it. */
    private static final int ALIGNMENT = 4096;

    /** Of each mapping: addresses, permissions, offset, device, inode, and what is mapped. */
    private static final Path MAPS = Path.of("/proc/self/maps");

    private static final int MAPS_WORDS = 6;

    private ProcessMemory() {}

    /**
     * Where each segment that is made has new memory, which nobody else can open.
     *
     * @param description what messages show as the segment
     */
    public static SegmentLocation fresh(String description) {
        return new FreshLocation(description);
    }

    /**
     * A region as the place of one segment.
     *
     * @param region is held as long as the segment is open: an attempt to close it is an exception then
     * @throws IllegalArgumentException if it does not begin at a multiple of 4 KiB
     * @throws IllegalStateException if it is closed
     */
    public static SegmentLocation of(MappedRegion region) {
        if (region.address() % ALIGNMENT != 0) {
            throw new IllegalArgumentException("a segment begins at a multiple of " + ALIGNMENT + ": address=0x"
                    + Long.toHexString(region.address()) + " segment=" + region);
        }
        return new RegionLocation(region);
    }

    private record FreshLocation(String description) implements SegmentLocation {
        @Override
        public long greatestSize() {
            return LibC.isAvailable() ? Long.MAX_VALUE : ChannelFileLocation.GREATEST_SIZE;
        }

        @Override
        public SegmentFile createUnnamed(Set<PosixFilePermission> permissions) {
            return new LocalSegmentFile(description, false, new LocalLocks(new Object()), null);
        }

        @Override
        public SegmentFile open(boolean readOnly) {
            throw new SegmentNotFoundException(
                    "memory of this process is only created, there is nothing to open: segment=" + this);
        }

        @Override
        public boolean remove() {
            return false;
        }

        @Override
        public String toString() {
            return description;
        }
    }

    private record RegionLocation(MappedRegion region) implements SegmentLocation {
        @Override
        public SegmentFile createUnnamed(Set<PosixFilePermission> permissions) {
            LocalSegmentFile file = openFile(false);
            try {
                RegionSegmentFile.lockMake(file, false, toString());
                return file;
            } catch (Throwable t) {
                file.close();
                throw t;
            }
        }

        @Override
        public SegmentFile open(boolean readOnly) {
            LocalSegmentFile file = openFile(readOnly);
            try {
                RegionSegmentFile.lockMake(file, true, toString());
                byte[] first = new byte[(int) Math.min(ALIGNMENT, region.size())];
                file.read(0, first);
                file.unlock(RegionSegmentFile.MAKE_BYTE);
                if (Arrays.equals(first, new byte[first.length])) {
                    throw new SegmentNotFoundException("there is nothing in the region: segment=" + this);
                }
                return file;
            } catch (Throwable t) {
                file.close();
                throw t;
            }
        }

        private LocalSegmentFile openFile(boolean readOnly) {
            if (!readOnly && region.readOnly()) {
                throw new UnsupportedOperationException(
                        "the region may only be read, which openReadOnly() does: segment=" + this);
            }
            region.hold();
            return new LocalSegmentFile(toString(), readOnly, new LocalLocks(identity(region)), region);
        }

        @Override
        public boolean remove() {
            throw new UnsupportedOperationException("a region has no name: segment=" + this);
        }

        @Override
        public String toString() {
            return region.toString();
        }
    }

    /**
     * What tells the memory behind a region from all other: equal for two regions of the same bytes. The system lists for each
     * mapping what it maps; memory that is nobody else's is the region's own.
     */
    private static Object identity(MappedRegion region) {
        if (region.mode().isPrivate()) {
            return region;
        }
        try {
            for (String line : Files.readAllLines(MAPS)) {
                String[] words = line.split(" +", MAPS_WORDS);
                int dash = words[0].indexOf('-');
                long from = Long.parseUnsignedLong(words[0], 0, dash, 16);
                long to = Long.parseUnsignedLong(words[0], dash + 1, words[0].length(), 16);
                if (Long.compareUnsigned(from, region.address()) <= 0
                        && Long.compareUnsigned(region.address(), to) < 0) {
                    long offset = Long.parseUnsignedLong(words[2], 16) + region.address() - from;
                    boolean hasObject = words.length == MAPS_WORDS && words[MAPS_WORDS - 1].startsWith("/");
                    return hasObject ? new MappedBytes(words[3], words[4], offset) : region;
                }
            }
        } catch (IOException noSuchList) {
            return region;
        }
        return region;
    }

    /** Bytes of a file, or the like. */
    private record MappedBytes(String device, String inode, long offset) {}

    /** A segment in memory of this process. */
    private static final class LocalSegmentFile extends RegionSegmentFile {
        /** What ends with the file. Not the file itself, so that the cleaner does not keep that reachable. */
        private record End(LocalLocks locks, @Nullable MappedRegion held) implements Runnable {
            @Override
            public void run() {
                locks.close();
                if (held != null) {
                    held.release();
                }
            }
        }

        private final LocalLocks locks;
        private final @Nullable MappedRegion held;
        private final Cleanable cleanable;

        /** @param held a region of the caller's; null for new memory */
        LocalSegmentFile(String description, boolean readOnly, LocalLocks locks, @Nullable MappedRegion held) {
            super(description, readOnly, locks, held == null || !readOnly ? held : held.forReading());
            this.locks = locks;
            this.held = held;
            cleanable = MappedRegion.CLEANER.register(this, new End(locks, held));
        }

        @Override
        MappedRegion make(long length) {
            return MappedRegion.anonymous(length);
        }

        @Override
        public void unmap(MappedRegion region) {
            if (held == null) {
                super.unmap(region);
            }
            close();
        }

        @Override
        public void reserve(long position, long length) {
            if (held == null) {
                AvailableMemory.check(length, position, length, toString());
            }
            super.reserve(position, length);
        }

        /** What a region was mapped from may be on a disk. */
        @Override
        public boolean isOnDisk() {
            return held != null;
        }

        @Override
        public void sync() {
            if (held != null) {
                held.flush();
            }
        }

        @Override
        public boolean isStillNamed() {
            return true;
        }

        @Override
        void checkOpen() {
            locks.checkOpen();
        }

        /** Also when it is mapped: a region of the caller's may be closed from now on. */
        @Override
        public void close() {
            cleanable.clean();
        }
    }
}
