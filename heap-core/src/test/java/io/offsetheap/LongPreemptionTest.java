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
    /** Each of these notices a reader that forgets one of the versions. */
    private static final long[] SEEDS = {104, 107, 113, 114};

    /** So many that most splits happen between calls. */
    private static final int CHANGES_BEFORE = 20;

    private static final int SEGMENT = 2048;
    private static final long ABSENT = -1;
    /** What the keys never have: it stands in blocks of a user only. */
    private static final long FORGED = -2;

    private Random random = new Random();
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
    /** How often the index had been split when somebody looked. */
    private long splits;
    /** Whether it has been split just before the call. */
    private boolean hasSplit;
    /** A block whose data look like buckets, all full of the key that is asked for. */
    private final long forged = others.blocks().allocate(SEGMENT);

    @Test
    void everyAnswerIsThatOfAMomentOfTheCall() {
        for (long seed : SEEDS) {
            new LongPreemptionTest().ask(seed);
        }
    }

    private void ask(long seed) {
        random = new Random(seed);
        PreemptedMemory memory = image.newPreemptedMemory();
        LongIndexObject mine =
                image.attach(memory).names().find("longs", LongIndexObject.TYPE).orElseThrow();
        for (int call = 0; call < CALLS; call++) {
            keys = 10 + call;
            asked = anyKey();
            begin(memory);
            if (call % 50 == 0 && !hasSplit) {
                checkWalk(mine);
            } else if (call % 5 == 0 && !hasSplit) {
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
        // The handle knows nothing of this: its directory may have become somebody's data.
        long before = splits;
        for (int changes = 0; changes < CHANGES_BEFORE; changes++) {
            change(anyKey());
            fillFreed();
        }
        hasSplit = splits != before;
        forge(forged, SEGMENT);
        since.clear();
        for (long key = 0; key < keys; key++) {
            since.put(key, new HashSet<>(Set.of(model.getOrDefault(key, ABSENT))));
        }
        if (hasSplit) {
            // Nothing happens meanwhile: all depends on what the handle remembers.
            return;
        }
        int pace = 1 + random.nextInt(40);
        memory.preemptAt(random.nextInt(pace), () -> {
            stops++;
            if (random.nextInt(3) == 0) {
                putInPlaceOfTheOneAskedFor();
            }
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                long key = random.nextBoolean() ? asked : random.nextBoolean() ? neighbour() : anyKey();
                possible(key).add(change(key));
            }
            fillFreed();
            memory.preemptIn(1 + random.nextInt(pace));
        });
    }

    private Set<Long> possible(long key) {
        return since.getOrDefault(key, Set.of());
    }

    private long anyKey() {
        return random.nextInt((int) keys);
    }

    /** A key that may stand where the one that is asked for has stood. */
    private long neighbour() {
        long key = asked;
        for (int tries = 0; tries < 100; tries++) {
            key = anyKey();
            if (key != asked && theirs.bucket(key) == theirs.bucket(asked)) {
                return key;
            }
        }
        return key;
    }

    private long change(long key) {
        return set(key, random.nextInt(3) == 0 ? ABSENT : random.nextInt(1 << 20));
    }

    private long set(long key, long value) {
        if (value == ABSENT) {
            theirs.index().remove(key, true, 0);
        } else {
            theirs.index().put(key, value, true);
        }
        model.put(key, value);
        return value;
    }

    /** Another key of the bucket comes to stand where the one that is asked for has stood. */
    private void putInPlaceOfTheOneAskedFor() {
        long key = neighbour();
        if (key != asked) {
            possible(key).add(set(key, ABSENT));
            possible(asked).add(set(asked, ABSENT));
            possible(key).add(set(key, random.nextInt(1 << 20)));
        }
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

    /** Whatever has been freed is given to somebody else at once: blocks, segments and directories. */
    private void fillFreed() {
        while (blocks.size() > 40) {
            others.blocks().free(blocks.remove());
        }
        fill(16 << random.nextInt(8), random.nextBoolean());
        if (theirs.splits() != splits) {
            splits = theirs.splits();
            for (int size = 16; size <= SEGMENT; size *= 2) {
                fill(size, false);
            }
        }
    }

    /** A user whose data are buckets full of the key, or words that look like offsets and locks. */
    private void fill(int size, boolean buckets) {
        long block = others.blocks().allocate(size);
        if (buckets) {
            forge(block, size);
        } else {
            for (int at = 0; at < size; at += Long.BYTES) {
                long offset = random.nextInt(6) == 0 ? image.geometry().maxSize - 64 : forged;
                others.memory().putLong(block + at, offset);
            }
        }
        blocks.add(block);
    }

    private void forge(long block, int size) {
        for (int at = 0; at < size; at += Long.BYTES) {
            int word = at / Long.BYTES % 16;
            long pair = word == 0 ? 1L << 24 : word == 1 ? theirs.tags(asked) : word < 9 ? asked : FORGED;
            others.memory().putLong(block + at, pair);
        }
    }
}
