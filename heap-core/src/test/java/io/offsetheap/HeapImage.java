/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.verify.HeapReport;
import io.offsetheap.verify.HeapVerifier;
import java.util.function.Consumer;

/** A tiny heap with something in all of its structures, to be damaged, and processes that work in it and die. */
final class HeapImage {
    private final TestImage image = new TestImage(96 << 10);

    Geometry geometry() {
        return image.geometry();
    }

    /** The bytes, for damage. */
    SegmentMemory raw() {
        return image.raw();
    }

    byte[] save() {
        return image.save();
    }

    void restore(byte[] bytes) {
        image.restore(bytes);
    }

    HeapReport verify() {
        return new HeapVerifier(image.raw(), image.geometry(), SegmentAllocator.TYPE).verify();
    }

    void fill() {
        Attachment heap = image.format(image.newMemory());
        heap.names().construct("block", SharedBytes.TYPE, 100);
        heap.names().construct("pages", SharedBytes.TYPE, 1200);
        heap.names().construct("empty", IndexObject.TYPE, 1);
        IndexObject index = heap.names().construct("index", IndexObject.TYPE, 1);
        for (int i = 0; i < 150; i++) {
            index.put("key" + i, new byte[i % 40]);
        }
        for (int i = 0; i < 150; i += 4) {
            index.remove("key" + i);
        }
        heap.names().construct("gone", SharedBytes.TYPE, 3000);
        heap.names().destroy("gone");
        heap.close();
        heap.detach();
    }

    static Consumer<Attachment> put(String key) {
        return heap ->
                heap.names().find("index", IndexObject.TYPE).orElseThrow().put(key, new byte[3]);
    }

    CrashingMemory run(Consumer<Attachment> operation) {
        CrashingMemory memory = image.newMemory();
        Attachment heap = image.attach(memory);
        memory.crashAt(Long.MAX_VALUE);
        operation.accept(heap);
        heap.close();
        heap.detach();
        return memory;
    }

    /**
     * Lets a process die behind the {@code n}th commit of a site, and another one recover.
     *
     * @return false if the operation makes no such commit; then it has run to its end
     */
    boolean die(Consumer<Attachment> operation, CommitSite site, int n) {
        boolean died = dieAlone(operation, site, n);
        if (died) {
            run(survivor -> {});
        }
        return died;
    }

    /** Like {@link #die}, but nobody recovers. */
    boolean dieAlone(Consumer<Attachment> operation, CommitSite site, int n) {
        byte[] before = image.save();
        long[] stores = run(operation).commits().stream()
                .filter(commit -> commit.site() == site)
                .mapToLong(CrashingMemory.Commit::store)
                .toArray();
        if (stores.length <= n) {
            return false;
        }
        image.restore(before);
        CrashingMemory memory = image.newMemory();
        Attachment heap = image.attach(memory);
        memory.crashAt(stores[n] + 1);
        assertThrows(CrashingMemory.Crash.class, () -> operation.accept(heap));
        image.killAllBut(-1);
        return true;
    }

    /** Every process dies. */
    void killAll() {
        image.killAllBut(-1);
    }

    /** A process attaches, which recovers, and fails. */
    <E extends Exception> E failToAttach(Class<E> expected) {
        try {
            return assertThrows(expected, () -> image.attach(image.newMemory()));
        } finally {
            image.killAllBut(-1);
        }
    }
}
