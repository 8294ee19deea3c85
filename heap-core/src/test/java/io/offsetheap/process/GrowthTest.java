/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.object.SharedBytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Scanner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Law C-088: a heap grows while others have it mapped, and they see what is new at once. */
@Tag("without-native-calls")
class GrowthTest {
    private static final long MAX_SIZE = 64 << 20;
    private static final long STEP = 3 << 20;
    private static final int BLOCK = 200_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static HeapBuilder builder(String kind, String name) {
        HeapBuilder builder = kind.equals("file") ? OffsetHeap.file(Path.of(name)) : OffsetHeap.sharedMemory(name);
        return builder.maxSize(MAX_SIZE);
    }

    /** The process that grows the heap, reads what is told it, or fills the heap to the end. */
    static final class Grower {
        private Grower() {}

        public static void main(String[] arguments) {
            Scanner input = new Scanner(System.in);
            try (OffsetHeap heap = builder(arguments[0], arguments[1]).open()) {
                System.out.println(ChildJvm.READY);
                while (input.hasNextLine()) {
                    String command = input.nextLine();
                    String[] words = command.split(" ");
                    long stamp = Long.parseLong(words[1]);
                    Object answer = switch (words[0]) {
                        case "grow" -> growAndWrite(heap, stamp);
                        case "read" -> readBoth(heap, Long.parseLong(words[2]));
                        default -> fill(heap, stamp);
                    };
                    System.out.println(command + ": " + answer);
                }
            }
        }

        /** Begins together with another process. */
        private static List<Long> fill(OffsetHeap heap, long stamp) {
            SharedBytes ready = heap.find("ready", SharedBytes.TYPE).orElseThrow();
            ready.putByte(stamp, (byte) 1);
            while (ready.getByte(1) == 0 || ready.getByte(2) == 0) {
                Thread.yield();
            }
            List<Long> blocks = new ArrayList<>();
            for (OptionalLong block = heap.tryAllocate(BLOCK); block.isPresent(); block = heap.tryAllocate(BLOCK)) {
                write(heap, block.getAsLong(), BLOCK, stamp);
                blocks.add(block.getAsLong());
            }
            return blocks;
        }
    }

    /** A block at the very end of the new part: larger than all that was there. */
    private static long growAndWrite(OffsetHeap heap, long stamp) {
        long before = heap.stats().grown();
        heap.grow(STEP);
        assertTrue(heap.stats().grown() >= before + STEP);
        long block = heap.allocate(STEP);
        write(heap, block, STEP, stamp);
        return block;
    }

    private static void write(OffsetHeap heap, long block, long length, long stamp) {
        heap.memory().putLong(block, stamp);
        heap.memory().putLong(block + length - Long.BYTES, stamp);
    }

    private static String readBoth(OffsetHeap heap, long block) {
        return heap.memory().getLong(block) + " " + heap.memory().getLong(block + STEP - Long.BYTES);
    }

    @Test
    void isSeenByAllInSharedMemory() {
        grow("memory", "offsetheap-growth-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    }

    @Test
    void isSeenByAllInAFile(@TempDir Path directory) {
        grow("file", directory.resolve("heap").toString());
    }

    private static void grow(String kind, String name) {
        HeapBuilder builder = builder(kind, name);
        try (OffsetHeap heap = builder.create();
                OffsetHeap reader = builder.openReadOnly();
                ChildJvm first = ChildJvm.start(Grower.class, kind, name);
                ChildJvm second = ChildJvm.start(Grower.class, kind, name)) {
            first.awaitReady();
            second.awaitReady();
            seeEachOther(heap, reader, first, second);
            fillTogether(heap, first, second);
        } finally {
            builder.remove();
        }
    }

    private static void seeEachOther(OffsetHeap heap, OffsetHeap reader, ChildJvm first, ChildJvm second) {
        for (int stamp = 1; stamp <= 4; stamp++) {
            long end = heap.stats().grown() + heap.maxSize() - heap.stats().capacity();
            assertThrows(CorruptedSegmentException.class, () -> heap.memory().getLong(end));
            long block;
            if (stamp % 2 == 0) {
                block = growAndWrite(heap, stamp);
            } else {
                block = Long.parseLong(ask(first, "grow " + stamp));
            }
            String expected = stamp + " " + stamp;
            assertEquals(expected, readBoth(heap, block));
            assertEquals(expected, readBoth(reader, block));
            assertEquals(expected, ask(second, "read " + stamp + " " + block));
            assertTrue(heap.verify().isClean());
            heap.free(block);
        }
    }

    /** Two processes that make it grow at once get disjoint blocks, and all of the heap. */
    private static void fillTogether(OffsetHeap heap, ChildJvm first, ChildJvm second) {
        heap.construct("ready", SharedBytes.TYPE, 3);
        first.send("fill 1");
        second.send("fill 2");
        long blocks = 0;
        for (long stamp = 1; stamp <= 2; stamp++) {
            String list = answer(stamp == 1 ? first : second, "fill " + stamp);
            if (list.equals("[]")) {
                continue;
            }
            for (String block : list.substring(1, list.length() - 1).split(", ")) {
                long offset = Long.parseLong(block);
                assertEquals(stamp, heap.memory().getLong(offset));
                assertEquals(stamp, heap.memory().getLong(offset + BLOCK - Long.BYTES));
                blocks++;
            }
        }
        var report = heap.verify();
        assertTrue(report.isClean(), report::toString);
        assertEquals(blocks, report.rawBlocks());
        assertTrue(heap.stats().free() < BLOCK * 2L, () -> heap.stats().toString());
        assertEquals(heap.stats().capacity(), heap.stats().grown());
    }

    private static String ask(ChildJvm child, String command) {
        return answer(child.send(command), command);
    }

    private static String answer(ChildJvm child, String command) {
        String beginning = command + ": ";
        return child.awaitLine(line -> line.startsWith(beginning), PATIENCE).substring(beginning.length());
    }
}
