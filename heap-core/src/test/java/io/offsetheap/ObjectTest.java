/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.NameExistsException;
import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.BlockShape;
import io.offsetheap.object.Identity;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NameStats;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.OffsetRef;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Objects with and without names, singletons, and the references that lead to them. */
class ObjectTest {
    private static final long NEXT = 8;

    /** An object that refers to another one of its kind; a program holds its offset. */
    private static final SharedType<Long> LINK = new SharedType<>() {
        private final BlockShape shape = new BlockShape(32, 0, List.of((int) NEXT));

        @Override
        public String fingerprint() {
            return "Link/1";
        }

        @Override
        public Structure structure() {
            return Structure.BLOCK;
        }

        @Override
        public BlockShape shape() {
            return shape;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            shape.reserve(space, lane, length);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return shape.create(space, lane, identity, length);
        }

        @Override
        public Long bind(ObjectSpace space, long offset, long length) {
            return offset;
        }
    };

    /** Words in a row; a program holds their number, and cannot hold one below 0. */
    private static final class Sequence implements SharedType<Long> {
        private final BlockShape shape = new BlockShape(16, Long.BYTES);

        @Override
        public String fingerprint() {
            return "Sequence/1";
        }

        @Override
        public Structure structure() {
            return Structure.BLOCK;
        }

        @Override
        public BlockShape shape() {
            return shape;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            shape.reserve(space, lane, length);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return shape.create(space, lane, identity, length);
        }

        @Override
        public Long bind(ObjectSpace space, long offset, long length) {
            if (length < 0) {
                throw new IllegalArgumentException("a length must not be negative: length=" + length);
            }
            return length;
        }
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final HeapBuilder builder =
            OffsetHeap.sharedMemory("objects-" + ProcessHandle.current().pid()).maxSize(4 << 20);
    private OffsetHeap heap;
    private OffsetHeap other;

    @BeforeEach
    void open() {
        heap = builder.create();
        other = builder.open();
    }

    @AfterEach
    void close() {
        assertEquals(List.of(), heap.verify().findings());
        heap.close();
        other.close();
        builder.remove();
    }

    // ---- initializers

    @Test
    void isFilledBeforeAnybodySeesIt() {
        heap.construct("named", SharedBytes.TYPE, 8, bytes -> {
            assertTrue(other.find("named", SharedBytes.TYPE).isEmpty());
            bytes.putLong(0, 1);
        });
        assertEquals(1, other.find("named", SharedBytes.TYPE).orElseThrow().getLong(0));
        other.findOrConstruct("named", SharedBytes.TYPE, 8, bytes -> bytes.putLong(0, 2));
        assertEquals(1, heap.find("named", SharedBytes.TYPE).orElseThrow().getLong(0));
        OffsetRef<SharedBytes> ref = heap.construct(SharedBytes.TYPE, 16, bytes -> bytes.putLong(8, 3));
        assertEquals(3, ref.get().getLong(8));
        assertEquals(16, ref.get().length());
        heap.singleton(LINK, offset -> heap.memory().putLong(offset + 16, 4));
        assertEquals(4, other.memory().getLong(other.singleton(LINK) + 16));
    }

    /** Law C-110. */
    @Test
    void leavesNothingWhenItsInitializerThrows() {
        heap.construct("warm", SharedBytes.TYPE, 100);
        heap.destroy("warm");
        heap.trim();
        var before = heap.stats();
        Refused refused = new Refused();
        List<Runnable> attempts = List.of(
                () -> heap.construct("name", SharedBytes.TYPE, 100, bytes -> {
                    bytes.putLong(0, 1);
                    throw refused;
                }),
                () -> heap.findOrConstruct("name", SharedBytes.TYPE, 100, bytes -> {
                    throw refused;
                }),
                () -> heap.construct(SharedBytes.TYPE, 100, bytes -> {
                    throw refused;
                }));
        for (Runnable attempt : attempts) {
            assertSame(refused, assertThrows(Refused.class, attempt::run));
            assertTrue(heap.find("name", SharedBytes.TYPE).isEmpty());
            assertEquals(0, heap.verify().rawBlocks());
            heap.trim();
            assertEquals(before.free(), heap.stats().free());
        }
        assertThrows(
                IllegalStateException.class,
                () -> heap.construct("name", IndexObject.TYPE, index -> index.put("key", new byte[1])));
        assertTrue(heap.find("name", IndexObject.TYPE).isEmpty());
    }

