/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.offsetheap.OffsetHeap;
import io.offsetheap.process.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The list and the tree, in one JVM after the other and through two mappings in turn. */
class GraphTest {
    private final String name =
            "graph-test-" + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());

    @AfterEach
    void removeHeap() {
        OffsetHeap.sharedMemory(name).remove();
    }

    private void run(String expected, String... arguments) {
        try (ChildJvm child = ChildJvm.start(GraphCommand.class, arguments)) {
            assertEquals(expected + "\n", child.expectExit(0).output());
        }
    }

    @Test
    void isBuiltInOneJvmAndChangedInAnother() {
        run("list 5001, tree 5001", "build", name, "5001");
        run("list 2501, tree 2501", "thin", name);
        run("list 2501, tree 2501", "check", name);
        try (OffsetHeap heap = OffsetHeap.sharedMemory(name).open()) {
            List<Long> values = new ArrayList<>();
            new LongList(heap, "list").forEach(values::add);
            List<Long> keys = new ArrayList<>();
            new LongTree(heap, "tree").forEach((key, value) -> keys.add(key));
            assertEquals(2501, values.size());
            assertEquals(5000L, values.get(2500));
            assertEquals(values, keys);
            assertEquals(List.of(), heap.verify().findings());
            assertEquals(0, heap.verify().rawBlocks());
        }
    }

    @Test
    void theTreeIsATreeMapInEveryHistory() {
        try (OffsetHeap heap = OffsetHeap.sharedMemory(name).create();
                OffsetHeap other = OffsetHeap.sharedMemory(name).open()) {
            TreeMap<Long, Long> model = new TreeMap<>();
            List<LongTree> trees = List.of(new LongTree(heap, "tree"), new LongTree(other, "tree"));
            SplittableRandom random = new SplittableRandom(3);
            for (int i = 0; i < 4000; i++) {
                LongTree tree = trees.get(i & 1);
                long key = random.nextInt(i < 2000 ? 500 : 100);
                if (random.nextInt(i < 2000 ? 3 : 2) == 0) {
                    assertEquals(model.remove(key) != null, tree.remove(key));
                } else {
                    model.put(key, (long) i);
                    tree.put(key, i);
                }
                long asked = random.nextInt(500);
                assertEquals(model.getOrDefault(asked, -1L), trees.get(0).get(asked, -1));
                trees.get(1).check();
                assertEquals(model.size(), tree.size());
            }
            TreeMap<Long, Long> found = new TreeMap<>();
            trees.get(1).forEach(found::put);
            assertEquals(model, found);
            assertEquals(List.of(), heap.verify().findings());
            List.copyOf(model.keySet()).forEach(trees.get(0)::remove);
            trees.get(1).check();
            assertEquals(0, trees.get(1).size());
            assertEquals(0, heap.verify().rawBlocks());
        }
    }

    @Test
    void theListKeepsItsOrderWhateverIsRemoved() {
        try (OffsetHeap heap = OffsetHeap.sharedMemory(name).create();
                OffsetHeap other = OffsetHeap.sharedMemory(name).open()) {
            List<Long> model = new ArrayList<>();
            List<LongList> lists = List.of(new LongList(heap, "list"), new LongList(other, "list"));
            for (long round = 0; round < 20; round++) {
                LongList list = lists.get((int) round & 1);
                for (long i = 0; i < 10; i++) {
                    list.add(round * 10 + i);
                    model.add(round * 10 + i);
                }
                long rest = round % 7;
                list.removeIf(value -> value % 7 == rest);
                model.removeIf(value -> value % 7 == rest);
                lists.get(0).check();
                List<Long> found = new ArrayList<>();
                lists.get(1).forEach(found::add);
                assertEquals(model, found);
                assertEquals(model.size(), list.size());
            }
            lists.get(1).removeIf(value -> true);
            lists.get(0).check();
            assertEquals(0, lists.get(0).size());
            assertEquals(0, heap.verify().rawBlocks());
        }
    }

    /** What a check is for: it says so where something is wrong. */
    @Test
    void aCheckNoticesWhatIsWrong() {
        try (OffsetHeap heap = OffsetHeap.sharedMemory(name).create()) {
            LongTree tree = new LongTree(heap, "tree");
            LongList list = new LongList(heap, "list");
            for (long i = 0; i < 10; i++) {
                tree.put(i, i);
                list.add(i);
            }
            LongTree.Root root = heap.find("tree", LongTree.Root.TYPE).orElseThrow();
            LongTree.Node node = LongTree.Root.NODE.get(root).get();
            LongTree.Node.KEY.set(node, 100);
            assertThrows(IllegalStateException.class, tree::check);
            LongTree.Node.KEY.set(node, 3);
            tree.check();
            LongTree.Node.RIGHT.set(node, null);
            assertThrows(IllegalStateException.class, tree::check);
            LongList.Ends ends = heap.find("list", LongList.Ends.TYPE).orElseThrow();
            LongList.Node.PREVIOUS.set(LongList.Ends.LAST.get(ends).get(), null);
            assertThrows(IllegalStateException.class, list::check);
        }
    }
}
