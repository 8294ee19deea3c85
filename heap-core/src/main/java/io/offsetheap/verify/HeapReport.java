/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.verify;

import java.util.List;

/**
 * What the verifier has seen.
 *
 * @param findings what is wrong; at most {@link HeapVerifier#MAX_FINDINGS}
 * @param reachableBlocks blocks that some named object, doomed container or the name index owns
 * @param rawBlocks blocks in use that nothing owns: held by a program that has allocated them by offset, or lost by one
 * @param busyLanes lanes inside an operation: if there are any, findings may be what was changing meanwhile
 */
public record HeapReport(List<Finding> findings, long reachableBlocks, long rawBlocks, int busyLanes) {
    public HeapReport {
        findings = List.copyOf(findings);
    }

    /** Whether nothing is wrong. */
    public boolean isClean() {
        return findings.isEmpty();
    }

    @Override
    public String toString() {
        return findings.isEmpty() ? "clean" : findings.size() + " findings, first " + findings.get(0);
    }
}
