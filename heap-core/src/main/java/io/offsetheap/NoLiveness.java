/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.lane.Liveness;

/** The liveness of those who only read: they hold no slot and judge nobody. */
final class NoLiveness implements Liveness {
    static final NoLiveness INSTANCE = new NoLiveness();

    private NoLiveness() {}

    @Override
    public boolean tryClaim(int slot) {
        return false;
    }

    @Override
    public void release(int slot) {}

    @Override
    public boolean isAlive(int slot) {
        return true;
    }

    @Override
    public String holders() {
        return "";
    }
}
