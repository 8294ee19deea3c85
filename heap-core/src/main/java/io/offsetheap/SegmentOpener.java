/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.LockTimeoutException;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.lane.Liveness;
import io.offsetheap.lane.ProcessTable;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.BackingStore;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.ProcessMemory;
import io.offsetheap.region.SegmentFile;
import io.offsetheap.region.SegmentLocation;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes and opens segments at one location. Stateless but for its arguments; thread-safe. */
final class SegmentOpener {
    /*
     * Create: everything is written into a file without a name, and published whole by linking it. An existing file is
     * never formatted, so whatever dies on the way, nobody ever sees half a segment.
     *
     * Open: the superblock is read and checked before anything is mapped or changed. Then, under the INIT byte, the first
     * attacher of this boot decides whether the segment was left in order; then a slot is claimed; then it is checked
     * that the name still leads to this file.
     *
     * Copy on write: a private mapping would show what others write into pages that it has not copied yet, and could not
     * grow. So all is copied at once, under the INIT byte, while nobody has a slot; the copy is opened as any other segment.
     */

    /** The types that every program knows. */
    static final List<AllocatorType> OWN_ALLOCATORS = List.of(SegmentAllocator.TYPE, FirstFitAllocator.TYPE);

    private static final long INIT_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long POLL_NANOS = 100_000;
    private static final int COPY_CHUNK = 1 << 20;

    private final SegmentLocation location;
    private final AllocatorType allocator;
    private final String name;

    /** @param allocator of a segment that is made; one that is opened may have this one or any of the library's own */
    SegmentOpener(SegmentLocation location, AllocatorType allocator) {
        this.location = location;
        this.allocator = allocator;
        this.name = location.toString();
    }

    /**
     * Makes a segment.
     *
     * @throws SegmentExistsException if there is one already; then nothing has changed
     */
    OffsetHeap create(Geometry geometry, Set<PosixFilePermission> permissions) {
        SegmentFile file = location.createUnnamed(permissions);
        try {
            boolean used = file.size() > 0;
            if (used && ByteArrays.getLong(readSuperblock(file), Superblock.MAGIC_OFFSET) == Superblock.MAGIC) {
                throw exists();
            }
            file.reserve(0, geometry.laneBodies);
            file.reserve(geometry.pageEntry(geometry.firstPage()), firstEntries(geometry));
            file.reserve(geometry.heap, allocator.formattedSize(geometry) - geometry.heap);
            MappedRegion region = file.map(geometry.maxSize);
            try {
                SegmentMemory memory = new SegmentMemory(region, file.toString(), allocator.formattedSize(geometry));
                if (used) {
                    memory.zero(0, allocator.formattedSize(geometry));
                }
                memory.putLong(Superblock.BOOT_HASH_OFFSET, BootId.current());
                Attachment attachment = Attachment.format(
                        memory,
                        geometry,
                        allocator,
                        new KernelLiveness(file),
                        backing(file, region),
                        FormatSeed.random());
                if (!file.publish()) {
                    throw exists();
                }
                return new OffsetHeap(attachment, file, this);
            } catch (Throwable t) {
                file.unmap(region);
                throw t;
            }
        } catch (Throwable t) {
            file.close();
            throw t;
        }
    }

    private long firstEntries(Geometry geometry) {
        long pages = (allocator.formattedSize(geometry) - geometry.heap) >>> geometry.pageShift;
        return pages << geometry.pageEntryShift;
    }

    private SegmentExistsException exists() {
        return new SegmentExistsException("the segment exists already: segment=" + name);
    }

    OffsetHeap openOrCreate(Geometry geometry, Set<PosixFilePermission> permissions) {
        while (true) {
            try {
                return open(false);
            } catch (SegmentNotFoundException absent) {
                try {
                    return create(geometry, permissions);
                } catch (SegmentExistsException faster) {
                    // Somebody has made it meanwhile: open that.
                }
            }
        }
    }

    /**
     * Opens the segment.
     *
     * @param salvage whether to accept a segment that a reboot has met open, if the verifier finds nothing wrong with it
     */
    OffsetHeap open(boolean salvage) {
        while (true) {
            SegmentFile file = location.open(false);
            try {
                OffsetHeap heap = tryOpen(file, salvage);
                if (heap != null) {
                    return heap;
                }
            } catch (Throwable t) {
                file.close();
                throw t;
            }
        }
    }

