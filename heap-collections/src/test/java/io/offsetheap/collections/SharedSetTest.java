/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.TypeMismatchException;
import io.offsetheap.object.Codecs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;
import org.junit.jupiter.api.Test;

class SharedSetTest {
    /** One set through three mappings, beside a {@link HashSet}. */
    private static final class TestSet {
        private final Mappings mappings = Mappings.ofSharedMemory(3, 1 << 20);
        private final List<SharedSet<Integer>> handles = mappings.all("set", SharedSet.type(Codecs.INT));
        private final Set<Integer> model = new HashSet<>();
        private int turn;

        /** Another mapping with each call. */
        private SharedSet<Integer> next() {
            return handles.get(turn++ % handles.size());
        }

        void add(int element) {
            assertEquals(model.add(element), next().add(element));
        }

        void remove(int element) {
            assertEquals(model.remove(element), next().remove(element));
        }

        void removeMultiplesOf(int number) {
            assertEquals(model.removeIf(e -> e % number == 0), next().removeIf(e -> e % number == 0));
        }

        void retainBelow(int bound) {
            List<Integer> kept = model.stream().filter(e -> e < bound).toList();
            assertEquals(model.retainAll(kept), next().retainAll(kept));
        }

        void clear() {
            model.clear();
            next().clear();
        }

        void verify() {
            mappings.verify();
            for (SharedSet<Integer> handle : handles) {
                assertEquals(model, handle);
                assertEquals(handle, model);
                assertEquals(model.hashCode(), handle.hashCode());
                assertEquals(model.size(), new ArrayList<>(handle).size());
                assertEquals(model.isEmpty(), handle.isEmpty());
            }
        }
    }

    /** Law C-174. */
    @Property(tries = 30)
    void behavesAsAHashSetThroughAllMappings(@ForAll("histories") ActionChain<TestSet> history) {
        history.withInvariant("verifier is silent and all mappings see the model", TestSet::verify)
                .run()
                .mappings
                .close();
    }

    @Provide
    ActionChainArbitrary<TestSet> histories() {
        Arbitrary<Integer> elements = Arbitraries.integers().between(-20, 20);
        Arbitrary<Integer> numbers = Arbitraries.integers().between(2, 9);
        return ActionChain.startWith(TestSet::new)
                .withAction(8, action("add", elements, TestSet::add))
                .withAction(4, action("remove", elements, TestSet::remove))
                .withAction(1, action("remove multiples of", numbers, TestSet::removeMultiplesOf))
                .withAction(1, action("retain below", numbers, TestSet::retainBelow))
                .withAction(1, action("clear", Arbitraries.just(0), (set, none) -> set.clear()))
                .withMaxTransformations(60);
    }

    private interface Call {
        void accept(TestSet set, int number);
    }

    private static Action<TestSet> action(String verb, Arbitrary<Integer> numbers, Call call) {
        return (Action.Independent<TestSet>) () ->
                numbers.map(n -> Transformer.mutate(verb + " " + n, set -> call.accept(set, n)));
    }

    @Test
    void isOfAnotherTypeThanAMap() {
        try (Mappings mappings = Mappings.ofSharedMemory(1, 1 << 20)) {
            mappings.heap(0).construct("set", SharedSet.type(Codecs.UTF8));
            var failure = assertThrows(
                    TypeMismatchException.class, () -> mappings.heap(0).find("set", SharedSet.type(Codecs.LONG)));
            assertTrue(failure.getMessage().contains("found=SharedSet/1<utf8/1>"), failure.getMessage());
            assertThrows(
                    TypeMismatchException.class,
                    () -> mappings.heap(0).find("set", SharedHashMap.type(Codecs.UTF8, Codecs.UTF8)));
        }
    }

    /** A stream that was told a size would fail at its end when others have written meanwhile. */
    @Test
    void streamsEndWhateverOthersWriteMeanwhile() {
        try (Mappings mappings = Mappings.ofSharedMemory(2, 4 << 20)) {
            List<SharedSet<Integer>> sets = mappings.all("set", SharedSet.type(Codecs.INT));
            List<SharedHashMap<Integer, Integer>> maps =
                    mappings.all("map", SharedHashMap.type(Codecs.INT, Codecs.INT));
            List<Collection<?>> walked = List.of(
                    sets.get(0),
                    maps.get(0).keySet(),
                    maps.get(0).values(),
                    maps.get(0).entrySet());
            for (Collection<?> collection : walked) {
                for (int i = 0; i < 1000; i++) {
                    sets.get(1).add(i);
                    maps.get(1).put(i, i);
                }
                Object[] met = collection.stream()
                        .peek(element -> {
                            sets.get(1).clear();
                            maps.get(1).clear();
                        })
                        .toArray();
                assertTrue(met.length < 1000, () -> "met=" + met.length);
            }
        }
    }
}
