/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.object.SharedType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One heap, mapped several times by this process, each time at another address, as if by several processes. */
final class Mappings implements AutoCloseable {
    private final List<OffsetHeap> heaps = new ArrayList<>();

    private Mappings(HeapBuilder builder, int count, long maxSize) {
        try {
            heaps.add(builder.maxSize(maxSize).create());
            while (heaps.size() < count) {
                heaps.add(builder.open());
            }
        } finally {
            // The name is not needed any more, and so nothing is left behind however the test ends.
            builder.remove();
        }
    }

    static Mappings ofSharedMemory(int count, long maxSize) {
        String name = "mappings-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        return new Mappings(OffsetHeap.sharedMemory(name), count, maxSize);
    }

    static Mappings ofFile(Path path, int count, long maxSize) {
        return new Mappings(OffsetHeap.file(path), count, maxSize);
    }

    OffsetHeap heap(int index) {
        return heaps.get(index);
    }

    /** A handle to one object through each of the mappings; it is constructed if it is not there. */
    <T> List<T> all(String name, SharedType<T> type) {
        List<T> handles = new ArrayList<>();
        heaps.forEach(heap -> handles.add(heap.findOrConstruct(name, type)));
        return handles;
    }

    void verify() {
        var report = heaps.get(heaps.size() - 1).verify();
        assertEquals(List.of(), report.findings());
        assertEquals(0, report.busyLanes());
    }

    @Override
    public void close() {
        heaps.forEach(OffsetHeap::close);
    }
}
