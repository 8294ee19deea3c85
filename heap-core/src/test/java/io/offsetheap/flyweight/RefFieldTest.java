/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.layout.Geometry;
import io.offsetheap.object.LongIndexObject;
import io.offsetheap.object.OffsetRef;
import io.offsetheap.object.SharedBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** References from object to object lead to that object or are an exception. */
class RefFieldTest {
    static final class Node extends Flyweight {
        private static final Layout<Node> LAYOUT = Layout.named("Node");
        static final LongField<Node> VALUE = LAYOUT.longField("value");
        static final RefField<Node, Node> NEXT = LAYOUT.ref("next", () -> Node.TYPE);
        static final FlyweightType<Node> TYPE = LAYOUT.type(Node::new);
    }

    /** Laid out as a node, and no node. */
    static final class Other extends Flyweight {
        private static final Layout<Other> LAYOUT = Layout.named("Other");
        static final LongField<Other> VALUE = LAYOUT.longField("value");
        static final RefField<Other, Node> NEXT = LAYOUT.ref("next", () -> Node.TYPE);
        static final StructField<Other, Node> INSIDE = LAYOUT.struct("inside", Node.TYPE);
        static final FlyweightType<Other> TYPE = LAYOUT.type(Other::new);
    }

    /** Refers to what is no flyweight. */
    static final class Owner extends Flyweight {
        private static final Layout<Owner> LAYOUT = Layout.named("Owner");
        static final OffsetRefField<Owner, SharedBytes> BYTES = LAYOUT.offsetRef("bytes", () -> SharedBytes.TYPE);
        static final OffsetRefField<Owner, LongIndexObject> LONGS =
                LAYOUT.offsetRef("longs", () -> LongIndexObject.TYPE);
        static final FlyweightType<Owner> TYPE = LAYOUT.type(Owner::new);
    }

    private final TestSegment segment = new TestSegment(TestSegment.Storage.SHARED_MEMORY, Geometry.of(1 << 20));
    private final OffsetHeap heap = segment.create();
    private final Node cursor = Node.TYPE.newCursor();

    @AfterEach
    void verifyAndClose() {
        assertEquals(List.of(), heap.verify().findings());
        segment.close();
    }

    private OffsetRef<Node> node(long value) {
        return heap.construct(Node.TYPE, node -> Node.VALUE.set(node, value));
    }

    @Test
    void leadToTheObjectInEveryMapping() {
        OffsetHeap other = segment.open();
        Node first = heap.construct("first", Node.TYPE);
        Node seen = other.find("first", Node.TYPE).orElseThrow();
        OffsetRef<Node> second = node(2);
        for (int i = 0; i < 2; i++) {
            if (i == 0) {
                Node.NEXT.set(first, second);
            } else {
                Node.NEXT.link(first, second.get());
            }
            assertEquals(second, Node.NEXT.get(first));
            assertFalse(Node.NEXT.isNull(seen));
            assertEquals(2, Node.VALUE.get(Node.NEXT.get(seen).get()));
            assertTrue(Node.NEXT.follow(seen, cursor));
            assertEquals(2, Node.VALUE.get(cursor));
            assertEquals(second.offset(), Node.TYPE.refTo(cursor).offset());
            Node.NEXT.set(first, null);
        }
        Node.TYPE.moveTo(second, cursor);
        Node.VALUE.set(cursor, 3);
        assertEquals(3, Node.VALUE.get(second.get()));
        heap.destroy(second);
    }

    /** Law C-150. */
    @Test
    void areNullWhereThereAreZeros() {
        Node node = heap.construct("node", Node.TYPE);
        assertEquals(
                0,
                heap.memory()
                        .getLong(node.object()
                                + FlyweightType.FIELDS_OFFSET
                                + Node.NEXT.slot().offset()));
        assertTrue(Node.NEXT.isNull(node));
        assertNull(Node.NEXT.get(node));
        Node.TYPE.moveTo(Node.TYPE.refTo(node), cursor);
        assertFalse(Node.NEXT.follow(node, cursor));
        assertEquals(node.object(), cursor.object());
    }

