/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.layout;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GeometryTest {
    static Stream<Geometry> geometries() {
        return Stream.concat(
                Stream.of(64L << 10, 1L << 20).map(Geometry::tiny),
                Stream.of(256L << 10, 1L << 20, 16L << 20, 17L << 20, 1L << 30, 64L << 30, 1L << 40)
                        .map(Geometry::of));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void everyRunFitsItsPagesAndItsBitmapTheEntry(Geometry geometry) {
        for (int c = 0; c < SizeClasses.LARGE; c++) {
            String name = "maxSize=" + geometry.maxSize + " class=" + c;
            long run = geometry.runPages(c) * geometry.pageSize();
            long cells = (long) geometry.runCells(c) * geometry.cellSize(c);
            long bitmapEnd = Geometry.PAGE_BITMAP_OFFSET + (long) geometry.bitmapWords(c) * Long.BYTES;
            assertAll(
                    name,
                    () -> assertTrue(cells <= run, "cells=" + cells + " run=" + run),
                    () -> assertTrue(bitmapEnd <= 1L << geometry.pageEntryShift, "bitmapEnd=" + bitmapEnd));
        }
    }
}
