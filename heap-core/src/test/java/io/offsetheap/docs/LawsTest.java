/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/laws.md} says about tests, beside the sources of all modules' tests. */
class LawsTest {
    private static final int MUTANTS = 90;
    private static final Pattern LAW = Pattern.compile("C-(\\d{3})(?: to C-(\\d{3}))?");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    @Test
    void everyTestNamedExistsAndNamesTheLaw() throws IOException {
        Map<String, String> sources = sources();
        List<String> wrong = new ArrayList<>();
        laws().forEach((law, tests) -> {
            for (String test : quoted(tests)) {
                String[] parts = test.split("#", -1);
                String source = sources.getOrDefault(parts[0], "");
                boolean exists = parts.length == 1 || source.contains("void " + parts[1] + "(");
                if (!exists || !lawsIn(source).contains(law)) {
                    wrong.add(law + " " + test);
                }
            }
        });
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyLawOfATestIsInTheTable() throws IOException {
        Set<String> known = laws().keySet();
        Set<String> missing = new TreeSet<>();
        sources()
                .forEach((name, source) -> lawsIn(source).stream()
                        .filter(law -> !known.contains(law))
                        .forEach(law -> missing.add(law + " " + name)));
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyLawIsTestedOrSaysWhyNot() throws IOException {
        Map<String, String> laws = laws();
        List<String> silent = new ArrayList<>();
        laws.forEach((law, tests) -> {
            if (quoted(tests).isEmpty() && !tests.matches("struck: .+|see .+|open")) {
                silent.add(law);
            }
        });
        assertEquals(List.of(), silent);
        System.out.printf(
                "laws: %d, struck %d, open %d%n",
                laws.size(),
                laws.values().stream()
                        .filter(tests -> tests.startsWith("struck"))
                        .count(),
                laws.values().stream().filter(tests -> tests.equals("open")).count());
    }

    @Test
    void everyMutantHasAPatchOrIsOpen() throws IOException {
        Path patches = Markdown.PROJECT.resolve("heap-core/src/test/mutants");
        List<String> numbers = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (List<String> row : tableWith("mutant").rows()) {
            numbers.add(row.get(0));
            String caughtBy = row.get(2);
            boolean caught = !quoted(caughtBy).isEmpty()
                    && quoted(caughtBy).stream().allMatch(patch -> Files.exists(patches.resolve(patch)));
            if (!caught && !caughtBy.startsWith("open: ")) {
                wrong.add(row.toString());
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(
                IntStream.rangeClosed(1, MUTANTS).mapToObj(Integer::toString).toList(), numbers);
    }

    private static Markdown.Table tableWith(String column) throws IOException {
        return Markdown.tables("laws.md").stream()
                .filter(table -> table.has(column))
                .findFirst()
                .orElseThrow();
    }

    /** Number of each law, with what the table says about its tests. */
    private static Map<String, String> laws() throws IOException {
        Map<String, String> laws = new TreeMap<>();
        for (Markdown.Table table : Markdown.tables("laws.md")) {
            if (table.has("law")) {
                for (List<String> row : table.rows()) {
                    String law = table.cell(row, "law");
                    String twice = laws.put(law, table.cell(row, "tested by"));
                    assertEquals(null, twice, law);
                }
            }
        }
        assertTrue(laws.size() > 50, "laws found: " + laws.size());
        return laws;
    }

    private static List<String> quoted(String cell) {
        return cell.startsWith("struck: ")
                ? List.of()
                : QUOTED.matcher(cell).results().map(match -> match.group(1)).toList();
    }

    /** The laws that a source names, one by one or from first to last. */
    private static Set<String> lawsIn(String source) {
        Set<String> laws = new TreeSet<>();
        Matcher matcher = LAW.matcher(source);
        while (matcher.find()) {
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            for (int law = first; law <= last; law++) {
                laws.add(String.format("C-%03d", law));
            }
        }
        return laws;
    }

    /** The sources of all tests of all modules, by the name of their class. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> modules = Files.list(Markdown.PROJECT)) {
            for (Path tests : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(tests)) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                            .toList()) {
                        String name = file.getFileName().toString();
                        sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
                    }
                }
            }
        }
        return sources;
    }
}