    /** Law C-154. */
    @Test
    void stayValidWhenTheirBytesAreCopied() {
        Node from = heap.construct("from", Node.TYPE);
        Node to = heap.construct("to", Node.TYPE);
        OffsetRef<Node> target = node(7);
        Node.NEXT.set(from, target);
        byte[] bytes = new byte[Node.TYPE.size()];
        heap.memory().copyTo(from.object() + FlyweightType.FIELDS_OFFSET, bytes, 0, bytes.length);
        heap.memory().copyFrom(bytes, 0, to.object() + FlyweightType.FIELDS_OFFSET, bytes.length);
        assertEquals(target, Node.NEXT.get(to));
        assertTrue(Node.NEXT.follow(to, cursor));
        assertEquals(7, Node.VALUE.get(cursor));
    }

    /** Also where another object of the type has come to stand. */
    @Test
    void leadNowhereWhenTheObjectHasBeenDestroyed() {
        Node node = heap.construct("node", Node.TYPE);
        for (int i = 0; i < 100; i++) {
            OffsetRef<Node> target = node(i);
            Node.NEXT.set(node, target);
            Node stale = target.get();
            heap.destroy(target);
            leadNowhere(node);
            OffsetRef<Node> next = node(-1);
            leadNowhere(node);
            assertThrows(IllegalStateException.class, () -> Node.VALUE.get(stale));
            assertThrows(IllegalStateException.class, () -> Node.TYPE.moveTo(target, cursor));
            assertThrows(IllegalStateException.class, () -> Node.NEXT.link(node, stale));
            heap.destroy(next);
        }
    }

    private void leadNowhere(Node node) {
        assertThrows(IllegalStateException.class, () -> Node.NEXT.follow(node, cursor));
        assertThrows(IllegalStateException.class, () -> Node.NEXT.get(node));
    }

