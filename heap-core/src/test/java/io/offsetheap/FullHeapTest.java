/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Laws C-111 to C-113: an operation that finds no room at any of its steps changes nothing. Each is tried in a heap that has no
 * room at all, then again with one more block freed, until it succeeds; so each of its allocations is refused once.
 */
class FullHeapTest {
    private static final int SIZE = 96 << 10;
    private static final int[] FILLERS = {2000, 500, 200, 64, 48, 32, 16, 0};

    /** What is tried; {@code single} if it is one step for others, so that a refusal leaves nothing of it. */
    private record Operation(String name, boolean single, Consumer<Attachment> action) {
        Operation(String name, Consumer<Attachment> action) {
            this(name, true, action);
        }
    }

    private static final List<Operation> OPERATIONS = List.of(
            new Operation("a named object", heap -> heap.names().construct("new", SharedBytes.TYPE, 300)),
            new Operation("find or construct", heap -> heap.names().findOrConstruct("new", SharedBytes.TYPE, 40)),
            new Operation("a named container", heap -> heap.names().construct("new", IndexObject.TYPE, 1)),
            new Operation("a singleton", heap -> heap.names().singleton(IndexObject.TYPE, null)),
            new Operation(
                    "a name as long as can be", heap -> heap.names().construct("n".repeat(1024), SharedBytes.TYPE, 0)),
            new Operation("an object without a name", heap -> heap.anonymous().construct(SharedBytes.TYPE, 700, null)),
            new Operation("a container without a name", heap -> heap.anonymous().construct(IndexObject.TYPE, 1, null)),
            new Operation(
                    "a linked block",
                    heap -> heap.blocks()
                            .allocateInto(
                                    heap.names()
                                            .find("cell", SharedBytes.TYPE)
                                            .orElseThrow()
                                            .offset(),
                                    100,
                                    (memory, block) -> memory.putLong(block, 1))),
            new Operation("a new entry", heap -> index(heap).put("new", new byte[100])),
            new Operation("a longer value", heap -> index(heap).put("key3", new byte[300])),
            new Operation("entries until buckets split", false, heap -> {
                for (int i = 0; i < 12; i++) {
                    index(heap).put("more" + i, new byte[i]);
                }
            }));

    private static IndexObject index(Attachment heap) {
        return heap.names().find("index", IndexObject.TYPE).orElseThrow();
    }

    @TestFactory
    Stream<DynamicTest> changesNothingWhenThereIsNoRoom() {
        return OPERATIONS.stream().map(operation -> DynamicTest.dynamicTest(operation.name, () -> refuse(operation)));
    }

    private static void refuse(Operation operation) {
        TestImage image = TestImage.formatted(SIZE);
        List<Long> fillers = new ArrayList<>();
        image.prepare(heap -> {
            heap.names().construct("cell", SharedBytes.TYPE, 8);
            IndexObject index = heap.names().construct("index", IndexObject.TYPE, 1);
            for (int i = 0; i < 60; i++) {
                index.put("key" + i, new byte[i % 20]);
            }
            fill(heap, fillers);
        });
        Collections.reverse(fillers);
        int refusals = 0;
        for (int freed = 0; ; freed++) {
            assertTrue(freed <= fillers.size(), "never enough room");
            Attachment heap = image.rewound(image.newMemory());
            fillers.subList(0, freed).forEach(heap.blocks()::free);
            if (!isRefused(operation, heap)) {
                CrashHarness.content(operation.name, heap);
                break;
            }
            refusals++;
        }
        assertTrue(refusals > 0, "was never refused");
    }

    private static boolean isRefused(Operation operation, Attachment heap) {
        String before = CrashHarness.content("before", heap);
        long free = heap.blocks().stats().free();
        try {
            operation.action.accept(heap);
            return false;
        } catch (OutOfSegmentMemoryException e) {
            String after = CrashHarness.content("after", heap);
            if (operation.single) {
                assertEquals(before, after);
                assertEquals(free, heap.blocks().stats().free());
            }
            return true;
        }
    }

    private static void fill(Attachment heap, List<Long> fillers) {
        for (int size : FILLERS) {
            try {
                while (true) {
                    fillers.add(heap.blocks().allocate(size));
                }
            } catch (OutOfSegmentMemoryException full) {
                // The next smaller ones.
            }
        }
    }
}
