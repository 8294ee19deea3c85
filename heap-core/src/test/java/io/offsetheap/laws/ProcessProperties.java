/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.TestSegment.Storage;
import io.offsetheap.layout.Geometry;
import io.offsetheap.process.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Scanner;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;

/** The same histories through mappers that are JVMs of their own, and die by kill -9. */
class ProcessProperties {
    /** The child: does what each line says, and answers with one line. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            Scanner input = new Scanner(System.in);
            HeapCommands commands = null;
            while (input.hasNextLine()) {
                String line = input.nextLine();
                if (line.startsWith("open ")) {
                    String[] words = line.split(" ", 3);
                    OffsetHeap heap = TestSegment.builder(Storage.valueOf(words[1]), Path.of(words[2]))
                            .open();
                    commands = new HeapCommands(heap);
                    System.out.println(HeapCommands.DONE);
                } else if (commands != null) {
                    System.out.println(commands.execute(line));
                }
            }
        }
    }

    private final class ChildMapper implements Mapper {
        private final ChildJvm child;

        ChildMapper(ChildJvm child) {
            this.child = child;
        }

        @Override
        public String tell(String command) {
            return child.ask(command);
        }

        @Override
        public void detach() {
            tell("detach");
            idle.add(child);
        }

        @Override
        public void dieDuring(String command, long point) {
            child.send(command);
            for (long spins = point * 1000; spins > 0; spins--) {
                Thread.onSpinWait();
            }
            running.remove(child);
            child.close();
        }
    }

    private final Deque<ChildJvm> running = new ArrayDeque<>();
    /** Those of them that have detached. */
    private final Deque<ChildJvm> idle = new ArrayDeque<>();

    @AfterProperty
    void killChildren() {
        running.forEach(ChildJvm::close);
    }

    @Property(tries = 6, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void noHistoryOfProcessesBreaksAnInvariant(@ForAll("histories") List<History.Step> steps, @ForAll Storage storage) {
        try (TestSegment segment = new TestSegment(storage, Geometry.of(512 << 10))) {
            segment.create().close();
            History history = new History(3, segment, () -> attach(segment));
            history.run(steps);
            history.detachAll();
        }
    }

    private Mapper attach(TestSegment segment) {
        ChildJvm child = idle.poll();
        if (child == null) {
            child = ChildJvm.start(Child.class);
            running.add(child);
        }
        child.ask("open " + segment.storage() + " " + segment.path());
        return new ChildMapper(child);
    }

    @Provide
    Arbitrary<List<History.Step>> histories() {
        return History.steps(4, 40);
    }
}
