/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.lane.LockWord;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.verify.HeapReport;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes work on one heap, and one of them is killed, again and again. In two kills of three the victim has been
 * stopped inside a commit, holding the lock of a bucket, of a class of blocks or of the page heap, and is killed when both
 * others wait for it. After each kill the heap is whole and holds what was acknowledged.
 *
 * <p>{@code -Doffsetheap.kills=300} for the long run.
 */
@Tag("without-native-calls")
class KillTest {
    private static final int KILLS = Integer.getInteger("offsetheap.kills", 30);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_NANOS = 500_000;

    /** Commits under the lock of a bucket, of a class of blocks, and of the page heap. */
    private static final List<CommitSite> SITES = List.of(
            CommitSite.PUT_NEW,
            CommitSite.REFILL,
            CommitSite.ALLOCATE_SPAN,
            CommitSite.PUT_REPLACE,
            CommitSite.DRAIN_CELL,
            CommitSite.DRAIN_SPAN,
            CommitSite.PUT_IN_PLACE,
            CommitSite.NEW_RUN,
            CommitSite.REMOVE,
            CommitSite.DRAIN_RUN,
            CommitSite.CONSTRUCT,
            CommitSite.DESTROY_BLOCK);

    @TempDir
    Path directory;

    private final String name = "offsetheap-kill-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    /** Small, so that lanes keep few blocks and all processes often need the locks of the allocator. */
    private final HeapBuilder builder = OffsetHeap.sharedMemory(name).maxSize(8 << 20);

    private final Random random = new Random(20);
    private final List<Seat> seats = new ArrayList<>();

    private final List<Long> nextOperations = new ArrayList<>();
    private final List<Long> nextOperationsAfterStops = new ArrayList<>();
    private int takeovers;
    private int unacknowledged;

    /** A process and its part of the heap. */
    private final class Seat {
        final int number;
        final Path file;
        final History.Model model;
        ChildJvm worker;
        int takeovers;

        Seat(int number, ChildJvm worker) throws IOException {
            this.number = number;
            this.file = Files.write(directory.resolve("seat" + number), new byte[Long.BYTES]);
            this.model = new History.Model(number);
            sit(worker);
        }

        private void sit(ChildJvm next) {
            worker = next;
            takeovers = 0;
            worker.send("attach " + name + " " + number + " " + file);
            worker.awaitLine("ATTACHED"::equals, PATIENCE);
        }

        long acknowledged() {
            try (var input = new DataInputStream(Files.newInputStream(file))) {
                return input.readLong();
            } catch (IOException e) {
                throw new AssertionError("the file of seat " + number + " is not whole", e);
            }
        }

        void go(int round) {
            worker.send("go " + round + " " + model.steps());
        }

        /** Waits for the end of the first operation that ends after a time, and stops the worker there. */
        void gate(int round, long time, boolean stopped) {
            worker.send("gate " + time);
            String[] said = worker.awaitLine(line -> line.startsWith("GATE " + round + " "), PATIENCE)
                    .split(" ");
            long nanos = Long.parseLong(said[2]);
            assertTrue(nanos < LONGEST_NANOS, () -> "the next operation took " + nanos + " ns: " + worker);
            nextOperations.add(nanos);
            if (stopped) {
                nextOperationsAfterStops.add(nanos);
            }
            KillTest.this.takeovers += Integer.parseInt(said[3]) - takeovers;
            takeovers = Integer.parseInt(said[3]);
            model.advanceTo(acknowledged());
        }

        /** What the dead has acknowledged is there; its last operation is there or not. */
        void checkAfterDeath(History history) {
            model.advanceTo(acknowledged());
            var content = history.content();
            if (!content.equals(model.content())) {
                model.advanceTo(model.steps() + 1);
                unacknowledged++;
            }
            assertEquals(model.content(), content, () -> "seat " + number + " after " + model.steps() + " steps");
        }
    }

    @Test
    void survivorsGoOnAndNothingIsLost() throws IOException {
        try {
            killThemOneByOne();
            try (OffsetHeap heap = builder.open()) {
                for (Seat seat : seats) {
                    seat.checkAfterDeath(new History(heap, seat.number));
                }
                checkReport(heap.verify());
            }
            report();
        } finally {
            builder.remove();
        }
    }

