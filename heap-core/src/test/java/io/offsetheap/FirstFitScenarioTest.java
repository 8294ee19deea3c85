/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.FirstFitAllocator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scenarios in which mutants are caught, in a heap of the other allocator. */
class FirstFitScenarioTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FIRST_FIT")
    void passes(Scenario scenario) {
        scenario.run(FirstFitAllocator.TYPE);
    }
}
