/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.memory;

import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MapMode;
import io.offsetheap.region.MappedRegion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of a file, which are the same whether they are mapped or read. */
public final class MappedFileProgram {
    private static final int SIZE = 10_000;

    private MappedFileProgram() {}

    /** The parent runs without an argument, the child with the path. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 0) {
            Path path = Files.write(Files.createTempFile("mapped-file-program", ".bin"), new byte[SIZE]);
            try (FileMapping file = FileMapping.open(path, false);
                    MappedRegion region = MappedRegion.map(file, MapMode.READ_WRITE)) {
                Ones.fill(region);
                Ones.runChild(MappedFileProgram.class, path.toString());
            } finally {
                FileMapping.remove(path);
            }
        } else {
            Path path = Path.of(arguments[0]);
            try (FileMapping file = FileMapping.open(path, true);
                    MappedRegion region = MappedRegion.map(file, MapMode.READ_ONLY)) {
                Ones.check(region);
            }
            for (byte read : Files.readAllBytes(path)) {
                if (read != 1) {
                    throw new IllegalStateException("the file says something else: found=" + read);
                }
            }
        }
    }
}
