/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.NameExistsException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.TypeMismatchException;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.object.SharedType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Named objects through two mappings of one heap, beside a map of names to lengths. */
class NameProperties {
    private static final long INDEX = -1;

    private static OffsetHeap[] twoMappings(long maxSize) {
        String name = "names-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        HeapBuilder builder = OffsetHeap.sharedMemory(name).maxSize(maxSize);
        OffsetHeap first = builder.create();
        OffsetHeap second = builder.open();
        builder.remove();
        return new OffsetHeap[] {first, second};
    }

    private static void assertHolds(Map<String, Long> model, OffsetHeap heap) {
        Map<String, NamedObject> found = new HashMap<>();
        heap.names().forEach(object -> assertNull(found.put(object.name(), object), "met twice"));
        assertEquals(model.keySet(), found.keySet());
        model.forEach((name, length) -> {
            assertEquals(
                    length == INDEX ? "IndexObject/1" : "SharedBytes/1",
                    found.get(name).fingerprint());
            assertEquals(length == INDEX ? 1 : length, found.get(name).length());
        });
        var report = heap.verify();
        assertEquals(List.of(), report.findings());
        assertEquals(0, report.rawBlocks());
        assertEquals(0, report.busyLanes());
    }

    /** Laws C-090 to C-094, C-096, C-103, C-104, C-107. */
    @Property(tries = 4)
    void tenThousandStepsAgreeWithAMap(@ForAll long seed) {
        Random random = new Random(seed);
        OffsetHeap[] heaps = twoMappings(8 << 20);
        Map<String, Long> model = new HashMap<>();
        for (int step = 0; step < 10_000; step++) {
            OffsetHeap heap = heaps[random.nextInt(2)];
            // Names that are prefixes of each other, and some whose String hashes are equal.
            int number = random.nextInt(200);
            String name = number % 5 == 0 ? "AaBB".substring(number % 2, 2 + number % 3) : "name" + number;
            long length = random.nextInt(5) == 0 ? INDEX : random.nextInt(300);
            Long present = model.get(name);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    if (present != null) {
                        assertThrows(NameExistsException.class, () -> construct(heap, name, length));
                    } else {
                        construct(heap, name, length);
                        model.put(name, length);
                    }
                }
                case 2 -> assertEquals(model.remove(name) != null, heap.destroy(name));
                case 3 -> findOrConstruct(heap, name, length, model);
                default -> find(heap, name, length, present);
            }
            if (step % 1000 == 999) {
                assertHolds(model, heap);
            }
        }
        model.keySet().forEach(name -> assertTrue(heaps[0].destroy(name)));
        assertHolds(Map.of(), heaps[1]);
        heaps[0].close();
        heaps[1].close();
    }

    private static void construct(OffsetHeap heap, String name, long length) {
        if (length == INDEX) {
            heap.construct(name, IndexObject.TYPE).put(name, new byte[5]);
        } else {
            mark(heap.construct(name, SharedBytes.TYPE, length), name);
        }
    }

    private static void mark(SharedBytes bytes, String name) {
        if (bytes.length() > 0) {
            bytes.putByte(bytes.length() - 1, (byte) name.hashCode());
        }
    }

    private static void findOrConstruct(OffsetHeap heap, String name, long length, Map<String, Long> model) {
        Long present = model.get(name);
        if (present != null && present != length) {
            SharedType<?> type = length == INDEX ? IndexObject.TYPE : SharedBytes.TYPE;
            long asked = length == INDEX ? 1 : length;
            assertThrows(TypeMismatchException.class, () -> heap.findOrConstruct(name, type, asked));
        } else if (length == INDEX) {
            heap.findOrConstruct(name, IndexObject.TYPE).put(name, new byte[5]);
            model.put(name, length);
        } else {
            mark(heap.findOrConstruct(name, SharedBytes.TYPE, length), name);
            model.put(name, length);
        }
    }

    private static void find(OffsetHeap heap, String name, long length, Long present) {
        if (present == null) {
            assertTrue(heap.find(name, SharedBytes.TYPE).isEmpty());
        } else if (present == INDEX) {
            assertEquals(5, heap.find(name, IndexObject.TYPE).orElseThrow().get(name).length);
            var thrown = assertThrows(TypeMismatchException.class, () -> heap.find(name, SharedBytes.TYPE));
            assertTrue(thrown.getMessage().contains("found=IndexObject/1 wanted=SharedBytes/1"), thrown::getMessage);
        } else {
            SharedBytes bytes = heap.find(name, SharedBytes.TYPE).orElseThrow();
            assertEquals(present, bytes.length());
            if (present > 0) {
                assertEquals((byte) name.hashCode(), bytes.getByte(present - 1));
            }
            assertThrows(TypeMismatchException.class, () -> heap.find(name, IndexObject.TYPE));
        }
    }

    @Provide
    Arbitrary<String> anyNames() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMinLength(1).ofMaxLength(400),
                Arbitraries.strings()
                        .withCharRange('\uD7F0', '\uE010')
                        .ofMinLength(1)
                        .ofMaxLength(4),
                Arbitraries.of("a", "\0", "/", "/a/b", "Aa", "BB", "ü€😀", " ", "\n", "SharedBytes/1", "t", "n"),
                Arbitraries.integers().between(1, 1100).map("x"::repeat),
                Arbitraries.integers().between(1, 360).map("€"::repeat),
                Arbitraries.integers().between(1, 270).map("😀"::repeat));
    }

    /** Laws C-101, C-102: a name is any text that has an encoding of 1 to 1,024 bytes, and stands only for itself. */
    @Property(tries = 300)
    void aNameIsAnyTextThatHasAnEncoding(@ForAll("anyNames") String name, @ForAll("anyNames") String other) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean hasEncoding = new String(bytes, StandardCharsets.UTF_8).equals(name) && bytes.length <= 1024;
        OffsetHeap heap = shared();
        if (!hasEncoding) {
            var before = heap.stats();
            assertThrows(IllegalArgumentException.class, () -> heap.construct(name, SharedBytes.TYPE, 8));
            assertThrows(IllegalArgumentException.class, () -> heap.findOrConstruct(name, SharedBytes.TYPE, 8));
            assertThrows(IllegalArgumentException.class, () -> heap.find(name, SharedBytes.TYPE));
            assertThrows(IllegalArgumentException.class, () -> heap.destroy(name));
            assertEquals(before, heap.stats());
            assertFalse(heap.names().iterator().hasNext());
            return;
        }
        heap.construct(name, SharedBytes.TYPE, 8);
        assertEquals(name, heap.names().iterator().next().name());
        if (!other.equals(name) && isName(other)) {
            assertTrue(heap.find(other, SharedBytes.TYPE).isEmpty());
            assertFalse(heap.destroy(other));
        }
        assertTrue(heap.destroy(name));
        assertFalse(heap.names().iterator().hasNext());
        assertTrue(heap.verify().isClean());
    }

    private static boolean isName(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new String(bytes, StandardCharsets.UTF_8).equals(text) && bytes.length <= 1024;
    }

    private static final class Shared {
        /** Without a name: it is gone with this JVM. */
        static final OffsetHeap HEAP = twoMappings(1 << 20)[0];
    }

    private static OffsetHeap shared() {
        return Shared.HEAP;
    }

    /** Law C-095: filled until no name fits, and emptied in any order, nothing is left. */
    @Property(tries = 9)
    void whateverIsFilledIsEmptiedInAnyOrder(@ForAll @IntRange(max = 2) int order, @ForAll long seed) {
        OffsetHeap[] heaps = twoMappings(512 << 10);
        Random random = new Random(seed);
        fillAndEmpty(heaps, order, random);
        fillAndEmpty(heaps, order, random);
        // The index keeps what it has grown to, by as much as happened to fit: all that is in use belongs to it.
        assertEquals(0, heaps[0].verify().rawBlocks());
        assertHolds(Map.of(), heaps[0]);
        heaps[0].close();
        heaps[1].close();
    }

    private static void fillAndEmpty(OffsetHeap[] heaps, int order, Random random) {
        Map<String, Long> model = new HashMap<>();
        List<String> names = new ArrayList<>();
        assertThrows(OutOfSegmentMemoryException.class, () -> {
            while (true) {
                String name = "n" + names.size();
                long length = random.nextInt(400);
                heaps[names.size() % 2].construct(name, SharedBytes.TYPE, length);
                model.put(name, length);
                names.add(name);
            }
        });
        assertTrue(names.size() > 100, "only " + names.size());
        assertHolds(model, heaps[0]);
        if (order == 1) {
            Collections.reverse(names);
        } else if (order == 2) {
            Collections.shuffle(names, random);
        }
        for (int i = 0; i < names.size(); i++) {
            assertTrue(heaps[i % 2].destroy(names.get(i)));
        }
        heaps[0].trim();
        heaps[1].trim();
    }
}
