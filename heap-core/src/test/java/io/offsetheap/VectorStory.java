/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.ChunkedVector.Update;
import io.offsetheap.object.SharedType;
import io.offsetheap.object.VectorObject;

/** The life of a vector, each step crashed at every store. */
final class VectorStory {
    private final CrashHarness harness;
    private final SharedType<VectorObject> type;
    private final String name;

    VectorStory(CrashHarness harness, SharedType<VectorObject> type) {
        this.harness = harness;
        this.type = type;
        this.name = type.fingerprint();
    }

    private VectorObject vector(Attachment heap) {
        return heap.names().find(name, type).orElseThrow();
    }

    void explore() {
        harness.explore("construct a vector", heap -> heap.names().construct(name, type, 1));
        harness.explore("add the first", heap -> vector(heap).add(1));
        harness.explore("add another", heap -> vector(heap).add(22));
        harness.explore("set", heap -> vector(heap).set(0, 23));
        harness.explore("set to a block of the same class", heap -> vector(heap).set(0, 24));
        harness.explore("remove the last", heap -> vector(heap).removeLast());
        harness.explore("add in its place", heap -> vector(heap).add(9));
        if (type == VectorObject.WORDS) {
            harness.explore("add to a word", heap -> vector(heap).vector().update(1, Update.ADD, 5, 0));
            harness.explore(
                    "compare and set a word",
                    heap -> vector(heap)
                            .vector()
                            .update(
                                    1,
                                    Update.COMPARE_AND_SET,
                                    6,
                                    vector(heap).vector().getWord(1)));
            harness.explore(
                    "add several, with two chunks",
                    heap -> vector(heap).vector().addWords(new long[40], 0, 40));
        } else {
            addUntilAnother(CommitSite.VECTOR_CHUNK);
        }
        if (type == VectorObject.BLOCKS) {
            // Blocks go one by one.
            harness.prepare(heap -> vector(heap).vector().truncate(3));
        }
        harness.explore("truncate", heap -> vector(heap).vector().truncate(2));
        harness.prepare(heap -> vector(heap).add(39));
        harness.explore("destroy a vector", heap -> {
            heap.names().destroy(name);
            heap.blocks().trim();
        });
    }

    /** Adds until an addition makes a commit of this site, and crashes that one. */
    private void addUntilAnother(CommitSite site) {
        for (int i = 0; i < 100; i++) {
            int value = i;
            if (harness.commits(heap -> vector(heap).add(value), site)) {
                harness.explore("add with " + site, heap -> vector(heap).add(value));
                return;
            }
            harness.prepare(heap -> vector(heap).add(value));
        }
        throw new AssertionError("no addition has made such a commit: " + site);
    }
}