    @Test
    void leadNowhereWhenTheyAreForged() {
        Node node = heap.construct("node", Node.TYPE);
        OffsetRef<Other> other = heap.construct(Other.TYPE);
        SharedBytes bytes = heap.construct("bytes", SharedBytes.TYPE, 64);
        long end = heap.stats().capacity();
        List<Long> words = new ArrayList<>(List.of(
                other.word(),
                other.word() + 1,
                OffsetRef.word(bytes.offset() - 16, heap.memory().getLong(bytes.offset() - 16)),
                OffsetRef.word(bytes.offset(), 1),
                OffsetRef.word(end, 1),
                OffsetRef.word(0, 1),
                1L,
                -1L,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                Node.TYPE.refTo(node).word() ^ 1L << 63,
                Node.TYPE.refTo(node).word() + 1));
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            words.add(random.nextLong() >>> random.nextInt(64));
        }
        for (long word : words) {
            if (word != 0) {
                node.putLong(Node.NEXT.slot().offset(), word);
                leadNowhere(node);
            }
        }
        node.putLong(Node.NEXT.slot().offset(), 0);
        heap.destroy(other);
    }

    @Test
    void areReplacedIfTheyAreAsExpected() {
        Node node = heap.construct("node", Node.TYPE);
        OffsetRef<Node> first = node(1);
        OffsetRef<Node> second = node(2);
        assertTrue(Node.NEXT.compareAndSet(node, null, first));
        assertFalse(Node.NEXT.compareAndSet(node, null, second));
        assertFalse(Node.NEXT.compareAndSet(node, second, null));
        assertEquals(first, Node.NEXT.get(node));
        assertTrue(Node.NEXT.compareAndSet(node, first, second));
        assertEquals(second, Node.NEXT.get(node));
        assertTrue(Node.NEXT.compareAndSet(node, second, null));
        assertNull(Node.NEXT.get(node));
        heap.destroy(first);
        heap.destroy(second);
    }

    @Test
    void leadToObjectsOfTheirOwnInTheirOwnHeap() {
        Node node = heap.construct("node", Node.TYPE);
        Node element = heap.construct("array", SharedArray.type(Node.TYPE), 1).get(0);
        Other other = heap.construct("other", Other.TYPE);
        for (Node target : List.of(element, Other.INSIDE.get(other))) {
            assertThrows(IllegalArgumentException.class, () -> Node.NEXT.link(node, target));
            assertThrows(IllegalArgumentException.class, () -> Node.TYPE.refTo(target));
        }
        assertThrows(IllegalArgumentException.class, () -> Node.NEXT.link(node, Node.TYPE.detached()));
        assertThrows(IllegalStateException.class, () -> Node.NEXT.link(node, Node.TYPE.newCursor()));
        try (TestSegment elsewhere = new TestSegment(TestSegment.Storage.SHARED_MEMORY, Geometry.of(512 << 10))) {
            Node stranger = elsewhere.create().construct("node", Node.TYPE);
            assertThrows(IllegalArgumentException.class, () -> Node.NEXT.link(node, stranger));
            assertThrows(IllegalArgumentException.class, () -> Node.NEXT.set(node, Node.TYPE.refTo(stranger)));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Node.NEXT.compareAndSet(node, null, Node.TYPE.refTo(stranger)));
        }
        assertTrue(Node.NEXT.isNull(node));
        // From anywhere: an element, a struct and a value may refer to a node.
        Node.NEXT.link(element, node);
        Node.NEXT.link(Other.INSIDE.get(other), node);
        assertTrue(Node.NEXT.follow(Other.INSIDE.get(other), cursor));
        assertEquals(node.object(), cursor.object());
        Node detached = Node.TYPE.detached();
        Node.NEXT.link(detached, node);
        assertThrows(IllegalStateException.class, () -> Node.NEXT.follow(detached, cursor));
    }

    @Test
    void leadToObjectsOfEveryType() {
        Owner owner = heap.construct("owner", Owner.TYPE);
        Owner seen = segment.open().find("owner", Owner.TYPE).orElseThrow();
        long before = heap.verify().rawBlocks();
        OffsetRef<SharedBytes> bytes = heap.construct(SharedBytes.TYPE, 8, made -> made.putLong(0, 42));
        OffsetRef<LongIndexObject> longs = heap.construct(LongIndexObject.TYPE);
        assertTrue(Owner.BYTES.isNull(seen));
        assertNull(Owner.BYTES.get(seen));
        Owner.BYTES.set(owner, bytes);
        assertTrue(Owner.LONGS.compareAndSet(owner, null, longs));
        assertFalse(Owner.LONGS.compareAndSet(owner, null, longs));
        // Both are found from the name of their owner.
        assertEquals(before, heap.verify().rawBlocks());
        longs.get().index().put(1, 2, true);
        assertEquals(42, Owner.BYTES.get(seen).get().getLong(0));
        assertEquals(2, Owner.LONGS.get(seen).get().index().get(1, 0));
        try (TestSegment elsewhere = new TestSegment(TestSegment.Storage.SHARED_MEMORY, Geometry.of(512 << 10))) {
            OffsetRef<SharedBytes> stranger = elsewhere.create().construct(SharedBytes.TYPE, 8);
            assertThrows(IllegalArgumentException.class, () -> Owner.BYTES.set(owner, stranger));
        }
        owner.putLong(Owner.BYTES.slot().offset(), longs.word());
        assertThrows(IllegalStateException.class, () -> Owner.BYTES.get(owner));
        Owner.BYTES.set(owner, null);
        heap.destroy(bytes);
        heap.destroy(longs);
        assertThrows(IllegalStateException.class, () -> Owner.LONGS.get(seen));
        Owner.LONGS.set(owner, null);
    }

    /** What references lead to is no leak: the verifier finds it from the names. */
    @Test
    void areFollowedByTheVerifier() {
        Node node = heap.construct("node", Node.TYPE);
        Node element = heap.construct("array", SharedArray.type(Node.TYPE), 3).get(2);
        Other other = heap.construct("other", Other.TYPE);
        long before = heap.verify().rawBlocks();
        List<OffsetRef<Node>> reached = List.of(node(1), node(2), node(3), node(4));
        assertEquals(before + 4, heap.verify().rawBlocks());
        Node.NEXT.set(node, reached.get(0));
        Node.NEXT.set(reached.get(0).get(), reached.get(1));
        Node.NEXT.set(element, reached.get(2));
        Node.NEXT.set(Other.INSIDE.get(other), reached.get(3));
        assertEquals(before, heap.verify().rawBlocks());
    }
}
