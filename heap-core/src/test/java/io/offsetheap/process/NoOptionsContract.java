/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.offsetheap.OffsetHeap;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing here needs an option of the JVM: not the suite of a module, not the processes it starts, not a user. The one thing
 * that does, an Agrona buffer, says which.
 */
public interface NoOptionsContract {
    /** A process that uses a heap, and says with which options. */
    final class User {
        private User() {}

        public static void main(String[] arguments) {
            try (OffsetHeap heap =
                    OffsetHeap.file(Path.of(arguments[0])).maxSize(1 << 20).openOrCreate()) {
                long block = heap.allocate(100);
                heap.bytes(block).writeUtf8("text");
                var refused = assertThrows(UnsupportedOperationException.class, () -> heap.buffer(block));
                assertEquals(
                        "an Agrona buffer needs an option of the JVM: --add-exports"
                                + " java.base/jdk.internal.misc=ALL-UNNAMED segment=" + heap,
                        refused.getMessage());
                heap.free(block);
            }
            System.out.println(options());
        }
    }

    /** All options of this JVM, from the command line, from files and from the environment. */
    static List<String> options() {
        return Stream.concat(
                        ManagementFactory.getRuntimeMXBean().getInputArguments().stream(),
                        Stream.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")
                                .map(System.getenv()::get)
                                .filter(value -> value != null))
                .toList();
    }

    private static void checkNoneOpensAModule(String options) {
        assertFalse(options.contains("--add-"), options);
    }

    @Test
    default void theSuiteRunsWithoutOptionsThatOpenModules() {
        checkNoneOpensAModule(options().toString());
    }

    @Test
    default void itsProcessesRunWithoutOptionsThatOpenModules(@TempDir Path directory) {
        String path = directory.resolve("heap").toString();
        try (ChildJvm child = ChildJvm.start(User.class, path).expectExit(0)) {
            checkNoneOpensAModule(child.output());
        }
    }

    @Test
    default void aUserNeedsNoOptionAtAll(@TempDir Path directory) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String path = directory.resolve("heap").toString();
        List<String> command = List.of(java, "-cp", System.getProperty("java.class.path"), User.class.getName(), path);
        try (ChildJvm child = ChildJvm.startCommand(command).expectExit(0)) {
            checkNoneOpensAModule(child.output());
        }
    }
}
