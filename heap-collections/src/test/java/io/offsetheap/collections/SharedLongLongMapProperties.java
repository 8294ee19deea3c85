/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.offsetheap.object.LongCursor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;

/** Histories of calls of every method through three mappings of one map, beside a {@link HashMap}. */
class SharedLongLongMapProperties {
    private static final int MAPPINGS = 3;
    private static final long SIZE = 1 << 20;

    private static final Arbitrary<Long> WORDS = Arbitraries.oneOf(
            Arbitraries.longs().between(-8, 8),
            Arbitraries.longs().between(0, 300),
            Arbitraries.of(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1L << 59));

    @Property(tries = 60)
    void behavesAsAHashMap(@ForAll("histories") ActionChain<Maps> history) {
        history.withInvariant("verifier is silent and all mappings see the model", Maps::verify)
                .run()
                .close();
    }

    @Provide
    ActionChainArbitrary<Maps> histories() {
        return ActionChain.startWith(Maps::new)
                .withAction(8, call("put", Maps::put))
                .withAction(4, call("put many", Maps::putMany))
                .withAction(2, call("putIfAbsent", Maps::putIfAbsent))
                .withAction(2, call("replace", Maps::replace))
                .withAction(2, call("replace expected", Maps::replaceExpected))
                .withAction(2, call("addAndGet", Maps::add))
                .withAction(2, call("merge", Maps::merge))
                .withAction(2, call("get", Maps::get))
                .withAction(3, call("remove", (maps, key, value) -> maps.remove(key)))
                .withAction(2, call("remove expected", Maps::removeExpected))
                .withAction(1, call("remove many", Maps::removeMany))
                .withAction(1, call("remove while walking", Maps::removeWhileWalking))
                .withAction(1, call("clear", (maps, key, value) -> maps.clear()))
                .withMaxTransformations(60);
    }

    private interface Call {
        void accept(Maps maps, long key, long value);
    }

    private static Action<Maps> call(String verb, Call call) {
        return (Action.Independent<Maps>) () -> WORDS.flatMap(key -> WORDS.map(
                value -> Transformer.mutate(verb + " " + key + " " + value, maps -> call.accept(maps, key, value))));
    }

    /** One map through several mappings, which take turns, and the model. */
    private static final class Maps implements AutoCloseable {
        private final Mappings mappings = Mappings.ofSharedMemory(MAPPINGS, SIZE);
        private final List<SharedLongLongMap> maps = mappings.all("map", SharedLongLongMap.TYPE);
        private final Map<Long, Long> model = new HashMap<>();
        private int turn;

        private SharedLongLongMap map() {
            return maps.get(turn++ % MAPPINGS);
        }

        void put(long key, long value) {
            assertEquals(model.put(key, value) == null, map().put(key, value));
        }

        /** Enough to split, and to split again. */
        void putMany(long key, long value) {
            for (long i = 0; i < 100; i++) {
                put(key + i * value, i);
            }
        }

        void removeMany(long key, long value) {
            for (long i = 0; i < 100; i++) {
                remove(key + i * value);
            }
        }

        void putIfAbsent(long key, long value) {
            assertEquals(model.putIfAbsent(key, value) == null, map().putIfAbsent(key, value));
        }

        void replace(long key, long value) {
            long old = model.getOrDefault(key, 0L);
            assertEquals(model.replace(key, old, value), map().replace(key, old, value));
        }

        void replaceExpected(long key, long value) {
            assertEquals(model.replace(key, value, ~value), map().replace(key, value, ~value));
        }

        void add(long key, long value) {
            assertEquals(model.merge(key, value, Long::sum), map().addAndGet(key, value));
        }

        void merge(long key, long value) {
            Long expected = model.merge(key, value, (old, other) -> 3 * old - other);
            assertEquals(expected, map().merge(key, value, (old, other) -> 3 * old - other));
        }

        void get(long key, long value) {
            assertEquals(model.getOrDefault(key, value), map().get(key, value));
            assertEquals(model.containsKey(key), map().containsKey(key));
        }

        void remove(long key) {
            assertEquals(model.remove(key) != null, map().remove(key));
        }

        void removeExpected(long key, long value) {
            assertEquals(model.remove(key, value), map().remove(key, value));
        }

        /** Half of the keys go while a cursor is on its way. */
        void removeWhileWalking(long key, long value) {
            LongCursor cursor = map().cursor();
            Map<Long, Long> met = new HashMap<>();
            for (int i = 0; cursor.next(); i++) {
                assertNull(met.put(cursor.key(), cursor.value()));
                assertEquals(model.get(cursor.key()), cursor.value());
                if (i % 2 == 0) {
                    remove(cursor.key());
                }
            }
        }

        void clear() {
            map().clear();
            model.clear();
        }

        void verify() {
            mappings.verify();
            for (SharedLongLongMap map : maps) {
                assertEquals(model.size(), map.size());
                assertEquals(model.isEmpty(), map.isEmpty());
                Map<Long, Long> found = new HashMap<>();
                map.forEach((key, value) -> assertNull(found.put(key, value)));
                assertEquals(model, found);
                model.forEach((key, value) -> assertEquals(value, map.get(key, ~value)));
            }
        }

        @Override
        public void close() {
            mappings.close();
        }
    }
}
