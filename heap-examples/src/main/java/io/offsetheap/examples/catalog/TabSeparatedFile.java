/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Lines of {@code key TAB value} in UTF-8. The value is all that follows the first tab.
 *
 * <p>Not thread-safe.
 */
final class TabSeparatedFile implements Closeable {
    private final Path path;
    private final BufferedReader lines;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private long lineNumber;
    private String key = "";
    private String value = "";

    private TabSeparatedFile(Path path, BufferedReader lines) {
        this.path = path;
        this.lines = lines;
    }

    static TabSeparatedFile open(Path path) {
        try {
            // Each byte becomes one character, and a line is decoded when it is known which one it is.
            return new TabSeparatedFile(
                    path,
                    new BufferedReader(
                            new InputStreamReader(new FileInputStream(path.toFile()), StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static CommandFailure unreadable(IOException e) {
        return new CommandFailure(ExitStatus.NO_INPUT, "cannot read the input: " + e.getMessage());
    }

    /** Goes to the next line. Returns false at the end of the file. */
    boolean next() {
        String line;
        try {
            line = lines.readLine();
        } catch (IOException e) {
            throw unreadable(e);
        }
        if (line == null) {
            return false;
        }
        lineNumber++;
        int tab = line.indexOf('\t');
        if (tab < 0) {
            throw malformed("there is no tab between a key and a value");
        }
        key = decode(line.substring(0, tab));
        value = decode(line.substring(tab + 1));
        return true;
    }

    private String decode(String bytes) {
        try {
            return decoder.decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("this is not UTF-8");
        }
    }

    private CommandFailure malformed(String why) {
        return new CommandFailure(
                ExitStatus.MALFORMED,
                why + ": line=" + lineNumber + " file=" + path + ". The lines before it have been loaded.");
    }

    String key() {
        return key;
    }

    String value() {
        return value;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
