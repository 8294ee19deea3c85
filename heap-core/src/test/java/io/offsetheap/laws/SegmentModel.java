/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a segment should hold, in collections of the JDK. */
final class SegmentModel {
    /** Lengths of the named bytes. */
    final Map<String, Long> bytes = new TreeMap<>();
    /** Digests of the values in the named maps. */
    final Map<String, Map<String, String>> maps = new TreeMap<>();
    /** Digests of all bytes of the raw blocks. */
    final Map<Long, String> blocks = new TreeMap<>();

    final List<Long> cells = new ArrayList<>();

    /** Raw blocks whose offset has died with the process that was told it. */
    int lost;

    SegmentModel() {
        bytes.put(HeapCommands.CELLS, (long) HeapCommands.CELL_COUNT * Long.BYTES);
        for (int i = 0; i < HeapCommands.CELL_COUNT; i++) {
            cells.add(0L);
        }
    }

    SegmentModel copy() {
        SegmentModel copy = new SegmentModel();
        copy.bytes.putAll(bytes);
        maps.forEach((name, map) -> copy.maps.put(name, new TreeMap<>(map)));
        copy.blocks.putAll(blocks);
        copy.cells.clear();
        copy.cells.addAll(cells);
        copy.lost = lost;
        return copy;
    }

    /** The command that makes a mapper tell what it sees of this. */
    String question() {
        StringBuilder command = new StringBuilder("describe");
        blocks.keySet().forEach(block -> command.append(' ').append(block));
        return command.toString();
    }

    /** The answer when the mapper sees exactly this. */
    @Override
    public String toString() {
        return "bytes=" + bytes + " maps=" + maps + " cells=" + cells + " blocks=" + blocks + " raw="
                + (blocks.size() + lost) + " busy=0 findings=[]";
    }
}
