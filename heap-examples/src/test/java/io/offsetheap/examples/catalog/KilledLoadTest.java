/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.process.ChildJvm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loads are killed at a point of their progress that another process watches for; the next load goes on. */
class KilledLoadTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int ENTRIES = 60_000;
    /** Which entry is there, and of its round, when a load is killed: some only just begin, some repeat what was there. */
    private static final List<Integer> KILLED_AT = List.of(0, 7_000, 3_000, 25_000, 50_000, 1);

    private final String heap =
            "killed-test-" + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());

    @AfterEach
    void removeHeap() {
        OffsetHeap.sharedMemory(heap).remove();
    }

    @Test
    void aKilledLoadLeavesItsFirstEntriesAndTheNextCompletesIt() {
        for (int round = 1; round <= KILLED_AT.size(); round++) {
            int last = KILLED_AT.get(round - 1);
            killLoad(round, last);
            // Whoever had the heap open is dead or has closed it: these open it as they find it.
            verifyFindsNothing();
            expectAnswers(ExitStatus.TEMPORARY, "k" + last + "\t" + round + "\nabsent\n", "k" + last, "absent");
        }
        int round = KILLED_AT.size() + 1;
        try (ChildJvm load = startLoad()) {
            load.send(lines(round)).endInput();
            assertEquals(0, load.exitStatus(PATIENCE), load::toString);
        }
        verifyFindsNothing();
        expectAnswers(ExitStatus.KEY_NOT_FOUND, "k59999\t" + round + "\nabsent\n", "k59999", "absent");
        try (OffsetHeap watcher = OffsetHeap.sharedMemory(heap).open()) {
            SharedHashMap<String, String> map =
                    watcher.find("words", Table.TYPE).orElseThrow();
            assertEquals(ENTRIES, map.mappingCount());
            map.forEach((key, value) -> assertEquals(Integer.toString(round), value, key));
        }
    }

    private void killLoad(int round, int last) {
        try (ChildJvm load = startLoad()) {
            // The input never ends, so the load cannot have ended either.
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> load.send(lines(round)));
            try (OffsetHeap watcher = awaitHeap()) {
                SharedHashMap<String, String> map = awaitEntry(watcher, "k" + last, Integer.toString(round));
                assertEquals(ChildJvm.KILLED, load.kill9().exitStatus());
                checkPrefixes(map, round, last);
            }
            // The pipe is broken, unless the load had taken all of it already.
            sender.handle((sent, broken) -> "ended").join();
        }
    }

    /** A load goes through its input in order, so each has changed the first so many entries and no others. */
    private static void checkPrefixes(SharedHashMap<String, String> map, int round, int last) {
        int previous = round;
        for (int i = 0; i < ENTRIES; i++) {
            String value = map.get("k" + i);
            int writtenBy = value == null ? 0 : Integer.parseInt(value);
            assertTrue(
                    i <= last ? writtenBy == round : writtenBy <= previous,
                    "entry " + i + " is of round " + writtenBy + " behind one of round " + previous);
            previous = writtenBy;
        }
    }

    private static String lines(int round) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < ENTRIES; i++) {
            lines.append('k').append(i).append('\t').append(round).append('\n');
        }
        return lines.toString().stripTrailing();
    }

    private OffsetHeap awaitHeap() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            try {
                return OffsetHeap.sharedMemory(heap).open();
            } catch (SegmentNotFoundException notYet) {
                Thread.onSpinWait();
            }
        }
        return fail("the load has made no heap");
    }

    private static SharedHashMap<String, String> awaitEntry(OffsetHeap heap, String key, String value) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            Optional<SharedHashMap<String, String>> map = heap.find("words", Table.TYPE);
            if (map.isPresent() && value.equals(map.get().get(key))) {
                return map.get();
            }
            Thread.onSpinWait();
        }
        return fail("the load has not come to " + key);
    }

    private ChildJvm startLoad() {
        return ChildJvm.start(CatalogCommand.class, "load", "--heap", heap, "--map", "words", "/dev/stdin");
    }

    private void expectAnswers(int status, String output, String first, String second) {
        try (ChildJvm child =
                ChildJvm.start(CatalogCommand.class, "query", "--heap", heap, "--map", "words", first, second)) {
            assertEquals(output, child.expectExit(status).output());
        }
    }

    private void verifyFindsNothing() {
        try (ChildJvm verify = ChildJvm.start(CatalogCommand.class, "verify", "--heap", heap)) {
            assertTrue(
                    verify.expectExit(0).output().matches("clean: .* rawBlocks=0 busyLanes=0 .*\n"), verify::toString);
        }
    }
}
