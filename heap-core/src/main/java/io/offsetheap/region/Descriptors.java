/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The two descriptors of one file, closed once and never while a call uses them.
 *
 * <p>Thread-safe. The count of calls under way is what makes it so: after a close the kernel gives the same numbers to
 * the next files that are opened, and a late call would lock or extend one of those.
 */
final class Descriptors implements Runnable {
    private static final int CLOSED = -1;

    private final LibC libC;
    private final int map;
    private final int probe;
    private final String segment;
    private final AtomicInteger users = new AtomicInteger();
    private final Use use = new Use();

    /** A name to remove at the end, for a file system where a file cannot be without one. */
    private volatile @Nullable Path temporaryName;

    private volatile boolean ownedByRegion;

    Descriptors(LibC libC, int map, int probe, @Nullable Path temporaryName, String segment) {
        this.libC = libC;
        this.map = map;
        this.probe = probe;
        this.temporaryName = temporaryName;
        this.segment = segment;
    }

    /** A path that leads to the file behind a descriptor of this process; to open it makes a new file description. */
    static String ownPath(int descriptor) {
        return "/proc/self/fd/" + descriptor;
    }

    /** Keeps the descriptors open until the result is closed. */
    Use use() {
        int n;
        do {
            n = users.get();
            if (n == CLOSED) {
                throw new IllegalStateException("the file is closed: segment=" + segment);
            }
        } while (!users.compareAndSet(n, n + 1));
        return use;
    }

    /** From now on the region closes the descriptors, after it has unmapped them. */
    void passToRegion() {
        ownedByRegion = true;
    }

    boolean isOwnedByRegion() {
        return ownedByRegion;
    }

    /** What happens when the file is closed or can no longer be reached: a region, if there is one, stays as it is. */
    @Override
    public void run() {
        if (!ownedByRegion) {
            close();
        }
    }

    /** Waits for the calls under way. The map descriptor goes first: it carries the lock that says "alive". */
    void close() {
        while (!users.compareAndSet(0, CLOSED)) {
            if (users.get() == CLOSED) {
                return;
            }
            Thread.yield();
        }
        libC.close(map);
        libC.close(probe);
        removeTemporaryName();
    }

    @Nullable
    Path temporaryName() {
        return temporaryName;
    }

    void removeTemporaryName() {
        Path name = temporaryName;
        if (name != null) {
            temporaryName = null;
            libC.unlink(name);
        }
    }

    /** The numbers, for the time of one call. */
    final class Use implements AutoCloseable {
        /** Maps, and holds the lock on the slot byte of this process. Nothing else. */
        int map() {
            return map;
        }

        /** Another description of the same file, for everything else. */
        int probe() {
            return probe;
        }

        @Override
        public void close() {
            users.getAndDecrement();
        }
    }
}
