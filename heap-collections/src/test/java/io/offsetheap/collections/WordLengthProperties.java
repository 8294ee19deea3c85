/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.Codec;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.ValueView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Keys and values of every length that makes words, in every combination: they lie in one word of an entry or across two,
 * beside one another or apart. Read through mappings that have not seen the heap grow, one of them read-only.
 */
class WordLengthProperties {
    private static final long SIZE = 2 << 20;
    /** As in the map, where it means that a value may be absent. */
    private static final long PROBABLY_ABSENT = 0x8D2C_5A91_6F3B_E047L;

    /** Values that stand for words, made from any number. */
    private record Kind<T>(Codec<T> codec, LongFunction<T> made, ToLongFunction<T> word) {
        @Override
        public String toString() {
            return codec.id();
        }
    }

    private static final List<Kind<?>> KINDS = Stream.<Kind<?>>concat(
                    IntStream.rangeClosed(0, Long.BYTES).mapToObj(WordLengthProperties::bytes),
                    Stream.of(
                            new Kind<>(Codecs.INT, number -> (int) number, Integer::longValue),
                            new Kind<>(Codecs.LONG, number -> number, Long::longValue),
                            new Kind<>(Codecs.DOUBLE, Double::longBitsToDouble, Double::doubleToLongBits)))
            .toList();

    private static Kind<Long> bytes(int length) {
        return new Kind<>(new Bytes(length), number -> shortened(number, length), Long::longValue);
    }

    /** What is left of a number in its first bytes. */
    private static long shortened(long number, int length) {
        int unused = Long.SIZE - Byte.SIZE * length;
        return length == 0 ? 0 : number << unused >> unused;
    }

    /** Numbers in as many bytes as are given, the first one lowest. */
    private record Bytes(int fixedLength) implements Codec<Long> {
        @Override
        public String id() {
            return "bytes" + fixedLength + "/1";
        }

        @Override
        public int write(Long value, byte[] target, int position) {
            for (int i = 0; i < fixedLength; i++) {
                target[position + i] = (byte) (value >>> Byte.SIZE * i);
            }
            return fixedLength;
        }

        @Override
        public Long read(ValueView view) {
            long value = 0;
            for (int i = 0; i < view.length(); i++) {
                value |= (view.getByte(i) & 0xFFL) << Byte.SIZE * i;
            }
            return shortened(value, view.length());
        }
    }

    @Property(tries = 3, shrinking = ShrinkingMode.OFF)
    void everyMappingReadsWhatHasBeenStored(@ForAll("numbers") List<Long> keys, @ForAll("numbers") List<Long> values) {
        for (Kind<?> key : KINDS) {
            for (Kind<?> value : KINDS) {
                fillAndRead(key, keys, value, values);
            }
        }
    }

    @Provide
    Arbitrary<List<Long>> numbers() {
        return Arbitraries.oneOf(
                        Arbitraries.longs(),
                        Arbitraries.longs().between(-200, 200),
                        Arbitraries.of(0L, -1L, 1L << 63, PROBABLY_ABSENT))
                .list()
                .ofSize(150);
    }

    private static <K, V> void fillAndRead(Kind<K> key, List<Long> keys, Kind<V> value, List<Long> values) {
        HeapBuilder builder =
                OffsetHeap.sharedMemory("words-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        try (OffsetHeap heap = builder.maxSize(SIZE).create();
                OffsetHeap other = builder.open();
                OffsetHeap reader = builder.openReadOnly()) {
            // The name is not needed any more, and so nothing is left behind however the test ends.
            builder.remove();
            var type = SharedHashMap.type(key.codec, value.codec);
            SharedHashMap<K, V> map = heap.construct("map", type);
            List<SharedHashMap<K, V>> maps = new ArrayList<>();
            for (OffsetHeap mapping : List.of(heap, other, reader)) {
                maps.add(mapping.find("map", type).orElseThrow());
            }
            Map<Long, Long> model = new HashMap<>();
            int half = keys.size() / 2;
            for (int i = 0; i < keys.size(); i++) {
                if (i == half) {
                    maps.forEach(handle -> check(handle, key, keys, value, model));
                    growBelow(heap);
                }
                K k = key.made.apply(keys.get(i));
                if (i % 5 == 4) {
                    assertEquals(model.remove(key.word.applyAsLong(k)) != null, map.delete(k));
                }
                V v = value.made.apply(values.get(i));
                map.store(k, v);
                model.put(key.word.applyAsLong(k), value.word.applyAsLong(v));
            }
            maps.forEach(handle -> check(handle, key, keys, value, model));
            assertEquals(model.size(), map.size());
            assertEquals(List.of(), other.verify().findings());
        } finally {
            builder.remove();
        }
    }

    /** Takes all memory that the others know of, so that what comes next lies where they have never been. */
    private static void growBelow(OffsetHeap heap) {
        long end = heap.memory().getLongVolatile(SegmentMemory.HEAP_END_OFFSET);
        for (int size : new int[] {1024, 64, 32, 16}) {
            while (heap.allocate(size) < end) {}
        }
    }

    private static <K, V> void check(
            SharedHashMap<K, V> map, Kind<K> key, List<Long> keys, Kind<V> value, Map<Long, Long> model) {
        for (long number : keys) {
            K k = key.made.apply(number);
            Long expected = model.get(key.word.applyAsLong(k));
            String label = key + " -> " + value + ", key " + k;
            for (long absent : new long[] {0, -1, PROBABLY_ABSENT}) {
                assertEquals(expected == null ? absent : expected, map.readLong(k, absent), label);
            }
            V found = map.get(k);
            if (expected == null) {
                assertNull(found, label);
            } else {
                assertEquals(value.made.apply(expected), found, label);
            }
        }
    }
}
