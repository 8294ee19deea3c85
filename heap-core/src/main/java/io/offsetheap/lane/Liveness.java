/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

/**
 * Who is alive: one claim per process slot, which ends with its process, however that ends. The answer comes from the
 * kernel, never from time: a claim that is gone proves that no store of its owner can follow. Thread-safe.
 */
public interface Liveness {
    /** Claims a slot for this attach. Returns false if somebody holds it. */
    boolean tryClaim(int slot);

    /** Gives the claim of this attach up. */
    void release(int slot);

    /** Whether another attach still holds its claim. Never asked for a slot of the own incarnation. */
    boolean isAlive(int slot);

    /** Who stands in the way of claiming a slot, for messages. */
    String holders();
}