    /** Returns when all are dead that have ever worked. */
    private void killThemOneByOne() throws IOException {
        List<ChildJvm> children = new ArrayList<>();
        try (OffsetHeap heap = builder.create()) {
            History.prepare(heap);
            for (int i = 0; i < History.SEATS; i++) {
                seats.add(new Seat(i, startSpare(children)));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                ChildJvm spare = startSpare(children);
                Seat victim = seats.get(random.nextInt(seats.size()));
                boolean stopped = kill % 3 != 2;
                killOne(heap, kill, victim, stopped);
                victim.sit(spare);
                check(heap, kill, victim);
            }
            for (Seat seat : seats) {
                seat.go(KILLS);
            }
            awaitProgress(100);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nall workers:\n" + children, e);
        } finally {
            children.forEach(ChildJvm::close);
        }
    }

    private static ChildJvm startSpare(List<ChildJvm> children) {
        ChildJvm spare = ChildJvm.start(KillWorker.class);
        children.add(spare);
        return spare;
    }

    private void killOne(OffsetHeap heap, int round, Seat victim, boolean stopped) {
        int before = takeovers;
        for (Seat seat : seats) {
            seat.go(round);
        }
        if (stopped) {
            CommitSite site = SITES.get(round % SITES.size());
            victim.worker.send("stop " + site + " " + random.nextInt(3));
            awaitStopAndWaits(heap.memory(), round, victim);
        } else {
            awaitProgress(random.nextInt(500));
        }
        long time = System.nanoTime();
        victim.worker.kill9();
        for (Seat seat : seats) {
            if (seat != victim) {
                seat.gate(round, time, stopped);
            }
        }
        if (stopped) {
            assertTrue(takeovers > before, "nobody has taken over from the dead, but all went on");
        }
    }

    private void awaitStopAndWaits(SegmentMemory memory, int round, Seat victim) {
        String[] said = victim.worker
                .awaitLine(line -> line.startsWith("STOPPED " + round + " "), PATIENCE)
                .split(" ");
        long lock = memory.getLongVolatile(Long.parseLong(said[2]));
        assertTrue(LockWord.isLocked(lock));
        await("all survivors wait for the victim: " + victim.worker, () -> {
            boolean all = true;
            boolean any = false;
            for (Seat seat : seats) {
                if (seat != victim) {
                    String[] wait = lastWait(seat.worker);
                    long word = Long.parseLong(wait[2]);
                    // Who does not wait for the victim waits for somebody who does.
                    all &= memory.getLongVolatile(Long.parseLong(wait[1])) == word;
                    any |= LockWord.owner(word) == LockWord.owner(lock);
                }
            }
            return all && any;
        });
    }

    private static String[] lastWait(ChildJvm worker) {
        return worker.output()
                .lines()
                .filter(line -> line.startsWith("WAITING "))
                .reduce("WAITING 0 0", (first, second) -> second)
                .split(" ");
    }

    private void awaitProgress(long steps) {
        for (Seat seat : seats) {
            await("seat " + seat.number + " works", () -> seat.acknowledged() >= seat.model.steps() + steps);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < PATIENCE.toNanos(), () -> "not within " + PATIENCE + ": " + what);
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** All survivors are at the gate, and the next process has attached. */
    private void check(OffsetHeap heap, int round, Seat victim) {
        victim.checkAfterDeath(new History(heap, victim.number));
        for (Seat seat : seats) {
            assertEquals(
                    seat.model.content(),
                    new History(heap, seat.number).content(),
                    () -> "seat " + seat.number + " after " + seat.model.steps() + " steps and kill " + round);
        }
        checkReport(heap.verify());
    }

    private void checkReport(HeapReport report) {
        assertTrue(report.isClean(), report::toString);
        assertEquals(0, report.busyLanes());
        // A death between the store that unlinks a raw block and its free leaks it.
        long blocks = seats.stream().mapToLong(seat -> seat.model.blocks()).sum();
        long leaked = report.rawBlocks() - blocks;
        assertTrue(leaked >= 0 && leaked <= unacknowledged, () -> "leaked=" + leaked + " after " + unacknowledged);
    }

    private void report() {
        System.out.println("kills=" + KILLS + " takeovers=" + takeovers + " steps="
                + seats.stream().mapToLong(seat -> seat.model.steps()).sum());
        System.out.println("next operation of the survivors, ms: " + distribution(nextOperations));
        System.out.println("  after a stop with a lock held, ms: " + distribution(nextOperationsAfterStops));
        assertTrue(takeovers > 0);
    }

    private static String distribution(List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        assertTrue(sorted.length > 0, () -> Arrays.toString(sorted));
        return String.format(
                "count=%d median=%.3f p99=%.3f max=%.3f",
                sorted.length,
                sorted[sorted.length / 2] / 1e6,
                sorted[(int) Math.ceil(sorted.length * 0.99) - 1] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    }
}
