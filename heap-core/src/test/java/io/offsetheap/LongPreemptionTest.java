/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.object.LongCursor;
import io.offsetheap.object.LongIndexObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Readers of an index of longs, stopped at random loads while others change and split it, and fill what becomes free with
 * what looks like pairs of the same keys. The handle is one, so that it remembers directories that have gone.
 */
class LongPreemptionTest {
    private static final int CALLS = 1_500;
    private static final long ABSENT = -1;
    /** What the keys never have: it stands in blocks of a user only. */
    private static final long FORGED = -2;

    private final Random random = new Random(5);
    private final TestImage image = new TestImage(512 << 10);
    private final Attachment others = image.format(image.newMemory());
    private final LongIndexObject theirs = others.names().construct("longs", LongIndexObject.TYPE, 1);
    /** What each key has. */
    private final Map<Long, Long> model = new HashMap<>();
    /** What each key has had since the call began. */
    private final Map<Long, Set<Long>> since = new HashMap<>();

    private final Deque<Long> blocks = new ArrayDeque<>();
    private long keys = 10;
    private long asked;
    private int stops;

    @Test
    void everyAnswerIsThatOfAMomentOfTheCall() {
        PreemptedMemory memory = image.newPreemptedMemory();
        LongIndexObject mine =
                image.attach(memory).names().find("longs", LongIndexObject.TYPE).orElseThrow();
        for (int call = 0; call < CALLS; call++) {
            keys = 10 + call / 2;
            asked = random.nextInt((int) keys);
            begin(memory);
            if (call % 50 == 0) {
                checkWalk(mine);
            } else if (call % 5 == 0) {
                boolean there = mine.index().contains(asked);
                assertTrue(possible(asked).stream().anyMatch(value -> there == (value != ABSENT)), "key=" + asked);
            } else {
                long answer = mine.index().get(asked, ABSENT);
                assertTrue(
                        possible(asked).contains(answer),
                        () -> "key=" + asked + " answer=" + answer + " possible=" + possible(asked));
            }
            memory.endWatch();
        }
        assertTrue(stops > CALLS, "the calls were hardly disturbed");
        assertTrue(theirs.splits() > 5, "splits=" + theirs.splits());
        assertEquals(List.of(), others.verify().findings());
    }

    private void begin(PreemptedMemory memory) {
        since.clear();
        for (long key = 0; key < keys; key++) {
            since.put(key, new HashSet<>(Set.of(model.getOrDefault(key, ABSENT))));
        }
        int pace = 1 + random.nextInt(40);
        memory.preemptAt(random.nextInt(pace), () -> {
            stops++;
            change(random.nextBoolean() ? asked : random.nextInt((int) keys));
            fillFreed();
            memory.preemptIn(1 + random.nextInt(pace));
        });
    }

    private Set<Long> possible(long key) {
        return since.getOrDefault(key, Set.of());
    }

    private void change(long key) {
        long value = random.nextInt(3) == 0 ? ABSENT : random.nextInt(1 << 20);
        if (value == ABSENT) {
            theirs.index().remove(key, true, 0);
        } else {
            theirs.index().put(key, value, true);
        }
        model.put(key, value);
        possible(key).add(value);
    }

    /** A key that is there throughout is met once; one that comes or goes, at most once. */
    private void checkWalk(LongIndexObject mine) {
        Map<Long, Integer> met = new HashMap<>();
        LongCursor cursor = mine.index().cursor();
        while (cursor.next()) {
            met.merge(cursor.key(), 1, Integer::sum);
            assertTrue(possible(cursor.key()).contains(cursor.value()), "key=" + cursor.key());
        }
        since.forEach((key, values) -> {
            int times = met.getOrDefault(key, 0);
            int least = values.contains(ABSENT) ? 0 : 1;
            int most = values.equals(Set.of(ABSENT)) ? 0 : 1;
            assertTrue(times >= least && times <= most, () -> "key=" + key + " times=" + times + " values=" + values);
        });
    }

    /** A user whose data are the key, a value, and a link with all bits, or words that look like offsets and locks. */
    private void fillFreed() {
        if (blocks.size() > 40) {
            others.blocks().free(blocks.remove());
        }
        int size = 16 << random.nextInt(8);
        long block = others.blocks().allocate(size);
        boolean wild = random.nextBoolean();
        for (int at = 0; at < size; at += Long.BYTES) {
            int word = at / Long.BYTES % 16;
            long pair = word == 0 ? 1L << 24 : word == 15 ? 0x7F : word < 8 ? asked : FORGED;
            long offset = random.nextBoolean() ? image.geometry().maxSize - 64 : block;
            others.memory().putLong(block + at, wild ? offset : pair);
        }
        blocks.add(block);
    }
}
