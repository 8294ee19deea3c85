/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import java.util.Arrays;
import java.util.function.Consumer;

/** Small stories, each with a law or two in view. They end with the first violation, which tells what was broken. */
public enum Scenario implements Runnable {
    /** Blocks of all kinds are allocated, linked and freed, each crashed at every store. */
    BLOCKS {
        @Override
        public void run() {
            CrashHarness harness = new CrashHarness(SIZE);
            long[] blocks = new long[4];
            harness.explore("allocate a cell", heap -> blocks[0] = heap.blocks().allocate(200));
            harness.explore("allocate pages", heap -> blocks[1] = heap.blocks().allocate(1500));
            harness.explore(
                    "allocate more pages", heap -> blocks[2] = heap.blocks().allocate(1000));
            harness.prepare(heap -> blocks[3] = heap.blocks().allocate(700));
            harness.explore(
                    "allocateInto",
                    heap -> heap.blocks().allocateInto(blocks[0], 40, (memory, block) -> memory.putLong(block, 7)));
            harness.explore("free the middle", heap -> heap.blocks().free(blocks[2]));
            harness.explore("free its neighbour", heap -> heap.blocks().free(blocks[1]));
            harness.explore("trim", heap -> heap.blocks().trim());
            harness.explore("grow", heap -> heap.blocks().grow(2000));
        }
    },

    /** Entries come, change and go, each change crashed at every store. */
    ENTRIES {
        @Override
        public void run() {
            CrashHarness harness = new CrashHarness(SIZE);
            harness.prepare(Scenario::construct);
            harness.explore("put new", heap -> put(heap, "first", 8, 0));
            harness.explore("put in place", heap -> put(heap, "first", 8, 1));
            harness.explore("replace", heap -> put(heap, "first", 20, 2));
            harness.explore("put in place, several words", heap -> put(heap, "first", 20, 3));
            harness.explore("replace by a block of the same class", heap -> put(heap, "first", 21, 4));
            harness.explore("remove", heap -> index(heap).remove("first"));
        }
    },

    /** A hash segment is split, crashed at every store, and so is what finds it half split. */
    SPLIT {
        @Override
        public void run() {
            CrashHarness harness = new CrashHarness(SIZE);
            harness.prepare(Scenario::construct);
            int key = fillToSplit(harness);
            Consumer<Attachment> put = heap -> put(heap, "k" + key, 3, key);
            harness.explore("put with a split", put);
        }
    },

    /** Objects are constructed and destroyed, crashed at every store. */
    OBJECTS {
        @Override
        public void run() {
            CrashHarness harness = new CrashHarness(SIZE);
            harness.explore("construct", heap -> heap.names().construct("block", SharedBytes.TYPE, 30));
            harness.explore("destroy", heap -> heap.names().destroy("block"));
            harness.explore("construct an index", Scenario::construct);
            harness.prepare(heap -> put(heap, "first", 8, 0));
            harness.explore("destroy an index", heap -> {
                heap.names().destroy("index");
                heap.blocks().trim();
            });
        }
    };

    private static final long SIZE = 96 << 10;

    private static void construct(Attachment heap) {
        heap.names().construct("index", IndexObject.TYPE, 1);
    }

    private static IndexObject index(Attachment heap) {
        return heap.names().find("index", IndexObject.TYPE).orElseThrow();
    }

    private static void put(Attachment heap, String key, int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        index(heap).put(key, bytes);
    }

    /** Puts keys k0, k1 and so on, and stops before the one that would split the index. Returns its number. */
    private static int fillToSplit(CrashHarness harness) {
        for (int i = 0; i < 1000; i++) {
            int key = i;
            Consumer<Attachment> put = heap -> put(heap, "k" + key, 3, key);
            if (harness.commits(put, CommitSite.SPLIT)) {
                return key;
            }
            harness.prepare(put);
        }
        throw new AssertionError("no put has split the index");
    }
}
