/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.mutants;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A mistake that somebody could make in the protocol, as a patch of the product's source.
 *
 * <pre>
 *  scenario: SPLIT                  which constant of Scenario has to catch it, or which test, as package.Class#method()
 *  message: neither before nor      what the failure must say
 *
 *  file: object/IndexSplit.java     below the package io.offsetheap
 *  &lt;&lt;&lt;&lt;
 *  text that must stand there exactly once, however it is broken into lines
 *  ====
 *  text to stand there instead
 *  &gt;&gt;&gt;&gt;
 * </pre>
 */
record Mutant(String name, String scenario, String message, List<Edit> edits) {
    private record Edit(String file, String found, String wanted) {}

    private static final Pattern HEAD =
            Pattern.compile("\\Ascenario: (?<scenario>\\S+)\nmessage: (?<message>[^\n]+)\n");
    private static final Pattern EDIT = Pattern.compile(
            "\\G\n*file: (?<file>\\S+)\n<<<<\n(?<found>.*?)\n====\n(?<wanted>.*?)\n?>>>>\n*", Pattern.DOTALL);

    static List<Mutant> all(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".patch"))
                    .sorted()
                    .map(Mutant::read)
                    .collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Mutant read(Path file) {
        String text = textOf(file);
        Matcher head = HEAD.matcher(text);
        if (!head.find()) {
            throw new AssertionError("a patch begins with scenario and message: file=" + file);
        }
        List<Edit> edits = new ArrayList<>();
        Matcher edit = EDIT.matcher(text);
        int end = head.end();
        for (boolean more = edit.find(end); more; more = edit.find()) {
            edits.add(new Edit(edit.group("file"), edit.group("found"), edit.group("wanted")));
            end = edit.end();
        }
        if (edits.isEmpty() || end != text.length()) {
            throw new AssertionError("a patch is a series of edits: file=" + file + " end=" + end);
        }
        String name = file.getFileName().toString().replace(".patch", "");
        return new Mutant(name, head.group("scenario"), head.group("message"), edits);
    }

    /** Whether a test has to catch it, with files and processes that are real: not in this process, where it may fault. */
    boolean needsProcess() {
        return scenario.contains("#");
    }

    /** The changed sources, by path below the package. */
    Map<String, String> apply(Path sources) {
        Map<String, String> changed = new LinkedHashMap<>();
        for (Edit edit : edits) {
            String source = changed.computeIfAbsent(edit.file, file -> textOf(sources.resolve(file)));
            Matcher place = Pattern.compile(Stream.of(edit.found.strip().split("\\s+"))
                            .map(Pattern::quote)
                            .collect(Collectors.joining("\\s+")))
                    .matcher(source);
            if (!place.find()) {
                throw new AssertionError(name + " no longer applies: file=" + edit.file + " missing=" + edit.found);
            }
            int start = place.start();
            int end = place.end();
            if (place.find(start + 1)) {
                throw new AssertionError(name + " applies in two places: file=" + edit.file + " text=" + edit.found);
            }
            changed.put(edit.file, source.substring(0, start) + edit.wanted + source.substring(end));
        }
        return changed;
    }

    private static String textOf(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
