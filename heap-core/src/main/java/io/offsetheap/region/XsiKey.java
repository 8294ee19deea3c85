/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import java.nio.file.Path;

/**
 * What processes agree on to find the same {@link XsiSharedMemory}: a file and a number, or nothing.
 *
 * @param value the key, as the system knows it
 */
public record XsiKey(int value) {
    /** No key: each object created with it is new, and found by its id alone. */
    public static final XsiKey PRIVATE = new XsiKey(LibC.IPC_PRIVATE);

    private static final int LARGEST_NUMBER = 255;
    private static final int FAILED = -1;

    /**
     * The key that a file and a number stand for. All who name the same file, by whatever path, get the same key. It is made
     * of a few bits of each, so that other files may have it too.
     *
     * @param path a file or directory that exists, and that is not replaced as long as the key is used
     * @param number from 1 to 255
     * @return the key
     * @throws IllegalArgumentException if the number is another one
     * @throws HeapException if there is no such file
     */
    public static XsiKey of(Path path, int number) {
        if (number < 1 || number > LARGEST_NUMBER) {
            throw new IllegalArgumentException("the number of a key is from 1 to 255: number=" + number);
        }
        LibC libC = LibC.get();
        int value = libC.ftok(path, number);
        if (value == FAILED) {
            throw new HeapException(
                    "no key can be made of this file: path=" + path + " errno=" + LibC.describe(libC.errno()));
        }
        return new XsiKey(value);
    }

    @Override
    public String toString() {
        return value == LibC.IPC_PRIVATE ? "private" : "0x" + Integer.toHexString(value);
    }
}
