/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.LongIndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import io.offsetheap.object.VectorObject;
import io.offsetheap.verify.HeapReport;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Crashes an operation before every single store, lets others recover, and crashes them before every single store as well.
 *
 * <p>What must hold, whoever died where: the verifier is silent, no lane is left inside an operation, and the heap holds
 * exactly what it held before the operation or exactly what it holds after it.
 */
final class CrashHarness {
    /** How often a commit was crashed: before its store, at it, after it; in the operation and in recovery. */
    static final class Coverage {
        final long[] operation = new long[3];
        final long[] recovery = new long[3];
    }

    private static final int BEFORE = 0;
    private static final int AT = 1;
    private static final int AFTER = 2;

    private final TestImage image;
    private final Map<CommitSite, Coverage> coverage = new EnumMap<>(CommitSite.class);
    private final Random random = new Random(42);
    /** Stores of the last recovery. */
    private long recoveryStores;

    private long crashPoints;
    private long recoveryCrashes;
    private long survivors;
    private long overtakings;

    CrashHarness(long maxSize, AllocatorType allocator) {
        image = TestImage.formatted(maxSize, allocator);
    }

    /** Runs an operation without a crash, only to prepare what follows. */
    void prepare(Consumer<Attachment> operation) {
        image.prepare(operation);
    }

    /**
     * Runs an operation and kills it behind the commit of a site, and lets another process recover. What the operation has
     * begun but no recovery has to finish is left as it is.
     *
     * @return false if the operation makes no such commit; then it has run to its end
     */
    boolean leaveHalfDone(Consumer<Attachment> operation, CommitSite site) {
        CrashingMemory memory = image.newMemory();
        start(memory, operation);
        var fatal = memory.commits().stream()
                .filter(commit -> commit.site() == site)
                .mapToLong(CrashingMemory.Commit::store)
                .findFirst();
        if (fatal.isPresent()) {
            crash(operation, fatal.getAsLong() + 1, -1);
            recovered("half done", image.newMemory());
        }
        image.keep();
        return fatal.isPresent();
    }

    /** Whether an operation makes a commit of this site. It is run, but what it does is forgotten. */
    boolean commits(Consumer<Attachment> operation, CommitSite site) {
        CrashingMemory memory = image.newMemory();
        start(memory, operation);
        image.killAllBut(-1);
        return memory.commits().stream().anyMatch(commit -> commit.site() == site);
    }

    /** Attaches once more over the memory of a process that is attached already: two attaches, one death. */
    Attachment attachBeside(Attachment process) {
        return image.attach((CrashingMemory) process.memory());
    }

    private void start(CrashingMemory memory, Consumer<Attachment> operation) {
        operation.accept(image.rewound(memory));
    }

    /** Crashes an operation at every store. Afterwards the image is as the operation, uncrashed, has left it. */
    void explore(String label, Consumer<Attachment> operation) {
        image.rewind();
        String before = recovered(label + " before", image.newMemory());

        CrashingMemory memory = image.newMemory();
        start(memory, operation);
        long stores = memory.stores();
        var commits = memory.commits();
        image.killAllBut(-1);
        byte[] done = image.save();
        String after = recovered(label + " after", image.newMemory());

        for (long k = 0; k < stores; k++) {
            long point = k;
            // A thread whose operation died keeps hold of its lane: each crash point has threads of its own.
            onThreadOfItsOwn(() -> {
                String where = label + " crashed at store " + point + " of " + stores;
                byte[] crashed = crash(operation, point, -1);
                long recoveries = recover(where, crashed, before, after);
                boolean news = count(commits, point, stores, recoveries);
                crashPoints++;
                survive(where, operation, point);
                if (news) {
                    overtake(where, operation, point, before, after);
                }
            });
        }
        image.restore(done);
        image.keep();
    }

