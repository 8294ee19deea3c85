/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Scanner;
import org.junit.jupiter.api.Test;

class ChildJvmTest {
    /** The child: says it is ready, repeats what it is told, and ends with the number it was given. */
    static final class Echo {
        private Echo() {}

        public static void main(String[] arguments) {
            System.out.println(ChildJvm.READY);
            System.err.println(ManagementFactory.getRuntimeMXBean().getInputArguments());
            Scanner input = new Scanner(System.in);
            while (input.hasNextLine()) {
                System.out.println("heard " + input.nextLine());
            }
            System.exit(Integer.parseInt(arguments[0]));
        }
    }

    @Test
    void talksAndEndsWithItsStatus() {
        try (ChildJvm child = ChildJvm.start(Echo.class, "7").awaitReady()) {
            child.send("one");
            child.awaitLine("heard one"::equals, Duration.ofSeconds(30));
            child.endInput().expectExit(7);
            assertEquals("READY\nheard one\n", child.output());
        }
    }

    @Test
    void isKilled() {
        try (ChildJvm child = ChildJvm.start(Echo.class, "0").awaitReady()) {
            assertEquals(ChildJvm.KILLED, child.kill9().exitStatus());
            assertFalse(child.isAlive());
        }
    }

    @Test
    void anEndBeforeTheLineShowsBothOutputs() {
        try (ChildJvm child = ChildJvm.start(Echo.class, "3").endInput()) {
            AssertionError thrown =
                    assertThrows(AssertionError.class, () -> child.awaitLine("never"::equals, Duration.ofSeconds(60)));
            assertTrue(thrown.getMessage().contains("ended with status 3 before the line came"), thrown::getMessage);
            assertTrue(thrown.getMessage().contains("--- output\nREADY\n--- errors\n[-X"), thrown::getMessage);
        }
    }
}
