/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Makes an operation fail at every single store while its process and its thread live on. What must hold: what is done
 * next, by the same thread or by another, works, and finds the heap as before the failed operation or as after it.
 */
final class FailureHarness {
    private static final long STACK_SIZE = 256 << 10;

    private final TestImage image;
    private int overflows;

    FailureHarness(long maxSize, AllocatorType allocator) {
        image = TestImage.formatted(maxSize, allocator);
    }

    /** Runs an operation to prepare what follows. */
    void prepare(Consumer<Attachment> operation) {
        image.prepare(operation);
    }

    /** Another process, beside the one that an operation is given. */
    Attachment attachAnother() {
        return image.attach(image.newMemory());
    }

    /**
     * Fails an operation at every store, and then at every store with its failure handler as well.
     *
     * @param next what is done afterwards; it should need the same locks
     */
    void explore(String label, Consumer<Attachment> operation, Consumer<Attachment> next) {
        CrashingMemory memory = image.newMemory();
        Attachment process = image.rewound(memory);
        operation.accept(process);
        long stores = memory.stores();
        next.accept(process);
        String after = CrashHarness.content(label, process);
        process = image.rewound(image.newMemory());
        next.accept(process);
        String before = CrashHarness.content(label, process);
        for (long store = 0; store < stores; store++) {
            for (int failures = 1; failures <= 2; failures++) {
                for (boolean sameThread : new boolean[] {true, false}) {
                    String where = label + " failed at store " + store + " of " + stores + ", failures=" + failures
                            + (sameThread ? ", same thread" : ", another thread");
                    fail(where, operation, next, store, failures, sameThread, before, after);
                }
            }
        }
    }

    private void fail(
            String where,
            Consumer<Attachment> operation,
            Consumer<Attachment> next,
            long store,
            int failures,
            boolean sameThread,
            String before,
            String after) {
        CrashingMemory memory = image.newMemory();
        Attachment process = image.rewound(memory);
        memory.failAt(store, failures);
        Runnable failing = () -> {
            try {
                operation.accept(process);
                throw new AssertionError(where + ": the operation made fewer stores than before");
            } catch (CrashingMemory.Crash expected) {
                memory.crashAt(Long.MAX_VALUE);
            }
        };
        Runnable following = () -> {
            try {
                next.accept(process);
                process.lanes().helpAll();
            } catch (RuntimeException e) {
                throw new AssertionError(where + ": what follows fails as well: " + e, e);
            }
            checkContent(where, process, before, after);
        };
        onAnotherThread(
                sameThread
                        ? () -> {
                            failing.run();
                            following.run();
                        }
                        : failing);
        if (!sameThread) {
            following.run();
        }
    }

    /**
     * Runs an operation where the stack has hardly any room left: at every depth from the overflow itself to so many frames
     * above it.
     */
    void exhaustStack(String label, Consumer<Attachment> operation, Consumer<Attachment> next, int frames) {
        Attachment process = image.rewound(image.newMemory());
        operation.accept(process);
        next.accept(process);
        String after = CrashHarness.content(label, process);
        process = image.rewound(image.newMemory());
        next.accept(process);
        String before = CrashHarness.content(label, process);
        for (int above = 0; above < frames; above++) {
            exhaustStack(
                    label + ", " + above + " frames above the end of the stack", operation, next, above, before, after);
        }
    }

    private void exhaustStack(
            String where,
            Consumer<Attachment> operation,
            Consumer<Attachment> next,
            int above,
            String before,
            String after) {
        Attachment process = image.rewound(image.newMemory());
        onAnotherThread(() -> {
            descend(above, () -> {
                try {
                    operation.accept(process);
                } catch (StackOverflowError expected) {
                    overflows++;
                }
            });
            next.accept(process);
            process.lanes().helpAll();
            checkContent(where, process, before, after);
        });
    }

    /** Overflows of {@link #exhaustStack} that have met an operation. */
    int overflows() {
        return overflows;
    }

    /** Goes down to the end of the stack, comes up some frames, and runs the task there. Returns the frames come up. */
    private static int descend(int above, Runnable task) {
        int frames;
        try {
            frames = descend(above, task) + 1;
        } catch (StackOverflowError e) {
            frames = 0;
        }
        if (frames == above) {
            task.run();
        }
        return frames;
    }

    private static void checkContent(String where, Attachment process, String before, String after) {
        String found = CrashHarness.content(where, process);
        if (!found.equals(before) && !found.equals(after)) {
            throw new AssertionError(
                    where + ": neither before nor after\n found " + found + "\nbefore " + before + "\n after " + after);
        }
    }

    private static void onAnotherThread(Runnable task) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(null, task, "failing", STACK_SIZE);
        thread.setUncaughtExceptionHandler((dead, reason) -> failure.set(reason));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get().getMessage(), failure.get());
        }
    }
}
