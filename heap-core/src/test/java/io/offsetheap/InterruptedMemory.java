/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.region.MappedRegion;
import java.util.function.LongPredicate;

/**
 * A segment's memory as a process sees it that is stopped at a chosen access, once, while others go on: a race with the
 * one outcome that a test is about.
 */
public final class InterruptedMemory extends SegmentMemory {
    private static final Runnable NOTHING = () -> {};

    private LongPredicate chosenLoad = offset -> false;
    private LongPredicate chosenCompareAndSet = offset -> false;
    private LongPredicate chosenStore = offset -> false;
    private Runnable others = NOTHING;

    public InterruptedMemory(MappedRegion region, String name, long limit) {
        super(region, name, limit);
    }

    /** What others do just before the next volatile load of a word that is chosen. */
    public void beforeLoad(LongPredicate chosen, Runnable action) {
        chosenLoad = chosen;
        others = action;
    }

    /** What others do just before the next compare-and-set of a word that is chosen. */
    public void beforeCompareAndSet(LongPredicate chosen, Runnable action) {
        chosenCompareAndSet = chosen;
        others = action;
    }

    /** What others do just after the next release store of a word that is chosen. */
    public void afterStore(LongPredicate chosen, Runnable action) {
        chosenStore = chosen;
        others = action;
    }

    /** Whether the others have had their turn. */
    public boolean wasInterrupted() {
        return others == NOTHING;
    }

    private void interrupt() {
        Runnable action = others;
        chosenLoad = offset -> false;
        chosenCompareAndSet = offset -> false;
        chosenStore = offset -> false;
        others = NOTHING;
        action.run();
    }

    @Override
    public long getLongVolatile(long offset) {
        if (chosenLoad.test(offset)) {
            interrupt();
        }
        return super.getLongVolatile(offset);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        super.putLongRelease(offset, value);
        if (chosenStore.test(offset)) {
            interrupt();
        }
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        if (chosenCompareAndSet.test(offset)) {
            interrupt();
        }
        return super.compareAndSetLong(offset, expected, value);
    }
}
