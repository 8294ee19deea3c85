/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/**
 * A segment with several mappers, and what it should hold. After each step every mapper sees the model, and the verifier
 * of every mapper is silent.
 */
final class History {
    /** A tiny segment has four lanes. */
    private static final int PINS = 2;

    private final int most;
    private final TestSegment segment;
    private final Supplier<Mapper> attach;
    private final List<Mapper> mappers = new ArrayList<>();
    private final Set<Mapper> pinned = new HashSet<>();
    private SegmentModel model = new SegmentModel();

    /**
     * A history of two mappers at first.
     *
     * @param most mappers at a time
     * @param attach maps the segment once more
     */
    History(int most, TestSegment segment, Supplier<Mapper> attach) {
        this.most = most;
        this.segment = segment;
        this.attach = attach;
        mappers.add(attach.get());
        mappers.add(attach.get());
        mappers.get(0).tell("construct " + HeapCommands.CELLS + " " + HeapCommands.CELL_COUNT * Long.BYTES);
        call(mappers.get(1), new Operation.MakeMap("m0"));
    }

    void run(List<Step> steps) {
        for (Step step : steps) {
            step.run(this);
            for (Mapper mapper : mappers) {
                assertEquals(model.toString(), mapper.tell(model.question()), () -> "after " + step);
            }
        }
    }

    /** Ends it: nobody has the segment mapped any more. */
    void detachAll() {
        mappers.forEach(Mapper::detach);
        mappers.clear();
    }

    private Mapper mapper(int who) {
        return mappers.get(who % mappers.size());
    }

    private void call(Mapper mapper, Operation operation) {
        String command = operation.command(model);
        if (command == null) {
            return;
        }
        String answer = mapper.tell(command);
        if (answer.equals(HeapCommands.REFUSED)) {
            long room = Long.parseLong(mapper.tell("room"));
            assertTrue(room < operation.enoughRoom(), () -> operation + " was refused with room " + room);
        } else {
            operation.done(model, answer);
        }
    }

    private void pin(Mapper mapper) {
        if (pinned.contains(mapper)) {
            pinned.remove(mapper);
            mapper.tell("unpin");
        } else if (pinned.size() < PINS) {
            pinned.add(mapper);
            mapper.tell("pin");
        }
    }

    private void attach() {
        if (mappers.size() < most) {
            mappers.add(attach.get());
        }
    }

    private void detach(Mapper mapper) {
        remove(mapper);
        mapper.detach();
        if (mappers.isEmpty()) {
            attach();
        }
    }

    private void remove(Mapper mapper) {
        mappers.remove(mapper);
        pinned.remove(mapper);
    }

    /** One dies in a call, others in recovery, the next one recovers: the call has happened, or it has not. */
    private void die(Mapper mapper, Operation operation, long point, List<Long> recoveryPoints) {
        String command = operation.command(model);
        if (command == null) {
            return;
        }
        remove(mapper);
        mapper.dieDuring(command, point);
        for (long recoveryPoint : recoveryPoints) {
            // An attach recovers what it can before its own turn comes to die, unless everybody was attached already.
            Mapper helper = mappers.isEmpty() ? attach.get() : mappers.get(0);
            remove(helper);
            helper.dieDuring("trim", recoveryPoint);
        }
        if (mappers.isEmpty()) {
            attach();
        }
        Mapper survivor = mappers.get(0);
        survivor.tell("trim");
        SegmentModel done = model.copy();
        operation.done(done, operation.lostAnswer(model, survivor));
        if (sees(survivor, done)) {
            model = done;
        } else if (!sees(survivor, model)) {
            fail("a death in " + command + ": what it left is neither before nor after\nbefore " + model + "\nafter  "
                    + done + "\nfound  " + survivor.tell(done.question()));
        }
    }

    private static boolean sees(Mapper mapper, SegmentModel model) {
        return mapper.tell(model.question()).equals(model.toString());
    }

    private void view() {
        try (OffsetHeap view = segment.openReadOnly()) {
            assertEquals(model.toString(), new HeapCommands(view).execute(model.question()), "read-only");
        }
    }

    // ---- steps

    /** What happens next. */
    interface Step {
        void run(History history);
    }

    record Call(int who, Operation operation) implements Step {
        @Override
        public void run(History history) {
            history.call(history.mapper(who), operation);
        }
    }

    /** Makes a map large enough to split. */
    record PutMany(int who, String map, int count, long seed) implements Step {
        @Override
        public void run(History history) {
            for (int i = 0; i < count; i++) {
                history.call(history.mapper(who), new Operation.Put(map, "key" + i, i % 20, seed + i));
            }
        }
    }

