/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

/** What may be done with a mapped region, and who sees it. */
public enum MapMode {
    /** Reads what all who map the object share. */
    READ_ONLY(false, false),
    /** Reads and writes what all who map the object share. The object must be open for writing. */
    READ_WRITE(true, false),
    /**
     * Reads the object and writes into copies of its pages, which nobody else sees and which end with the region. A page that
     * has not been written to yet may still show what others write.
     */
    COPY_ON_WRITE(true, true),
    /** {@link #COPY_ON_WRITE} for those who never write. */
    READ_PRIVATE(false, true);

    private final boolean writable;
    private final boolean isPrivate;

    MapMode(boolean writable, boolean isPrivate) {
        this.writable = writable;
        this.isPrivate = isPrivate;
    }

    /**
     * Whether a region of this mode can be written to.
     *
     * @return false if a store is refused
     */
    public boolean writable() {
        return writable;
    }

    /**
     * Whether what is written stays in the region.
     *
     * @return true if no store reaches the object
     */
    public boolean isPrivate() {
        return isPrivate;
    }

    /** Whether the object must be open for writing. */
    boolean writesToTheObject() {
        return writable && !isPrivate;
    }

    int protection() {
        return writable ? LibC.PROT_READ | LibC.PROT_WRITE : LibC.PROT_READ;
    }

    int flags() {
        return isPrivate ? LibC.MAP_PRIVATE : LibC.MAP_SHARED;
    }
}
