/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.object.Codecs;
import io.offsetheap.process.ChildJvm;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.map.ChronicleMap;

/**
 * Two JVMs, one thread each, on one map of a million longs: 95 % reads, 5 % updates. All variants take turns, several rounds
 * of them, so that the noise of the machine meets them alike; the median round counts.
 */
public final class TwoJvms {
    private static final String NAME = "benchmark-two-jvms";
    private static final File CHRONICLE = new File("/dev/shm", NAME + "-chronicle");
    private static final int ROUNDS = 7;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private TwoJvms() {}

    public static void main(String[] args) {
        try (OffsetHeap heap = Workload.freshHeap(NAME);
                LongMap.ChronicleLongMap chronicle = new LongMap.ChronicleLongMap(CHRONICLE)) {
            SharedHashMap<Long, Long> map = heap.construct("map", SharedHashMap.type(Codecs.LONG, Codecs.LONG));
            for (long key : Workload.longKeys()) {
                map.store(key, key);
                chronicle.put(key, key);
            }
            measure();
        } finally {
            OffsetHeap.sharedMemory(NAME).remove();
        }
    }

    private static void measure() {
        List<Double> ours = new ArrayList<>();
        List<Double> oursAlone = new ArrayList<>();
        List<Double> chronicles = new ArrayList<>();
        List<Double> chroniclesAlone = new ArrayList<>();
        try (Workers offsetHeap = new Workers("offsetheap");
                Workers chronicleMap = new Workers("chronicle")) {
            // One round to warm up.
            offsetHeap.round(2);
            chronicleMap.round(2);
            for (int round = 0; round < ROUNDS; round++) {
                oursAlone.add(offsetHeap.round(1));
                chroniclesAlone.add(chronicleMap.round(1));
                ours.add(offsetHeap.round(2));
                chronicles.add(chronicleMap.round(2));
            }
        }
        double together = median(ours);
        double alone = median(oursAlone);
        double peer = median(chronicles);
        System.out.printf(Locale.ROOT, "OffsetHeap, one JVM:      %6.2f M operations/s%n", alone);
        System.out.printf(
                Locale.ROOT,
                "OffsetHeap, two JVMs:     %6.2f M operations/s, %.2f of one%n",
                together,
                together / alone);
        System.out.printf(Locale.ROOT, "Chronicle Map, one JVM:   %6.2f M operations/s%n", median(chroniclesAlone));
        System.out.printf(Locale.ROOT, "Chronicle Map, two JVMs:  %6.2f M operations/s%n", peer);
        System.out.printf(Locale.ROOT, "two JVMs, OffsetHeap / Chronicle Map: %.2f%n", together / peer);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** Two JVMs that work when they are told to. */
    private static final class Workers implements AutoCloseable {
        private final List<ChildJvm> jvms = new ArrayList<>();
        private int rounds;

        Workers(String kind) {
            for (int i = 0; i < 2; i++) {
                jvms.add(EqualJvm.start(Worker.class, kind, Integer.toString(i)));
            }
            jvms.forEach(ChildJvm::awaitReady);
        }

        /** Millions of operations a second of all workers together. */
        double round(int workers) {
            rounds++;
            List<ChildJvm> active = jvms.subList(0, workers);
            String command = "round " + rounds;
            active.forEach(jvm -> jvm.send(command));
            double sum = 0;
            for (ChildJvm jvm : active) {
                String answer = jvm.awaitLine(line -> line.startsWith(command + ' '), PATIENCE);
                sum += Double.parseDouble(answer.substring(command.length() + 1));
            }
            return sum;
        }

        @Override
        public void close() {
            jvms.forEach(ChildJvm::close);
        }
    }

    /** One of the JVMs: a round of work for each line of its input, an answer with its rate for each. */
    public static final class Worker {
        private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(2);
        private static final int BATCH = 1000;
        private static final int UPDATES_PERCENT = 5;

        private Worker() {}

        public static void main(String[] args) {
            long[] keys = Workload.longKeys();
            SplittableRandom random = new SplittableRandom(Integer.parseInt(args[1]));
            Scanner commands = new Scanner(System.in, StandardCharsets.UTF_8);
            try (OffsetHeap heap = OffsetHeap.sharedMemory(NAME).open();
                    ChronicleMap<Long, Long> chronicle = LongMap.ChronicleLongMap.open(CHRONICLE)) {
                SharedHashMap<Long, Long> map = heap.find("map", SharedHashMap.type(Codecs.LONG, Codecs.LONG))
                        .orElseThrow();
                boolean ours = args[0].equals("offsetheap");
                System.out.println(ChildJvm.READY);
                while (commands.hasNextLine()) {
                    String command = commands.nextLine();
                    long operations = 0;
                    long begin = System.nanoTime();
                    long end;
                    do {
                        if (ours) {
                            work(map, keys, random);
                        } else {
                            work(chronicle, keys, random);
                        }
                        operations += BATCH;
                        end = System.nanoTime();
                    } while (end - begin < ROUND_NANOS);
                    System.out.println(command + " " + operations * 1e3 / (end - begin));
                }
            }
        }

        private static void work(SharedHashMap<Long, Long> map, long[] keys, SplittableRandom random) {
            for (int i = 0; i < BATCH; i++) {
                long key = keys[random.nextInt(keys.length)];
                if (random.nextInt(100) < UPDATES_PERCENT) {
                    map.store(key, random.nextLong());
                } else if (map.readLong(key, 0) == 0) {
                    throw new IllegalStateException("a key is gone: key=" + key);
                }
            }
        }

        private static void work(ChronicleMap<Long, Long> map, long[] keys, SplittableRandom random) {
            for (int i = 0; i < BATCH; i++) {
                long key = keys[random.nextInt(keys.length)];
                if (random.nextInt(100) < UPDATES_PERCENT) {
                    map.put(key, random.nextLong());
                } else if (map.get(key) == null) {
                    throw new IllegalStateException("a key is gone: key=" + key);
                }
            }
        }
    }
}
