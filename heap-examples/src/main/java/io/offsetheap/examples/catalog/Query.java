/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Asks a dictionary for one key after another, and takes the time.
 *
 * <p>Not thread-safe.
 */
final class Query {
    private final Dictionary dictionary;
    private final Writer output;
    private long lookups;
    private long missing;
    private @Nullable String firstMissing;
    private long totalNanos;
    private long firstNanos;
    private long fastestNanos = Long.MAX_VALUE;

    Query(Dictionary dictionary, Writer output) {
        this.dictionary = dictionary;
        this.output = output;
    }

    void ask(String key) throws IOException {
        long start = System.nanoTime();
        String value = dictionary.answer(key);
        long nanos = System.nanoTime() - start;
        count(key, value != null, nanos);
        output.write(value == null ? key + "\n" : key + "\t" + value + "\n");
    }

    private void count(String key, boolean found, long nanos) {
        if (lookups == 0) {
            firstNanos = nanos;
        }
        lookups++;
        totalNanos += nanos;
        fastestNanos = Math.min(fastestNanos, nanos);
        if (!found) {
            missing++;
            firstMissing = firstMissing == null ? key : firstMissing;
        }
    }

    void flush() throws IOException {
        output.flush();
    }

    void report(PrintStream target) {
        if (lookups > 0) {
            target.printf(
                    Locale.ROOT,
                    "lookups: %,d, mean %.2f µs, first %.2f µs, fastest %.2f µs%n",
                    lookups,
                    totalNanos / 1e3 / lookups,
                    firstNanos / 1e3,
                    fastestNanos / 1e3);
        }
    }

    /** A key that is not there yet is another matter than one that is not there. */
    void checkAllFound() {
        if (missing > 0) {
            boolean complete = dictionary.isComplete();
            throw new CommandFailure(
                    complete ? ExitStatus.KEY_NOT_FOUND : ExitStatus.TEMPORARY,
                    (complete
                                    ? "not found"
                                    : "not found, but the map is not completely loaded: load again if no load runs")
                            + ": missing=" + missing + " of=" + lookups + " first=" + firstMissing + " map="
                            + dictionary.name());
        }
    }
}
