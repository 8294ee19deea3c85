/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;
import io.offsetheap.process.ChildJvm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** JVMs that write to vectors until they are killed. */
class SharedVectorProcessTest {
    private static final SharedType<SharedVector<String>> TEXTS = SharedVector.type(Codecs.UTF8);
    private static final SharedType<SharedVector<String>> WIDE = SharedVector.type(new FixedText(100));
    private static final int ROUNDS = 4;
    private static final int ELEMENTS = 2000;

    private static OffsetHeap open(String name) {
        return OffsetHeap.sharedMemory(name).maxSize(32 << 20).openOrCreate();
    }

    /** All characters of an element say how often it was set: one that is torn has several. */
    private static String element(long number) {
        return Character.toString('a' + (int) (number % 26)).repeat(1 + (int) (number % 90));
    }

    /** Adds to three vectors, sets, removes and adds again, for ever. */
    static final class Worker {
        private Worker() {}

        public static void main(String[] arguments) {
            try (OffsetHeap heap = open(arguments[0])) {
                SharedLongVector numbers = heap.findOrConstruct("numbers", SharedLongVector.TYPE);
                SharedVector<String> texts = heap.findOrConstruct("texts", TEXTS);
                SharedVector<String> wide = heap.findOrConstruct("wide", WIDE);
                System.out.println(ChildJvm.READY);
                for (long i = 0; ; i++) {
                    numbers.add(numbers.size());
                    write(texts, i);
                    write(wide, i);
                    if (i == ELEMENTS) {
                        System.out.println("BUSY");
                    }
                }
            }
        }

        private static void write(SharedVector<String> vector, long number) {
            if (vector.size() < ELEMENTS) {
                vector.add(element(number));
            } else if (number % 7 == 0) {
                vector.removeLast();
            } else {
                vector.set((int) (number * 31 % (ELEMENTS - 1)), element(number));
            }
        }
    }

    @Test
    void areWholeAfterTheirWriterIsKilled() {
        String name = "vectors-" + ProcessHandle.current().pid();
        try (OffsetHeap heap = open(name)) {
            for (int round = 0; round < ROUNDS; round++) {
                try (ChildJvm child = ChildJvm.start(Worker.class, name)) {
                    child.awaitReady().awaitLine(line -> line.equals("BUSY"), Duration.ofSeconds(60));
                    child.kill9();
                }
                heap.trim();
                assertEquals(List.of(), heap.verify().findings());
                assertEquals(0, heap.verify().busyLanes());
                SharedLongVector numbers =
                        heap.find("numbers", SharedLongVector.TYPE).orElseThrow();
                assertTrue(numbers.size() > (long) ELEMENTS * (round + 1), "size=" + numbers.size());
                for (long i = 0; i < numbers.size(); i++) {
                    assertEquals(i, numbers.get(i));
                }
                for (SharedVector<String> vector : List.of(
                        heap.find("texts", TEXTS).orElseThrow(),
                        heap.find("wide", WIDE).orElseThrow())) {
                    assertTrue(vector.size() >= ELEMENTS - 1, "size=" + vector.size());
                    for (String element : vector) {
                        assertEquals(1, element.chars().distinct().count(), element);
                    }
                }
            }
            heap.names().forEach(object -> assertTrue(heap.destroy(object.name())));
            heap.trim();
            assertEquals(List.of(), heap.verify().findings());
        } finally {
            OffsetHeap.sharedMemory(name).remove();
        }
    }
}
