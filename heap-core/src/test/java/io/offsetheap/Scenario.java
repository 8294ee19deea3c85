/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.Forgery;
import io.offsetheap.object.IndexCursor;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.LongIndex;
import io.offsetheap.object.LongIndexObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.VectorObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/** Small stories, each with a law or two in view. They end with the first violation, which tells what was broken. */
public enum Scenario implements Runnable {
    /** Blocks of all kinds are allocated, linked and freed, each crashed at every store. */
    BLOCKS {
        @Override
        void run(AllocatorType allocator) {
            CrashHarness harness = new CrashHarness(SIZE, allocator);
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
        void run(AllocatorType allocator) {
            CrashHarness harness = new CrashHarness(SIZE, allocator);
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
        void run(AllocatorType allocator) {
            CrashHarness harness = new CrashHarness(SIZE, allocator);
            harness.prepare(Scenario::construct);
            int key = fillToSplit(harness::commits, harness::prepare);
            Consumer<Attachment> put = heap -> put(heap, "k" + key, 3, key);
            harness.explore("put with a split", put);
        }
    },

    /** Pairs of longs come, change and go, each change crashed at every store. */
    LONGS {
        @Override
        void run(AllocatorType allocator) {
            CrashHarness harness = new CrashHarness(SIZE, allocator);
            harness.prepare(heap -> heap.names().construct("longs", LongIndexObject.TYPE, 1));
            // Keys of one bucket: the first three are there, and the first one goes.
            long[] keys = new long[4];
            harness.prepare(heap -> {
                LongIndexObject longs =
                        heap.names().find("longs", LongIndexObject.TYPE).orElseThrow();
                int found = 0;
                for (long key = 0; found < keys.length; key++) {
                    if ((longs.hash(key) & 15) == 0) {
                        keys[found++] = key;
                    }
                }
                for (int k = 0; k < 3; k++) {
                    longs.index().put(keys[k], k, true);
                }
            });
            harness.explore("put another value", heap -> longs(heap).put(keys[0], 5, true));
            harness.explore("remove", heap -> longs(heap).remove(keys[0], true, 0));
            harness.explore("put new", heap -> longs(heap).put(keys[3], 6, true));
            harness.explore("add", heap -> longs(heap).add(keys[3], 7));
            harness.explore("destroy", Scenario::destroyLongs);
        }
    },

    /** A hash segment of longs is split, crashed at every store. */
    LONG_SPLIT {
        @Override
        void run(AllocatorType allocator) {
            CrashHarness harness = new CrashHarness(SIZE, allocator);
            harness.prepare(heap -> heap.names().construct("longs", LongIndexObject.TYPE, 1));
            for (long i = 0; ; i++) {
                long key = i;
                Consumer<Attachment> put = heap -> longs(heap).put(key, ~key, true);
                if (harness.commits(put, CommitSite.SPLIT)) {
                    harness.explore("put with a split", put);
                    return;
                }
                harness.prepare(put);
            }
        }
    },

    /** Objects are constructed and destroyed, crashed at every store. */
    OBJECTS {
        @Override
        void run(AllocatorType allocator) {
            CrashHarness harness = new CrashHarness(SIZE, allocator);
            harness.explore("construct", heap -> heap.names().construct("block", SharedBytes.TYPE, 30));
            harness.explore("destroy", heap -> heap.names().destroy("block"));
            harness.explore("construct an index", Scenario::construct);
            harness.prepare(heap -> put(heap, "first", 8, 0));
            harness.explore("destroy an index", Scenario::destroy);
        }
    },

    /** Whoever reads is stopped at every load, while what it reads is changed, freed and given to users. */
    READERS {
        @Override
        void run(AllocatorType allocator) {
            PreemptionHarness harness = new PreemptionHarness(SIZE, allocator);
            harness.prepare(Scenario::construct);
            harness.prepare(heap -> put(heap, "first", 8, 1));
            harness.explore(
                    "get while replaced", heap -> get(heap, "first"), heap -> put(heap, "first", 20, 2), "first");
            harness.explore("iterate while replaced", Scenario::keys, heap -> put(heap, "first", 20, 2), "first");
            harness.explore(
                    "get while removed",
                    heap -> get(heap, "first"),
                    heap -> index(heap).remove("first"),
                    "first");
            harness.explore("get while destroyed", heap -> get(heap, "first"), Scenario::destroy, "first");
            harness.explore("get while made anew", heap -> get(heap, "first"), Scenario::destroyAndConstruct, "first");
            harness.explore("get what is not there", heap -> get(heap, ZERO_TAG), heap -> {}, "first");
            harness.prepare(heap -> {
                new Forgery(index(heap), "first", new byte[8]).damageLocks(index(heap), 0xFFFF);
                String answer = get(heap, "first");
                if (!answer.contains("a lock names an owner that does not exist")) {
                    throw new AssertionError("a lock of nobody is not reported: " + answer);
                }
            });
        }
    },

    /** Operations fail at every store, and so do their failure handlers; the process and its threads live on. */
    FAILURES {
        @Override
        void run(AllocatorType allocator) {
            FailureHarness harness = new FailureHarness(SIZE, allocator);
            harness.prepare(Scenario::construct);
            Consumer<Attachment> next = heap -> {
                get(heap, "first");
                put(heap, "second", 20, 5);
                heap.blocks().allocate(40);
            };
            harness.explore("put", heap -> put(heap, "first", 20, 1), next);
            harness.prepare(heap -> put(heap, "first", 20, 1));
            harness.explore("put in place", heap -> put(heap, "first", 20, 2), heap -> put(heap, "first", 20, 3));
            harness.explore("remove", heap -> index(heap).remove("first"), next);
            harness.explore(
                    "allocate",
                    heap -> heap.blocks().allocate(700),
                    heap -> heap.blocks().allocate(700));
            harness.explore("destroy", Scenario::destroy, heap -> heap.names().construct("b", SharedBytes.TYPE, 9));
            harness.explore(
                    "section",
                    heap -> heap.names().atomically(() -> heap.names().construct("b", SharedBytes.TYPE, 9)),
                    heap -> heap.names().destroy("b"));
            harness.explore(
                    "put from a pinned lane",
                    heap -> {
                        Lane pinned = heap.lanes().pin();
                        try {
                            put(heap, "first", 20, 6);
                        } finally {
                            heap.lanes().unpin(pinned);
                        }
                    },
                    next);
            harness.prepare(heap -> {
                Lane busy = heap.lanes().lease();
                harness.attachAnother().names().destroy("index");
                busy.giveBack();
            });
            harness.explore(
                    "trim what another lane holds",
                    heap -> heap.blocks().trim(),
                    heap -> heap.blocks().allocate(40));
        }
    },

    /** Functions of users fail, or try to write to the heap whose operation has called them. */
    USERS {
        @Override
        void run(AllocatorType allocator) {
            CrashHarness harness = new CrashHarness(SIZE, allocator);
            long[] cell = new long[1];
            harness.prepare(heap -> cell[0] = heap.blocks().allocate(16));
            harness.explore("allocateInto, failing", heap -> {
                try {
                    heap.blocks().allocateInto(cell[0], 16, (memory, block) -> {
                        throw new UnsupportedOperationException("a failure of the user");
                    });
                    throw new AssertionError("the failure of a function was swallowed");
                } catch (UnsupportedOperationException expected) {
                    heap.blocks().allocate(32);
                }
            });
            harness.explore(
                    "allocateInto, writing",
                    heap -> heap.blocks().allocateInto(cell[0], 16, (memory, block) -> {
                        try {
                            heap.blocks().allocate(16);
                        } catch (IllegalStateException expected) {
                            return;
                        }
                        throw new AssertionError("a function wrote to the heap of its own operation");
                    }));
        }
    },

    /** Keys whose hashes agree in their bucket and their first bits fill one bucket of an index that is almost empty. */
    COLLISIONS {
        @Override
        void run(AllocatorType allocator) {
            TestImage image = new TestImage(SIZE, allocator);
            Attachment heap = image.format(image.newMemory());
            construct(heap);
            long used = heap.blocks().stats().used();
            for (String key : COLLIDING.split(" ")) {
                put(heap, key, 3, 1);
            }
            CrashHarness.content("colliding keys", heap);
            long grown = heap.blocks().stats().used() - used;
            if (grown > 4096) {
                throw new AssertionError("a few equal hashes have made a large directory: bytes=" + grown);
            }
        }
    },

    /** All operations once, with a look at each store whether its guard is held. */
    GUARDS {
        @Override
        void run(AllocatorType allocator) {
            TestImage image = new TestImage(SIZE * 4, allocator);
            image.format(image.newMemory());
            image.killAllBut(-1);
            GuardedMemory memory = image.newGuardedMemory();
            Attachment heap = image.attach(memory);
            List<Long> blocks = new ArrayList<>();
            for (int size : new int[] {16, 48, 200, 600, 1500, 4000, 9000, 16, 600}) {
                blocks.add(heap.blocks().allocate(size));
            }
            blocks.forEach(block -> heap.blocks().free(block));
            heap.blocks().trim();
            heap.blocks().grow(2000);
            construct(heap);
            long names = image.raw().getLong(Superblock.NAME_INDEX_OFFSET);
            long index = heap.names().iterator().next().offset();
            heap.names().construct("longs", LongIndexObject.TYPE, 1);
            long longs = heap.names()
                    .find("longs", LongIndexObject.TYPE)
                    .orElseThrow()
                    .header();
            List<VectorObject> vectors = VectorObject.TYPES.stream()
                    .map(type -> heap.names().construct(type.fingerprint(), type, 1))
                    .toList();
            memory.watch(header -> {
                header.accept(names);
                header.accept(index);
                header.accept(longs);
                vectors.forEach(vector -> header.accept(vector.header()));
            });
            vectors.forEach(Scenario::changeVector);
            for (int i = 0; i < 300; i++) {
                longs(heap).put(i, i, true);
                longs(heap).add(i / 2, 1);
                longs(heap).remove(i / 3, i % 2 == 0, 1);
            }
            longs(heap).clear();
            for (int i = 0; i < 160; i++) {
                put(heap, "k" + i, i % 9, i);
            }
            for (int i = 0; i < 160; i++) {
                put(heap, "k" + i, i % 7, -i);
            }
            for (int i = 0; i < 160; i += 3) {
                index(heap).remove("k" + i);
            }
            heap.names().construct("block", SharedBytes.TYPE, 100);
            heap.names().destroy("block");
            index(heap).index().clear();
            memory.watch(header -> header.accept(names));
            VectorObject.TYPES.forEach(type -> heap.names().destroy(type.fingerprint()));
            destroy(heap);
            destroyLongs(heap);
            CrashHarness.content("all operations", heap);
        }
    },

    /** The lives of vectors, each step crashed at every store. */
    VECTORS {
        @Override
        void run(AllocatorType allocator) {
            CrashHarness harness = new CrashHarness(SIZE, allocator);
            VectorObject.TYPES.forEach(type -> new VectorStory(harness, type).explore());
        }
    },

    /** Readers of a vector are stopped at every load, while its elements are replaced, removed and added anew. */
    READERS_OF_A_VECTOR {
        @Override
        void run(AllocatorType allocator) {
            VectorObject.TYPES.forEach(type -> new VectorReaders(SIZE, allocator, type).explore());
        }
    },

    /** Readers and writers are stopped while a hash segment is split and its directory given to users. */
    READERS_OF_A_SPLIT {
        @Override
        void run(AllocatorType allocator) {
            PreemptionHarness harness = new PreemptionHarness(SIZE, allocator);
            harness.prepare(Scenario::construct);
            harness.prepare(heap -> put(heap, "first", 8, 1));
            int key = fillToSplit(harness::commits, harness::prepare);
            Consumer<Attachment> split = heap -> put(heap, "k" + key, 20, key);
            harness.explore("get while split", heap -> get(heap, "first"), split, "first");
            harness.explore("iterate while split", 7, Scenario::keys, split, "first");
            for (int behind = 0; behind < 8; behind++) {
                harness.exploreDeath(
                        "get while split", heap -> get(heap, "first"), split, CommitSite.SPLIT, behind, "first");
            }
            harness.exploreWriter(
                    "put while split",
                    heap -> {
                        put(heap, "first", 8, 3);
                        return get(heap, "first");
                    },
                    split,
                    "first");
        }
    },

    /** What is most the allocator's of all these, with the other one. */
    FIRST_FIT {
        @Override
        void run(AllocatorType allocator) {
            for (Scenario scenario : List.of(BLOCKS, GUARDS, ENTRIES, READERS)) {
                scenario.run(FirstFitAllocator.TYPE);
            }
        }
    };

    @Override
    public void run() {
        run(SegmentAllocator.TYPE);
    }

    abstract void run(AllocatorType allocator);

    private static final long SIZE = 96 << 10;

    /** A key whose hash begins with as many zeros as a tag has bits: an empty slot looks like it. */
    private static final String ZERO_TAG = "z11562822";

    /** Keys whose hashes agree in the bucket and in five first bits. */
    private static final String COLLIDING =
            "c100 c408 c1022 c1740 c2235 c2237 c2258 c2386" + " c3379 c3580 c4124 c4255 c4290 c4821 c5502";

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

    /** The value of a key, as it is described in results. */
    private static String get(Attachment heap, String key) {
        try {
            byte[] value = heap.names()
                    .find("index", IndexObject.TYPE)
                    .map(index -> index.get(key))
                    .orElse(null);
            return value == null ? "absent" : Arrays.toString(value);
        } catch (IllegalStateException destroyed) {
            return "absent";
        } catch (CorruptedSegmentException damaged) {
            return "damaged: " + damaged.getMessage();
        }
    }

    /** All keys in order. */
    private static String keys(Attachment heap) {
        IndexCursor cursor = index(heap).index().cursor();
        List<String> keys = new ArrayList<>();
        while (cursor.next()) {
            keys.add(cursor.key(Codecs.UTF8));
        }
        Collections.sort(keys);
        return keys.toString();
    }

    private static void destroy(Attachment heap) {
        heap.names().destroy("index");
        heap.blocks().trim();
    }

    private static LongIndex longs(Attachment heap) {
        return heap.names().find("longs", LongIndexObject.TYPE).orElseThrow().index();
    }

    private static void changeVector(VectorObject vector) {
        for (int i = 0; i < 100; i++) {
            vector.add(i);
            vector.set(i / 2, i + 1);
        }
        for (int i = 0; i < 30; i++) {
            vector.removeLast();
        }
        vector.vector().truncate(50);
        vector.add(7);
    }

    static void destroyLongs(Attachment heap) {
        heap.names().destroy("longs");
        heap.lanes().helpAll();
        heap.blocks().trim();
    }

    private static void destroyAndConstruct(Attachment heap) {
        destroy(heap);
        construct(heap);
    }

    /** Puts keys k0, k1 and so on, and stops before the one that would split the index. Returns its number. */
    private static int fillToSplit(
            BiPredicate<Consumer<Attachment>, CommitSite> commits, Consumer<Consumer<Attachment>> prepare) {
        for (int i = 0; i < 1000; i++) {
            int key = i;
            Consumer<Attachment> put = heap -> put(heap, "k" + key, 3, key);
            if (commits.test(put, CommitSite.SPLIT)) {
                return key;
            }
            prepare.accept(put);
        }
        throw new AssertionError("no put has split the index");
    }
}
