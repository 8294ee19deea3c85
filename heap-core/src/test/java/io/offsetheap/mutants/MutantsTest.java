/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.offsetheap.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mistakes in the protocol, made on purpose: each must be noticed, by a message that names the law it breaks. What they are
 * stands in {@code src/test/mutants}. The product as it is passes the same scenarios in the same runner.
 */
class MutantsTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "offsetheap");
    private static final Path PATCHES = Path.of("src", "test", "mutants");

    /** For a mutant that loops; far above what any scenario takes. */
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyMutantIsCaught() {
        List<Mutant> mutants = Mutant.all(PATCHES);
        assertFalse(mutants.isEmpty());
        return mutants.stream()
                .map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> {
                    long start = System.nanoTime();
                    String story = story(mutant);
                    System.out.printf("mutant %s: %.1f s%n", mutant, (System.nanoTime() - start) / 1e9);
                    assertFalse(story.isEmpty(), () -> "nobody noticed " + mutant);
                    assertTrue(
                            story.contains(mutant.message()),
                            () -> mutant + " was noticed, but not by: " + mutant.message() + "\n" + story);
                }));
    }

    @TestFactory
    Stream<DynamicTest> theProductItselfPassesEveryScenario() {
        return Stream.of(Scenario.values())
                .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> {
                    Throwable failure = run(scenario.name(), Map.of());
                    assertNull(failure, () -> story(failure));
                }));
    }

    @Test
    void theProductItselfPassesEveryTest() throws IOException {
        List<String> tests = Mutant.all(PATCHES).stream()
                .filter(Mutant::needsProcess)
                .map(Mutant::scenario)
                .distinct()
                .toList();
        assertEquals("", TestProcess.run(directory, Map.of(), tests, DEADLINE));
    }

    private String story(Mutant mutant) throws Exception {
        Map<String, String> sources = mutant.apply(SOURCES);
        if (mutant.needsProcess()) {
            Path own = Files.createDirectory(directory.resolve(mutant.name()));
            return TestProcess.run(own, sources, List.of(mutant.scenario()), DEADLINE);
        }
        return story(run(mutant.scenario(), sources));
    }

    private static @Nullable Throwable run(String scenario, Map<String, String> changedSources) throws Exception {
        var loader = new MutatedClasses(changedSources);
        Class<?> type = Class.forName(Scenario.class.getName(), true, loader);
        Runnable task = Stream.of(type.getEnumConstants())
                .filter(constant -> constant.toString().equals(scenario))
                .map(Runnable.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no such scenario: " + scenario));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(task, scenario);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dead, reason) -> failure.set(reason));
        thread.start();
        thread.join(DEADLINE.toMillis());
        if (thread.isAlive()) {
            fail("the scenario does not end: " + List.of(thread.getStackTrace()));
        }
        return failure.get();
    }

    private static String story(@Nullable Throwable failure) {
        var text = new StringWriter();
        if (failure != null) {
            failure.printStackTrace(new PrintWriter(text));
        }
        return text.toString();
    }
}
