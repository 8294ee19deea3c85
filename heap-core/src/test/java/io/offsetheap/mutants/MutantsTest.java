/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.mutants;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.offsetheap.Scenario;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Mistakes in the protocol, made on purpose: each must be noticed, by a message that names the law it breaks. What they are
 * stands in {@code src/test/mutants}. The product as it is passes the same scenarios in the same runner.
 */
class MutantsTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "offsetheap");
    private static final Path PATCHES = Path.of("src", "test", "mutants");

    /** For a mutant that loops; far above what any scenario takes. */
    private static final long DEADLINE_MILLIS = TimeUnit.SECONDS.toMillis(120);

    @TestFactory
    Stream<DynamicTest> everyMutantIsCaught() {
        List<Mutant> mutants = Mutant.all(PATCHES);
        assertFalse(mutants.isEmpty());
        return mutants.stream()
                .map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> {
                    Throwable failure = run(mutant.scenario(), mutant.apply(SOURCES));
                    assertNotNull(failure, () -> "nobody noticed " + mutant);
                    String story = story(failure);
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
        thread.join(DEADLINE_MILLIS);
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
