/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.lane.Liveness;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.region.MappedRegion;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One tiny segment in real memory, several processes played by handles over it, and snapshots of all its bytes. */
final class TestImage {
    /** Which slots are claimed: what the kernel would know. */
    private final boolean[] claims;

    private final Geometry geometry;
    private final AllocatorType allocator;
    private final MappedRegion region;
    private final SegmentMemory raw;
    /** The bytes from which each run begins. */
    private byte[] base = {};
    /** Bytes that can still be reserved. */
    private long room = Long.MAX_VALUE;

    TestImage(long maxSize) {
        this(maxSize, SegmentAllocator.TYPE);
    }

    TestImage(long maxSize, AllocatorType allocator) {
        this.allocator = allocator;
        geometry = Geometry.tiny(maxSize);
        claims = new boolean[geometry.processes];
        region = MappedRegion.anonymous(geometry.maxSize);
        raw = new SegmentMemory(region, "image", geometry.maxSize);
    }

    /** {@link #formatted(long, AllocatorType)} with the product's allocator. */
    static TestImage formatted(long maxSize) {
        return formatted(maxSize, SegmentAllocator.TYPE);
    }

    /** A segment that has been formatted, in a state to {@link #rewind} to. */
    static TestImage formatted(long maxSize, AllocatorType allocator) {
        TestImage image = new TestImage(maxSize, allocator);
        image.format(image.newMemory());
        image.keep();
        return image;
    }

    /** Every process dies, and the segment as it is now is what each run begins with. */
    void keep() {
        killAllBut(-1);
        base = save();
    }

    /** Every process dies, and the segment is again as it was kept. */
    void rewind() {
        killAllBut(-1);
        restore(base);
    }

    /** Attaches to the segment as it was kept, and counts the stores from then on. */
    Attachment rewound(CrashingMemory memory) {
        rewind();
        Attachment process = attach(memory);
        memory.crashAt(Long.MAX_VALUE);
        return process;
    }

    /** Runs an operation on the segment as it was kept, and keeps what it leaves. */
    void prepare(Consumer<Attachment> operation) {
        operation.accept(rewound(newMemory()));
        keep();
    }

    Geometry geometry() {
        return geometry;
    }

    SegmentMemory raw() {
        return raw;
    }

    CrashingMemory newMemory() {
        return new CrashingMemory(region, "image", allocator.formattedSize(geometry));
    }

    /** The memory of somebody who is stopped at its loads, wherever nothing is locked; see {@link PreemptedMemory}. */
    PreemptedMemory newPreemptedMemory() {
        return newPreemptedMemory(this::isNothingLocked);
    }

    /** The memory of somebody who is stopped at its loads, wherever that may be. */
    PreemptedMemory newPreemptedMemory(BooleanSupplier mayStop) {
        return new PreemptedMemory(region, "image", allocator.formattedSize(geometry), mayStop);
    }

    /** The memory of somebody whose stores are checked against their guards; see {@link GuardedMemory}. */
    GuardedMemory newGuardedMemory() {
        return new GuardedMemory(region, "image", allocator.formattedSize(geometry), geometry);
    }

    /** The memory of somebody who does something else in between; see {@link InterruptedMemory}. */
    InterruptedMemory newInterruptedMemory() {
        return new InterruptedMemory(region, "image", allocator.formattedSize(geometry));
    }

    /** Whether no lane has a lock in its list. */
    private boolean isNothingLocked() {
        for (int lane = 0; lane < geometry.lanes; lane++) {
            for (int i = 0; i < Geometry.LOCK_CAPACITY; i++) {
                if (raw.getLong(geometry.laneBody(lane) + Geometry.LOCK_LIST_OFFSET + (long) i * Long.BYTES) != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    Attachment format(CrashingMemory memory) {
        return Attachment.format(memory, geometry, allocator, liveness(), this::reserve, new FormatSeed(1, 2, 3));
    }

    Attachment attach(SegmentMemory memory) {
        return Attachment.attach(memory, geometry, allocator, liveness(), this::reserve);
    }

    /** From now on the file system has room for so many bytes more. */
    void limitRoom(long bytes) {
        room = bytes;
    }

    /** There is memory everywhere; but a heap that is longer than what was asked for would not have any in a file. */
    private void reserve(long offset, long length) {
        if (offset >= geometry.heap && raw.getLong(Superblock.HEAP_END_OFFSET) > offset) {
            throw new AssertionError("the heap ends behind its memory: heapEnd="
                    + raw.getLong(Superblock.HEAP_END_OFFSET) + " reserved=" + offset);
        }
        if (length > room) {
            throw new OutOfSegmentMemoryException("no room: length=" + length + " room=" + room + " segment=image");
        }
        room -= length;
    }

    private Liveness liveness() {
        return new Liveness() {
            @Override
            public boolean tryClaim(int slot) {
                if (claims[slot]) {
                    return false;
                }
                claims[slot] = true;
                return true;
            }

            @Override
            public void release(int slot) {
                claims[slot] = false;
            }

            @Override
            public boolean isAlive(int slot) {
                return claims[slot];
            }

            @Override
            public String holders() {
                return Arrays.toString(claims);
            }
        };
    }

    /** Every process dies that is attached now, but for the one in {@code survivor}, or all if it is -1. */
    void killAllBut(int survivor) {
        for (int slot = 0; slot < claims.length; slot++) {
            claims[slot] &= slot == survivor;
        }
    }

    /** The process in a slot dies. */
    void kill(int slot) {
        claims[slot] = false;
    }

    byte[] save() {
        byte[] bytes = new byte[(int) geometry.maxSize];
        raw.copyTo(0, bytes, 0, bytes.length);
        return bytes;
    }

    void restore(byte[] bytes) {
        raw.copyFrom(bytes, 0, 0, bytes.length);
    }
}
