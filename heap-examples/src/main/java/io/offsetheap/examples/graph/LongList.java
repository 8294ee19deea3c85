/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.graph;

import io.offsetheap.OffsetHeap;
import io.offsetheap.flyweight.Flyweight;
import io.offsetheap.flyweight.FlyweightType;
import io.offsetheap.flyweight.Layout;
import io.offsetheap.flyweight.LongField;
import io.offsetheap.flyweight.RefField;
import io.offsetheap.object.OffsetRef;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * A list of longs, linked both ways, whose nodes are flyweights that refer to each other.
 *
 * <p>One writer at a time and no reader meanwhile: the program sees to that, and to what a writer that dies in the middle
 * leaves. One handle belongs to one thread; any number of processes may have their own.
 */
public final class LongList {
    /** A node. */
    static final class Node extends Flyweight {
        private static final Layout<Node> LAYOUT = Layout.named("LongList.Node");
        static final LongField<Node> VALUE = LAYOUT.longField("value");
        static final RefField<Node, Node> NEXT = LAYOUT.ref("next", () -> Node.TYPE);
        static final RefField<Node, Node> PREVIOUS = LAYOUT.ref("previous", () -> Node.TYPE);
        static final FlyweightType<Node> TYPE = LAYOUT.type(Node::new);
    }

    /** What has the name. */
    static final class Ends extends Flyweight {
        private static final Layout<Ends> LAYOUT = Layout.named("LongList");
        static final RefField<Ends, Node> FIRST = LAYOUT.ref("first", () -> Node.TYPE);
        static final RefField<Ends, Node> LAST = LAYOUT.ref("last", () -> Node.TYPE);
        static final LongField<Ends> SIZE = LAYOUT.longField("size");
        static final FlyweightType<Ends> TYPE = LAYOUT.type(Ends::new);
    }

    private final OffsetHeap heap;
    private final Ends ends;

    /** Finds the list of a name, or makes it. */
    public LongList(OffsetHeap heap, String name) {
        this.heap = heap;
        this.ends = heap.findOrConstruct(name, Ends.TYPE);
    }

    /** Number of values. */
    public long size() {
        return Ends.SIZE.get(ends);
    }

    /** Adds a value at the end. */
    public void add(long value) {
        OffsetRef<Node> last = Ends.LAST.get(ends);
        OffsetRef<Node> added = heap.construct(Node.TYPE, node -> {
            Node.VALUE.set(node, value);
            Node.PREVIOUS.set(node, last);
        });
        if (last == null) {
            Ends.FIRST.set(ends, added);
        } else {
            Node.NEXT.set(last.get(), added);
        }
        Ends.LAST.set(ends, added);
        Ends.SIZE.set(ends, size() + 1);
    }

    /** Removes the values that satisfy a condition. */
    public void removeIf(LongPredicate condition) {
        OffsetRef<Node> at = Ends.FIRST.get(ends);
        while (at != null) {
            Node node = at.get();
            OffsetRef<Node> next = Node.NEXT.get(node);
            if (condition.test(Node.VALUE.get(node))) {
                unlink(node);
                heap.destroy(at);
            }
            at = next;
        }
    }

    private void unlink(Node node) {
        OffsetRef<Node> previous = Node.PREVIOUS.get(node);
        OffsetRef<Node> next = Node.NEXT.get(node);
        if (previous == null) {
            Ends.FIRST.set(ends, next);
        } else {
            Node.NEXT.set(previous.get(), next);
        }
        if (next == null) {
            Ends.LAST.set(ends, previous);
        } else {
            Node.PREVIOUS.set(next.get(), previous);
        }
        Ends.SIZE.set(ends, size() - 1);
    }

    /** All values in order. Moves one cursor. */
    public void forEach(LongConsumer action) {
        Node node = Node.TYPE.newCursor();
        boolean more = Ends.FIRST.follow(ends, node);
        while (more) {
            action.accept(Node.VALUE.get(node));
            more = Node.NEXT.follow(node, node);
        }
    }

    /**
     * Checks that the way back is the way there, and the size.
     *
     * @throws IllegalStateException if one is wrong
     */
    public void check() {
        OffsetRef<Node> previous = null;
        OffsetRef<Node> at = Ends.FIRST.get(ends);
        long counted = 0;
        while (at != null) {
            if (!Objects.equals(Node.PREVIOUS.get(at.get()), previous)) {
                throw new IllegalStateException("the way back is another: at=" + at + " expected=" + previous);
            }
            counted++;
            previous = at;
            at = Node.NEXT.get(at.get());
        }
        if (!Objects.equals(Ends.LAST.get(ends), previous) || counted != size()) {
            throw new IllegalStateException(
                    "the list ends elsewhere: at=" + previous + " counted=" + counted + " size=" + size());
        }
    }
}