    /** What its initializer has let out of an object that was not made is as dead as that of one that was destroyed. */
    @Test
    void isDeadIfItWasNotMade() {
        heap.singleton(LINK);
        AtomicReference<OffsetRef<Long>> ref = new AtomicReference<>();
        assertThrows(
                Refused.class,
                () -> heap.construct(LINK, offset -> {
                    ref.set(heap.refAt(LINK, offset));
                    throw new Refused();
                }));
        assertFalse(ref.get().isAlive());
        assertThrows(IllegalStateException.class, () -> heap.destroy(ref.get()));
        List<SharedBytes> handles = new ArrayList<>();
        heap.findOrConstruct("name", SharedBytes.TYPE, 8, bytes -> {
            handles.add(bytes);
            other.construct("name", SharedBytes.TYPE, 8);
        });
        assertThrows(IllegalStateException.class, () -> handles.get(0).putLong(0, 1));
        assertTrue(heap.destroy("name"));
    }

    // ---- objects without a name

    /** Law C-099. */
    @Test
    void isInNoListWithoutAName() {
        OffsetRef<SharedBytes> ref = heap.construct(SharedBytes.TYPE, 40);
        assertFalse(heap.names().iterator().hasNext());
        assertEquals(1, heap.verify().rawBlocks());
        ref.get().putLong(8, 7);
        OffsetRef<SharedBytes> elsewhere = other.refAt(SharedBytes.TYPE, ref.offset());
        assertEquals(7, elsewhere.get().getLong(8));
        assertEquals(40, elsewhere.get().length());
        assertEquals(ref.word(), elsewhere.word());
        SharedBytes held = ref.get();
        other.destroy(elsewhere);
        assertFalse(ref.isAlive());
        assertThrows(IllegalStateException.class, ref::get);
        assertThrows(IllegalStateException.class, () -> held.getLong(0));
        assertEquals(0, heap.verify().rawBlocks());
    }

    /** Whoever follows a reference while its object is destroyed is told so, whatever stands in its place by then. */
    @Test
    void isNotBoundToWhatCameInItsPlace() {
        TestImage image = TestImage.formatted(96 << 10);
        InterruptedMemory memory = image.newInterruptedMemory();
        Attachment mine = image.attach(memory);
        Attachment rival = image.attach(image.newMemory());
        SharedType<Long> type = new Sequence();
        OffsetRef<Long> ref = rival.anonymous().construct(type, 3, null);
        OffsetRef<Long> same = mine.anonymous().at(type, ref.offset());
        assertEquals(3, same.get());
        memory.beforeLoad(offset -> offset == ref.offset() + Long.BYTES, () -> {
            rival.anonymous().destroy(ref);
            assertEquals(ref.offset(), rival.blocks().allocate(40));
            rival.memory().putLong(ref.offset() + Long.BYTES, -1);
        });
        assertThrows(IllegalStateException.class, same::get);
        assertTrue(memory.wasInterrupted());
    }

