/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.collections.TestMap.Domain;
import io.offsetheap.object.Codecs;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;

/** Law C-172: histories of calls of every method through three mappings of one map, beside a {@link java.util.HashMap}. */
class SharedHashMapProperties {
    private static final int MAPPINGS = 3;
    private static final long SIZE = 1 << 20;

    private static final Domain<String> STRINGS = new Domain<>(
            Codecs.UTF8,
            Arbitraries.oneOf(
                    Arbitraries.integers().between(0, 12).map(number -> "key" + number),
                    Arbitraries.of("", "a", "\0", "Aa", "BB", "ä€😀", "12345678", "123456789", "x".repeat(100)),
                    Arbitraries.strings().ofMaxLength(3).filter(SharedHashMapProperties::isWellFormed)),
            (first, second) -> first.length() + second.length() > 120 ? null : first + second);

    private static final Domain<byte[]> BYTES = new Domain<>(
            Codecs.BYTES,
            Arbitraries.oneOf(
                    Arbitraries.bytes().array(byte[].class).ofMaxSize(1),
                    Arbitraries.integers().between(0, 80).map(byte[]::new)),
            (first, second) -> first.length + second.length > 100 ? null : concat(first, second));

    private static final Domain<Long> LONGS = new Domain<>(
            Codecs.LONG,
            Arbitraries.oneOf(
                    Arbitraries.longs().between(-8, 8), Arbitraries.of(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32)),
            (first, second) -> (first + second) % 5 == 0 ? null : Long.valueOf(first + second));

    private static final Domain<Integer> INTS = new Domain<>(
            Codecs.INT,
            Arbitraries.oneOf(
                    Arbitraries.integers().between(-8, 8), Arbitraries.of(Integer.MIN_VALUE, Integer.MAX_VALUE)),
            (first, second) -> (first + second) % 5 == 0 ? null : Integer.valueOf(first + second));

    private static final Domain<Double> DOUBLES = new Domain<>(
            Codecs.DOUBLE,
            Arbitraries.of(0.0, -0.0, 1.0, 1.5, -1.5, Double.NaN, Double.MIN_VALUE, Double.POSITIVE_INFINITY),
            (first, second) -> first > second ? null : Double.valueOf(first + second));

