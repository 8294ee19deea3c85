/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.region.MappedRegion;
import java.util.ArrayList;
import java.util.List;

/**
 * A segment's memory as a process sees it that dies before a chosen store. Counts every store of a word and every
 * compare-and-set; from the fatal one on, all of them throw, so that no clean-up of the dying process can reach the segment.
 */
public final class CrashingMemory extends SegmentMemory {
    /** The death of the process. */
    public static final class Crash extends Error {
        private Crash() {
            super("the process died", null, false, false);
        }
    }

    /** A commit store, by its place among the stores. */
    public record Commit(CommitSite site, long store) {}

    private final List<Commit> commits = new ArrayList<>();
    private long stores;
    private long fatalStore = Long.MAX_VALUE;
    private int failures;

    public CrashingMemory(MappedRegion region, String name, long limit) {
        super(region, name, limit);
    }

    /** Counts from 0 again, and dies before store number {@code store}. */
    public void crashAt(long store) {
        stores = 0;
        commits.clear();
        fatalStore = store;
        failures = 0;
    }

    /** Counts from 0 again, and throws once at store number {@code store}: a failure, not a death. */
    public void failAt(long store) {
        failAt(store, 1);
    }

    /** Counts from 0 again, and throws at store number {@code store} and whatever is tried next, so many times. */
    public void failAt(long store, int times) {
        crashAt(store);
        failures = times;
    }

    /** Stores since the counter was set. */
    public long stores() {
        return stores;
    }

    /** Commit stores since the counter was set. */
    public List<Commit> commits() {
        return List.copyOf(commits);
    }

    private void step(long words) {
        if (stores + words > fatalStore) {
            fatalStore = --failures == 0 ? Long.MAX_VALUE : -1;
            throw new Crash();
        }
        stores += words;
    }

    @Override
    public void putLong(long offset, long value) {
        step(1);
        super.putLong(offset, value);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        step(1);
        super.putLongRelease(offset, value);
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        step(1);
        return super.compareAndSetLong(offset, expected, value);
    }

    @Override
    public void putIntRelease(long offset, int value) {
        step(1);
        super.putIntRelease(offset, value);
    }

    @Override
    public boolean compareAndSetInt(long offset, int expected, int value) {
        step(1);
        return super.compareAndSetInt(offset, expected, value);
    }

    @Override
    public void commitWord(CommitSite site, long offset, long value) {
        commits.add(new Commit(site, stores));
        super.commitWord(site, offset, value);
    }

    @Override
    public void putByte(long offset, byte value) {
        step(1);
        super.putByte(offset, value);
    }

    @Override
    public void putByteRelease(long offset, byte value) {
        step(1);
        super.putByteRelease(offset, value);
    }

    @Override
    public void putShortRelease(long offset, short value) {
        step(1);
        super.putShortRelease(offset, value);
    }

    @Override
    public void putShort(long offset, short value) {
        step(1);
        super.putShort(offset, value);
    }

    @Override
    public void putInt(long offset, int value) {
        step(1);
        super.putInt(offset, value);
    }

    @Override
    public void putLongUnaligned(long offset, long value) {
        step(1);
        super.putLongUnaligned(offset, value);
    }

    @Override
    public void copyFrom(byte[] source, int position, long offset, int length) {
        step(1);
        super.copyFrom(source, position, offset, length);
    }

    @Override
    public void copyFrom(long[] source, int position, long offset, int count) {
        for (int i = 0; i < count; i++) {
            putLong(offset + (long) i * Long.BYTES, source[position + i]);
        }
    }

    @Override
    public void zero(long offset, long length) {
        step(1);
        super.zero(offset, length);
    }
}
