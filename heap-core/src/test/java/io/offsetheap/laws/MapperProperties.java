/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import io.offsetheap.CrashingMemory.Crash;
import io.offsetheap.MortalHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.TestSegment.Storage;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.layout.Geometry;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Law C-221. Two to four mappings of one segment at different addresses in one process, beside a model. Each is a process of its own
 * to the others, with a lock of its own that says it is alive, and may die before any store.
 */
class MapperProperties {
    private static final class LocalMapper implements Mapper {
        private final MortalHeap heap;
        private final HeapCommands commands;

        LocalMapper(MortalHeap heap) {
            this.heap = heap;
            this.commands = new HeapCommands(heap.heap());
        }

        @Override
        public String tell(String command) {
            return commands.execute(command);
        }

        @Override
        public void detach() {
            tell("detach");
        }

        @Override
        public void dieDuring(String command, long point) {
            heap.crashAt(point);
            try {
                tell(command);
            } catch (Crash expected) {
                // Or it was done before that store; then its answer is lost all the same.
            }
            heap.die();
        }
    }

    @Property(tries = 25, edgeCases = EdgeCasesMode.NONE)
    void noHistoryOfMappersBreaksAnInvariant(@ForAll("calls") List<History.Step> steps, @ForAll Storage storage) {
        run(steps, new TestSegment(storage, Geometry.of(512 << 10)));
    }

    @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
    void noDeathBreaksAnInvariant(@ForAll("deaths") List<History.Step> steps, @ForAll Storage storage) {
        run(steps, new TestSegment(storage, Geometry.tiny(96 << 10)));
    }

    @Property(tries = 25, edgeCases = EdgeCasesMode.NONE)
    void noDeathBreaksAnInvariantOfTheFirstFitAllocator(
            @ForAll("deaths") List<History.Step> steps, @ForAll Storage storage) {
        run(steps, new TestSegment(storage, Geometry.tiny(96 << 10), FirstFitAllocator.TYPE));
    }

    private static void run(List<History.Step> steps, TestSegment newSegment) {
        try (TestSegment segment = newSegment) {
            segment.create().close();
            new History(4, segment, () -> new LocalMapper(segment.openMortal())).run(steps);
        }
    }

    @Provide
    Arbitrary<List<History.Step>> calls() {
        return History.steps(4, 80);
    }

    @Provide
    Arbitrary<List<History.Step>> deaths() {
        return History.steps(40, 50);
    }
}
