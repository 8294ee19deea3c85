/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

/**
 * Something whose bytes can be mapped, by any number of processes at once. {@link MappedRegion#map(MappableObject, MapMode)}
 * and its like do that.
 *
 * <p>Thread-safe. Regions that were mapped live on after the object is closed.
 */
public abstract class MappableObject implements AutoCloseable {
    MappableObject() {}

    /**
     * The size now; another process may change it.
     *
     * @return the size in bytes
     * @throws IllegalStateException after close
     */
    public abstract long size();

    /**
     * Whether it was opened for reading only.
     *
     * @return true if it cannot be mapped as {@link MapMode#READ_WRITE}
     */
    public abstract boolean readOnly();

    /**
     * Maps all of it.
     *
     * @return a region that is writable unless this was opened for reading only
     * @throws IllegalArgumentException if its size is 0
     */
    public final MappedRegion map() {
        return map(0, 0);
    }

    /**
     * Maps a part of it.
     *
     * @param offset where the part begins; any byte, not only that of a page
     * @param size the size of the part; 0 means the rest
     * @return a region that is writable unless this was opened for reading only
     * @throws IllegalArgumentException if the part is empty or reaches beyond the end
     */
    public final MappedRegion map(long offset, long size) {
        return map(readOnly() ? MapMode.READ_ONLY : MapMode.READ_WRITE, offset, size, MappedRegion.ANY_ADDRESS);
    }

    /** What {@link MappedRegion#map(MappableObject, MapMode, long, long, long)} says. */
    abstract MappedRegion map(MapMode mode, long offset, long size, long address);

    /** Closes it. The bytes stay, and so do regions that were mapped. Idempotent. */
    @Override
    public abstract void close();
}
