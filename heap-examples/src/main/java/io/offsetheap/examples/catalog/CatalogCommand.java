/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.alloc.AllocatorStats;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.SharedType;
import io.offsetheap.verify.Finding;
import io.offsetheap.verify.HeapReport;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/**
 * The command line: each method is a command, each result an {@link ExitStatus}. Answers go to the output, everything else
 * to the error output, and a failure is one line there.
 *
 * <p>Not thread-safe.
 */
@Command(
        name = "offsetheap",
        description = "Loads maps into a heap that processes share, and looks things up there.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:Done.",
            "1:query: a key was not found, in a map that is completely loaded.",
            "64:The command line is wrong.",
            "65:A line of the input is malformed; the lines before it have been loaded.",
            "66:The input cannot be read.",
            "69:There is no such heap, or no such map in it.",
            "70:A defect of this program.",
            "71:The system refused something.",
            "73:There is no room left; what has been loaded stays.",
            "74:Standard input or output failed.",
            "75:Try again: the load of the map has not ended well yet, or the heap is busy.",
            "76:This is not a heap, or one of another version, or damaged; or the map has another type.",
            "77:Permission denied.",
            "128+n:Killed by signal n. What has been loaded stays, and the heap is in order."
        })
public final class CatalogCommand {
    private final PrintStream messages =
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);

    @SuppressWarnings("UnusedVariable") // picocli sets it
    @Option(names = "--help", usageHelp = true, scope = ScopeType.INHERIT, description = "Shows this text.")
    private boolean help;

    /** The options that say where the heap is. */
    static final class Location {
        @ArgGroup
        private Place place = new Place();

        /** One or the other. */
        static final class Place {
            @Option(
                    names = "--heap",
                    paramLabel = "NAME",
                    description = "The heap's name in shared memory, 'catalog' unless said.")
            private String name = "catalog";

            @Option(names = "--file", paramLabel = "PATH", description = "The heap is in this file.")
            private @Nullable Path file;
        }

        HeapBuilder heap() {
            return named(() -> place.file == null ? OffsetHeap.sharedMemory(place.name) : OffsetHeap.file(place.file));
        }
    }

    /** What to load instead of the Unicode names. */
    static final class Source {
        @Option(
                names = "--map",
                required = true,
                paramLabel = "NAME",
                description = "The map to load from a file instead of the Unicode names.")
        private String map = "";

        @Parameters(
                paramLabel = "FILE",
                description = "Lines of 'key TAB value' in UTF-8; /dev/stdin is the standard input.")
        private Path file = Path.of("");
    }

    public static void main(String[] arguments) {
        System.exit(new CatalogCommand().run(arguments));
    }

    private int run(String[] arguments) {
        return new CommandLine(this)
                .setParameterExceptionHandler((e, parsed) -> fail(
                        ExitStatus.USAGE,
                        e.getMessage() + ". See "
                                + e.getCommandLine().getCommandSpec().qualifiedName() + " --help."))
                .setExecutionExceptionHandler((e, command, parsed) -> fail(e))
                .execute(arguments);
    }

    private int fail(Exception exception) {
        Throwable failure = exception instanceof ExecutionException && exception.getCause() != null
                ? exception.getCause()
                : exception;
        int status = ExitStatus.of(failure);
        return fail(status, status == ExitStatus.INTERNAL ? failure.toString() : failure.getMessage());
    }

    private int fail(int status, @Nullable String message) {
        messages.println("offsetheap: " + String.valueOf(message).replaceAll("\\R\\s*", " "));
        return status;
    }

    /** What a user has named is judged by the library: its complaint is one about the command line. */
    private static <T> T named(Supplier<T> user) {
        try {
            return user.get();
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitStatus.USAGE, String.valueOf(e.getMessage()));
        }
    }

    // ---- load

    @Command(
            description =
                    "Loads the Unicode names that this JDK knows, or a file, into a heap, and makes the heap if there"
                            + " is none. What it holds already stays; a key that comes again gets its new value. So the next load"
                            + " completes one that was killed.")
    int load(@Mixin Location location, @ArgGroup(exclusive = false) @Nullable Source source) throws IOException {
        if (source == null) {
            try (OffsetHeap heap = location.heap().openOrCreate()) {
                Progress progress = new Progress(heap, messages);
                UnicodeNames.findOrConstruct(heap).load(progress);
                progress.report();
            }
        } else {
            // The file comes first: if it cannot be read, no heap is made.
            try (TabSeparatedFile file = TabSeparatedFile.open(source.file);
                    OffsetHeap heap = location.heap().openOrCreate()) {
                Progress progress = new Progress(heap, messages);
                named(() -> Table.findOrConstruct(heap, source.map)).load(file, progress);
                progress.report();
            }
        }
        return ExitStatus.OK;
    }

    // ---- query

    @Command(
            description = "Prints each key and its value, with a tab between them, or the key alone if it is not there."
                    + " The last line of the error output tells how long the lookups took, from the text of a key to that"
                    + " of its value. The first ones are slow: the JVM is cold.")
    int query(
            @Mixin Location location,
            @Option(names = "--map", paramLabel = "NAME", description = "The map to ask instead of the Unicode names.")
                    @Nullable
                    String map,
            @Parameters(
                            paramLabel = "KEY",
                            description =
                                    "A key; of Unicode a name, a code point such as U+3B1, or one character. Without"
                                            + " any, each line of standard input is one.")
                    @Nullable
                    List<String> keys)
            throws IOException {
        try (OffsetHeap heap = location.heap().open()) {
            Dictionary dictionary = map == null ? UnicodeNames.find(heap) : named(() -> Table.find(heap, map));
            Query query = new Query(dictionary, output());
            if (keys == null) {
                var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                for (String key = input.readLine(); key != null; key = input.readLine()) {
                    query.ask(key);
                    if (!input.ready()) {
                        query.flush();
                    }
                }
            } else {
                for (String key : keys) {
                    query.ask(key);
                }
            }
            query.flush();
            query.report(messages);
            query.checkAllFound();
        }
        return ExitStatus.OK;
    }

    private static Writer output() {
        return new BufferedWriter(
                new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8));
    }

    // ---- stats

    @Command(description = "Shows how much memory the heap uses, and what is in it.")
    int stats(@Mixin Location location) throws IOException {
        try (OffsetHeap heap = location.heap().open();
                Writer output = output()) {
            AllocatorStats stats = heap.stats();
            output.write(heap + "\n");
            output.write("bytes used      " + grouped(stats.used()) + "\n");
            output.write("bytes grown to  " + grouped(stats.grown()) + "\n");
            output.write("bytes at most   " + grouped(heap.maxSize()) + "\n");
            output.write("blocks in use   " + grouped(stats.liveBlocks()) + "\n");
            for (NamedObject object : heap.names()) {
                output.write(object.name() + "  " + object.fingerprint() + entries(heap, object) + "\n");
            }
        }
        return ExitStatus.OK;
    }

    private static String entries(OffsetHeap heap, NamedObject object) {
        for (SharedType<? extends SharedHashMap<?, ?>> type :
                List.of(UnicodeNames.NAMES_TYPE, UnicodeNames.CODE_POINTS_TYPE, Table.TYPE, LoadRecord.TYPE)) {
            if (type.fingerprint().equals(object.fingerprint())) {
                Optional<? extends SharedHashMap<?, ?>> map = heap.find(object.name(), type);
                return map.isEmpty() ? "" : "  " + grouped(map.get().mappingCount()) + " entries";
            }
        }
        return "";
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    // ---- verify

    @Command(description = "Checks that all parts of the heap agree with each other, and prints each that does not.")
    int verify(@Mixin Location location) throws IOException {
        try (OffsetHeap heap = location.heap().open();
                Writer output = output()) {
            HeapReport report = heap.verify();
            for (Finding finding : report.findings()) {
                output.write(finding + "\n");
            }
            if (!report.isClean()) {
                throw new CommandFailure(
                        ExitStatus.UNEXPECTED_CONTENT,
                        "the heap is damaged: findings=" + report.findings().size() + " busyLanes=" + report.busyLanes()
                                + " segment=" + heap);
            }
            output.write("clean: reachableBlocks=" + report.reachableBlocks() + " rawBlocks=" + report.rawBlocks()
                    + " busyLanes=" + report.busyLanes() + " segment=" + heap + "\n");
        }
        return ExitStatus.OK;
    }

    // ---- remove

    @Command(description = "Removes the heap. Processes that have it open keep it until they end.")
    int remove(@Mixin Location location) {
        HeapBuilder heap = location.heap();
        // Whoever mistypes a path does not lose a file that is no heap.
        heap.openReadOnly().close();
        if (!heap.remove()) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE, "somebody else has removed the heap: segment=" + heap);
        }
        return ExitStatus.OK;
    }
}
