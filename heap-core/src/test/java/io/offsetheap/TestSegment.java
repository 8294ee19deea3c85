/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.BackingStore;
import io.offsetheap.region.AnonymousSharedMemory;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.SegmentFile;
import io.offsetheap.region.SegmentLocation;
import io.offsetheap.region.SharedMemoryObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A segment of its own for one run of a test, in any kind of memory, of any geometry. {@link #close} closes what was
 * opened through it and removes it.
 */
public final class TestSegment implements AutoCloseable {
    /** Where segments live. */
    public enum Storage {
        SHARED_MEMORY,
        FILE,
        ANONYMOUS
    }

    private static final AtomicLong COUNTER = new AtomicLong();

    private final Storage storage;
    private final Geometry geometry;
    private final AllocatorType allocator;
    private Path path;
    private final SegmentLocation location;
    private final List<OffsetHeap> opened = new ArrayList<>();
    /** Memory without a name that {@link #copyFrom} has made. */
    private @Nullable AnonymousSharedMemory copy;

    /** A segment with the product's allocator. */
    public TestSegment(Storage storage, Geometry geometry) {
        this(storage, geometry, SegmentAllocator.TYPE);
    }

    public TestSegment(Storage storage, Geometry geometry, AllocatorType allocator) {
        this.storage = storage;
        this.geometry = geometry;
        this.allocator = allocator;
        String name = "test-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
        if (storage == Storage.FILE) {
            path = Path.of(System.getProperty("java.io.tmpdir"), name);
            location = FileMapping.location(path);
        } else if (storage == Storage.ANONYMOUS) {
            path = Path.of("/proc/not-created-yet");
            location = AnonymousSharedMemory.location();
        } else {
            path = Path.of("/dev/shm", name);
            location = SharedMemoryObject.location(name);
        }
    }

    public Geometry geometry() {
        return geometry;
    }

    /** The file behind the segment. */
    public Path path() {
        return path;
    }

    /** A heap at a location that {@link OffsetHeap} has no method for. */
    public static HeapBuilder builder(SegmentLocation location) {
        return new HeapBuilder(location);
    }

    /** For {@link HeapBuilder#open} and its like, also in another process: kind and path name the segment. */
    public static HeapBuilder builder(Storage storage, Path path) {
        return storage == Storage.SHARED_MEMORY
                ? OffsetHeap.sharedMemory(path.getFileName().toString())
                : OffsetHeap.file(path);
    }

    public Storage storage() {
        return storage;
    }

    public OffsetHeap create() {
        OffsetHeap heap = note(new SegmentOpener(location, allocator)
                .create(geometry, EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
        path = heap.path();
        return heap;
    }

    /** Maps the segment once more. */
    public OffsetHeap open() {
        return note(builder(storage, path).allocator(allocator).open());
    }

    public OffsetHeap openReadOnly() {
        return note(builder(storage, path).allocator(allocator).openReadOnly());
    }

    /** Maps the segment once more, for a process that can be made to die. */
    public MortalHeap openMortal() {
        return attach(file -> file::reserve);
    }

    /** Maps the segment once more. Its growth only makes the file longer: what is not used stays a hole. */
    public OffsetHeap openSparse() {
        return attach(file -> (offset, length) -> file.truncate(Math.max(file.size(), offset + length)))
                .heap();
    }

    private MortalHeap attach(Function<SegmentFile, BackingStore> backing) {
        SegmentFile file = (storage == Storage.ANONYMOUS ? FileMapping.location(path) : location).open(false);
        MappedRegion region = file.map(geometry.maxSize);
        CrashingMemory memory = new CrashingMemory(region, location.toString(), geometry.heap);
        KernelLiveness liveness = new KernelLiveness(file);
        Attachment attachment = Attachment.attach(memory, geometry, allocator, liveness, backing.apply(file));
        OffsetHeap heap = new OffsetHeap(attachment, file, new SegmentOpener(location, allocator));
        return new MortalHeap(note(heap), memory, () -> {
            opened.remove(heap);
            liveness.release(attachment.slot());
        });
    }

    /** Makes the segment a copy, byte for byte, of another's file. */
    public void copyFrom(Path original) throws IOException {
        if (storage == Storage.ANONYMOUS) {
            copy = AnonymousSharedMemory.create(Files.size(original));
            path = copy.path();
            Files.write(path, Files.readAllBytes(original));
        } else {
            Files.copy(original, path);
        }
    }

    private OffsetHeap note(OffsetHeap heap) {
        opened.add(heap);
        return heap;
    }

    @Override
    public void close() {
        try {
            opened.forEach(OffsetHeap::close);
        } finally {
            try {
                if (storage != Storage.ANONYMOUS) {
                    Files.deleteIfExists(path);
                } else if (copy != null) {
                    copy.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public String toString() {
        return location.toString();
    }
}
