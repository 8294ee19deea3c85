/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What {@code docs/format.md} says, row by row, beside the constants of the code. */
class FormatTest {
    private static final String ROOT = "io.offsetheap.";

    /** Classes whose constants are the format: each of them stands in the document. Masks only repeat shifts. */
    private static final List<String> LAYOUTS = List.of(
            "layout.Superblock",
            "layout.Geometry",
            "layout.SizeClasses",
            "lane.ProcessTable",
            "lane.LaneState",
            "lane.LockWord",
            "lane.Journal",
            "alloc.Bin",
            "alloc.PageEntry",
            "alloc.SpanBins",
            "alloc.TaggedBlock",
            "object.ContainerHeader",
            "object.HashIndexHeader",
            "object.VectorHeader",
            "object.ElementShape",
            "object.Bucket",
            "object.PairBucket",
            "object.IndexEntry",
            "object.KeyHash",
            "object.Identity",
            "object.OffsetRef",
            "object.BlockShape",
            "object.TypeRecord",
            "object.NameEntry",
            "object.SharedBytes",
            "flyweight.SharedArray",
            "KernelLiveness");

    /** Classes of which the document names some constants. */
    private static final List<String> OTHERS = List.of(
            "alloc.AllocatorType",
            "object.NameIndex",
            "object.SharedType$Structure",
            "flyweight.FlyweightType",
            "flyweight.TextField");

    @Test
    void everyRowSaysWhatItsConstantIs() throws Exception {
        int compared = 0;
        for (Markdown.Table table : constants()) {
            String value = table.has("offset") ? "offset" : "value";
            for (List<String> row : table.rows()) {
                String name = unquoted(table.cell(row, "constant"));
                assertEquals(valueOf(name), number(table.cell(row, value)), name);
                compared++;
            }
        }
        assertTrue(compared > 100, "rows compared: " + compared);
    }

