/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.laws.AllocatorReport.Line;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocatorReportTest {
    private static final List<AllocatorType> BOTH = List.of(SegmentAllocator.TYPE, FirstFitAllocator.TYPE);

    @Test
    void hasALineForEachWorkloadAndAllocator() {
        List<Line> lines = AllocatorReport.measure(3000, 1, BOTH);
        assertEquals(AllocatorWorkload.values().length * BOTH.size(), lines.size());
        for (Line line : lines) {
            assertTrue(line.operationsPerSecond() > 0, line::toString);
            assertTrue(line.peakBytes() > 0 && line.peakBytes() < line.heapBytes(), line::toString);
            assertTrue(line.internal() >= 0 && line.external() >= 0, line::toString);
            assertTrue(line.internal() + line.external() < 1, line::toString);
        }
        var printed = new ByteArrayOutputStream();
        AllocatorReport.print(new PrintStream(printed, true, StandardCharsets.UTF_8), lines);
        String table = printed.toString(StandardCharsets.UTF_8);
        assertEquals(lines.size() + 2, table.lines().count(), table);
        assertTrue(table.contains("| power law | FirstFitAllocator |"), table);
    }

    @Test
    void saysTheSameOfSpaceInEveryRun() {
        assertEquals(space(), space());
    }

    private static List<List<Object>> space() {
        return AllocatorReport.measure(2000, 1, BOTH).stream()
                .map(line -> List.<Object>of(line.peakBytes(), line.heapBytes(), line.internal(), line.external()))
                .toList();
    }
}