    record PinOrUnpin(int who) implements Step {
        @Override
        public void run(History history) {
            history.pin(history.mapper(who));
        }
    }

    record Attach() implements Step {
        @Override
        public void run(History history) {
            history.attach();
        }
    }

    record Detach(int who) implements Step {
        @Override
        public void run(History history) {
            history.detach(history.mapper(who));
        }
    }

    record ViewReadOnly() implements Step {
        @Override
        public void run(History history) {
            history.view();
        }
    }

    record Die(int who, Operation operation, long point, List<Long> recoveryPoints) implements Step {
        @Override
        public void run(History history) {
            history.die(history.mapper(who), operation, point, recoveryPoints);
        }
    }

    /** @param deaths how many of 100 steps are deaths */
    static Arbitrary<List<Step>> steps(int deaths, int length) {
        Arbitrary<Integer> who = Arbitraries.integers().between(0, 11);
        Arbitrary<Integer> counts =
                Arbitraries.integers().between(20, 90).withDistribution(RandomDistribution.uniform());
        Arbitrary<Step> calls = Combinators.combine(who, operations()).as(Call::new);
        Arbitrary<Step> dies = Combinators.combine(
                        who, operations(), stores(), stores().list().ofMaxSize(2))
                .as(Die::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(85 - deaths, calls),
                        Tuple.of(deaths, dies),
                        Tuple.of(
                                3,
                                Combinators.combine(who, maps(), counts, seeds())
                                        .as(PutMany::new)),
                        Tuple.of(4, who.map(PinOrUnpin::new)),
                        Tuple.of(5, Arbitraries.create(Attach::new)),
                        Tuple.of(4, who.map(Detach::new)),
                        Tuple.of(2, Arbitraries.create(ViewReadOnly::new)))
                .list()
                .ofMinSize(length * 3 / 4)
                .ofMaxSize(length);
    }

    /** Many calls make fewer stores than are drawn here; then the death comes after the call. */
    private static Arbitrary<Long> stores() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, 12).withDistribution(RandomDistribution.uniform()),
                Arbitraries.longs().between(0, 40).withDistribution(RandomDistribution.uniform()),
                Arbitraries.longs().between(0, 400).withDistribution(RandomDistribution.uniform()));
    }

    private static Arbitrary<String> maps() {
        return Arbitraries.of("m0", "m1");
    }

    private static Arbitrary<Long> seeds() {
        return Arbitraries.longs();
    }

    private static Arbitrary<Operation> operations() {
        Arbitrary<Long> sizes = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 400),
                Arbitraries.longs().between(0, 2500),
                Arbitraries.longs().between(8000, 12_000));
        Arbitrary<Long> alignments = Arbitraries.integers().between(0, 11).map(log2 -> 1L << log2);
        Arbitrary<Integer> cells = Arbitraries.integers().between(0, HeapCommands.CELL_COUNT - 1);
        Arbitrary<String> bytes = Arbitraries.of("b0", "b1", "b2");
        Arbitrary<String> keys = Arbitraries.integers()
                .between(0, 100)
                .withDistribution(RandomDistribution.uniform())
                .map(number -> "key" + number);
        Arbitrary<Integer> lengths = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 24), Arbitraries.integers().between(0, 300));
        Arbitrary<Long> more = Arbitraries.longs().between(0, 3000);
        return Arbitraries.frequencyOf(
                Tuple.of(8, Combinators.combine(sizes, alignments, seeds()).as(Operation.Allocate::new)),
                Tuple.of(8, Arbitraries.integers().between(0, 1000).map(Operation.Free::new)),
                Tuple.of(4, Combinators.combine(cells, sizes, seeds()).as(Operation.Link::new)),
                Tuple.of(3, Combinators.combine(bytes, sizes).as(Operation.Construct::new)),
                Tuple.of(2, bytes.map(Operation.Destroy::new)),
                Tuple.of(2, maps().map(Operation.MakeMap::new)),
                Tuple.of(1, maps().map(Operation.Destroy::new)),
                Tuple.of(24, Combinators.combine(maps(), keys, lengths, seeds()).as(Operation.Put::new)),
                Tuple.of(8, Combinators.combine(maps(), keys).as(Operation.Remove::new)),
                Tuple.of(1, more.map(bytesMore -> new Operation.Upkeep("grow " + bytesMore))),
                Tuple.of(1, Arbitraries.just(new Operation.Upkeep("trim"))));
    }
}
