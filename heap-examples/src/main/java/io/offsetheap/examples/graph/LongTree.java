/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.graph;

import io.offsetheap.OffsetHeap;
import io.offsetheap.flyweight.Flyweight;
import io.offsetheap.flyweight.FlyweightType;
import io.offsetheap.flyweight.IntField;
import io.offsetheap.flyweight.Layout;
import io.offsetheap.flyweight.LongField;
import io.offsetheap.flyweight.RefField;
import io.offsetheap.object.OffsetRef;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map of longs: an AVL tree (Adelson-Velsky and Landis, 1962) whose nodes are flyweights that refer to each other.
 *
 * <p>One writer at a time and no reader meanwhile: the program sees to that, and to what a writer that dies in the middle
 * leaves. One handle belongs to one thread; any number of processes may have their own.
 */
public final class LongTree {
    /** A node. What a lookup needs comes first: with the identity before it that is half a cache line. */
    static final class Node extends Flyweight {
        private static final Layout<Node> LAYOUT = Layout.named("LongTree.Node");
        static final LongField<Node> KEY = LAYOUT.longField("key");
        static final RefField<Node, Node> LEFT = LAYOUT.ref("left", () -> Node.TYPE);
        static final RefField<Node, Node> RIGHT = LAYOUT.ref("right", () -> Node.TYPE);
        static final LongField<Node> VALUE = LAYOUT.longField("value");
        static final IntField<Node> HEIGHT = LAYOUT.intField("height");
        static final FlyweightType<Node> TYPE = LAYOUT.type(Node::new);
    }

    /** What has the name. */
    static final class Root extends Flyweight {
        private static final Layout<Root> LAYOUT = Layout.named("LongTree");
        static final RefField<Root, Node> NODE = LAYOUT.ref("node", () -> Node.TYPE);
        static final LongField<Root> SIZE = LAYOUT.longField("size");
        static final FlyweightType<Root> TYPE = LAYOUT.type(Root::new);
    }

    /** No tree of this height fits into a heap. */
    private static final int MAX_HEIGHT = 64;

    private final OffsetHeap heap;
    private final Root root;
    private final Node found = Node.TYPE.newCursor();

    /** The way from the root to where a change takes place: a node, and on which side of it the next one is. */
    private final Node[] path = new Node[MAX_HEIGHT];

    private final boolean[] left = new boolean[MAX_HEIGHT];

    /** Finds the tree of a name, or makes it. */
    public LongTree(OffsetHeap heap, String name) {
        this.heap = heap;
        this.root = heap.findOrConstruct(name, Root.TYPE);
        for (int i = 0; i < MAX_HEIGHT; i++) {
            path[i] = Node.TYPE.newCursor();
        }
    }

    /** Number of keys. */
    public long size() {
        return Root.SIZE.get(root);
    }

    /** The value of a key, or {@code absent}. Moves one cursor and makes no garbage. */
    public long get(long key, long absent) {
        Node node = found;
        boolean more = Root.NODE.follow(root, node);
        while (more) {
            long here = Node.KEY.get(node);
            if (key == here) {
                return Node.VALUE.get(node);
            }
            more = key < here ? Node.LEFT.follow(node, node) : Node.RIGHT.follow(node, node);
        }
        return absent;
    }

    /** Stores a value under a key. */
    public void put(long key, long value) {
        int depth = find(key);
        if (depth >= 0 && Node.KEY.get(path[depth]) == key) {
            Node.VALUE.set(path[depth], value);
            return;
        }
        replace(depth + 1, heap.construct(Node.TYPE, node -> {
            Node.KEY.set(node, key);
            Node.VALUE.set(node, value);
            Node.HEIGHT.set(node, 1);
        }));
        Root.SIZE.set(root, size() + 1);
        rebalance(depth);
    }

    /** Removes a key. Returns false if it is not there. */
    public boolean remove(long key) {
        int depth = find(key);
        if (depth < 0 || Node.KEY.get(path[depth]) != key) {
            return false;
        }
        Node node = path[depth];
        left[depth] = false;
        if (!Node.LEFT.isNull(node) && Node.RIGHT.follow(node, path[depth + 1])) {
            // The next larger one has no left child: it goes in the place of this one.
            do {
                left[++depth] = true;
            } while (Node.LEFT.follow(path[depth], path[depth + 1]));
            Node.KEY.set(node, Node.KEY.get(path[depth]));
            Node.VALUE.set(node, Node.VALUE.get(path[depth]));
        }
        Node removed = path[depth];
        replace(depth, (Node.LEFT.isNull(removed) ? Node.RIGHT : Node.LEFT).get(removed));
        heap.destroy(Node.TYPE.refTo(removed));
        Root.SIZE.set(root, size() - 1);
        rebalance(depth - 1);
        return true;
    }

