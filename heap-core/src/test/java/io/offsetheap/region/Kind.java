/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** The kinds of memory that can be mapped in parts. */
enum Kind {
    SHARED_MEMORY,
    FILE,
    ANONYMOUS;

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final AtomicLong COUNTER = new AtomicLong();

    /** Those that this JVM can make. */
    static List<Kind> available() {
        return LibC.isAvailable() ? List.of(values()) : List.of(SHARED_MEMORY, FILE);
    }

    /** A new object of that size, and how to get at it once more. */
    Subject create(long size) {
        String name = "region-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
        return switch (this) {
            case SHARED_MEMORY -> {
                SharedMemoryObject object = SharedMemoryObject.create(name, OWNER);
                object.truncate(size);
                yield new Subject(object, SharedMemoryObject.directory().resolve(name), true);
            }
            case FILE -> {
                Path path = Path.of(System.getProperty("java.io.tmpdir"), name);
                try {
                    Files.write(path, new byte[Math.toIntExact(size)]);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                yield new Subject(FileMapping.open(path, false), path, true);
            }
            case ANONYMOUS -> {
                assumeTrue(LibC.isAvailable(), "this needs native calls");
                AnonymousSharedMemory object = AnonymousSharedMemory.create(size);
                yield new Subject(object, object.path(), false);
            }
        };
    }

    /** An object, open for writing, with the path that leads to it. */
    record Subject(MappableObject object, Path path, boolean removed) implements AutoCloseable {
        MappableObject openReadOnly() {
            return FileMapping.open(path, true);
        }

        @Override
        public void close() {
            object.close();
            if (removed) {
                FileMapping.remove(path);
            }
        }
    }
}
