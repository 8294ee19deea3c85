/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.lane.Lane;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.LongIndex;
import io.offsetheap.object.LongIndexObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import io.offsetheap.object.VectorObject;
import io.offsetheap.region.SegmentFile;
import io.offsetheap.region.SegmentLocation;
import io.offsetheap.region.SharedMemoryObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Every operation, crashed before every store, and every recovery of it as well: with any allocator. */
public final class CrashLaws {
    private static final long SIZE = 96 << 10;

    private CrashLaws() {}

    /**
     * Lets every operation of a heap die before each of its stores: attach and close, raw blocks, names, and an index that
     * grows, splits and is torn down. After each death another process recovers, and dies before each of its stores as well;
     * a survivor works on without any recovery; and a helper is overtaken. The verifier must be silent each time, and the
     * heap hold what it held before the operation or what it holds after it.
     *
     * @return the sites that were not crashed before, at and after their commit, in operation and in recovery: those of
     *     other allocators
     * @throws AssertionError that says which operation died at which store, and what is wrong then
     */
    public static Set<CommitSite> everyDeathLeavesTheHeapAsBeforeOrAsAfter(AllocatorType allocator) {
        CrashHarness harness = new CrashHarness(SIZE, allocator);
        List<Long> blocks = new ArrayList<>();

        // Processes: an attach beside another, in a lane that has never been used, and its end.
        harness.explore("attach and detach", heap -> {
            Lane pinned = heap.lanes().pin();
            Attachment second = harness.attachBeside(heap);
            second.close();
            second.detach();
            heap.lanes().unpin(pinned);
        });

        exploreClose(harness, allocator);

        // Raw blocks: stock, refill, new run, growth, spans, drain.
        for (int size : new int[] {16, 16, 48, 200, 600, 600, 1500, 4000, 200, 16}) {
            harness.explore(
                    "allocate " + size, heap -> note(blocks, heap.blocks().allocate(size)));
        }
        harness.explore("allocate aligned", heap -> note(blocks, heap.blocks().allocate(100, 1024)));
        for (int i = 0; i < 11; i++) {
            long block = blocks.get(i * 7 % 11);
            harness.explore("free " + i, heap -> heap.blocks().free(block));
        }
        harness.explore("trim", heap -> heap.blocks().trim());
        harness.explore("grow", heap -> heap.blocks().grow(2000));

        // Names.
        harness.explore("construct a", heap -> heap.names().construct("a", SharedBytes.TYPE, 30));
        harness.explore("construct b", heap -> heap.names().construct("b", SharedBytes.TYPE, 900));
        harness.explore(
                "allocateInto",
                heap -> heap.blocks()
                        .allocateInto(
                                heap.names()
                                        .find("a", SharedBytes.TYPE)
                                        .orElseThrow()
                                        .offset(),
                                40,
                                (memory, block) -> memory.putLong(block, 7)));
        harness.explore("destroy b", heap -> heap.names().destroy("b"));

        // A section: its first operation, and its last.
        harness.explore(
                "construct in a section",
                heap -> heap.names().atomically(() -> heap.names().construct("section", SharedBytes.TYPE, 20)));
        harness.explore(
                "destroy in a section",
                heap -> heap.names().atomically(() -> heap.names().destroy("section")));

        // A singleton, and objects without a name.
        harness.explore("make a singleton", heap -> heap.names().singleton(IndexObject.TYPE, null));
        harness.explore("destroy a singleton", heap -> {
            heap.names().destroySingleton(IndexObject.TYPE);
            heap.blocks().trim();
        });
        AtomicLong anonymous = new AtomicLong();
        harness.explore(
                "construct without a name",
                heap -> anonymous.set(heap.anonymous()
                        .construct(SharedBytes.TYPE, 40, bytes -> bytes.putLong(0, 7))
                        .offset()));
        harness.explore("destroy without a name", heap -> destroyAt(heap, SharedBytes.TYPE, anonymous.get()));
        harness.prepare(heap -> anonymous.set(
                heap.anonymous().construct(IndexObject.TYPE, 1, null).offset()));
        harness.explore("destroy a container without a name", heap -> {
            destroyAt(heap, IndexObject.TYPE, anonymous.get());
            heap.blocks().trim();
        });

        // An index: new, replace, in place, overflow, split, remove, clear, teardown.
        harness.explore("construct index", heap -> heap.names().construct("index", IndexObject.TYPE, 1));
        harness.explore("put new", heap -> index(heap).put("first", new byte[8]));
        harness.explore("put in place", heap -> index(heap).put("first", filled(8, 1)));
        harness.explore("replace", heap -> index(heap).put("first", filled(20, 2)));
        harness.explore("put in place, several words", heap -> index(heap).put("first", filled(20, 3)));
        // Puts until buckets overflow and the segment splits: with a new directory, and later within one.
        Map<CommitSite, Integer> wanted = new EnumMap<>(Map.of(CommitSite.PUT_NEW_LINE, 3, CommitSite.SPLIT, 4));
        for (int i = 0; wanted.get(CommitSite.SPLIT) > 0; i++) {
            int key = i;
            Consumer<Attachment> put = heap -> index(heap).put("k" + key, filled(key % 9, key));
            boolean explored = false;
            for (CommitSite site : List.of(CommitSite.PUT_NEW_LINE, CommitSite.SPLIT)) {
                if (!explored && wanted.get(site) > 0 && harness.commits(put, site)) {
                    harness.explore("put k" + key + " with " + site, put);
                    wanted.merge(site, -1, Integer::sum);
                    explored = true;
                }
            }
            if (!explored) {
                harness.prepare(put);
            }
        }
        for (int i = 0; i < 140; i += 40) {
            int key = i;
            harness.explore("remove k" + key, heap -> index(heap).remove("k" + key));
        }
        harness.prepare(heap -> {
            index(heap).index().clear();
            index(heap).put("only", new byte[3]);
        });
        harness.explore("clear", heap -> index(heap).index().clear());
        harness.prepare(heap -> {
            for (int i = 0; i < 12; i++) {
                index(heap).put("t" + i, filled(i, i));
            }
        });
        harness.explore("destroy index", heap -> {
            heap.names().destroy("index");
            heap.lanes().helpAll();
            heap.blocks().trim();
        });

        // An index whose splitter has died: its right half is linked, its left half not scrubbed.
        harness.explore("construct an index again", heap -> heap.names().construct("index", IndexObject.TYPE, 1));
        leaveHalfSplit(harness);
        harness.explore("put into a half split index", heap -> index(heap).put("after", filled(3, 1)));
        harness.explore("destroy a half split index", heap -> {
            heap.names().destroy("index");
            heap.blocks().trim();
        });
        harness.prepare(heap -> heap.names().construct("index", IndexObject.TYPE, 1));
        leaveHalfSplit(harness);
        harness.explore("finish the split of a dead", heap -> {
            Lane lane = heap.lanes().lease();
            index(heap).index().finishSplit(lane);
            lane.giveBack();
        });

        // A bucket of which a split moves more than the new bucket has slots for.
        harness.prepare(heap -> {
            heap.names().destroy("index");
            IndexObject index = heap.names().construct("index", IndexObject.TYPE, 1);
            for (int i = 0, n = 0; n < 30; i++) {
                if ((index.hash("c" + i) & 15) == 0) {
                    index.put("c" + i, filled(3, i));
                    n++;
                }
            }
        });
        fillUntil(harness, CommitSite.SPLIT_SORT);

        harness.prepare(heap -> {
            heap.names().destroy("index");
            heap.blocks().trim();
        });
        exploreLongs(harness);
        // Vectors: elements of a word, of several words in place, and of blocks.
        VectorObject.TYPES.forEach(type -> new VectorStory(harness, type).explore());

        harness.print((format, arguments) -> System.out.printf(format, arguments));
        Set<CommitSite> missed = EnumSet.allOf(CommitSite.class);
        harness.coverage().forEach((site, coverage) -> {
            if (Arrays.stream(coverage.operation).allMatch(n -> n > 0)
                    && Arrays.stream(coverage.recovery).allMatch(n -> n > 0)) {
                missed.remove(site);
            }
        });
        return missed;
    }

