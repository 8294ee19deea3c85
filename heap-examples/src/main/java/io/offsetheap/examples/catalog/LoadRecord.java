/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;

/** Remembers in the heap which maps are complete. */
final class LoadRecord {
    static final SharedType<SharedHashMap<String, Long>> TYPE = SharedHashMap.type(Codecs.UTF8, Codecs.LONG);

    private final SharedHashMap<String, Long> entriesLoaded;
    private final String map;

    LoadRecord(OffsetHeap heap, String map) {
        this.entriesLoaded = heap.findOrConstruct("loads", TYPE);
        this.map = map;
    }

    /** Comes before the first entry of a load. Whoever dies after it leaves a map that is known to be incomplete. */
    void begin() {
        entriesLoaded.delete(map);
    }

    /** Comes after the last entry. */
    void end(long entries) {
        entriesLoaded.store(map, entries);
    }

    boolean isComplete() {
        return entriesLoaded.containsKey(map);
    }
}
