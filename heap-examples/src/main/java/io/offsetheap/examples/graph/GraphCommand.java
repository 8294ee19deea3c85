/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.graph;

import io.offsetheap.OffsetHeap;

/**
 * Builds, changes and checks a list and a tree in a heap in shared memory, one step a process:
 *
 * <pre>
 *   build HEAP COUNT     both hold 0 to COUNT - 1
 *   thin HEAP            the odd ones are removed from both
 *   check HEAP           both are whole, and hold the same
 * </pre>
 */
public final class GraphCommand {
    private GraphCommand() {}

    /**
     * Runs one step.
     *
     * @throws IllegalStateException if the list or the tree is not as it should be
     */
    public static void main(String[] args) {
        try (OffsetHeap heap = OffsetHeap.sharedMemory(args[1]).openOrCreate()) {
            LongList list = new LongList(heap, "list");
            LongTree tree = new LongTree(heap, "tree");
            switch (args[0]) {
                case "build" -> build(list, tree, Integer.parseInt(args[2]));
                case "thin" -> thin(list, tree);
                default -> {}
            }
            check(list, tree);
            System.out.println("list " + list.size() + ", tree " + tree.size());
        }
    }

    private static void build(LongList list, LongTree tree, int count) {
        for (int i = 0; i < count; i++) {
            list.add(i);
            tree.put(i, -i);
        }
    }

    private static void thin(LongList list, LongTree tree) {
        list.removeIf(value -> value % 2 != 0 && tree.remove(value));
    }

    private static void check(LongList list, LongTree tree) {
        list.check();
        tree.check();
        list.forEach(value -> {
            if (tree.get(value, 1) != -value) {
                throw new IllegalStateException("the tree does not hold what the list does: value=" + value);
            }
        });
        if (list.size() != tree.size()) {
            throw new IllegalStateException("list and tree differ: list=" + list.size() + " tree=" + tree.size());
        }
    }
}