    /** Notes the way to a key, or to where it would be. Returns the depth of the last node on it, -1 if there is none. */
    private int find(long key) {
        int depth = -1;
        boolean more = Root.NODE.follow(root, path[0]);
        while (more) {
            depth++;
            long here = Node.KEY.get(path[depth]);
            left[depth] = key < here;
            more = key != here && side(left[depth]).follow(path[depth], path[depth + 1]);
        }
        return depth;
    }

    private static RefField<Node, Node> side(boolean left) {
        return left ? Node.LEFT : Node.RIGHT;
    }

    /** Puts another node, or none, where the way has come by at a depth. */
    private void replace(int depth, @Nullable OffsetRef<Node> node) {
        if (depth == 0) {
            Root.NODE.set(root, node);
        } else {
            side(left[depth - 1]).set(path[depth - 1], node);
        }
    }

    /** Goes the way back up, from a depth on, as long as heights change. */
    private void rebalance(int from) {
        for (int depth = from; depth >= 0; depth--) {
            Node node = path[depth];
            int before = Node.HEIGHT.get(node);
            OffsetRef<Node> top = balance(node);
            if (top != null) {
                replace(depth, top);
            } else if (Node.HEIGHT.get(node) == before) {
                return;
            }
        }
    }

    /** Returns which node is to take the place of this one; null if it stays. */
    private static @Nullable OffsetRef<Node> balance(Node node) {
        int difference = height(node, true) - height(node, false);
        if (Math.abs(difference) <= 1) {
            setHeight(node);
            return null;
        }
        boolean high = difference > 0;
        Node child = child(node, high);
        if (height(child, !high) > height(child, high)) {
            side(high).set(node, lift(child, !high));
        }
        return lift(node, high);
    }

    /** Turns a node and its child on one side round, so that the child is on top. */
    private static OffsetRef<Node> lift(Node node, boolean left) {
        Node child = child(node, left);
        side(left).set(node, side(!left).get(child));
        side(!left).link(child, node);
        setHeight(node);
        setHeight(child);
        return Node.TYPE.refTo(child);
    }

    private static Node child(Node node, boolean left) {
        return Objects.requireNonNull(side(left).get(node)).get();
    }

    private static int height(Node node, boolean left) {
        OffsetRef<Node> child = side(left).get(node);
        return child == null ? 0 : Node.HEIGHT.get(child.get());
    }

    private static void setHeight(Node node) {
        Node.HEIGHT.set(node, 1 + Math.max(height(node, true), height(node, false)));
    }

    /** What is called with each entry. */
    @FunctionalInterface
    public interface EntryConsumer {
        void accept(long key, long value);
    }

    /** All entries by rising key. */
    public void forEach(EntryConsumer action) {
        if (Root.NODE.follow(root, path[0])) {
            forEach(0, action);
        }
    }

    private void forEach(int depth, EntryConsumer action) {
        Node node = path[depth];
        if (Node.LEFT.follow(node, path[depth + 1])) {
            forEach(depth + 1, action);
        }
        action.accept(Node.KEY.get(node), Node.VALUE.get(node));
        if (Node.RIGHT.follow(node, path[depth + 1])) {
            forEach(depth + 1, action);
        }
    }

    /**
     * Checks order, balance and size.
     *
     * @throws IllegalStateException if one is wrong
     */
    public void check() {
        long[] counted = {0, Long.MIN_VALUE};
        if (Root.NODE.follow(root, path[0])) {
            check(0, counted);
        }
        if (counted[0] != size()) {
            throw new IllegalStateException("the tree has another size: counted=" + counted[0] + " size=" + size());
        }
    }

    /** Returns the height. The array holds the number of nodes so far, and the last key. */
    private int check(int depth, long[] counted) {
        Node node = path[depth];
        int lower = Node.LEFT.follow(node, path[depth + 1]) ? check(depth + 1, counted) : 0;
        long key = Node.KEY.get(node);
        if (counted[0] > 0 && key <= counted[1]) {
            throw new IllegalStateException("keys do not rise: before=" + counted[1] + " key=" + key);
        }
        counted[0]++;
        counted[1] = key;
        int upper = Node.RIGHT.follow(node, path[depth + 1]) ? check(depth + 1, counted) : 0;
        int height = 1 + Math.max(lower, upper);
        if (Math.abs(lower - upper) > 1 || Node.HEIGHT.get(node) != height) {
            throw new IllegalStateException("out of balance: key=" + key + " left=" + lower + " right=" + upper
                    + " height=" + Node.HEIGHT.get(node));
        }
        return height;
    }
}
