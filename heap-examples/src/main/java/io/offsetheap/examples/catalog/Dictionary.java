/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import org.jspecify.annotations.Nullable;

/** Maps of a heap that answer questions. */
interface Dictionary {
    /** The answer, or null if there is none. */
    @Nullable
    String answer(String key);

    /** Whether everything was loaded: if not, a load is running, has failed, or was killed. */
    boolean isComplete();

    /** The map that is asked, for messages. */
    String name();
}
