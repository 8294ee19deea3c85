/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.object.Codec;
import io.offsetheap.object.Codecs;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;

/**
 * Histories of calls through three mappings of one vector, beside an {@link java.util.ArrayList}. Laws C-170 and C-179.
 */
class SharedVectorProperties {
    private static final int MAPPINGS = 3;
    private static final long SIZE = 1 << 20;

    /** Elements of several words that stand in place. */
    static final Codec<String> NAMES = new FixedText(20);

    /** Elements of a fixed length that have blocks all the same. */
    private static final Codec<String> PAGES = new FixedText(300);

    private static final Arbitrary<Long> LONGS = Arbitraries.oneOf(
            Arbitraries.longs().between(-8, 8), Arbitraries.of(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32));

    private static final Arbitrary<Integer> INTS = Arbitraries.oneOf(
            Arbitraries.integers().between(-8, 8), Arbitraries.of(Integer.MIN_VALUE, Integer.MAX_VALUE));

    private static final Arbitrary<String> TEXTS = Arbitraries.oneOf(
            Arbitraries.integers().between(0, 12).map(number -> "text" + number),
            Arbitraries.of("", "ä€😀", "12345678", "123456789", "x".repeat(100)));

    private static final Arbitrary<String> WORDS =
            Arbitraries.integers().between(0, 30).map(number -> "word" + number);

    @Property(tries = 20)
    void longsBehaveAsInAList(@ForAll("longs") ActionChain<TestVector<Long>> history) {
        run(history);
    }

    @Property(tries = 20)
    void intsBehaveAsInAList(@ForAll("ints") ActionChain<TestVector<Integer>> history) {
        run(history);
    }

    @Property(tries = 20)
    void textsBehaveAsInAList(@ForAll("texts") ActionChain<TestVector<String>> history) {
        run(history);
    }

    @Property(tries = 20)
    void wideElementsBehaveAsInAList(@ForAll("names") ActionChain<TestVector<String>> history) {
        run(history);
    }

    @Property(tries = 20)
    void longElementsBehaveAsInAList(@ForAll("pages") ActionChain<TestVector<String>> history) {
        run(history);
    }

    private static <E extends Comparable<E>> void run(ActionChain<TestVector<E>> history) {
        history.withInvariant("verifier is silent and all mappings see the model", TestVector::verify)
                .run()
                .close();
    }

    @Provide
    ActionChainArbitrary<TestVector<Long>> longs() {
        return histories(Codecs.LONG, LONGS);
    }

    @Provide
    ActionChainArbitrary<TestVector<Integer>> ints() {
        return histories(Codecs.INT, INTS);
    }

    @Provide
    ActionChainArbitrary<TestVector<String>> texts() {
        return histories(Codecs.UTF8, TEXTS);
    }

    @Provide
    ActionChainArbitrary<TestVector<String>> names() {
        return histories(NAMES, WORDS);
    }

    @Provide
    ActionChainArbitrary<TestVector<String>> pages() {
        return histories(PAGES, WORDS);
    }

    private record Call<E extends Comparable<E>>(int weight, String verb, Step<E> step) {
        interface Step<E extends Comparable<E>> {
            void accept(TestVector<E> vector, int number, E element);
        }
    }

    private static <E extends Comparable<E>> ActionChainArbitrary<TestVector<E>> histories(
            Codec<E> codec, Arbitrary<E> few) {
        List<Call<E>> calls = List.of(
                new Call<>(8, "add", TestVector::add),
                new Call<>(2, "add at the end", TestVector::addAtTheEnd),
                new Call<>(4, "addAll", TestVector::addAll),
                new Call<>(2, "add itself", TestVector::addItself),
                new Call<>(6, "set", TestVector::set),
                new Call<>(6, "remove last", TestVector::removeLast),
                new Call<>(1, "remove in the middle", TestVector::removeInTheMiddle),
                new Call<>(2, "remove tail", TestVector::removeTail),
                new Call<>(1, "clear", TestVector::clear),
                new Call<>(3, "read", TestVector::read),
                new Call<>(1, "sort", TestVector::sort),
                new Call<>(1, "replaceAll", TestVector::replaceAll),
                new Call<>(2, "iterate", TestVector::iterate));
        ActionChainArbitrary<TestVector<E>> chain =
                ActionChain.startWith(() -> new TestVector<>(codec, Mappings.ofSharedMemory(MAPPINGS, SIZE)));
        for (Call<E> call : calls) {
            chain = chain.withAction(call.weight(), action(call, few));
        }
        return chain.withMaxTransformations(60);
    }

    private static <E extends Comparable<E>> Action<TestVector<E>> action(Call<E> call, Arbitrary<E> few) {
        return (Action.Independent<TestVector<E>>) () -> Arbitraries.integers()
                .between(0, 19)
                .flatMap(number -> few.map(element -> Transformer.mutate(
                        call.verb() + " " + number + " " + element,
                        vector -> call.step().accept(vector, number, element))));
    }
}
