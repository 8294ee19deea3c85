/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Which file a path leads to, and where the lock file of that one is: beside it, named after its number on the file system,
 * so that whatever else it is called or was called, all find the same; where files have no numbers, after its name.
 *
 * @param key equal for the same file, as long as that exists
 * @param lockFile the path of the lock file
 */
record FileIdentity(Object key, Path lockFile) {
    private static final String LOCK_FILE = ".offsetheap.locks.";
    private static final String NUMBER = "unix:ino";

    /** The identity of the file that a path leads to now, through symbolic links. */
    static FileIdentity of(Path path) throws IOException {
        Path real = path.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        if (key == null) {
            return new FileIdentity(attributes.creationTime(), real.resolveSibling(LOCK_FILE + real.getFileName()));
        }
        return new FileIdentity(key, lockFile(real, (Long) Files.getAttribute(real, NUMBER)));
    }

    /** The lock file of a file with a number. */
    static Path lockFile(Path real, long number) {
        return real.resolveSibling(LOCK_FILE + Long.toUnsignedString(number));
    }
}