    /** The last one to close, and the first to open afterwards. The file lends its INIT byte only. */
    private static void exploreClose(CrashHarness harness, AllocatorType allocator) {
        SegmentLocation location = SharedMemoryObject.location("offsetheap-crash-test");
        SegmentOpener opener = new SegmentOpener(location, allocator);
        try (SegmentFile file = location.createUnnamed(EnumSet.of(OWNER_READ, OWNER_WRITE))) {
            harness.explore("lease and close", heap -> {
                heap.lanes().helpAll();
                heap.close();
                opener.detach(file, heap);
            });
            harness.explore("open after a clean close and lease", heap -> {
                SegmentOpener.markOpen(file, heap.memory());
                heap.lanes().helpAll();
            });
        }
    }

    /** An index of longs: new, store, remove, overflow, split, clear, teardown. */
    private static void exploreLongs(CrashHarness harness) {
        harness.explore("construct longs", heap -> heap.names().construct("longs", LongIndexObject.TYPE, 1));
        harness.explore("put a long", heap -> longs(heap).put(0, -1, true));
        harness.explore("put another value", heap -> longs(heap).put(0, -2, true));
        harness.explore("replace a long", heap -> longs(heap).replace(0, -2, -3));
        harness.explore("add to a long", heap -> longs(heap).add(0, 5));
        harness.explore("add to no long", heap -> longs(heap).add(1, 5));
        harness.explore("remove a long", heap -> longs(heap).remove(0, true, 0));
        Map<CommitSite, Integer> wanted = new EnumMap<>(Map.of(CommitSite.LONG_INSERT_LINE, 2, CommitSite.SPLIT, 3));
        for (int i = 2; wanted.get(CommitSite.SPLIT) > 0; i++) {
            long key = i;
            Consumer<Attachment> put = heap -> longs(heap).put(key, ~key, true);
            boolean explored = false;
            for (CommitSite site : wanted.keySet()) {
                if (!explored && wanted.get(site) > 0 && harness.commits(put, site)) {
                    harness.explore("put long " + key + " with " + site, put);
                    wanted.merge(site, -1, Integer::sum);
                    explored = true;
                }
            }
            if (!explored) {
                harness.prepare(put);
            }
        }
        harness.prepare(heap -> {
            longs(heap).clear();
            longs(heap).put(7, 7, true);
        });
        harness.explore("clear longs", heap -> longs(heap).clear());
        harness.prepare(heap -> {
            for (int i = 0; i < 12; i++) {
                longs(heap).put(i, i, true);
            }
        });
        harness.explore("destroy longs", Scenario::destroyLongs);

        // A splitter that has died: pairs of the right half are left in the left one.
        Consumer<Attachment> construct = heap -> heap.names().construct("longs", LongIndexObject.TYPE, 1);
        harness.prepare(construct);
        leaveLongsHalfSplit(harness);
        harness.explore("put into half split longs", heap -> longs(heap).put(-1, 1, true));
        harness.prepare(Scenario::destroyLongs);
        harness.prepare(construct);
        leaveLongsHalfSplit(harness);
        harness.prepare(heap -> {
            longs(heap).clear();
            if (longs(heap).size() != 0) {
                throw new AssertionError("cleared, but size=" + longs(heap).size());
            }
        });
        harness.explore(
                "put after a half split has been cleared", heap -> longs(heap).put(-1, 1, true));
        harness.prepare(Scenario::destroyLongs);
        harness.prepare(construct);
        leaveLongsHalfSplit(harness);
        harness.explore("destroy half split longs", Scenario::destroyLongs);

        // A bucket of which a split moves more than the new bucket has places for.
        harness.prepare(construct);
        harness.prepare(heap -> {
            LongIndexObject index =
                    heap.names().find("longs", LongIndexObject.TYPE).orElseThrow();
            for (long key = 0, n = 0; n < 30; key++) {
                if ((index.hash(key) & 15) == 0) {
                    longs(heap).put(key, key, true);
                    n++;
                }
            }
        });
        for (long i = 1000; ; i++) {
            long key = i;
            Consumer<Attachment> put = heap -> longs(heap).put(key, key, true);
            if (harness.commits(put, CommitSite.SPLIT_SORT)) {
                harness.explore("put long " + key + " with " + CommitSite.SPLIT_SORT, put);
                break;
            }
            harness.prepare(put);
        }
    }