    private static void onThreadOfItsOwn(Runnable task) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get().getMessage(), failure.get());
        }
    }

    private byte[] crash(Consumer<Attachment> operation, long k, int survivor) {
        CrashingMemory memory = image.newMemory();
        if (survivor < 0) {
            image.rewind();
        }
        Attachment process = image.attach(memory);
        memory.crashAt(k);
        try {
            operation.accept(process);
            // Beside a survivor there may be less to do: only the last one marks the segment as clean.
            if (survivor < 0) {
                throw new AssertionError("the operation made fewer stores than before: " + k);
            }
        } catch (CrashingMemory.Crash expected) {
            // What follows kills the others as well.
        }
        image.killAllBut(survivor);
        return image.save();
    }

    /** Lets a second process recover, then crashes it at each of its stores and lets a third one recover. */
    private long recover(String where, byte[] crashed, String before, String after) {
        CrashingMemory memory = image.newMemory();
        String outcome = recovered(where, memory);
        if (!outcome.equals(before) && !outcome.equals(after)) {
            throw new AssertionError(where + ": neither before nor after\n found " + outcome + "\nbefore " + before
                    + "\n after " + after);
        }
        long stores = recoveryStores;
        for (long j = 0; j < stores; j++) {
            image.killAllBut(-1);
            image.restore(crashed);
            CrashingMemory helper = image.newMemory();
            helper.crashAt(j);
            try {
                image.attach(helper);
                throw new AssertionError(where + ": recovery made fewer stores than before: " + j);
            } catch (CrashingMemory.Crash expected) {
                image.killAllBut(-1);
            }
            String again = recovered(where + ", recovery crashed at store " + j, image.newMemory());
            if (!again.equals(outcome)) {
                throw new AssertionError(where + ", recovery crashed at store " + j + ": another outcome\n found "
                        + again + "\n first " + outcome);
            }
            recoveryCrashes++;
        }
        return stores;
    }

    /** Attaches, which recovers, and tells what the heap holds. */
    private String recovered(String where, CrashingMemory memory) {
        memory.crashAt(Long.MAX_VALUE);
        Attachment process = image.attach(memory);
        recoveryStores = memory.stores();
        String content = content(where, process);
        image.killAllBut(-1);
        return content;
    }

    static String content(String where, Attachment process) {
        HeapReport report = process.verify();
        if (!report.isClean() || report.busyLanes() != 0) {
            throw new AssertionError(where + ": busyLanes=" + report.busyLanes() + " " + report.findings());
        }
        Map<String, String> names = new TreeMap<>();
        process.names().iterator().forEachRemaining(name -> names.put(name.name(), describe(process, name)));
        return names + " raw=" + report.rawBlocks();
    }

    private static String describe(Attachment process, NamedObject name) {
        if (name.fingerprint().equals(IndexObject.TYPE.fingerprint())) {
            IndexObject index =
                    process.names().find(name.name(), IndexObject.TYPE).orElseThrow();
            Map<String, String> content = index.content();
            if (index.index().size() != content.size()) {
                throw new AssertionError("size=" + index.index().size() + " content=" + content);
            }
            return content.toString();
        }
        if (name.fingerprint().equals(LongIndexObject.TYPE.fingerprint())) {
            LongIndexObject longs =
                    process.names().find(name.name(), LongIndexObject.TYPE).orElseThrow();
            Map<Long, Long> content = longs.content();
            if (longs.index().size() != content.size()) {
                throw new AssertionError("size=" + longs.index().size() + " content=" + content);
            }
            return content.toString();
        }
        for (SharedType<VectorObject> type : VectorObject.TYPES) {
            if (name.fingerprint().equals(type.fingerprint())) {
                return describe(process.names().find(name.name(), type).orElseThrow());
            }
        }
        return name.fingerprint() + "[" + name.length() + "]";
    }

    private static String describe(VectorObject object) {
        List<String> content = object.content();
        if (object.vector().size() != content.size()) {
            throw new AssertionError("size=" + object.vector().size() + " content=" + content);
        }
        return content.toString();
    }

    /** Nobody recovers: a process that was attached all the time goes on working, meets the dead, and tidies up. */
    private void survive(String where, Consumer<Attachment> operation, long k) {
        image.rewind();
        Attachment survivor = image.attach(image.newMemory());
        crash(operation, k, survivor.slot());
        long seed = random.nextLong();
        try {
            work(survivor, new Random(seed));
            survivor.blocks().trim();
            survivor.lanes().helpAll();
            content(where + ", then a survivor at work", survivor);
        } catch (RuntimeException e) {
            throw new AssertionError(where + ", then a survivor at work, seed=" + seed, e);
        }
        survivors++;
    }

    /**
     * A helper is stopped before and after each of its loads, while a new process attaches in the slot of the dead and helps
     * as well.
     */
    private void overtake(String where, Consumer<Attachment> operation, long k, String before, String after) {
        image.rewind();
        PreemptedMemory memory = image.newPreemptedMemory(() -> true);
        Attachment helper = image.attach(memory);
        byte[] crashed = crash(operation, k, helper.slot());
        long points = 1;
        for (long point = 0; point < points; point++) {
            image.killAllBut(helper.slot());
            image.restore(crashed);
            memory.preemptAt(point, () -> image.attach(image.newMemory()));
            helper.lanes().helpAll();
            points = Math.max(points, memory.points());
            memory.endWatch();
            String label = where + ", its slot taken while a helper was stopped at point " + point;
            String found = content(label, helper);
            if (!found.equals(before) && !found.equals(after)) {
                throw new AssertionError(label + ": neither before nor after\n found " + found + "\nbefore " + before
                        + "\n after " + after);
            }
            overtakings++;
        }
    }

    private static void work(Attachment process, Random random) {
        for (int i = 0; i < 4; i++) {
            long block = process.blocks().allocate(random.nextInt(1200));
            String name = "survivor" + random.nextInt(2);
            if (!process.names().destroy(name)) {
                process.names().construct(name, SharedBytes.TYPE, random.nextInt(100));
            }
            process.names().find("index", IndexObject.TYPE).ifPresent(index -> {
                index.put("k" + random.nextInt(40), new byte[random.nextInt(30)]);
                index.remove("k" + random.nextInt(40));
            });
            process.names().find("longs", LongIndexObject.TYPE).ifPresent(longs -> {
                longs.index().put(random.nextInt(40), random.nextInt(), true);
                longs.index().remove(random.nextInt(40), true, 0);
            });
            for (SharedType<VectorObject> type : VectorObject.TYPES) {
                process.names().find(type.fingerprint(), type).ifPresent(vector -> {
                    vector.add(random.nextInt(40));
                    vector.set(0, random.nextInt(40));
                    vector.removeLast();
                });
            }
            process.blocks().free(block);
        }
    }

    /** Returns whether a commit was met in a phase for the first time. */
    private boolean count(List<CrashingMemory.Commit> commits, long k, long stores, long recoveries) {
        boolean news = false;
        for (int i = 0; i < commits.size(); i++) {
            long from = i == 0 ? 0 : commits.get(i - 1).store() + 1;
            long store = commits.get(i).store();
            long to = i + 1 < commits.size() ? commits.get(i + 1).store() : stores;
            int phase = k == store ? AT : k >= from && k < store ? BEFORE : k > store && k <= to ? AFTER : -1;
            if (phase >= 0) {
                Coverage of = coverage.computeIfAbsent(commits.get(i).site(), site -> new Coverage());
                news |= of.operation[phase] == 0;
                of.operation[phase]++;
                of.recovery[phase] += recoveries;
            }
        }
        return news;
    }

    Map<CommitSite, Coverage> coverage() {
        return coverage;
    }

    void print(BiConsumer<String, Object[]> out) {
        coverage.forEach((site, c) -> out.accept(
                "%-18s operation before %6d at %6d after %6d   recovery %7d %7d %7d%n",
                new Object[] {
                    site,
                    c.operation[BEFORE],
                    c.operation[AT],
                    c.operation[AFTER],
                    c.recovery[BEFORE],
                    c.recovery[AT],
                    c.recovery[AFTER]
                }));
        out.accept(
                "crash points %,d; crashes of recovery %,d; survivors %,d; helpers stopped %,d%n",
                new Object[] {crashPoints, recoveryCrashes, survivors, overtakings});
    }
}