    /** Returns null if the name has been given to another segment meanwhile. */
    private @Nullable OffsetHeap tryOpen(SegmentFile file, boolean salvage) {
        byte[] superblock = readSuperblock(file);
        Geometry geometry = Geometry.read(superblock, file.size(), name);
        AllocatorType found = allocatorOf(superblock);
        MappedRegion region = file.map(geometry.maxSize);
        try {
            SegmentMemory memory = new SegmentMemory(region, file.toString(), geometry.heap);
            checkOthers(file, memory, geometry);
            Attachment attachment = attach(file, memory, geometry, found, salvage);
            if (!file.isStillNamed()) {
                attachment.close();
                attachment.detach();
                file.unmap(region);
                return null;
            }
            return new OffsetHeap(attachment, file, this);
        } catch (Throwable t) {
            file.unmap(region);
            throw t;
        }
    }

    private Attachment attach(
            SegmentFile file, SegmentMemory memory, Geometry geometry, AllocatorType found, boolean salvage) {
        return underInit(file, file::tryLock, () -> {
            boolean interrupted = checkBoot(memory, salvage);
            if (!interrupted) {
                // Before anything else is stored: after a power loss a file must not look clean that is not.
                markOpen(file, memory);
            }
            Attachment attached = Attachment.attach(
                    memory, geometry, found, new KernelLiveness(file), backing(file, memory.region()));
            if (interrupted) {
                audit(attached);
                markOpen(file, memory);
            }
            return attached;
        });
    }

    /**
     * Where locks say nothing of other processes, their entries do: not for sure, but better than to go on.
     *
     * @param memory the segment, or a copy of it
     */
    private void checkOthers(SegmentFile file, SegmentMemory memory, Geometry geometry) {
        if (file.spanProcesses() || memory.getLongVolatile(Superblock.BOOT_HASH_OFFSET) != BootId.current()) {
            return;
        }
        for (int slot = 0; slot < geometry.processes; slot++) {
            long other = ProcessTable.otherProcess(memory, geometry, slot);
            if (other != 0) {
                throw new SegmentBusyException("another process has a heap open in this memory, which is for one at a"
                        + " time: pid=" + other + " segment=" + name);
            }
        }
    }

    OffsetHeap openReadOnly() {
        SegmentFile file = location.open(true);
        try {
            byte[] superblock = readSuperblock(file);
            Geometry geometry = Geometry.read(superblock, file.size(), name);
            AllocatorType found = allocatorOf(superblock);
            MappedRegion region = file.map(geometry.maxSize);
            try {
                SegmentMemory memory = new SegmentMemory(region, file.toString(), geometry.heap);
                return new OffsetHeap(Attachment.readOnly(memory, geometry, found), file, this);
            } catch (Throwable t) {
                file.unmap(region);
                throw t;
            }
        } catch (Throwable t) {
            file.close();
            throw t;
        }
    }

    /** Copies the segment, while nobody has it open, into memory of this process, and opens that. */
    OffsetHeap openCopyOnWrite() {
        SegmentFile copy = ProcessMemory.fresh("copy of " + name).createUnnamed(Set.of());
        try (SegmentFile file = location.open(true)) {
            // Together with others who copy, but with nobody who opens, grows, repairs or closes it.
            return underInit(file, file::tryLockShared, () -> copy(file, copy));
        } catch (Throwable t) {
            copy.close();
            throw t;
        }
    }

    private OffsetHeap copy(SegmentFile file, SegmentFile copy) {
        byte[] superblock = readSuperblock(file);
        Geometry geometry = Geometry.read(superblock, file.size(), name);
        AllocatorType found = allocatorOf(superblock);
        checkUnused(file, geometry);
        MappedRegion region = copy.map(geometry.maxSize);
        try {
            long end = ByteArrays.getLong(superblock, Superblock.HEAP_END_OFFSET);
            SegmentMemory memory = new SegmentMemory(region, copy.toString(), end);
            byte[] chunk = new byte[COPY_CHUNK];
            byte[] zeros = new byte[COPY_CHUNK];
            for (long at = 0; at < end; at += chunk.length) {
                // Both are multiples of 64 KiB. What is zeros already takes no memory.
                if (end - at < chunk.length) {
                    chunk = new byte[(int) (end - at)];
                }
                file.read(at, chunk);
                if (!Arrays.equals(chunk, 0, chunk.length, zeros, 0, chunk.length)) {
                    copy.reserve(at, chunk.length);
                    memory.copyFrom(chunk, 0, at, chunk.length);
                }
            }
            // Whoever has locks of another kind does not wait for the INIT byte.
            file.checkOtherKind();
            checkOthers(file, memory, geometry);
            return new OffsetHeap(attach(copy, memory, geometry, found, false), copy, this);
        } catch (Throwable t) {
            copy.unmap(region);
            throw t;
        }
    }

