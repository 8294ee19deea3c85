/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

/** A heap as a process has it that can be made to die: at a chosen store, or between two operations. */
public final class MortalHeap {
    private final OffsetHeap heap;
    private final CrashingMemory memory;
    private final Runnable death;

    MortalHeap(OffsetHeap heap, CrashingMemory memory, Runnable death) {
        this.heap = heap;
        this.memory = memory;
        this.death = death;
    }

    public OffsetHeap heap() {
        return heap;
    }

    /** From the {@code store}th store on, each throws {@link CrashingMemory.Crash}. Then {@link #die} must follow. */
    public void crashAt(long store) {
        memory.crashAt(store);
    }

    /** Gives up the lock that says this process is alive. It must not be used any more. */
    public void die() {
        memory.crashAt(0);
        death.run();
    }
}