    private static boolean isWellFormed(String text) {
        return text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Property(tries = 20)
    void stringsToStringsBehaveAsAHashMap(@ForAll("stringsToStrings") ActionChain<TestMap<String, String>> history) {
        run(history.withInvariant("equals, hashCode and toString are a map's", TestMap::verifyAsObject));
    }

    @Property(tries = 20)
    void stringsToBytesBehaveAsAHashMap(@ForAll("stringsToBytes") ActionChain<TestMap<String, byte[]>> history) {
        run(history);
    }

    @Property(tries = 20)
    void bytesToDoublesBehaveAsAHashMap(@ForAll("bytesToDoubles") ActionChain<TestMap<byte[], Double>> history) {
        run(history);
    }

    @Property(tries = 20)
    void doublesToIntsBehaveAsAHashMap(@ForAll("doublesToInts") ActionChain<TestMap<Double, Integer>> history) {
        run(history.withInvariant("equals, hashCode and toString are a map's", TestMap::verifyAsObject));
    }

    @Property(tries = 20)
    void intsToStringsBehaveAsAHashMap(@ForAll("intsToStrings") ActionChain<TestMap<Integer, String>> history) {
        run(history);
    }

    @Property(tries = 20)
    void longsToLongsBehaveAsAHashMap(@ForAll("longsToLongs") ActionChain<TestMap<Long, Long>> history) {
        run(history.withInvariant("equals, hashCode and toString are a map's", TestMap::verifyAsObject));
    }

    private static <K, V> void run(ActionChain<TestMap<K, V>> history) {
        history.withInvariant("verifier is silent and all mappings see the model", TestMap::verify)
                .run()
                .close();
    }

    @Provide
    ActionChainArbitrary<TestMap<String, String>> stringsToStrings() {
        return histories(STRINGS, STRINGS);
    }

    @Provide
    ActionChainArbitrary<TestMap<String, byte[]>> stringsToBytes() {
        return histories(STRINGS, BYTES);
    }

    @Provide
    ActionChainArbitrary<TestMap<byte[], Double>> bytesToDoubles() {
        return histories(BYTES, DOUBLES);
    }

    @Provide
    ActionChainArbitrary<TestMap<Double, Integer>> doublesToInts() {
        return histories(DOUBLES, INTS);
    }

    @Provide
    ActionChainArbitrary<TestMap<Integer, String>> intsToStrings() {
        return histories(INTS, STRINGS);
    }

    @Provide
    ActionChainArbitrary<TestMap<Long, Long>> longsToLongs() {
        return histories(LONGS, LONGS);
    }

    private static <K, V> ActionChainArbitrary<TestMap<K, V>> histories(Domain<K> keys, Domain<V> values) {
        var calls = new Calls<>(keys, values);
        return ActionChain.startWith(() -> new TestMap<>(keys, values, Mappings.ofSharedMemory(MAPPINGS, SIZE)))
                .withAction(8, calls.of("put", TestMap::put))
                .withAction(4, calls.of("store", TestMap::store))
                .withAction(4, calls.of("putBytes", TestMap::putBytes))
                .withAction(4, calls.of("putAll", TestMap::putAll))
                .withAction(2, calls.of("putIfAbsent", TestMap::putIfAbsent))
                .withAction(2, calls.of("replace", TestMap::replace))
                .withAction(
                        2, calls.of("replace expected", (map, key, value) -> map.replaceExpected(key, value, value)))
                .withAction(2, calls.of("remove", (map, key, value) -> map.remove(key)))
                .withAction(2, calls.of("delete", (map, key, value) -> map.delete(key)))
                .withAction(2, calls.of("remove expected", TestMap::removeExpected))
                .withAction(1, calls.of("remove from keySet", (map, key, value) -> map.removeKeyFromItsView(key)))
                .withAction(1, calls.of("remove from entrySet", TestMap::removeEntryFromItsView))
                .withAction(3, calls.of("compute", TestMap::compute))
                .withAction(1, calls.of("compute to nothing", (map, key, value) -> map.computeToNothing(key)))
                .withAction(2, calls.of("computeIfAbsent", TestMap::computeIfAbsent))
                .withAction(2, calls.of("computeIfPresent", TestMap::computeIfPresent))
                .withAction(3, calls.of("merge", TestMap::merge))
                .withAction(1, calls.of("compute and fail", TestMap::computeAndFail))
                .withAction(1, calls.of("compute and look around", TestMap::computeAndLookAround))
                .withAction(2, calls.of("get", TestMap::get))
                .withAction(2, calls.of("read", (map, key, value) -> map.read(key)))
                .withAction(1, calls.of("replaceAll", (map, key, value) -> map.replaceAll(value)))
                .withAction(1, calls.numbered("clear", (map, number, value) -> map.clear(number)))
                .withAction(1, calls.numbered("removeIf", (map, number, value) -> map.removeIf(number)))
                .withAction(1, calls.numbered("retainAll", (map, number, value) -> map.retainAll(number)))
                .withAction(2, calls.numbered("change while iterating", TestMap::changeWhileIterating))
                .withMaxTransformations(60);
    }

    private interface Call<M, A, B> {
        void accept(M map, A first, B second);
    }

    /** Makes actions of calls: the label is what is seen when a history fails. */
    private record Calls<K, V>(Domain<K> keys, Domain<V> values) {
        Action<TestMap<K, V>> of(String verb, Call<TestMap<K, V>, K, V> call) {
            return action(verb, keys.few(), call);
        }

        Action<TestMap<K, V>> numbered(String verb, Call<TestMap<K, V>, Integer, V> call) {
            return action(verb, Arbitraries.integers().between(0, 11), call);
        }

        private <A> Action<TestMap<K, V>> action(String verb, Arbitrary<A> first, Call<TestMap<K, V>, A, V> call) {
            return (Action.Independent<TestMap<K, V>>) () -> first.flatMap(a -> values.few()
                    .map(b ->
                            Transformer.mutate(verb + " " + shown(a) + " " + shown(b), map -> call.accept(map, a, b))));
        }

        private static String shown(Object value) {
            return value instanceof byte[] bytes ? bytes.length + " bytes" : String.valueOf(value);
        }
    }
}