    private static LongIndex longs(Attachment heap) {
        return heap.names().find("longs", LongIndexObject.TYPE).orElseThrow().index();
    }

    private static void leaveLongsHalfSplit(CrashHarness harness) {
        for (int i = 0; i < 1000; i++) {
            long key = i;
            if (harness.leaveHalfDone(heap -> longs(heap).put(key, ~key, true), CommitSite.SPLIT)) {
                return;
            }
        }
        throw new AssertionError("no put has split the index");
    }

    private static void leaveHalfSplit(CrashHarness harness) {
        for (int i = 0; i < 1000; i++) {
            int key = i;
            if (harness.leaveHalfDone(heap -> index(heap).put("s" + key, filled(3, key)), CommitSite.SPLIT)) {
                return;
            }
        }
        throw new AssertionError("no put has split the index");
    }

    /** Puts until a put makes a commit of this site, and crashes that one. */
    private static void fillUntil(CrashHarness harness, CommitSite site) {
        for (int i = 0; i < 1000; i++) {
            int key = i;
            Consumer<Attachment> put = heap -> index(heap).put("f" + key, filled(3, key));
            if (harness.commits(put, site)) {
                harness.explore("put f" + key + " with " + site, put);
                return;
            }
            harness.prepare(put);
        }
        throw new AssertionError("no put has made such a commit: " + site);
    }

    private static void destroyAt(Attachment heap, SharedType<?> type, long offset) {
        heap.anonymous().destroy(heap.anonymous().at(type, offset));
    }

    private static void note(List<Long> blocks, long block) {
        blocks.remove(block);
        blocks.add(block);
    }

    private static IndexObject index(Attachment heap) {
        return heap.names().find("index", IndexObject.TYPE).orElseThrow();
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
