/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;
import org.jspecify.annotations.Nullable;

/**
 * A shared map from text to text.
 *
 * <p>Thread-safe, as the map is.
 */
final class Table implements Dictionary {
    static final SharedType<SharedHashMap<String, String>> TYPE = SharedHashMap.type(Codecs.UTF8, Codecs.UTF8);

    private final String name;
    private final SharedHashMap<String, String> map;
    private final LoadRecord record;

    private Table(OffsetHeap heap, String name, SharedHashMap<String, String> map) {
        this.name = name;
        this.map = map;
        this.record = new LoadRecord(heap, name);
    }

    static Table findOrConstruct(OffsetHeap heap, String name) {
        return new Table(heap, name, heap.findOrConstruct(name, TYPE));
    }

    static Table find(OffsetHeap heap, String name) {
        return new Table(heap, name, require(heap, name, TYPE));
    }

    /** Finds a map that has to be there. */
    static <T> T require(OffsetHeap heap, String name, SharedType<T> type) {
        return heap.find(name, type)
                .orElseThrow(() -> new CommandFailure(
                        ExitStatus.UNAVAILABLE,
                        "there is no such map, stats shows which there are: map=" + name + " segment=" + heap));
    }

    void load(TabSeparatedFile file, Progress progress) {
        record.begin();
        while (file.next()) {
            map.store(file.key(), file.value());
            progress.entry();
        }
        record.end(progress.entries());
    }

    @Override
    public @Nullable String answer(String key) {
        return map.get(key);
    }

    @Override
    public boolean isComplete() {
        return record.isComplete();
    }

    @Override
    public String name() {
        return name;
    }
}
