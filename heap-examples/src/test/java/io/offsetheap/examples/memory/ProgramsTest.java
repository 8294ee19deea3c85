/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.process.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramsTest {
    @ParameterizedTest
    @CsvSource({
        "SharedMemoryProgram, 1000",
        "AnonymousMemoryProgram, 1000",
        "XsiMemoryProgram, 1000",
        "MappedFileProgram, 10000"
    })
    void theChildReadsWhatTheParentHasWritten(String program, int size) throws ClassNotFoundException {
        Class<?> main = Class.forName(ProgramsTest.class.getPackageName() + "." + program);
        try (ChildJvm parent = ChildJvm.start(main).expectExit(0)) {
            assertEquals("the child has read " + size + " ones", parent.output().strip());
        }
    }

    @Test
    @EnabledOnOs(OS.WINDOWS)
    void theChildReadsWhatTheParentHasWrittenOnWindows() {
        try (ChildJvm parent = ChildJvm.start(WindowsMemoryProgram.class).expectExit(0)) {
            assertEquals("the child has read 1000 ones", parent.output().strip());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whatIsOnlyOnWindowsSaysSo() {
        try (ChildJvm parent = ChildJvm.start(WindowsMemoryProgram.class).expectExit(1)) {
            String expected =
                    "java.lang.UnsupportedOperationException: the shared memory of Windows is there only on Windows";
            assertTrue(parent.errors().contains(expected), parent::errors);
        }
    }
}
