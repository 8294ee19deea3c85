/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.verify;

import io.offsetheap.alloc.BlockVisitor;
import org.agrona.collections.Long2LongHashMap;

/** Blocks in use by their offset: of which class and size each is, and whether an owner has been found. Not thread-safe. */
final class BlockMap {
    private static final long NONE = -1;
    private static final long OWNED = Long.MIN_VALUE;
    private static final int CLASS_BITS = 8;

    private final Long2LongHashMap blocks = new Long2LongHashMap(NONE);
    private long owned;

    void add(long block, int sizeClass, long size) {
        blocks.put(block, size << CLASS_BITS | sizeClass);
    }

    /** Removes a block that turned out to be free. Returns its class, or {@link BlockVisitor#UNKNOWN}. */
    int remove(long block) {
        long removed = blocks.remove(block);
        return removed == NONE ? BlockVisitor.UNKNOWN : sizeClassOf(removed);
    }

    boolean contains(long block) {
        return blocks.get(block) != NONE;
    }

    boolean isOwned(long block) {
        long found = blocks.get(block);
        return found != NONE && (found & OWNED) != 0;
    }

    int sizeClass(long block) {
        return sizeClassOf(blocks.get(block));
    }

    private static int sizeClassOf(long found) {
        return (int) found & (1 << CLASS_BITS) - 1;
    }

    long size(long block) {
        return (blocks.get(block) & ~OWNED) >>> CLASS_BITS;
    }

    void own(long block) {
        blocks.put(block, blocks.get(block) | OWNED);
        owned++;
    }

    long ownedBlocks() {
        return owned;
    }

    long rawBlocks() {
        return blocks.size() - owned;
    }
}
