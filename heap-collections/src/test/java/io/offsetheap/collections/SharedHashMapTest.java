/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.TypeMismatchException;
import io.offsetheap.object.Codec;
import io.offsetheap.object.Codecs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedHashMapTest {
    @TempDir
    Path directory;

    private static <K, V> SharedHashMap<K, V> map(Mappings mappings, Codec<K> keys, Codec<V> values) {
        return mappings.heap(0).findOrConstruct("map", SharedHashMap.type(keys, values));
    }

    @Test
    void acceptsNoNullAnywhere() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<String, Long> map = map(mappings, Codecs.UTF8, Codecs.LONG);
            map.put("a", 1L);
            for (Runnable call : List.<Runnable>of(
                    () -> map.get(null),
                    () -> map.getOrDefault(null, 1L),
                    () -> map.containsKey(null),
                    () -> map.containsValue(null),
                    () -> map.readLong(null, 0),
                    () -> map.readLong(null, view -> 0, 0),
                    () -> map.readLong("a", null, 0),
                    () -> map.read(null, view -> ""),
                    () -> map.read("a", null),
                    () -> map.put(null, 1L),
                    () -> map.put("a", null),
                    () -> map.putAll(null),
                    () -> map.store(null, 1L),
                    () -> map.store("a", null),
                    () -> map.readBytes(null, view -> ""),
                    () -> map.readBytes("a", null),
                    () -> map.readBytesAsLong(null, view -> 0, 0),
                    () -> map.readBytesAsLong("a", null, 0),
                    () -> map.putWith(null, value -> {}),
                    () -> map.putWith("a", null),
                    () -> map.putBytes(null, 8, writer -> {}),
                    () -> map.putBytes("a", 8, null),
                    () -> map.putIfAbsent(null, 1L),
                    () -> map.putIfAbsent("a", null),
                    () -> map.replace(null, 1L),
                    () -> map.replace("a", null),
                    () -> map.replace(null, 1L, 1L),
                    () -> map.replace("a", null, 1L),
                    () -> map.replace("a", 1L, null),
                    () -> map.remove(null),
                    () -> map.remove(null, 1L),
                    () -> map.delete(null),
                    () -> map.compute(null, (key, value) -> 1L),
                    () -> map.compute("a", null),
                    () -> map.computeIfAbsent(null, key -> 1L),
                    () -> map.computeIfAbsent("a", null),
                    () -> map.computeIfPresent(null, (key, value) -> 1L),
                    () -> map.computeIfPresent("a", null),
                    () -> map.merge(null, 1L, Long::sum),
                    () -> map.merge("a", null, Long::sum),
                    () -> map.merge("a", 1L, null),
                    () -> map.replaceAll(null),
                    () -> map.replaceAll((key, value) -> null),
                    () -> map.forEach(null),
                    () -> map.keySet().contains(null),
                    () -> map.keySet().remove(null),
                    () -> map.values().contains(null),
                    () -> map.entrySet().iterator().next().setValue(null),
                    () -> SharedHashMap.type(null, Codecs.LONG),
                    () -> SharedHashMap.type(Codecs.LONG, null))) {
                assertThrows(NullPointerException.class, call::run);
            }
            assertFalse(map.remove("a", null));
            assertFalse(map.entrySet().contains(null));
            assertFalse(map.entrySet().remove(null));
            assertEquals(Map.of("a", 1L), map);
            mappings.verify();
        }
    }

    /** Arrays are no different from other values: what counts is their bytes. */
    @Test
    void findsArraysByTheirBytes() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<byte[], byte[]> map = map(mappings, Codecs.BYTES, Codecs.BYTES);
            map.put(new byte[] {1}, new byte[] {2, 3});
            assertTrue(map.containsKey(new byte[] {1}));
            assertTrue(map.containsValue(new byte[] {2, 3}));
            assertFalse(map.containsValue(new byte[] {2}));
            assertTrue(map.entrySet().contains(Map.entry(new byte[] {1}, new byte[] {2, 3})));
            assertFalse(map.entrySet().contains(Map.entry(new byte[] {1}, new byte[] {2})));
            assertTrue(map.replace(new byte[] {1}, new byte[] {2, 3}, new byte[] {4}));
            assertTrue(map.entrySet().remove(Map.entry(new byte[] {1}, new byte[] {4})));
            assertTrue(map.isEmpty());
        }
    }

    @Test
    void holdsValuesAndKeysFromNothingToMegabytes() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 64 << 20)) {
            var type = SharedHashMap.type(Codecs.BYTES, Codecs.BYTES);
            List<SharedHashMap<byte[], byte[]>> maps = mappings.all("map", type);
            Random random = new Random(3);
            int[] lengths = {0, 1, 7, 8, 9, 63, 64, 65, 4095, 4096, 4097, 65_536, 1 << 20, (1 << 20) + 1, 5_000_000};
            byte[][] contents = new byte[lengths.length][];
            for (int i = 0; i < lengths.length; i++) {
                contents[i] = new byte[lengths[i]];
                random.nextBytes(contents[i]);
                maps.get(0)
                        .put(contents[i], contents[lengths.length - 1 - i] == null ? contents[i] : contents[i].clone());
            }
            mappings.verify();
            for (byte[] content : contents) {
                assertArrayEquals(content, maps.get(1).get(content));
                assertArrayEquals(content, maps.get(1).readBytes(content, view -> {
                    byte[] bytes = new byte[view.length()];
                    view.get(0, bytes, 0, bytes.length);
                    return bytes;
                }));
            }
            for (int i = 0; i < contents.length; i++) {
                assertArrayEquals(contents[i], maps.get(1).put(contents[i], contents[contents.length - 1 - i]));
            }
            for (int i = 0; i < contents.length; i++) {
                assertArrayEquals(contents[contents.length - 1 - i], maps.get(0).remove(contents[i]));
            }
            assertTrue(maps.get(0).isEmpty());
            mappings.verify();
        }
    }

    @Test
    void refusesWhatDoesNotFitAndStaysAsItWas() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<byte[], byte[]> map = map(mappings, Codecs.BYTES, Codecs.BYTES);
            byte[] key = {1};
            map.put(key, new byte[] {2});
            byte[] large = new byte[2 << 20];
            assertThrows(OutOfSegmentMemoryException.class, () -> map.put(key, large));
            assertThrows(OutOfSegmentMemoryException.class, () -> map.put(large, key));
            assertThrows(OutOfSegmentMemoryException.class, () -> map.compute(key, (same, old) -> large));
            assertThrows(OutOfSegmentMemoryException.class, () -> map.putBytes(key, 2 << 20, writer -> {}));
            assertThrows(IllegalArgumentException.class, () -> map.putBytes(key, -1, writer -> {}));
            assertThrows(IllegalArgumentException.class, () -> map.putBytes(key, Integer.MAX_VALUE, writer -> {}));
            assertEquals(1, map.size());
            assertArrayEquals(new byte[] {2}, map.get(key));
            assertNull(map.get(large));
            mappings.verify();

            SharedHashMap<Long, Long> numbers =
                    mappings.heap(0).construct("numbers", SharedHashMap.type(Codecs.LONG, Codecs.LONG));
            assertThrows(IllegalArgumentException.class, () -> numbers.putBytes(1L, 7, writer -> {}));
            SharedHashMap<String, String> texts =
                    mappings.heap(0).construct("texts", SharedHashMap.type(Codecs.UTF8, Codecs.UTF8));
            assertThrows(IllegalArgumentException.class, () -> texts.put("\uD800", ""));
            assertThrows(IllegalArgumentException.class, () -> texts.put("", "a\uDC00"));
            assertThrows(IllegalArgumentException.class, () -> texts.computeIfAbsent("", key1 -> "\uD800"));
            assertTrue(texts.isEmpty());
            mappings.verify();
        }
    }

    /** Law C-095 for a map: filled until nothing fits, every entry is there; emptied, it can be filled again as far. */
    @Test
    void isFilledToTheBrimAndEmptiedAgain() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 1 << 20)) {
            List<SharedHashMap<Integer, String>> maps =
                    mappings.all("map", SharedHashMap.type(Codecs.INT, Codecs.UTF8));
            Map<Integer, String> model = new HashMap<>();
            Random random = new Random(5);
            int firstTime = 0;
            for (int round = 0; round < 4; round++) {
                assertThrows(OutOfSegmentMemoryException.class, () -> {
                    for (int i = 0; ; i++) {
                        String value = "v".repeat(random.nextInt(100));
                        maps.get(i % 2).put(i, value);
                        model.put(i, value);
                    }
                });
                mappings.verify();
                assertEquals(model, maps.get(0));
                firstTime = round == 0 ? model.size() : firstTime;
                assertTrue(
                        model.size() > firstTime * 9 / 10, "only " + model.size() + " of " + firstTime + " fit again");
                model.keySet().forEach(key -> assertTrue(maps.get(key % 2).delete(key)));
                model.clear();
                assertTrue(maps.get(1).isEmpty());
                assertEquals(0, maps.get(1).size());
                mappings.verify();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void growsToMuchAndShrinksToNothing(boolean inFile) {
        int count = 200_000;
        try (Mappings mappings = inFile
                ? Mappings.ofFile(directory.resolve("heap"), 3, 256 << 20)
                : Mappings.ofSharedMemory(3, 256 << 20)) {
            List<SharedHashMap<Long, String>> maps = mappings.all("map", SharedHashMap.type(Codecs.LONG, Codecs.UTF8));
            for (long key = 0; key < count; key++) {
                assertNull(maps.get((int) (key % 3)).put(key * 7919, "value " + key));
            }
            mappings.verify();
            for (SharedHashMap<Long, String> map : maps) {
                assertEquals(count, map.size());
                BitSet met = new BitSet();
                map.forEach((key, value) -> {
                    int number = (int) (key / 7919);
                    assertFalse(met.get(number), "met twice");
                    met.set(number);
                    assertEquals("value " + number, value);
                });
                assertEquals(count, met.cardinality());
            }
            for (long key = 0; key < count; key++) {
                assertEquals("value " + key, maps.get((int) ((key + 1) % 3)).remove(key * 7919));
            }
            for (SharedHashMap<Long, String> map : maps) {
                assertTrue(map.isEmpty());
                assertEquals(0, map.size());
                assertFalse(map.keySet().iterator().hasNext());
            }
            mappings.verify();
        }
    }

    /** Law C-094 for maps, several in one heap: each is its own, and what one of them held is free when it is gone. */
    @Test
    void sharesAHeapWithOtherMapsAndLeavesNothing() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 8 << 20)) {
            OffsetHeap heap = mappings.heap(0);
            var type = SharedHashMap.type(Codecs.INT, Codecs.INT);
            heap.construct("map0", type);
            heap.destroy("map0");
            heap.trim();
            long live = heap.stats().liveBlocks();
            for (int i = 0; i < 10; i++) {
                for (SharedHashMap<Integer, Integer> map : mappings.all("map" + i, type)) {
                    for (int key = 0; key < 1000; key++) {
                        map.merge(key, i, Integer::sum);
                    }
                }
            }
            assertThrows(
                    TypeMismatchException.class, () -> heap.find("map0", SharedHashMap.type(Codecs.INT, Codecs.LONG)));
            mappings.verify();
            for (int i = 0; i < 10; i++) {
                SharedHashMap<Integer, Integer> map =
                        mappings.heap(1).find("map" + i, type).orElseThrow();
                assertEquals(1000, map.size());
                for (int value : map.values()) {
                    assertEquals(2 * i, value);
                }
                assertTrue(mappings.heap(i % 2).destroy("map" + i));
                mappings.verify();
            }
            mappings.heap(1).trim();
            assertEquals(live, heap.stats().liveBlocks());
        }
    }

    @Test
    void answersAWrongTypeOfKeyAsMapAllows() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<Long, Long> map = map(mappings, Codecs.LONG, Codecs.LONG);
            map.put(1L, 2L);
            assertThrows(ClassCastException.class, () -> map.get("1"));
            assertThrows(ClassCastException.class, () -> map.containsKey(1));
            assertThrows(ClassCastException.class, () -> map.remove("1"));
            assertFalse(map.equals(Map.of("1", 2L)));
            assertFalse(map.equals(Map.of(1L, "2")));
            assertFalse(map.entrySet().equals(Map.of(1L, "2").entrySet()));
            assertEquals(Map.of(1L, 2L), map);
        }
    }

    /** A view or writer that is kept beyond its call is dead, not a window into somebody else's value. */
    @Test
    void endsViewsAndWritersWithTheirCall() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<String, byte[]> map = map(mappings, Codecs.UTF8, Codecs.BYTES);
            map.put("a", new byte[] {1, 2, 3});
            var view = map.readBytes("a", same -> same);
            assertThrows(IllegalStateException.class, view::length);
            assertThrows(IllegalStateException.class, () -> view.getByte(0));
            var kept = new Object[1];
            map.putBytes("b", 3, writer -> {
                assertThrows(IndexOutOfBoundsException.class, () -> writer.putByte(3, (byte) 1));
                assertThrows(IndexOutOfBoundsException.class, () -> writer.putInt(0, 1));
                kept[0] = writer;
            });
            assertThrows(
                    IllegalStateException.class,
                    () -> ((io.offsetheap.object.ValueWriter) kept[0]).putByte(0, (byte) 1));
            assertArrayEquals(new byte[3], map.get("b"));
            map.readBytes("a", same -> {
                assertThrows(IndexOutOfBoundsException.class, () -> same.getByte(3));
                assertThrows(IndexOutOfBoundsException.class, () -> same.getByte(-1));
                assertThrows(IndexOutOfBoundsException.class, () -> same.getLong(0));
                return "";
            });
        }
    }

    /** The words of values that are shorter than a word keep their sign and touch no neighbour. */
    @Test
    void keepsShortWordsApart() {
        Codec<byte[]> threeBytes = new Codec<>() {
            @Override
            public String id() {
                return "three/1";
            }

            @Override
            public int fixedLength() {
                return 3;
            }

            @Override
            public int write(byte[] value, byte[] target, int position) {
                System.arraycopy(value, 0, target, position, 3);
                return 3;
            }

            @Override
            public byte[] read(io.offsetheap.object.ValueView view) {
                byte[] value = new byte[3];
                view.get(0, value, 0, 3);
                return value;
            }
        };
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            SharedHashMap<byte[], byte[]> map = map(mappings, threeBytes, threeBytes);
            Random random = new Random(11);
            Map<Integer, byte[]> model = new HashMap<>();
            for (int step = 0; step < 3000; step++) {
                int number = random.nextInt(300) - 150;
                byte[] key = {(byte) number, (byte) (number >> 8), (byte) (number >> 16)};
                byte[] value = new byte[3];
                random.nextBytes(value);
                byte[] old = model.put(number, value);
                assertArrayEquals(old, map.put(key, value));
                assertArrayEquals(value, map.get(key));
                assertEquals(
                        value[0] & 0xFF | (value[1] & 0xFF) << 8 | value[2] << 16, map.readLong(key, Long.MIN_VALUE));
            }
            assertEquals(model.size(), map.size());
            assertTrue(map.keySet().stream()
                    .allMatch(key -> Arrays.equals(
                            map.get(key), model.get(key[0] & 0xFF | (key[1] & 0xFF) << 8 | key[2] << 16))));
            mappings.verify();
        }
    }
}
