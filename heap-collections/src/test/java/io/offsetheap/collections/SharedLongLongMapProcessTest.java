/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.process.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two JVMs put into one map; one of them is killed in the middle, again and again. */
class SharedLongLongMapProcessTest {
    private static final int ROUNDS = 4;
    private static final long NOTHING = -1;

    private static HeapBuilder builder(String name) {
        return OffsetHeap.sharedMemory(name).maxSize(64 << 20);
    }

    /** A child: puts keys of its own one after the other, each with its complement, and tells how far it has got. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            OffsetHeap heap = builder(arguments[0]).open();
            SharedLongLongMap map = heap.findOrConstruct("map", SharedLongLongMap.TYPE);
            long first = Long.parseLong(arguments[1]);
            for (long key = first; ; key++) {
                map.put(key, ~key);
                map.addAndGet(-1, 1);
                if (key % 5 == 0) {
                    map.remove(key);
                }
                if (key - first == 20_000) {
                    System.out.println(ChildJvm.READY);
                }
            }
        }
    }

    @Test
    void losesNothingWhenAWriterIsKilled() {
        String name = "long-kill-" + ProcessHandle.current().pid();
        HeapBuilder builder = builder(name);
        try (OffsetHeap heap = builder.create()) {
            SharedLongLongMap map = heap.construct("map", SharedLongLongMap.TYPE);
            long mine = 0;
            long theirs = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long first = (round + 1) * 10_000_000L;
                try (ChildJvm writer = ChildJvm.start(Writer.class, name, Long.toString(first))) {
                    ChildJvm ready = writer.awaitReady();
                    for (int i = 0; i < 5_000; i++, mine++) {
                        assertTrue(map.put(mine, ~mine));
                    }
                    ready.kill9().expectExit(ChildJvm.KILLED);
                }
                // Whatever the dead has begun is finished by whoever meets it.
                for (int i = 0; i < 5_000; i++, mine++) {
                    assertTrue(map.put(mine, ~mine));
                }
                theirs += checkKeysOfTheDead(map, first);
            }
            for (long key = 0; key < mine; key++) {
                assertEquals(~key, map.get(key, key));
            }
            long counted = map.get(-1, 0);
            assertTrue(counted >= theirs && counted <= theirs + 2 * ROUNDS, "theirs=" + theirs + " counted=" + counted);
            heap.trim();
            assertEquals(List.of(), heap.verify().findings());
            long[] count = {0};
            map.forEach((key, value) -> {
                assertTrue(key == -1 || value == ~key);
                count[0]++;
            });
            assertEquals(count[0], map.size());
        } finally {
            builder.remove();
        }
    }

    /**
     * It has put one key after the other and removed every fifth: all of that is done up to some key, and nothing behind.
     *
     * @return how many keys it has certainly put
     */
    private static long checkKeysOfTheDead(SharedLongLongMap map, long first) {
        long[] last = {first};
        map.forEach((key, value) -> last[0] = Math.max(last[0], key));
        assertTrue(last[0] >= first + 20_000, "last=" + last[0]);
        for (long key = first; key < last[0]; key++) {
            assertEquals(key % 5 == 0 ? NOTHING : ~key, map.get(key, NOTHING), "key=" + key);
        }
        return last[0] - first;
    }
}
