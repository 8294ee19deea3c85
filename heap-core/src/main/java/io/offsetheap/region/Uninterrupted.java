/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a {@link java.nio.channels.FileChannel}, made by a thread that nobody knows: a channel closes itself when the
 * thread that reads, writes or maps through it is interrupted, and the thread of a user may be. Not for calls of locks, which
 * have no such habit. Thread-safe.
 */
final class Uninterrupted {
    /** A call with a result. */
    interface Call<T> {
        T call() throws IOException;
    }

    private Uninterrupted() {}

    /** Makes a call and waits for its end, whatever happens to this thread. */
    static <T> T call(Call<T> call) throws IOException {
        Outcome<T> outcome = new Outcome<>(call);
        Thread caller = new Thread(outcome, "offsetheap-channel");
        caller.setDaemon(true);
        caller.start();
        boolean interrupted = false;
        while (caller.isAlive()) {
            try {
                caller.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome.get();
    }

    /** Written by one thread, and read by the other one when that has ended. */
    private static final class Outcome<T> implements Runnable {
        private final Call<T> call;
        private @Nullable T result;
        private @Nullable Throwable failure;

        Outcome(Call<T> call) {
            this.call = call;
        }

        @Override
        public void run() {
            try {
                result = call.call();
            } catch (Throwable t) {
                failure = t;
            }
        }

        T get() throws IOException {
            if (failure instanceof IOException e) {
                throw e;
            } else if (failure instanceof RuntimeException e) {
                throw e;
            } else if (failure instanceof Error e) {
                throw e;
            }
            return Objects.requireNonNull(result);
        }
    }
}
