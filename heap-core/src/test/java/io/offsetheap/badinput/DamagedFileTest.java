/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.badinput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.error.HeapException;
import io.offsetheap.layout.Geometry;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.process.ChildJvm;
import io.offsetheap.verify.HeapReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A closed heap with one bit of its file flipped, opened, verified, read and written by a process that must survive it. The
 * flip is refused, or the verifier finds it, or the bit means nothing and everything works.
 */
class DamagedFileTest {
    private static final int FLIPS = 1000;
    private static final long SEED = 20_260_101;
    private static final long SIZE = 1 << 20;
    private static final String REFUSED = "refused";
    private static final String FOUND = "found";
    private static final String SILENT = "silent";

    private final Path file =
            Path.of("/dev/shm", "offsetheap-damaged-" + ProcessHandle.current().pid());
    private final Path list =
            Path.of("/dev/shm", "offsetheap-flips-" + ProcessHandle.current().pid());
    private final Path good =
            Path.of("/dev/shm", "offsetheap-good-" + ProcessHandle.current().pid());

    @BeforeEach
    @AfterEach
    void removeFiles() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(list);
        Files.deleteIfExists(good);
    }

    @Test
    void noFlippedBitKillsOrStopsOrFoolsAProcess() throws IOException {
        fill(good);
        byte[] bytes = Files.readAllBytes(good);
        ImageMap map = new ImageMap(bytes, Geometry.of(SIZE));
        List<String> flips = chooseFlips(map);
        Files.write(list, flips);
        try (ChildJvm child = ChildJvm.start(Child.class, good.toString(), list.toString(), file.toString())) {
            assertEquals(0, child.exitStatus(Duration.ofMinutes(10)), child::toString);
            List<String> outcomes = child.output().lines().toList();
            assertEquals(FLIPS, outcomes.size(), child::toString);
            Map<String, Map<String, Integer>> counts = new TreeMap<>();
            List<String> missed = new ArrayList<>();
            for (int i = 0; i < FLIPS; i++) {
                String[] flip = flips.get(i).split(" ");
                int word = Integer.parseInt(flip[0]);
                boolean meaningful = (map.meaningful(word) & 1L << Integer.parseInt(flip[1])) != 0;
                String outcome = outcomes.get(i);
                counts.computeIfAbsent(map.area(word).name(), area -> new TreeMap<>())
                        .merge(outcome, 1, Integer::sum);
                if (meaningful == outcome.equals(SILENT)) {
                    missed.add(map.area(word) + " word=" + word + " bit=" + flip[1] + " " + outcome);
                }
            }
            counts.forEach((area, outcome) -> System.out.printf("%-14s %s%n", area, outcome));
            assertEquals(List.of(), missed);
        }
    }

    private static void fill(Path path) {
        try (OffsetHeap heap = OffsetHeap.file(path).maxSize(SIZE).create()) {
            for (int length : new int[] {0, 1, 100, 1000, 5000, 30_000}) {
                heap.construct("bytes" + length, SharedBytes.TYPE, length);
            }
            IndexObject index = heap.construct("index", IndexObject.TYPE);
            for (int i = 0; i < 400; i++) {
                index.put("key" + i, new byte[i * 7 % 120]);
            }
            for (int i = 0; i < 400; i += 5) {
                index.remove("key" + i);
            }
            heap.construct("empty", IndexObject.TYPE);
            heap.construct("gone", IndexObject.TYPE);
            heap.destroy("gone");
            heap.destroy("bytes1000");
            assertTrue(heap.verify().isClean());
            assertEquals(0, heap.verify().rawBlocks());
        }
    }

    /** Words of all areas in turn, so that the few that everything hangs on are not lost among the many. */
    private static List<String> chooseFlips(ImageMap map) {
        Random random = new Random(SEED);
        List<String> flips = new ArrayList<>();
        List<List<Integer>> words = new ArrayList<>();
        for (ImageMap.Area area : ImageMap.Area.values()) {
            words.add(map.words(area));
            assertTrue(!words.get(words.size() - 1).isEmpty(), area::name);
        }
        for (int i = 0; i < FLIPS; i++) {
            List<Integer> of = words.get(i % words.size());
            flips.add(of.get(random.nextInt(of.size())) + " " + random.nextInt(Long.SIZE));
        }
        return flips;
    }

    /** The process: goes through all flips and says one word about each. */
    static final class Child {
        private static final long DEADLINE_SECONDS = 60;
        private static final int STOPPED = 3;

        private Child() {}

        public static void main(String[] arguments) throws IOException {
            byte[] good = Files.readAllBytes(Path.of(arguments[0]));
            Path file = Path.of(arguments[2]);
            ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(1, task -> {
                Thread thread = new Thread(task);
                thread.setDaemon(true);
                return thread;
            });
            watchdog.setRemoveOnCancelPolicy(true);
            Thread main = Thread.currentThread();
            for (String flip : Files.readAllLines(Path.of(arguments[1]))) {
                String[] place = flip.split(" ");
                ScheduledFuture<?> end = watchdog.schedule(() -> stop(flip, main), DEADLINE_SECONDS, TimeUnit.SECONDS);
                try {
                    System.out.println(open(good, Integer.parseInt(place[0]), Integer.parseInt(place[1]), file));
                } catch (Throwable t) {
                    throw new AssertionError("flip of word and bit " + flip, t);
                }
                end.cancel(false);
            }
        }

        private static void stop(String flip, Thread main) {
            System.err.println("no end after the flip of word and bit " + flip);
            for (StackTraceElement element : main.getStackTrace()) {
                System.err.println("    " + element);
            }
            Runtime.getRuntime().halt(STOPPED);
        }

        private static String open(byte[] good, int word, int bit, Path file) throws IOException {
            byte[] bytes = good.clone();
            bytes[word * Long.BYTES + bit / 8] ^= (byte) (1 << bit % 8);
            Files.deleteIfExists(file);
            Files.write(file, bytes);
            OffsetHeap heap;
            try {
                heap = OffsetHeap.file(file).open();
            } catch (HeapException e) {
                return REFUSED;
            }
            HeapReport report = heap.verify();
            boolean found = !report.isClean() || report.rawBlocks() != 0;
            List<Runnable> uses = List.of(
                    () -> readAll(heap),
                    () -> heap.free(heap.allocate(40)),
                    () -> heap.free(heap.allocate(40_000)),
                    () -> heap.findOrConstruct("more", SharedBytes.TYPE, 300),
                    () -> put(heap),
                    () -> heap.destroy("bytes100"),
                    () -> heap.destroy("bytes30000"),
                    () -> heap.destroy("index"),
                    heap::trim,
                    heap::stats,
                    heap::verify,
                    heap::close);
            for (Runnable use : uses) {
                try {
                    use.run();
                } catch (HeapException | IllegalStateException | IllegalArgumentException e) {
                    if (!found) {
                        throw e;
                    }
                }
            }
            return found ? FOUND : SILENT;
        }

        private static void readAll(OffsetHeap heap) {
            for (NamedObject name : heap.names()) {
                if (name.fingerprint().equals(IndexObject.TYPE.fingerprint())) {
                    heap.find(name.name(), IndexObject.TYPE).ifPresent(IndexObject::content);
                } else {
                    heap.find(name.name(), SharedBytes.TYPE).ifPresent(bytes -> {
                        byte[] content = new byte[(int) Math.min(bytes.length(), SIZE)];
                        bytes.get(0, content, 0, content.length);
                    });
                }
            }
        }

        private static void put(OffsetHeap heap) {
            IndexObject index = heap.find("index", IndexObject.TYPE).orElseThrow(IllegalStateException::new);
            for (int i = 0; i < 200; i++) {
                index.put("key" + i * 3, new byte[i % 50]);
                index.remove("key" + i * 2);
            }
        }
    }
}
