/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import io.offsetheap.LanePin;
import io.offsetheap.OffsetHeap;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.SharedBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The calls of a heap as lines of text: so that one history can drive mappers in this process and in others. */
final class HeapCommands {
    /** The answer when there is no room. */
    static final String REFUSED = "refused";

    static final String DONE = "done";

    /** The named object whose words are the cells of {@code link}. */
    static final String CELLS = "cells";

    static final int CELL_COUNT = 6;

    private final OffsetHeap heap;
    private @Nullable LanePin pin;

    HeapCommands(OffsetHeap heap) {
        this.heap = heap;
    }

    String execute(String command) {
        String[] words = command.split(" ");
        try {
            return execute(words[0], words);
        } catch (OutOfSegmentMemoryException e) {
            return REFUSED;
        }
    }

    private String execute(String verb, String[] words) {
        switch (verb) {
            case "allocate" -> {
                long block = heap.allocate(number(words[1]), number(words[2]));
                long usable = heap.usableSize(block);
                fill(block, usable, number(words[3]));
                return block + " " + usable;
            }
            case "link" -> {
                long cell = cells().offset() + number(words[1]) * Long.BYTES;
                long size = number(words[2]);
                long block = heap.allocateInto(cell, size, (memory, at) -> {
                    byte[] bytes = pattern(number(words[3]), Math.toIntExact(heap.usableSize(at)));
                    memory.copyFrom(bytes, 0, at, bytes.length);
                });
                return block + " " + heap.usableSize(block);
            }
            case "linked" -> {
                long block = cells().getLong(number(words[1]) * Long.BYTES);
                return block + " " + usableSizeOrZero(block);
            }
            case "free" -> heap.free(number(words[1]));
            case "grow" -> heap.grow(number(words[1]));
            case "trim" -> heap.trim();
            case "pin" -> pin = heap.pin();
            case "unpin" -> unpin();
            case "construct" -> heap.construct(words[1], SharedBytes.TYPE, number(words[2]));
            case "destroy" -> {
                return String.valueOf(heap.destroy(words[1]));
            }
            case "map" -> heap.findOrConstruct(words[1], IndexObject.TYPE);
            case "put" -> {
                return String.valueOf(index(words[1]).put(words[2], pattern(number(words[4]), (int) number(words[3]))));
            }
            case "remove" -> {
                return String.valueOf(index(words[1]).remove(words[2]));
            }
            case "room" -> {
                return String.valueOf(heap.stats().largestFree());
            }
            case "describe" -> {
                return describe(words);
            }
            case "detach" -> {
                unpin();
                heap.close();
            }
            default -> throw new IllegalArgumentException(verb);
        }
        return DONE;
    }

    private void unpin() {
        if (pin != null) {
            pin.close();
            pin = null;
        }
    }

    private SharedBytes cells() {
        return heap.find(CELLS, SharedBytes.TYPE).orElseThrow();
    }

    private IndexObject index(String name) {
        return heap.find(name, IndexObject.TYPE).orElseThrow();
    }

    private long usableSizeOrZero(long block) {
        try {
            return heap.usableSize(block);
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    private void fill(long block, long usable, long seed) {
        byte[] bytes = pattern(seed, Math.toIntExact(usable));
        heap.memory().copyFrom(bytes, 0, block, bytes.length);
    }

    private static long number(String word) {
        return Long.parseLong(word);
    }

    static byte[] pattern(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /** All that the heap holds, for comparing with {@link SegmentModel#toString}; of raw blocks, those asked for. */
    private String describe(String[] words) {
        Map<String, Long> bytes = new TreeMap<>();
        Map<String, Map<String, String>> maps = new TreeMap<>();
        for (NamedObject object : heap.names()) {
            if (object.fingerprint().equals(IndexObject.TYPE.fingerprint())) {
                maps.put(object.name(), content(index(object.name())));
            } else {
                bytes.put(object.name(), object.length());
            }
        }
        List<Long> cells = new ArrayList<>();
        for (int i = 0; i < CELL_COUNT; i++) {
            cells.add(cells().getLong((long) i * Long.BYTES));
        }
        Map<Long, String> blocks = new TreeMap<>();
        for (int i = 1; i < words.length; i++) {
            long block = number(words[i]);
            byte[] found = new byte[Math.toIntExact(usableSizeOrZero(block))];
            heap.memory().copyTo(block, found, 0, found.length);
            blocks.put(block, digest(found));
        }
        var report = heap.verify();
        return "bytes=" + bytes + " maps=" + maps + " cells=" + cells + " blocks=" + blocks + " raw="
                + report.rawBlocks() + " busy=" + report.busyLanes() + " findings=" + report.findings();
    }

    private static Map<String, String> content(IndexObject index) {
        Map<String, String> content = new TreeMap<>();
        for (String key : index.content().keySet()) {
            byte[] value = index.get(key);
            content.put(key, value == null ? "absent" : digest(value));
        }
        if (content.size() != index.index().size()) {
            content.put("size", String.valueOf(index.index().size()));
        }
        return content;
    }

    static String digest(byte[] bytes) {
        return bytes.length + ":" + Integer.toHexString(Arrays.hashCode(bytes));
    }
}