    /** Law C-106, for objects. */
    @Test
    void isDestroyedOnceAndOnlyWhereOneBegins() {
        OffsetRef<SharedBytes> ref = heap.construct(SharedBytes.TYPE, 100);
        assertThrows(IllegalArgumentException.class, () -> other.destroy(ref));
        heap.destroy(ref);
        assertThrows(IllegalStateException.class, () -> heap.destroy(ref));
        OffsetRef<SharedBytes> next = heap.construct(SharedBytes.TYPE, 100);
        assertEquals(ref.offset(), next.offset());
        assertNotEquals(ref, next);
        assertNotEquals(ref.word(), next.word());
        assertThrows(IllegalStateException.class, () -> heap.destroy(ref));
        assertTrue(next.isAlive());

        // A copy of an identity inside of a block, and what else is no object of the type.
        long raw = heap.allocate(64);
        heap.memory().putLong(raw, 0);
        heap.memory().putLong(raw + 16, heap.memory().getLong(next.offset()));
        for (long offset : new long[] {
            0, 8, -16, raw, raw + 16, next.offset() + 8, next.offset() + 16, heap.maxSize(), Long.MAX_VALUE
        }) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> heap.refAt(SharedBytes.TYPE, offset),
                    () -> "offset " + offset);
        }
        // No object has fewer than no elements, whatever its identity says.
        long forged = heap.allocate(64);
        heap.memory().putLong(forged, heap.memory().getLong(next.offset()));
        heap.memory().putLong(forged + 8, -1);
        assertThrows(IllegalArgumentException.class, () -> heap.refAt(SharedBytes.TYPE, forged));
        heap.memory().putLong(forged, 0);
        heap.free(forged);
        assertThrows(IllegalArgumentException.class, () -> heap.refAt(LINK, next.offset()));
        assertThrows(IllegalArgumentException.class, () -> heap.refAt(IndexObject.TYPE, next.offset()));
        heap.free(raw);
    }

    @Test
    void isDestroyedByOneOfMany() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 200; round++) {
                long offset = (round % 2 == 0
                                ? heap.construct(SharedBytes.TYPE, 100)
                                : heap.construct(IndexObject.TYPE))
                        .offset();
                SharedType<?> type = round % 2 == 0 ? SharedBytes.TYPE : IndexObject.TYPE;
                CyclicBarrier start = new CyclicBarrier(4);
                List<Callable<Boolean>> rivals = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    OffsetHeap mine = i % 2 == 0 ? heap : other;
                    OffsetRef<?> ref = mine.refAt(type, offset);
                    rivals.add(() -> {
                        start.await();
                        try {
                            mine.destroy(ref);
                            return true;
                        } catch (IllegalStateException e) {
                            return false;
                        }
                    });
                }
                int winners = 0;
                for (Future<Boolean> outcome : threads.invokeAll(rivals)) {
                    winners += outcome.get() ? 1 : 0;
                }
                assertEquals(1, winners);
            }
        } finally {
            threads.shutdownNow();
        }
        heap.trim();
        assertEquals(0, heap.verify().rawBlocks());
    }

    // ---- named objects by reference

    /** Law C-095, through references. */
    @Test
    void losesItsNameWhenItIsDestroyedByReference() {
        for (int i = 0; i < 50; i++) {
            heap.construct("bytes" + i, SharedBytes.TYPE, i);
        }
        heap.construct("index", IndexObject.TYPE).put("key", new byte[5]);
        for (int i = 49; i >= 0; i--) {
            OffsetRef<SharedBytes> ref =
                    other.findRef("bytes" + i, SharedBytes.TYPE).orElseThrow();
            assertEquals(i, ref.get().length());
            other.destroy(ref);
            assertTrue(heap.find("bytes" + i, SharedBytes.TYPE).isEmpty());
            assertThrows(IllegalStateException.class, () -> other.destroy(ref));
        }
        OffsetRef<IndexObject> index = heap.findRef("index", IndexObject.TYPE).orElseThrow();
        assertEquals(5, index.get().get("key").length);
        heap.destroy(index);
        heap.trim();
        assertFalse(heap.names().iterator().hasNext());
        assertEquals(0, heap.verify().rawBlocks());
        assertTrue(heap.findRef("index", IndexObject.TYPE).isEmpty());
    }

    // ---- singletons

    /** Law C-098. */
    @Test
    void isOneOfItsTypeBesideAllNames() {
        assertTrue(heap.findSingleton(LINK).isEmpty());
        long single = heap.singleton(LINK);
        assertEquals(single, other.singleton(LINK));
        assertEquals(single, other.findSingleton(LINK).orElseThrow());
        long named = heap.construct(LINK.fingerprint(), LINK);
        assertNotEquals(single, named);
        assertThrows(NameExistsException.class, () -> heap.construct(LINK.fingerprint(), LINK));
        heap.singleton(IndexObject.TYPE).put("key", new byte[2]);
        assertEquals(2, other.singleton(IndexObject.TYPE).get("key").length);
        assertEquals(new NameStats(1, 2, 2), heap.nameStats());
        assertTrue(other.destroySingleton(LINK));
        assertFalse(heap.destroySingleton(LINK));
        assertEquals(named, heap.find(LINK.fingerprint(), LINK).orElseThrow());
        heap.destroy(heap.refAt(IndexObject.TYPE, indexOffset()));
        assertTrue(heap.findSingleton(IndexObject.TYPE).isEmpty());
        assertEquals(new NameStats(1, 0, 2), heap.nameStats());
    }

    private long indexOffset() {
        return heap.singleton(IndexObject.TYPE).splitLock() - 64;
    }

    // ---- references in the segment

    /** Law C-150, C-154. */
    @Test
    void leadsToItsObjectWhereverItsWordIsCopied() {
        OffsetRef<Long> ref = heap.construct(LINK);
        long cell = heap.construct("cells", SharedBytes.TYPE, 32).offset();
        SegmentMemory memory = heap.memory();
        assertEquals(null, OffsetRef.of(space(heap), LINK, typeBits(ref), memory.getLong(cell)));
        memory.putLong(cell, ref.word());
        memory.putLong(cell + 16, memory.getLong(cell));
        for (long at : new long[] {cell, cell + 16}) {
            assertEquals(ref, OffsetRef.of(space(heap), LINK, typeBits(ref), memory.getLong(at)));
            assertEquals(
                    ref.offset(),
                    OffsetRef.of(
                                    space(other),
                                    LINK,
                                    typeBits(ref),
                                    other.memory().getLong(at))
                            .get());
        }
        assertNotEquals(ref, OffsetRef.of(space(other), LINK, typeBits(ref), ref.word()));
    }

    @Test
    void isRefusedWhenItLeadsToNoObjectOfItsType() {
        OffsetRef<Long> ref = heap.construct(LINK);
        int bits = typeBits(ref);
        long word = ref.word();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            long forged = word ^ 1L << bit;
            assertThrows(
                    IllegalStateException.class,
                    () -> OffsetRef.of(space(heap), LINK, bits, forged),
                    () -> "0x" + Long.toHexString(forged));
        }
        assertThrows(IllegalStateException.class, () -> OffsetRef.of(space(heap), LINK, bits ^ 4, word));
        heap.destroy(ref);
        assertThrows(IllegalStateException.class, () -> OffsetRef.of(space(heap), LINK, bits, word));
        assertEquals(ref.offset(), heap.construct(LINK).offset());
        assertThrows(IllegalStateException.class, () -> OffsetRef.of(space(heap), LINK, bits, word));
    }

    /** The verifier follows references from what has a name, and only those that lead to an object. */
    @Test
    void isFoundFromTheRoots() {
        long at = heap.construct("first", LINK);
        List<OffsetRef<Long>> chain = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            OffsetRef<Long> link = heap.construct(LINK);
            assertEquals(1, heap.verify().rawBlocks());
            heap.memory().putLong(at + NEXT, link.word());
            assertEquals(0, heap.verify().rawBlocks());
            chain.add(link);
            at = link.offset();
        }
        // A circle is walked once.
        heap.memory().putLong(at + NEXT, chain.get(10).word());
        assertEquals(0, heap.verify().rawBlocks());
        heap.destroy(chain.get(60));
        assertEquals(39, heap.verify().rawBlocks());
        assertTrue(heap.verify().isClean());
    }

    private static ObjectSpace space(OffsetHeap heap) {
        return heap.attachment().space();
    }

    private int typeBits(OffsetRef<?> ref) {
        return Identity.typeOf(heap.memory().getLong(ref.offset()));
    }
}
