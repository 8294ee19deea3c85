/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles every Java example of the documents for users and runs those that say so, comparing what they print. One that says that it does not
 * compile must be refused by the compiler, with the words that it gives.
 */
class ReadmeTest {
    private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```java\\R(.*?)^```");
    /** A class that an example begins with. */
    private static final Pattern CLASS = Pattern.compile("(?ms)^(final )?class .*?^}\\R");

    private static final Pattern REFUSED = Pattern.compile("\\A// does not compile: (.*)");
    private static final Pattern PRINTS = Pattern.compile("// prints: (.*)");
    private static final String IMPORTS =
            "import io.offsetheap.*; import io.offsetheap.collections.*; import io.offsetheap.error.*; import io.offsetheap.flyweight.*; import io.offsetheap.object.*;"
                    + " import net.openhft.chronicle.bytes.*; import org.agrona.concurrent.UnsafeBuffer; import io.offsetheap.region.*;"
                    + " import io.offsetheap.view.Views; import java.nio.file.attribute.*; import java.util.*;\n";
    private static final List<String> DOCUMENTS = List.of(
            "README.md", "docs/flyweights.md", "docs/views.md", "docs/memory.md", "docs/objects-in-shared-memory.md");

    @TempDir
    Path target;

    @TestFactory
    List<DynamicTest> examples() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String document : DOCUMENTS) {
            Matcher example = EXAMPLE.matcher(Files.readString(Path.of("..", document)));
            int before = tests.size();
            while (example.find()) {
                String code = example.group(1);
                String name = "Example" + (tests.size() + 1);
                tests.add(DynamicTest.dynamicTest(document + " " + name, () -> check(name, code)));
            }
            assertTrue(tests.size() > before, document);
        }
        return tests;
    }

    private void check(String name, String code) throws Exception {
        String classes = CLASS.matcher(code)
                .results()
                .map(found -> "static " + found.group())
                .collect(Collectors.joining());
        String statements = CLASS.matcher(code).replaceAll("");
        String source = IMPORTS + "public class " + name + " {\n" + classes
                + "public static void main(String[] a) throws Exception {\n" + statements + "\n} }";
        var file = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        List<String> options = List.of(
                "--release", "17", "-proc:none", "-cp", System.getProperty("java.class.path"), "-d", target.toString());
        boolean compiles = ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, diagnostics, options, null, List.of(file))
                .call();
        Matcher refused = REFUSED.matcher(code);
        if (refused.find()) {
            String errors = diagnostics.getDiagnostics().stream()
                    .map(error -> error.getMessage(Locale.ENGLISH))
                    .collect(Collectors.joining("\n"));
            assertFalse(compiles, code);
            assertTrue(errors.contains(refused.group(1)), errors);
            return;
        }
        assertTrue(compiles, () -> diagnostics.getDiagnostics() + "\n" + source);
        if (code.startsWith("// run")) {
            List<String> expected =
                    PRINTS.matcher(code).results().map(r -> r.group(1).strip()).toList();
            assertEquals(expected, run(name));
        }
    }

    private List<String> run(String name) throws Exception {
        PrintStream old = System.out;
        var printed = new ByteArrayOutputStream();
        URL[] path = {target.toUri().toURL()};
        try (var loader = new URLClassLoader(path, ReadmeTest.class.getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(old);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
