/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Compiles the examples of {@code docs/bring-your-own-allocator.md} and runs them: what they print is what it says. */
class BringYourOwnAllocatorTest {
    private static final String IMPORTS = """
            import io.offsetheap.*;
            import io.offsetheap.alloc.*;
            import io.offsetheap.laws.*;
            import io.offsetheap.layout.Geometry;
            import java.util.*;
            import org.junit.jupiter.api.Test;
            """;

    @TempDir
    Path directory;

    @Test
    void theBrokenAllocatorIsCaughtByTheHistoryThatIsShown() throws Exception {
        compile();
        List<String> failures = new ArrayList<>();
        try (var loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            var request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(DiscoverySelectors.selectMethod(
                            loader.loadClass("CachingAllocatorTest"),
                            "noHistoryOfCallsBreaksAnInvariant",
                            "java.util.List"))
                    .filters(EngineFilter.includeEngines("jqwik"))
                    .build();
            silently(() -> LauncherFactory.create().execute(request, new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    result.getThrowable().ifPresent(thrown -> failures.add(thrown.getMessage()));
                }
            }));
        }
        assertEquals(List.of(fences("text").get(0).strip()), failures);
    }

    @Test
    void theReportHasALineForEachAllocator() throws Exception {
        compile();
        String table;
        try (var loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            var main = loader.loadClass("Report").getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            table = silently(() -> main.invoke(null, (Object) new String[0]));
        }
        Set<String> allocators =
                table.lines().skip(2).map(line -> line.split(" *[|] *")[2]).collect(Collectors.toSet());
        assertEquals(
                Set.of("SegmentAllocator", "FirstFitAllocator", "variation 65537 of FirstFitAllocator"),
                allocators,
                table);
    }

    private void compile() throws IOException {
        StringBuilder source = new StringBuilder(IMPORTS);
        for (String example : fences("java")) {
            source.append(
                    example.startsWith("// run")
                            ? "class Report { public static void main(String[] a) {\n" + example + "} }\n"
                            : example);
        }
        Path file = Files.writeString(directory.resolve("Examples.java"), source);
        var problems = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        problems,
                        "--release",
                        "17",
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        directory.toString(),
                        file.toString());
        assertEquals(0, result, () -> problems.toString(StandardCharsets.UTF_8) + "\n" + source);
    }

    private static List<String> fences(String language) throws IOException {
        String text = Files.readString(Path.of("..", "docs", "bring-your-own-allocator.md"));
        return Pattern.compile("(?ms)^```" + language + "\\R(.*?)^```")
                .matcher(text)
                .results()
                .map(fence -> fence.group(1))
                .toList();
    }

    private interface Action {
        void run() throws Exception;
    }

    /** Returns what is printed meanwhile. */
    private static String silently(Action action) throws Exception {
        PrintStream old = System.out;
        var printed = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            action.run();
        } finally {
            System.setOut(old);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
