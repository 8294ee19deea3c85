/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.object.Codecs;
import io.offsetheap.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command runs in a JVM of its own. */
class CatalogCommandTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final String heap =
            "catalog-test-" + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());

    @TempDir
    Path directory;

    @AfterEach
    void removeHeap() {
        OffsetHeap.sharedMemory(heap).remove();
    }

    // ---- what works

    @Test
    void everyUnicodeNameIsFoundByAnotherProcessInBothDirections() {
        StringBuilder questions = new StringBuilder();
        StringBuilder answers = new StringBuilder();
        int count = 0;
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            String name = Character.getName(codePoint);
            if (name != null && Character.getType(codePoint) != Character.PRIVATE_USE) {
                String text = String.format("U+%04X", codePoint);
                questions.append(name).append('\n').append(text).append('\n');
                answers.append(name).append('\t').append(text).append('\n');
                answers.append(text).append('\t').append(name).append('\n');
                count++;
            }
        }
        String entries = String.format(Locale.ROOT, "%,d entries", count);

        try (ChildJvm load = run("load", "--heap", heap)) {
            load.expectExit(0);
            assertEquals("", load.output());
            String last = load.errors().lines().reduce("", (a, b) -> b);
            assertTrue(last.matches(entries + " in .* s, .* a second, heap .* MiB"), load::errors);
        }
        try (ChildJvm query = run("query", "--heap", heap)) {
            query.send(questions.toString().stripTrailing()).endInput();
            assertEquals(0, query.exitStatus(PATIENCE), query::errors);
            assertEquals(answers.toString(), query.output());
            assertTrue(query.errors().matches("lookups: [0-9,]+, mean .* µs, first .* µs, fastest .* µs\n"));
        }
        try (ChildJvm stats = run("stats", "--heap", heap).expectExit(0)) {
            assertTrue(stats.output().contains("unicode.names  SharedHashMap/1<i32/1,utf8/1>  " + entries));
            assertTrue(stats.output().contains("unicode.codePoints  SharedHashMap/1<utf8/1,i32/1>  " + entries));
        }
        verifyFindsNothing("--heap", heap);
        try (ChildJvm remove = run("remove", "--heap", heap).expectExit(0)) {
            assertEquals("", remove.output() + remove.errors());
        }
        fails(ExitStatus.UNAVAILABLE, "there is no such segment", "query", "--heap", heap, "BELL");
    }

    @Test
    void aFileOfLinesIsLoadedAndLoadedAgain() throws IOException {
        String path = directory.resolve("heap").toString();
        Path first = Files.writeString(directory.resolve("1.tsv"), "λ\tlambda\nempty\t\r\nmore\ta\tb\nlast\tunended");
        Path second = Files.writeString(directory.resolve("2.tsv"), "more\tnew\n");

        run("load", "--file", path, "--map", "words", first.toString())
                .expectExit(0)
                .close();
        try (ChildJvm query = run("query", "--file", path, "--map", "words", "λ", "empty", "more", "last")
                .expectExit(0)) {
            assertEquals("λ\tlambda\nempty\t\nmore\ta\tb\nlast\tunended\n", query.output());
        }
        run("load", "--file", path, "--map", "words", second.toString())
                .expectExit(0)
                .close();
        try (ChildJvm query =
                run("query", "--file", path, "--map", "words", "λ", "more").expectExit(0)) {
            assertEquals("λ\tlambda\nmore\tnew\n", query.output());
        }
        verifyFindsNothing("--file", path);
    }

    @Test
    void aKeyThatIsNotThereStandsAlone() throws IOException {
        load("present\tyes");
        try (ChildJvm query = run("query", "--heap", heap, "--map", "words", "absent", "present")) {
            query.expectExit(ExitStatus.KEY_NOT_FOUND);
            assertEquals("absent\npresent\tyes\n", query.output());
            assertTrue(query.errors().endsWith("\noffsetheap: not found: missing=1 of=2 first=absent map=words\n"));
        }
    }

    @Test
    void answersEachLineOfItsInputAtOnce() throws IOException {
        load("a\t1\nb\t2");
        try (ChildJvm query = run("query", "--heap", heap, "--map", "words")) {
            query.send("b").awaitLine("b\t2"::equals, PATIENCE);
            query.send("a").awaitLine("a\t1"::equals, PATIENCE);
            query.endInput().expectExit(0);
        }
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : List.of("load", "query", "stats", "verify", "remove")) {
            try (ChildJvm help = run(command, "--help").expectExit(0)) {
                assertTrue(help.output().startsWith("Usage: offsetheap " + command), help::output);
                assertEquals("", help.errors());
            }
        }
    }

    // ---- what fails

    @Test
    void anIncompleteCommandLineIsRefused() {
        fails(ExitStatus.USAGE, "Missing required subcommand. See offsetheap --help.");
        fails(ExitStatus.USAGE, "Unmatched argument", "sell");
        fails(ExitStatus.USAGE, "See offsetheap query --help.", "query", "--heap");
        fails(ExitStatus.USAGE, "mutually exclusive", "stats", "--heap", heap, "--file", "f");
        fails(ExitStatus.USAGE, "FILE", "load", "--heap", heap, "--map", "words");
        fails(ExitStatus.USAGE, "a name consists of letters", "stats", "--heap", "a/b");
        assertFalse(Files.exists(Path.of("/dev/shm", heap)));
    }

    @Test
    void anUnknownHeapOrMapIsNamed() throws IOException {
        for (String command : List.of("query", "stats", "verify", "remove")) {
            fails(ExitStatus.UNAVAILABLE, "segment=shared memory '" + heap + "'", command, "--heap", heap);
        }
        load("a\t1");
        fails(ExitStatus.UNAVAILABLE, "map=others", "query", "--heap", heap, "--map", "others", "a");
        fails(ExitStatus.UNAVAILABLE, "map=unicode.", "query", "--heap", heap, "BELL");
        fails(ExitStatus.USAGE, "a name has 1 to 1024 bytes", "query", "--heap", heap, "--map", "", "a");
    }

    @Test
    void aMapOfAnotherTypeIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("a.tsv"), "a\t1");
        try (OffsetHeap made = OffsetHeap.sharedMemory(heap).create()) {
            made.construct("numbers", SharedHashMap.type(Codecs.INT, Codecs.UTF8));
        }
        String both = "found=SharedHashMap/1<i32/1,utf8/1> wanted=SharedHashMap/1<utf8/1,utf8/1>";
        fails(ExitStatus.UNEXPECTED_CONTENT, both, "query", "--heap", heap, "--map", "numbers", "a");
        fails(ExitStatus.UNEXPECTED_CONTENT, both, "load", "--heap", heap, "--map", "numbers", file.toString());
    }

    @Test
    void whatIsNoHeapIsRefusedAndStaysAsItIs() throws IOException {
        String text = "a letter\n".repeat(10_000);
        Path file = Files.writeString(directory.resolve("letter"), text);
        for (String command : List.of("load", "query", "stats", "verify", "remove")) {
            fails(ExitStatus.UNEXPECTED_CONTENT, "segment=file " + file, command, "--file", file.toString());
        }
        assertEquals(text, Files.readString(file));
    }

    @Test
    void aMalformedLineIsNamedByItsNumber() throws IOException {
        load("a\t0");
        Path noTab = Files.writeString(directory.resolve("1.tsv"), "a\t1\nb\t2\nc 3\nd\t4\n");
        String where = "no tab between a key and a value: line=3 file=" + noTab;
        fails(ExitStatus.MALFORMED, where, "load", "--heap", heap, "--map", "words", noTab.toString());
        Path notUtf8 = Files.write(directory.resolve("2.tsv"), new byte[] {'a', '\t', '1', '\n', 'b', '\t', -1, '\n'});
        fails(ExitStatus.MALFORMED, "not UTF-8: line=2", "load", "--heap", heap, "--map", "words", notUtf8.toString());
        try (ChildJvm query = run("query", "--heap", heap, "--map", "words", "b", "d")) {
            query.expectExit(ExitStatus.TEMPORARY);
            assertEquals("b\t2\nd\n", query.output());
            assertTrue(query.errors().contains("the map is not completely loaded"), query::errors);
        }
    }

    @Test
    void anInputThatCannotBeReadLeavesNoHeapBehind() {
        String missing = directory.resolve("missing.tsv").toString();
        fails(ExitStatus.NO_INPUT, missing, "load", "--heap", heap, "--map", "words", missing);
        fails(ExitStatus.NO_INPUT, "Is a directory", "load", "--heap", heap, "--map", "words", directory.toString());
        fails(ExitStatus.UNAVAILABLE, heap, "stats", "--heap", heap);
    }

    @Test
    void anOutputThatCannotBeWrittenIsAFailure() throws IOException {
        load("a\t1");
        List<String> toFull = List.of("sh", "-c", "exec \"$@\" >/dev/full", "sh");
        for (String command : List.of("stats", "verify")) {
            fails(ExitStatus.INPUT_OUTPUT, "No space left on device", toFull, command, "--heap", heap);
        }
        fails(ExitStatus.INPUT_OUTPUT, "No space", toFull, "query", "--heap", heap, "--map", "words", "a");
    }

    @Test
    void aFileSystemThatIsReadOnlyRefusesPermission() throws Exception {
        assumeMountsWork();
        List<String> mounted = List.of(
                "unshare", "-m", "sh", "-c", "mount -t tmpfs -o ro none " + directory + " && exec \"$@\"", "sh");
        String path = directory.resolve("heap").toString();
        fails(ExitStatus.NO_PERMISSION, "errno=EROFS", mounted, "load", "--file", path);
    }

    @Test
    void aLimitOnFilesIsNoRoom() throws IOException {
        Path file = directory.resolve("heap");
        OffsetHeap.file(file).create().close();
        // In units of 512 bytes: a heap that has begun to grow, but not far enough for all names.
        long limit = (Files.size(file) + (1 << 20)) / 512;
        List<String> limited = List.of("sh", "-c", "ulimit -f " + limit + " && exec \"$@\"", "sh");
        fails(ExitStatus.NO_ROOM, "errno=EFBIG", limited, "load", "--file", file.toString());
        verifyFindsNothing("--file", file.toString());
        run("load", "--file", file.toString()).expectExit(0).close();
        verifyFindsNothing("--file", file.toString());
    }

    @Test
    void aFullFileSystemLeavesTheHeapWhole() throws Exception {
        assumeMountsWork();
        Path launcher = LauncherTest.LAUNCHER;
        String script = "mount -t tmpfs -o size=8m none \"$1\" && \"$2\" load --file \"$1/heap\"; echo status=$?"
                + " && \"$2\" verify --file \"$1/heap\" && \"$2\" query --file \"$1/heap\" U+41";
        try (ChildJvm child = ChildJvm.startCommand(
                List.of("unshare", "-m", "sh", "-c", script, "sh", directory.toString(), launcher.toString()))) {
            child.expectExit(0);
            List<String> lines = child.output().lines().toList();
            assertEquals("status=" + ExitStatus.NO_ROOM, lines.get(0));
            assertTrue(lines.get(1).startsWith("clean: "), child::output);
            assertEquals("U+41\tLATIN CAPITAL LETTER A", lines.get(2));
            assertTrue(child.errors().contains("errno=ENOSPC"), child::errors);
        }
    }

    private static void assumeMountsWork() throws Exception {
        try (ChildJvm probe = ChildJvm.startCommand(List.of("unshare", "-m", "true"))) {
            assumeTrue(probe.exitStatus() == 0, "this user may not mount");
        }
    }

    // ---- helpers

    private ChildJvm run(String... arguments) {
        return ChildJvm.start(CatalogCommand.class, arguments);
    }

    private void load(String lines) throws IOException {
        Path file = Files.writeString(directory.resolve("load.tsv"), lines);
        run("load", "--heap", heap, "--map", "words", file.toString())
                .expectExit(0)
                .close();
    }

    private void fails(int status, String reason, String... arguments) {
        fails(status, reason, List.of(), arguments);
    }

    /** Runs a command that says why it fails, in one line that is the last, below progress and times. */
    private void fails(int status, String reason, List<String> prefix, String... arguments) {
        try (ChildJvm child = ChildJvm.start(prefix, CatalogCommand.class, arguments)) {
            child.endInput().expectExit(status);
            List<String> complaints = new ArrayList<>(child.errors().lines().toList());
            complaints.removeIf(line -> line.matches(".* entries in .*|lookups: .*"));
            assertEquals(1, complaints.size(), child::toString);
            assertTrue(complaints.get(0).startsWith("offsetheap: "), child::toString);
            assertTrue(complaints.get(0).contains(reason), child::toString);
        }
    }

    private void verifyFindsNothing(String option, String where) {
        try (ChildJvm verify = run("verify", option, where).expectExit(0)) {
            assertTrue(verify.output().matches("clean: reachableBlocks=\\d+ rawBlocks=0 busyLanes=0 segment=.*\n"));
        }
    }
}
