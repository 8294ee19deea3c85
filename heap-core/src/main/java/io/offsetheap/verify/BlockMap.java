/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.verify;

import org.agrona.collections.Long2LongHashMap;

/** Blocks in use by their offset: how large each is, and whether an owner has been found. Not thread-safe. */
final class BlockMap {
    private static final long NONE = -1;
    private static final long OWNED = Long.MIN_VALUE;

    private final Long2LongHashMap sizes = new Long2LongHashMap(NONE);
    private long owned;

    void add(long block, long size) {
        sizes.put(block, size);
    }

    /** Removes a block that turned out to be free. Returns its size, or a negative number if it was not in use. */
    long remove(long block) {
        return sizes.remove(block);
    }

    boolean contains(long block) {
        return sizes.get(block) != NONE;
    }

    boolean isOwned(long block) {
        long size = sizes.get(block);
        return size != NONE && (size & OWNED) != 0;
    }

    long size(long block) {
        return sizes.get(block) & ~OWNED;
    }

    void own(long block) {
        sizes.put(block, sizes.get(block) | OWNED);
        owned++;
    }

    long ownedBlocks() {
        return owned;
    }

    long rawBlocks() {
        return sizes.size() - owned;
    }
}