    @Test
    void everyConstantHasARow() throws Exception {
        Set<String> missing = new TreeSet<>();
        for (String layout : LAYOUTS) {
            for (Field field : Class.forName(ROOT + layout).getDeclaredFields()) {
                if (isConstant(field) && !field.getName().endsWith("_MASK")) {
                    missing.add(field.getDeclaringClass().getSimpleName() + "." + field.getName());
                }
            }
        }
        assertTrue(missing.size() > 100, "constants found: " + missing.size());
        for (Markdown.Table table : constants()) {
            for (List<String> row : table.rows()) {
                missing.remove(unquoted(table.cell(row, "constant")));
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void fieldsAreAlignedAndDoNotOverlap() throws Exception {
        for (Markdown.Table table : constants()) {
            if (table.has("offset")) {
                long end = 0;
                for (List<String> row : table.rows()) {
                    long offset = number(table.cell(row, "offset"));
                    long width = number(table.cell(row, "width"));
                    assertEquals(0, offset % Long.BYTES, "alignment of " + row);
                    assertTrue(width > 0 && width % Long.BYTES == 0, "width of " + row);
                    assertTrue(offset >= end, "overlap at " + row);
                    assertFalse(table.cell(row, "written by").isEmpty(), "no guard: " + row);
                    end = offset + width;
                }
            }
        }
    }

    @Test
    void geometriesFollowFromTheirSize() throws Exception {
        Markdown.Table table = tableWith("maxSize");
        for (List<String> row : table.rows()) {
            Geometry geometry = Geometry.of(size(table.cell(row, "maxSize")));
            assertEquals(geometry.pageSize(), number(table.cell(row, "page size")), row.toString());
            assertEquals(1L << geometry.pageEntryShift, number(table.cell(row, "page entry")), row.toString());
            assertEquals(geometry.processes, number(table.cell(row, "processes")), row.toString());
            assertEquals(geometry.lanes, number(table.cell(row, "lanes")), row.toString());
            assertEquals(geometry.redoCapacity, number(table.cell(row, "redo records")), row.toString());
            assertEquals(geometry.growUnit, number(table.cell(row, "grow unit")), row.toString());
            assertEquals(geometry.laneBodySize, number(table.cell(row, "lane body")), row.toString());
            assertEquals(geometry.laneTable, number(table.cell(row, "lane table")), row.toString());
            assertEquals(geometry.laneBodies, number(table.cell(row, "lane bodies")), row.toString());
            assertEquals(geometry.pageTable, number(table.cell(row, "page table")), row.toString());
            assertEquals(geometry.heap, number(table.cell(row, "heap")), row.toString());
        }
        assertFalse(table.rows().isEmpty());
    }

    @Test
    void sizeClassesAreListedWhole() throws Exception {
        Geometry geometry = Geometry.of(64L << 30);
        Markdown.Table table = tableWith("class");
        assertEquals(SizeClasses.COUNT, table.rows().size());
        for (int c = 0; c < SizeClasses.COUNT; c++) {
            List<String> row = table.rows().get(c);
            assertEquals(c, number(table.cell(row, "class")), row.toString());
            assertEquals(geometry.cellSize(c), number(table.cell(row, "cell")), row.toString());
            assertEquals(geometry.slots(c), number(table.cell(row, "stock slots")), row.toString());
            assertEquals(geometry.cap(c), number(table.cell(row, "stock cap")), row.toString());
            assertEquals(geometry.runPages(c), number(table.cell(row, "pages of a run")), row.toString());
            assertEquals(geometry.runCells(c), number(table.cell(row, "cells of a run")), row.toString());
            assertEquals(geometry.stock(c), number(table.cell(row, "stock at")), row.toString());
        }
    }

    private static List<Markdown.Table> constants() throws IOException {
        return Markdown.tables("format.md").stream()
                .filter(table -> table.has("constant"))
                .toList();
    }

    private static Markdown.Table tableWith(String column) throws IOException {
        return Markdown.tables("format.md").stream()
                .filter(table -> table.has(column))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isConstant(Field field) {
        boolean isNumber =
                field.getType() == int.class || field.getType() == long.class || field.getType() == byte.class;
        return isNumber
                && Modifier.isStatic(field.getModifiers())
                && Modifier.isFinal(field.getModifiers())
                && !field.isSynthetic();
    }

    private static long valueOf(String name) throws ReflectiveOperationException {
        int dot = name.indexOf('.');
        List<String> classes = new ArrayList<>(LAYOUTS);
        classes.addAll(OTHERS);
        for (String candidate : classes) {
            if (hasSimpleName(candidate, name.substring(0, dot))) {
                Field field = Class.forName(ROOT + candidate).getDeclaredField(name.substring(dot + 1));
                field.setAccessible(true);
                return field.isEnumConstant() ? code(field.get(null)) : ((Number) field.get(null)).longValue();
            }
        }
        throw new AssertionError("no layout class: " + name);
    }

    private static boolean hasSimpleName(String candidate, String simpleName) {
        return candidate
                .substring(candidate.lastIndexOf('.') + 1)
                .replaceFirst(".*\\$", "")
                .equals(simpleName);
    }

    /** The number that stands for an enum's constant in a segment. */
    private static long code(Object constant) throws ReflectiveOperationException {
        Field code = constant.getClass().getDeclaredField("code");
        code.setAccessible(true);
        return code.getInt(constant);
    }

    private static String unquoted(String cell) {
        assertTrue(cell.matches("`[A-Za-z]+\\.[A-Z0-9_]+`"), "not the name of a constant: " + cell);
        return cell.substring(1, cell.length() - 1);
    }

    /** A number in decimal, hexadecimal or as a power of two plus something, or a character in quotes. */
    private static long number(String cell) {
        if (cell.startsWith("'")) {
            return cell.charAt(1);
        }
        if (cell.startsWith("0x")) {
            return Long.parseUnsignedLong(cell.substring(2), 16);
        }
        if (cell.startsWith("2^")) {
            String[] parts = cell.substring(2).split(" \\+ ", -1);
            return (1L << Integer.parseInt(parts[0])) + (parts.length > 1 ? Long.parseLong(parts[1]) : 0);
        }
        return Long.parseLong(cell);
    }

    private static long size(String cell) {
        int shift = switch (cell.replaceFirst("[0-9]+ ", "")) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> throw new AssertionError("no unit: " + cell);
        };
        return Long.parseLong(cell.substring(0, cell.indexOf(' '))) << shift;
    }
}
