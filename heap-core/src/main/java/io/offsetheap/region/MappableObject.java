/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;

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

    /**
     * The length of a part that is to be mapped.
     *
     * @param segment what the object is, for messages
     * @throws IllegalArgumentException if the part is empty or reaches beyond the end
     * @throws UncheckedIOException if the mode writes to the object, and this was opened for reading only
     */
    static long lengthOfPart(MapMode mode, long offset, long size, long whole, boolean readOnly, String segment) {
        if (offset < 0 || size < 0 || offset > whole || size > whole - offset) {
            throw new IllegalArgumentException("the part to map is not within the file: offset=" + offset + " size="
                    + size + " fileSize=" + whole + " segment=" + segment);
        }
        long length = size == 0 ? whole - offset : size;
        if (length == 0) {
            throw new IllegalArgumentException(
                    "there is nothing to map, give the file a size first: offset=" + offset + " segment=" + segment);
        }
        if (readOnly && mode.writesToTheObject()) {
            String text = "opened for reading only, so it cannot be mapped for writing: segment=" + segment;
            throw new UncheckedIOException(text, new AccessDeniedException(segment, null, text));
        }
        return length;
    }

    /** Closes it. The bytes stay, and so do regions that were mapped. Idempotent. */
    @Override
    public abstract void close();
}
