/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import io.offsetheap.OffsetHeap;
import io.offsetheap.alloc.BlockInitializer;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What one of several processes does to a heap that they share. Operation number n of a seat is always the same, so that
 * their number alone says what the heap must hold: {@link Model} plays the history in plain Java.
 *
 * <p>Each seat changes only keys, names and cells of its own, but all seats meet in the same buckets, classes of blocks and
 * pages, and look at each other's keys and names.
 */
final class History {
    static final int SEATS = 3;

    private static final int KEYS = 32;
    private static final int NAMES = 24;
    private static final int CELLS = 24;

    /** Values of these lengths: in place, in cells of several classes, and in whole pages. */
    private static final int[] VALUES = {8, 8, 8, 100, 100, 700, 3000};

    private static final int[] BLOCKS = {16, 24, 60, 1000, 5000, 9000, 30_000};

    private enum Kind {
        PUT,
        REMOVE,
        NAME,
        CELL,
        LOOK
    }

    private record Step(Kind kind, int which, int length) {
        static Step of(int seat, long number) {
            var random = new SplittableRandom(number * SEATS + seat);
            int dice = random.nextInt(100);
            if (dice < 30) {
                return new Step(Kind.PUT, random.nextInt(KEYS), VALUES[random.nextInt(VALUES.length)]);
            } else if (dice < 45) {
                return new Step(Kind.REMOVE, random.nextInt(KEYS), 0);
            } else if (dice < 60) {
                return new Step(Kind.NAME, random.nextInt(NAMES), VALUES[random.nextInt(VALUES.length)]);
            } else if (dice < 90) {
                return new Step(Kind.CELL, random.nextInt(CELLS), BLOCKS[random.nextInt(BLOCKS.length)]);
            }
            return new Step(Kind.LOOK, random.nextInt(SEATS * KEYS), 0);
        }
    }

    /** What stands where, by seat: in a value, or in the first word of a block. Never 0. */
    private static long stamp(int seat, long number) {
        return (number << 2 | seat) + 1;
    }

    private static String key(int seat, int which) {
        return String.format("%d/%03d", seat, which);
    }

    /** A value of one byte repeated, so that a torn one is seen. */
    private static byte[] value(int seat, long number, int length) {
        byte[] value = new byte[length];
        Arrays.fill(value, (byte) stamp(seat, number));
        return value;
    }

    private final OffsetHeap heap;
    private final SegmentMemory memory;
    private final int seat;
    private final IndexObject map;
    private final SharedBytes cells;

    /** The part of a seat in a heap that {@link #prepare} has been called for. */
    History(OffsetHeap heap, int seat) {
        this.heap = heap;
        this.memory = heap.memory();
        this.seat = seat;
        this.map = heap.find("map", IndexObject.TYPE).orElseThrow();
        this.cells = heap.find("cells", SharedBytes.TYPE).orElseThrow();
    }

    static void prepare(OffsetHeap heap) {
        heap.construct("map", IndexObject.TYPE);
        heap.construct("cells", SharedBytes.TYPE, (long) SEATS * CELLS * Long.BYTES);
    }

    private long cell(int which) {
        return cells.offset() + (long) (seat * CELLS + which) * Long.BYTES;
    }

    /** Does one step. */
    void step(long number) {
        Step step = Step.of(seat, number);
        switch (step.kind) {
            case PUT -> map.put(key(seat, step.which), value(seat, number, step.length));
            case REMOVE -> map.remove(key(seat, step.which));
            case NAME -> {
                String name = key(seat, step.which);
                if (!heap.destroy(name)) {
                    heap.construct(name, SharedBytes.TYPE, step.length);
                }
            }
            case CELL -> {
                long cell = cell(step.which);
                long block = memory.getLong(cell);
                if (block == 0) {
                    BlockInitializer fill = (target, at) -> target.putLong(at, stamp(seat, number));
                    heap.allocateInto(cell, step.length, fill);
                } else {
                    memory.putLong(cell, 0);
                    heap.free(block);
                }
            }
            case LOOK -> {
                String key = key(step.which % SEATS, step.which / SEATS);
                byte[] value = map.get(key);
                if (value != null && !isWhole(value)) {
                    throw new AssertionError("a torn value: key=" + key + " value=" + Arrays.toString(value));
                }
                heap.find(key, SharedBytes.TYPE);
            }
        }
    }

    private static boolean isWhole(byte[] value) {
        for (byte b : value) {
            if (b != value[0]) {
                return false;
            }
        }
        return true;
    }

    /** What the seat's part of the heap holds now, as {@link Model#content} tells it. */
    TreeMap<String, String> content() {
        var content = new TreeMap<String, String>();
        for (int i = 0; i < KEYS; i++) {
            byte[] value = map.get(key(seat, i));
            if (value != null) {
                content.put("key " + i, value.length + " times " + (isWhole(value) ? value[0] : "torn"));
            }
        }
        for (int i = 0; i < NAMES; i++) {
            String name = "name " + i;
            heap.find(key(seat, i), SharedBytes.TYPE).ifPresent(bytes -> content.put(name, bytes.length() + " bytes"));
        }
        for (int i = 0; i < CELLS; i++) {
            long block = memory.getLong(cell(i));
            if (block != 0) {
                content.put("cell " + i, "block " + memory.getLong(block));
                heap.usableSize(block);
            }
        }
        return content;
    }

    /** A seat's part of the heap, after a number of steps. */
    static final class Model {
        private final int seat;
        private final TreeMap<String, String> content = new TreeMap<>();
        private long steps;

        Model(int seat) {
            this.seat = seat;
        }

        long steps() {
            return steps;
        }

        TreeMap<String, String> content() {
            return content;
        }

        long blocks() {
            return content.keySet().stream()
                    .filter(key -> key.startsWith("cell "))
                    .count();
        }

        void advanceTo(long number) {
            while (steps < number) {
                step();
            }
        }

        private void step() {
            long number = steps++;
            Step step = Step.of(seat, number);
            switch (step.kind) {
                case PUT -> content.put("key " + step.which, step.length + " times " + (byte) stamp(seat, number));
                case REMOVE -> content.remove("key " + step.which);
                case NAME -> toggle("name " + step.which, step.length + " bytes");
                case CELL -> toggle("cell " + step.which, "block " + stamp(seat, number));
                case LOOK -> {}
            }
        }

        private void toggle(String key, String value) {
            if (content.remove(key) == null) {
                content.put(key, value);
            }
        }
    }
}
