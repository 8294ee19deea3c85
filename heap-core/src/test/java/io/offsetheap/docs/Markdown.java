/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the tables of the project's documents. */
final class Markdown {
    /** The folder with all modules and documents. */
    static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    /** One table: the names of its columns, and the cells of each row. */
    record Table(List<String> columns, List<List<String>> rows) {
        boolean has(String column) {
            return columns.contains(column);
        }

        String cell(List<String> row, String column) {
            int at = columns.indexOf(column);
            if (at < 0 || at >= row.size()) {
                throw new AssertionError("no column '" + column + "' in " + row + " of " + columns);
            }
            return row.get(at);
        }
    }

    private Markdown() {}

    static List<Table> tables(String document) throws IOException {
        List<Table> tables = new ArrayList<>();
        Table open = null;
        for (String line : Files.readAllLines(PROJECT.resolve("docs").resolve(document))) {
            if (!line.startsWith("|")) {
                open = null;
            } else if (open == null) {
                open = new Table(cells(line), new ArrayList<>());
                tables.add(open);
            } else if (!line.startsWith("|---")) {
                open.rows().add(cells(line));
            }
        }
        return tables;
    }

    private static List<String> cells(String line) {
        String[] cells = line.substring(1, line.lastIndexOf('|')).split("\\|", -1);
        return Arrays.stream(cells).map(String::strip).toList();
    }
}
