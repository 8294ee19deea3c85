/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.memory;

import io.offsetheap.region.MappedRegion;
import io.offsetheap.view.Views;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;

/** What all the programs of this package do: fill memory, look at it, and start the other process. */
final class Ones {
    private Ones() {}

    static void fill(MappedRegion region) {
        Bytes<Void> bytes = Views.bytes(region);
        while (bytes.writeRemaining() > 0) {
            bytes.writeByte((byte) 1);
        }
    }

    static void check(MappedRegion region) {
        Bytes<Void> bytes = Views.bytes(region).readLimitToCapacity();
        while (bytes.readRemaining() > 0) {
            byte found = bytes.readByte();
            if (found != 1) {
                throw new IllegalStateException(
                        "not what the parent has written: position=" + (bytes.readPosition() - 1) + " found=" + found);
            }
        }
        System.out.println("the child has read " + region.size() + " ones");
    }

    /** Starts a program in a JVM of its own and waits for its end. */
    static void runChild(Class<?> program, String... arguments) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command =
                new ArrayList<>(List.of(java, "-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException("the child has failed: status=" + status);
        }
    }
}
