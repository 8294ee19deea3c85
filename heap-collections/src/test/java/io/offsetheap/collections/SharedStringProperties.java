/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.EveryMethod;
import io.offsetheap.OffsetHeap;
import io.offsetheap.error.NameExistsException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Shared strings beside the strings they were made of. Law C-175. */
class SharedStringProperties {
    private static int sign(int number) {
        return Integer.signum(number);
    }

    @Property(tries = 100)
    void behavesAsAString(@ForAll("texts") String text, @ForAll("texts") String other) {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 256 << 10)) {
            OffsetHeap heap = mappings.heap(0);
            heap.construct("text", SharedString.of(text));
            SharedString shared =
                    mappings.heap(1).find("text", SharedString.TYPE).orElseThrow();
            SharedString same = heap.construct("same", SharedString.of(new StringBuilder(text)));
            SharedString another = heap.findOrConstruct("other", SharedString.of(other));
            assertEquals(text.length(), shared.length());
            assertEquals(text.isEmpty(), shared.isEmpty());
            for (int i = 0; i < text.length(); i++) {
                assertEquals(text.charAt(i), shared.charAt(i));
                assertEquals(text.substring(i / 2, i), shared.subSequence(i / 2, i));
            }
            assertEquals(text, shared.toString());
            assertEquals(text.hashCode(), shared.hashCode());
            assertArrayEqualsCodePoints(text, shared);
            assertEquals(shared, same);
            assertEquals(0, shared.compareTo(same));
            assertEquals(text.equals(other), shared.equals(another));
            assertEquals(sign(text.compareTo(other)), sign(shared.compareTo(another)));
            assertTrue(shared.contentEquals(text));
            assertEquals(text.contentEquals(other), shared.contentEquals(other));
            assertNotEquals(shared, (Object) text);
            assertThrows(IndexOutOfBoundsException.class, () -> shared.charAt(-1));
            assertThrows(IndexOutOfBoundsException.class, () -> shared.charAt(text.length()));
            assertThrows(IndexOutOfBoundsException.class, () -> shared.subSequence(1, 0));
            mappings.verify();
        }
    }

    private static void assertArrayEqualsCodePoints(String text, SharedString shared) {
        assertTrue(
                Arrays.equals(text.codePoints().toArray(), shared.codePoints().toArray()));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(30),
                Arbitraries.strings().ascii().ofMaxLength(30),
                Arbitraries.strings().withCharRange('\u00F0', '\u010F').ofMaxLength(3),
                Arbitraries.of("", "\uD83D", "\uDE00x", "\uD83D\uDE00", "\u00FF", "\u0100", "x".repeat(9000)));
    }

    @Example
    void isFoundWhateverItsText() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 256 << 10)) {
            OffsetHeap heap = mappings.heap(0);
            SharedString first = heap.findOrConstruct("text", SharedString.of("first"));
            assertEquals(first, heap.findOrConstruct("text", SharedString.of("another")));
            assertEquals("", heap.construct("empty", SharedString.TYPE).toString());
            assertThrows(NameExistsException.class, () -> heap.construct("text", SharedString.of("another")));
            assertThrows(IllegalArgumentException.class, () -> heap.construct("long", SharedString.of("text"), 4));
            assertTrue(heap.destroy("text"));
            assertFalse(heap.find("text", SharedString.TYPE).isPresent());
            mappings.verify();
        }
    }

    /** Law C-129. */
    @Example
    void refusesEveryCallAfterCloseAndAfterDestruction() {
        for (boolean closes : new boolean[] {true, false}) {
            try (Mappings mappings = Mappings.ofSharedMemory(2, 256 << 10)) {
                SharedString text = mappings.heap(0).construct("text", SharedString.of("text"));
                if (closes) {
                    mappings.heap(0).close();
                } else {
                    mappings.heap(1).destroy("text");
                    mappings.heap(1).construct("text", SharedString.of("next"));
                }
                // Java 25 has getChars(int, int, char[], int) in every CharSequence.
                Map<Class<?>, Object> arguments = Map.of(
                        int.class, 0, char[].class, new char[4], CharSequence.class, "text", SharedString.class, text);
                EveryMethod.isRefused(text, SharedString.class, arguments, Set.of("equals", "chars", "codePoints"));
                assertThrows(IllegalStateException.class, () -> text.chars().count());
                assertThrows(IllegalStateException.class, () -> List.of(text.equals(text)));
                mappings.verify();
            }
        }
    }
}
