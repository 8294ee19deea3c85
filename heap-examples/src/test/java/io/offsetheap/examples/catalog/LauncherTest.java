/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.process.ChildJvm;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the command line tool, with the JDK of the test and each newer one of this machine. */
class LauncherTest {
    static final Path LAUNCHER = Path.of("bin", "offsetheap").toAbsolutePath();

    private final String heap =
            "launcher-test-" + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());

    @TempDir
    Path directory;

    @AfterEach
    void removeHeap() {
        OffsetHeap.sharedMemory(heap).remove();
    }

    /** All use one heap: what one JDK has loaded, another reads. */
    @TestFactory
    List<DynamicTest> noJdkSaysAnything() throws IOException {
        Path file = Files.writeString(directory.resolve("words.tsv"), "λ\tlambda\n");
        List<DynamicTest> tests = new ArrayList<>();
        for (Path home : jdks()) {
            tests.add(DynamicTest.dynamicTest(home.toString(), () -> {
                try (ChildJvm load = launch(home, "load", "--heap", heap, "--map", "words", file.toString())) {
                    assertTrue(load.expectExit(0).errors().matches("1 entries in .*\n"), load::errors);
                }
                for (Path other : jdks()) {
                    try (ChildJvm query = launch(other, "query", "--heap", heap, "--map", "words", "λ")) {
                        assertEquals("λ\tlambda\n", query.expectExit(0).output());
                        assertTrue(query.errors().matches("lookups: 1, .*\n"), query::errors);
                    }
                }
            }));
        }
        return tests;
    }

    @Test
    void passesTheExitStatusOn() {
        try (ChildJvm query = launch(Path.of(System.getProperty("java.home")), "query", "--heap", heap)) {
            query.expectExit(ExitStatus.UNAVAILABLE);
            assertEquals(
                    "offsetheap: there is no such segment: segment=shared memory '" + heap + "'\n", query.errors());
        }
    }

    /** In a locale that cannot say what is asked. */
    private static ChildJvm launch(Path home, String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "LC_ALL=C", "JAVA_HOME=" + home, LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        return ChildJvm.startCommand(command);
    }

    private static Set<Path> jdks() throws IOException {
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        Set<Path> homes = new TreeSet<>(Set.of(own));
        Path all = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(all)) {
            try (DirectoryStream<Path> candidates = Files.newDirectoryStream(all)) {
                for (Path candidate : candidates) {
                    if (Files.isExecutable(candidate.resolve("bin/java")) && feature(candidate) >= 17) {
                        homes.add(candidate.toRealPath());
                    }
                }
            }
        }
        return homes;
    }

    /** The first number of its version, or 0. */
    private static int feature(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.exists(release)) {
            return 0;
        }
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(release)) {
            properties.load(reader);
        }
        String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
        return Integer.parseInt(version.split("[.+-]")[0]);
    }
}
