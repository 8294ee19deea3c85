/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.object.Codecs;
import io.offsetheap.object.IndexCursor;
import io.offsetheap.object.IndexObject;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls that are stopped again and again, at random points, while others change everything and fill what becomes free. */
class PreemptionTest {
    private static final int KEYS = 200;
    private static final int CALLS = 1_500;
    private static final String ABSENT = "absent";

    private final Random random = new Random(7);
    private final TestImage image = new TestImage(160 << 10);
    private final Attachment others;
    /** What each key has. */
    private final Map<String, String> model = new HashMap<>();
    /** What each key has had since the call began. */
    private final Map<String, Set<String>> since = new TreeMap<>();

    private final Deque<Long> blocks = new ArrayDeque<>();
    private int stops;

    PreemptionTest() {
        others = image.format(image.newMemory());
        others.names().construct("index", IndexObject.TYPE, 1);
        for (int i = 0; i < KEYS; i++) {
            model.put("k" + i, ABSENT);
        }
        for (int i = 0; i < KEYS; i++) {
            change();
        }
    }

    @Test
    void everyAnswerIsThatOfAMomentOfTheCall() {
        PreemptedMemory memory = image.newPreemptedMemory();
        Attachment reader = image.attach(memory);
        for (int call = 0; call < CALLS; call++) {
            begin(memory);
            if (call % 50 == 0) {
                checkWalk(reader);
            } else {
                String key = "k" + random.nextInt(KEYS);
                String answer = describe(index(reader).get(key));
                assertTrue(
                        possible(key).contains(answer),
                        () -> "key=" + key + " answer=" + answer + " possible=" + possible(key));
            }
            memory.endWatch();
        }
        assertTrue(stops > CALLS, "the calls were hardly disturbed");
        CrashHarness.content("after all calls", others);
    }

    private void begin(PreemptedMemory memory) {
        since.clear();
        model.forEach((key, value) -> since.put(key, new HashSet<>(Set.of(value))));
        int pace = 1 + random.nextInt(60);
        memory.preemptAt(random.nextInt(pace), () -> {
            stops++;
            for (int i = random.nextInt(3); i >= 0; i--) {
                change();
            }
            memory.preemptIn(1 + random.nextInt(pace));
        });
    }

    /** A key that is there throughout is met once; one that comes or goes, at most once. */
    private void checkWalk(Attachment reader) {
        Map<String, Integer> met = new HashMap<>();
        IndexCursor cursor = index(reader).index().cursor();
        while (cursor.next()) {
            met.merge(cursor.key(Codecs.UTF8), 1, Integer::sum);
        }
        since.forEach((key, values) -> {
            int times = met.getOrDefault(key, 0);
            int least = values.contains(ABSENT) ? 0 : 1;
            int most = values.equals(Set.of(ABSENT)) ? 0 : 1;
            assertTrue(times >= least && times <= most, () -> "key=" + key + " times=" + times + " values=" + values);
        });
    }

    private Set<String> possible(String key) {
        return since.getOrDefault(key, Set.of());
    }

    private void change() {
        String key = "k" + random.nextInt(KEYS);
        if (random.nextInt(4) == 0) {
            index(others).remove(key);
            note(key, ABSENT);
        } else {
            byte[] value = new byte[random.nextInt(40)];
            Arrays.fill(value, (byte) random.nextInt());
            index(others).put(key, value);
            note(key, describe(value));
        }
        fillFreed();
    }

    /** A user whose data look like locks, lengths and offsets. */
    private void fillFreed() {
        if (blocks.size() > 60) {
            others.blocks().free(blocks.remove());
        }
        int size = 16 << random.nextInt(3);
        long block = others.blocks().allocate(size);
        for (int at = 0; at < size; at += Long.BYTES) {
            long word = switch (random.nextInt(5)) {
                case 0 -> 1L << 24 | 1 + random.nextInt(image.geometry().lanes);
                case 1 -> 0x7FFF_FFFF_7FFF_FFFFL;
                case 2 -> image.geometry().heap + 64L * random.nextInt(1000);
                case 3 -> image.geometry().maxSize - 64;
                default -> random.nextLong();
            };
            others.memory().putLong(block + at, word);
        }
        blocks.add(block);
    }

    private void note(String key, String value) {
        model.put(key, value);
        if (!since.isEmpty()) {
            possible(key).add(value);
        }
    }

    private static IndexObject index(Attachment heap) {
        return heap.names().find("index", IndexObject.TYPE).orElseThrow();
    }

    private static String describe(byte @Nullable [] value) {
        return value == null ? ABSENT : Arrays.toString(value);
    }
}
