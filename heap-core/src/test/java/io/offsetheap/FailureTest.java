/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneState;
import io.offsetheap.object.BlockShape;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is left of an operation that fails in a process that lives on. */
class FailureTest {
    private static final long SIZE = 96 << 10;
    /** More frames than any operation needs, as the first runs of a method need them. */
    private static final int FRAMES = 200;

    @Test
    void anOverflowOfTheStackAtAnyDepthLeavesTheHeapAsBeforeOrAsAfter() {
        FailureHarness harness = new FailureHarness(SIZE, SegmentAllocator.TYPE);
        harness.prepare(heap -> heap.names().construct("index", IndexObject.TYPE, 1));
        harness.prepare(heap -> index(heap).put("first", new byte[20]));
        Consumer<Attachment> next = heap -> {
            index(heap).get("first");
            index(heap).put("second", new byte[20]);
            heap.blocks().allocate(40);
        };
        harness.exhaustStack("put new", heap -> index(heap).put("third", new byte[20]), next, FRAMES);
        harness.exhaustStack("replace", heap -> index(heap).put("first", new byte[30]), next, FRAMES);
        harness.exhaustStack("remove", heap -> index(heap).remove("first"), next, FRAMES);
        harness.exhaustStack("allocate", heap -> heap.blocks().allocate(700), next, FRAMES);
        harness.exhaustStack("construct", heap -> heap.names().construct("b", SharedBytes.TYPE, 9), next, FRAMES);
        harness.exhaustStack(
                "section",
                heap -> heap.names().atomically(() -> heap.names().construct("b", SharedBytes.TYPE, 9)),
                heap -> heap.names().findOrConstruct("b", SharedBytes.TYPE, 9),
                FRAMES);
        assertTrue(harness.overflows() > 0, "no operation has met the end of the stack");
    }

    /** A type that fails where it is asked to build its object. */
    private static final class FailingType implements SharedType<SharedBytes> {
        private final RuntimeException failure;

        FailingType(RuntimeException failure) {
            this.failure = failure;
        }

        @Override
        public String fingerprint() {
            return "FailingType/1";
        }

        @Override
        public Structure structure() {
            return Structure.BLOCK;
        }

        @Override
        public BlockShape shape() {
            return SharedBytes.TYPE.shape();
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            space.blocks().reserve(lane, length, 1);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            space.blocks().take(lane, length);
            throw failure;
        }

        @Override
        public SharedBytes bind(ObjectSpace space, long offset, long length) {
            throw failure;
        }
    }

    @Test
    void aTypeThatFailsToBuildItsObjectLeavesNothing() {
        for (RuntimeException failure :
                List.of(new IllegalArgumentException("refused"), new UnsupportedOperationException("failed"))) {
            TestImage image = new TestImage(SIZE);
            Attachment heap = image.format(image.newMemory());
            // The text of the type stays, whether there is an object of it or not.
            assertSame(
                    failure,
                    assertThrows(
                            RuntimeException.class, () -> heap.names().construct("a", new FailingType(failure), 100)));
            heap.lanes().helpAll();
            heap.blocks().trim();
            String content = CrashHarness.content("a failed construction", heap);
            assertEquals("{} raw=0", content);
            heap.names().construct("a", SharedBytes.TYPE, 100);
        }
    }

    @Test
    void anInitializerThatFailsLeavesNothing() {
        TestImage image = new TestImage(SIZE);
        Attachment heap = image.format(image.newMemory());
        long cell = heap.blocks().allocate(16);
        heap.memory().putLong(cell, 0);
        String before = CrashHarness.content("before", heap);
        Error failure = new AssertionError("of a user");
        Error thrown = assertThrows(
                Error.class,
                () -> heap.blocks().allocateInto(cell, 2000, (memory, block) -> {
                    throw failure;
                }));
        assertSame(failure, thrown);
        assertEquals(0, heap.memory().getLong(cell));
        heap.blocks().trim();
        assertEquals(before, CrashHarness.content("after", heap));
    }

    /** What the heap meets when it tidies up after a failure does not hide the failure, and keeps nobody waiting. */
    @Test
    void aFailureThatCannotBeTidiedUpIsNotHidden() {
        TestImage image = new TestImage(SIZE);
        Attachment heap = image.format(image.newMemory());
        long cell = heap.blocks().allocate(16);
        RuntimeException failure = new IllegalStateException("of a user");
        var thrown = assertThrows(
                IllegalStateException.class,
                () -> heap.blocks().allocateInto(cell, 300, (memory, block) -> {
                    damageStock(image, block);
                    throw failure;
                }));
        assertSame(failure, thrown);
        assertEquals(1, failure.getSuppressed().length);
        assertTrue(failure.getSuppressed()[0] instanceof CorruptedSegmentException);
        // The lane failed while it held the lock of the class.
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> heap.blocks().allocate(300));
    }

    /** Puts something else in the place of a block in a stock. */
    private static void damageStock(TestImage image, long block) {
        for (int lane = 0; lane < image.geometry().lanes; lane++) {
            long body = image.geometry().laneBody(lane);
            for (long word = body; word < body + image.geometry().laneBodySize; word += Long.BYTES) {
                if (image.raw().getLong(word) == block) {
                    image.raw().putLong(word, block + 8);
                }
            }
        }
    }

    /** Whoever finds his lane busy goes to one that has been used, as long as there is one: it has its memory already. */
    @Test
    void noFurtherLaneIsUsedWhileAnIdleOneHasBeen() throws Exception {
        TestImage image = new TestImage(SIZE);
        Attachment heap = image.format(image.newMemory());
        Lane busy = heap.lanes().lease();
        for (int i = 0; i < 3 * image.geometry().lanes; i++) {
            // Threads in a row, each of which would begin its search elsewhere.
            Thread thread = new Thread(() -> heap.lanes().lease().giveBack());
            thread.start();
            thread.join();
        }
        busy.giveBack();
        long used = IntStream.range(0, image.geometry().lanes)
                .filter(lane -> image.raw().getLong(image.geometry().lane(lane) + LaneState.BODY_OFFSET) != 0)
                .count();
        assertEquals(2, used);
    }

    /** A full file system has no memory for a lane that was never used; that of a dead lane is there. */
    @Test
    void noFurtherLaneIsUsedWhileADeadOneHasBeen() {
        TestImage image = new TestImage(SIZE);
        Attachment busy = image.format(image.newMemory());
        Attachment dead = image.attach(image.newMemory());
        Attachment heap = image.attach(image.newMemory());
        busy.lanes().lease();
        Lane left = dead.lanes().lease();
        image.kill(dead.slot());
        image.limitRoom(0);
        heap.blocks().allocate(8);
        assertFalse(LaneState.inOperation(image.raw().getLong(left.entry())));
    }

    private static IndexObject index(Attachment heap) {
        return heap.names().find("index", IndexObject.TYPE).orElseThrow();
    }
}
