/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.lane.Liveness;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.region.MappedRegion;
import java.util.Arrays;

/** One tiny segment in real memory, several processes played by handles over it, and snapshots of all its bytes. */
final class TestImage {
    /** Which slots are claimed: what the kernel would know. */
    private final boolean[] claims;

    private final Geometry geometry;
    private final MappedRegion region;
    private final SegmentMemory raw;

    TestImage(long maxSize) {
        geometry = Geometry.tiny(maxSize);
        claims = new boolean[geometry.processes];
        region = MappedRegion.anonymous(geometry.maxSize);
        raw = new SegmentMemory(region, "image", geometry.maxSize);
    }

    Geometry geometry() {
        return geometry;
    }

    SegmentMemory raw() {
        return raw;
    }

    CrashingMemory newMemory() {
        return new CrashingMemory(region, "image", SegmentAllocator.formattedSize(geometry));
    }

    Attachment format(CrashingMemory memory) {
        return Attachment.format(memory, geometry, liveness(), this::reserve, new FormatSeed(1, 2, 3));
    }

    Attachment attach(CrashingMemory memory) {
        return Attachment.attach(memory, geometry, liveness(), this::reserve);
    }

    /** There is memory everywhere; but a heap that is longer than what was asked for would not have any in a file. */
    private void reserve(long offset, long length) {
        if (offset >= geometry.heap && raw.getLong(Superblock.HEAP_END_OFFSET) > offset) {
            throw new AssertionError("the heap ends behind its memory: heapEnd="
                    + raw.getLong(Superblock.HEAP_END_OFFSET) + " reserved=" + offset);
        }
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

    byte[] save() {
        byte[] bytes = new byte[(int) geometry.maxSize];
        raw.copyTo(0, bytes, 0, bytes.length);
        return bytes;
    }

    void restore(byte[] bytes) {
        raw.copyFrom(bytes, 0, 0, bytes.length);
    }
}
