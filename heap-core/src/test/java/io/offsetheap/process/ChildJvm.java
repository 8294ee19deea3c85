/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that a test has started, can talk to, and can kill. It runs with the class path of the test and without any option
 * that opens a module of the JDK, unless the test passes one.
 *
 * <p>Its output and its errors go to a file each, so that it never waits for a reader, and so that what it said before a
 * {@link #kill9} is still there. Every wait has a deadline; when that passes, the error shows both files.
 *
 * <p>Not thread-safe. {@link #close} kills what still runs and deletes the files.
 */
public final class ChildJvm implements AutoCloseable {
    /** Exit status of a process that {@link #kill9} has ended: 128 and the number of the signal. */
    public static final int KILLED = 128 + 9;

    /** What {@link #awaitReady} waits for, unless a child has something else to say. */
    public static final String READY = "READY";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 2;

    private final Process process;
    private final String description;
    private final Path output;
    private final Path errors;
    /** Bytes of the output behind the last answer to {@link #ask}. */
    private int answered;

    private ChildJvm(List<String> command, String description) throws IOException {
        this.description = description;
        this.output = Files.createTempFile("child", ".out");
        this.errors = Files.createTempFile("child", ".err");
        boolean started = false;
        try {
            this.process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            started = true;
        } finally {
            if (!started) {
                Files.delete(output);
                Files.delete(errors);
            }
        }
    }

    /** Starts the {@code main} of a class in a JVM of its own. */
    public static ChildJvm start(Class<?> main, String... arguments) {
        return start(List.of(), main, arguments);
    }

    /**
     * Like {@link #start(Class, String...)}, behind another command.
     *
     * @param prefix what executes the rest of its arguments: {@code unshare -m sh -c …}
     */
    public static ChildJvm start(List<String> prefix, Class<?> main, String... arguments) {
        return start(prefix, System.getProperty("java.class.path"), main, arguments);
    }

    /** Like {@link #start(List, Class, String...)}, with another class path. */
    public static ChildJvm start(List<String> prefix, String classPath, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(javaCommand());
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return startCommand(command, main.getSimpleName() + " " + String.join(" ", arguments));
    }

    /** Starts the {@code main} of a class with options of the JVM, for what cannot be had without. */
    public static ChildJvm startWithOptions(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(javaCommand());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return startCommand(command, main.getSimpleName() + " " + String.join(" ", arguments));
    }

    /** Starts any command, for a launcher or a jar. */
    public static ChildJvm startCommand(List<String> command) {
        return startCommand(command, String.join(" ", command));
    }

    private static ChildJvm startCommand(List<String> command, String description) {
        try {
            return new ChildJvm(command, description);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start: " + description, e);
        }
    }

    /**
     * The JVM that runs the test, small and quick to start, with native calls if the test has them. Options that only newer
     * ones know silence their warnings.
     */
    private static List<String> javaCommand() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Doffsetheap.native=" + System.getProperty("offsetheap.native", "true"),
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED");
    }

    /** Waits for the line {@link #READY} on its output. */
    public ChildJvm awaitReady() {
        awaitLine(READY::equals, PATIENCE);
        return this;
    }

    /** Waits for a line on its output and returns it. */
    public String awaitLine(Predicate<String> wanted, Duration patience) {
        return awaitLine(output, wanted, patience);
    }

    /** Waits for a line on its error output and returns it. */
    public String awaitErrorLine(Predicate<String> wanted, Duration patience) {
        return awaitLine(errors, wanted, patience);
    }

    private String awaitLine(Path file, Predicate<String> wanted, Duration patience) {
        long start = System.nanoTime();
        while (true) {
            // Asked before the file is read: what a process wrote before its end is seen in the last look.
            boolean alive = process.isAlive();
            String text = read(file);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            for (String line : whole.lines().toList()) {
                if (wanted.test(line)) {
                    return line;
                }
            }
            if (!alive) {
                throw new AssertionError(
                        describe("ended with status " + process.exitValue() + " before the line came"));
            }
            if (System.nanoTime() - start > patience.toNanos()) {
                throw new AssertionError(describe("did not say the line within " + patience));
            }
            sleep();
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a child", e);
        }
    }

    /** Sends a line to its standard input. */
    public ChildJvm send(String line) {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new AssertionError(describe("does not take input"), e);
        }
        return this;
    }

    /** Sends a line to a child that answers each with one, and says nothing else, and returns the answer. */
    public String ask(String line) {
        send(line);
        long start = System.nanoTime();
        while (true) {
            boolean alive = process.isAlive();
            String answer = nextLine();
            if (answer != null) {
                return answer;
            }
            if (!alive) {
                throw new AssertionError(describe("ended with status " + process.exitValue() + " asked: " + line));
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError(describe("did not answer within " + PATIENCE + ": " + line));
            }
            sleep();
        }
    }

    private @Nullable String nextLine() {
        try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
            byte[] rest = new byte[(int) file.length() - answered];
            file.seek(answered);
            file.readFully(rest);
            for (int i = 0; i < rest.length; i++) {
                if (rest[i] == '\n') {
                    answered += i + 1;
                    return new String(rest, 0, i, StandardCharsets.UTF_8);
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends its standard input. */
    public ChildJvm endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new AssertionError(describe("does not take the end of its input"), e);
        }
        return this;
    }

    /** Kills it as {@code kill -9} does, and returns when it is dead. */
    public ChildJvm kill9() {
        process.destroyForcibly();
        exitStatus();
        return this;
    }

    /** Waits for its end and returns its exit status; {@link #KILLED} after {@link #kill9}. */
    public int exitStatus() {
        return exitStatus(PATIENCE);
    }

    /** Waits for its end and returns its exit status; {@link #KILLED} after {@link #kill9}. */
    public int exitStatus(Duration patience) {
        try {
            if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError(describe("did not end within " + patience));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a child", e);
        }
        return process.exitValue();
    }

    /** Waits for its end, and fails with all it said if its exit status is another one. */
    public ChildJvm expectExit(int status) {
        int actual = exitStatus();
        if (actual != status) {
            throw new AssertionError(describe("ended with status " + actual + " instead of " + status));
        }
        return this;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** What it has written to its output so far. */
    public String output() {
        return read(output);
    }

    /** What it has written to its error output so far. */
    public String errors() {
        return read(errors);
    }

    private static String read(Path file) {
        try {
            // Not readString: a character that is written at this moment may be there by half.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String describe(String happened) {
        return "child " + description + " (pid " + pid() + ") " + happened + "\n--- output\n" + output()
                + "--- errors\n" + errors() + "---";
    }

    @Override
    public void close() {
        try {
            kill9();
        } finally {
            delete(output);
            delete(errors);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return describe(isAlive() ? "runs" : "ended with status " + process.exitValue());
    }
}
