/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.mutants;

import io.offsetheap.process.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.opentest4j.TestAbortedException;

/** Runs tests in a process of its own, where a mutant stands before the product on the class path, and may fault. */
final class TestProcess {
    private static final String ROOT = "io.offsetheap.";
    private static final int FAILED = 10;
    private static final int ABORTED = 11;

    private TestProcess() {}

    /**
     * Runs tests.
     *
     * @param directory an empty one, in which all files lie that this leaves behind
     * @param changedSources text by path below the package {@code io.offsetheap}
     * @param tests each as {@code process.OpenTest#isNeverSeenHalfMade()}
     * @return what has failed, or an empty text
     * @throws TestAbortedException if nothing has failed, but one of them needs what this user may not do
     */
    static String run(Path directory, Map<String, String> changedSources, List<String> tests, Duration patience)
            throws IOException {
        for (var compiled : MutatedClasses.compile(changedSources).entrySet()) {
            Path file = directory.resolve(compiled.getKey().replace('.', '/') + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, compiled.getValue());
        }
        List<String> inDirectory =
                List.of("env", "-C", directory.toString(), "JDK_JAVA_OPTIONS=-Djava.io.tmpdir=" + directory);
        String classPath = directory + File.pathSeparator + System.getProperty("java.class.path");
        try (ChildJvm child = ChildJvm.start(inDirectory, classPath, TestProcess.class, tests.toArray(String[]::new))) {
            int status;
            try {
                status = child.exitStatus(patience);
            } finally {
                end(child);
            }
            if (status == ABORTED) {
                throw new TestAbortedException(child.output());
            }
            return status == 0 ? "" : child.toString();
        }
    }

    /** Leaves nothing of one that has met its deadline, or a fault: no process, and no shared memory that it has made. */
    private static void end(ChildJvm child) throws IOException {
        ProcessHandle.of(child.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .forEach(ProcessHandle::destroyForcibly);
        child.kill9();
        try (var left = Files.newDirectoryStream(Path.of("/dev/shm"), "offsetheap-*-" + child.pid() + "-*")) {
            for (Path name : left) {
                Files.delete(name);
            }
        }
    }

    public static void main(String[] tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Stream.of(tests)
                        .map(test -> DiscoverySelectors.selectMethod(ROOT + test))
                        .toList())
                .filters(EngineFilter.includeEngines("junit-jupiter"))
                .build();
        var listener = new Listener();
        LauncherFactory.create().execute(request, listener);
        if (listener.count != tests.length) {
            throw new AssertionError("not all of these are tests: " + List.of(tests));
        }
        // Not by returning: a thread of a test that has failed may still be at work.
        System.exit(listener.status);
    }

    private static final class Listener implements TestExecutionListener {
        private int count;
        private int status;

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            count += test.isTest() ? 1 : 0;
            if (result.getStatus() == Status.FAILED) {
                status = FAILED;
            } else if (result.getStatus() == Status.ABORTED && status == 0) {
                status = ABORTED;
            }
            result.getThrowable().ifPresent(reason -> {
                System.out.println(test.getDisplayName() + ": " + result.getStatus());
                reason.printStackTrace(System.out);
            });
        }
    }
}