    /** What somebody writes while it is copied would be torn in the copy. Under the INIT byte, so that nobody begins to. */
    private void checkUnused(SegmentFile file, Geometry geometry) {
        file.checkOtherKind();
        Liveness liveness = new KernelLiveness(file);
        for (int slot = 0; slot < geometry.processes; slot++) {
            if (liveness.isAlive(slot)) {
                byte[] pid = new byte[Long.BYTES];
                file.read(geometry.process(slot) + ProcessTable.PID_OFFSET, pid);
                throw new SegmentBusyException("a heap that is open for writing cannot be copied: pid="
                        + ByteArrays.getLong(pid, 0) + " segment=" + name
                        + ". Close it there first; openReadOnly() looks at it as it is.");
            }
        }
    }

    private byte[] readSuperblock(SegmentFile file) {
        long size = file.size();
        if (size < Superblock.SIZE) {
            throw new SegmentFormatException("too short for an OffsetHeap segment: fileSize=" + size + " superblock="
                    + Superblock.SIZE + " segment=" + name);
        }
        byte[] block = new byte[Superblock.SIZE];
        file.read(0, block);
        return block;
    }

    /** The allocator that a segment was made with. */
    private AllocatorType allocatorOf(byte[] superblock) {
        int id = Geometry.allocator(superblock);
        if (id == allocator.id()) {
            return allocator;
        }
        for (AllocatorType own : OWN_ALLOCATORS) {
            if (id == own.id()) {
                return own;
            }
        }
        throw new SegmentFormatException(
                "the segment was made with an allocator that is not known here: allocator=" + id + " segment=" + name
                        + ". Open it with HeapBuilder.allocator(type), the type that has this number.");
    }

    private static BackingStore backing(SegmentFile file, MappedRegion region) {
        if (file.isOnDisk()) {
            return file::reserve;
        }
        return (offset, length) -> {
            file.reserve(offset, length);
            region.populate(offset, length);
        };
    }

    // ---- the INIT byte

    /** @param tryLock takes the byte, for this process alone or together with others */
    private <T> T underInit(SegmentFile file, LongPredicate tryLock, Supplier<T> action) {
        long deadline = System.nanoTime() + INIT_DEADLINE_NANOS;
        while (!tryLock.test(KernelLiveness.INIT_BYTE)) {
            if (System.nanoTime() - deadline > 0) {
                throw new LockTimeoutException("another process is opening or closing the segment and does not go on:"
                        + " waited=10s segment=" + name + ". If it is stopped, kill -9 is safe.");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        try {
            return action.get();
        } finally {
            file.unlock(KernelLiveness.INIT_BYTE);
        }
    }

    /**
     * Whether the machine went down while the segment was open.
     *
     * @throws SegmentFormatException if so, and it is not to be salvaged
     */
    private boolean checkBoot(SegmentMemory memory, boolean salvage) {
        boolean interrupted = memory.getLongVolatile(Superblock.CLEAN_OFFSET) == 0
                && memory.getLongVolatile(Superblock.BOOT_HASH_OFFSET) != BootId.current();
        if (interrupted && !salvage) {
            throw new SegmentFormatException("the machine was restarted while the segment was open, so the file may mix"
                    + " old and new pages: segment=" + name
                    + ". salvage() opens it after a full check, or remove it.");
        }
        return interrupted;
    }

    private void audit(Attachment attachment) {
        var report = attachment.verify();
        if (!report.isClean()) {
            attachment.close();
            attachment.detach();
            throw new SegmentFormatException(
                    "the segment cannot be salvaged, its parts contradict each other: " + report + " segment=" + name);
        }
    }

    /** Notes that the segment is in use, from now on and until the last one closes it. Under the INIT byte. */
    static void markOpen(SegmentFile file, SegmentMemory memory) {
        long boot = BootId.current();
        if (memory.getLongVolatile(Superblock.CLEAN_OFFSET) == 0
                && memory.getLongVolatile(Superblock.BOOT_HASH_OFFSET) == boot) {
            return;
        }
        memory.putLong(Superblock.BOOT_HASH_OFFSET, boot);
        memory.commitWord(CommitSite.MARK_OPEN, Superblock.CLEAN_OFFSET, 0);
        if (file.isOnDisk()) {
            file.sync();
        }
    }

    /** Gives the slot up and, if nobody else is attached, notes that everything was left in order. */
    void detach(SegmentFile file, Attachment attachment) {
        underInit(file, file::tryLock, () -> {
            SegmentMemory memory = attachment.memory();
            if (attachment.isAlone()) {
                if (file.isOnDisk()) {
                    file.sync();
                }
                memory.commitWord(CommitSite.MARK_CLEAN, Superblock.CLEAN_OFFSET, 1);
                if (file.isOnDisk()) {
                    file.sync();
                }
            }
            attachment.detach();
            return attachment;
        });
    }
}
