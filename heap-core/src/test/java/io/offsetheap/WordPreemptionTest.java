/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.object.Codecs;
import io.offsetheap.object.HashIndex.When;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.Scratch;
import io.offsetheap.object.WordEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The short way to a value that is a word, stopped at random loads while the index is changed and split, the heap grows, and
 * what becomes free is filled with what looks like entries of the same keys. The handle is one, so that it remembers
 * directories that have gone.
 */
class WordPreemptionTest {
    private static final int CALLS = 1_200;
    private static final long ABSENT = -1;
    /** What the keys never have: it stands in blocks of a user only. */
    private static final long FORGED = -2;

    private final Random random = new Random(5);
    private final TestImage image = new TestImage(512 << 10);
    private final Attachment others = image.format(image.newMemory());
    private final IndexObject theirs = others.names().construct("words", IndexObject.TYPE, 1);
    private final WordEntry shape = Objects.requireNonNull(WordEntry.of(Codecs.LONG, Codecs.LONG));
    /** What each key has. */
    private final Map<Long, Long> model = new HashMap<>();

    private final Deque<Long> blocks = new ArrayDeque<>();
    private long keys = 10;
    /** The key that is asked for, and what it has had since the call began. */
    private long asked;

    private final Set<Long> possible = new HashSet<>();
    private int stops;

    @Test
    void everyWordIsThatOfAMomentOfTheCall() {
        PreemptedMemory memory = image.newPreemptedMemory();
        IndexObject mine =
                image.attach(memory).names().find("words", IndexObject.TYPE).orElseThrow();
        for (int call = 0; call < CALLS; call++) {
            keys = 10 + call / 2;
            asked = random.nextInt((int) keys);
            possible.clear();
            possible.add(model.getOrDefault(asked, ABSENT));
            int pace = 1 + random.nextInt(40);
            memory.preemptAt(random.nextInt(pace), () -> {
                stops++;
                change(random.nextBoolean() ? asked : random.nextInt((int) keys));
                fillFreed();
                memory.preemptIn(1 + random.nextInt(pace));
            });
            long answer = mine.index().getWord(asked, shape, ABSENT);
            memory.endWatch();
            assertTrue(possible.contains(answer), () -> "key=" + asked + " answer=" + answer + " possible=" + possible);
        }
        assertTrue(stops > CALLS, "the calls were hardly disturbed");
        assertTrue(theirs.splits() > 5, "splits=" + theirs.splits());
        assertEquals(List.of(), others.verify().findings());
    }

    private void change(long key) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(Codecs.LONG, key);
            long value = random.nextInt(3) == 0 ? ABSENT : random.nextInt(1 << 20);
            if (value == ABSENT) {
                theirs.index().remove(scratch, When.PRESENT, false);
            } else {
                scratch.encodeValue(Codecs.LONG, value);
                theirs.index().put(scratch, When.ALWAYS, false);
            }
            model.put(key, value);
            if (key == asked) {
                possible.add(value);
            }
        } finally {
            scratch.leave();
        }
    }

    /** A user whose data are lengths, the key and a value as in an entry, or words that look like offsets and locks. */
    private void fillFreed() {
        if (blocks.size() > 40) {
            others.blocks().free(blocks.remove());
        }
        int size = random.nextBoolean() ? 32 : 16 << random.nextInt(7);
        long block = others.blocks().allocate(size);
        for (int at = 0; at < size; at += Long.BYTES) {
            others.memory()
                    .putLong(
                            block + at,
                            switch (at / Long.BYTES) {
                                case 0 -> 8 | 8L << 32;
                                case 1 -> asked;
                                case 2 -> FORGED;
                                default -> random.nextBoolean() ? image.geometry().maxSize - 64 : block;
                            });
        }
        blocks.add(block);
    }
}
