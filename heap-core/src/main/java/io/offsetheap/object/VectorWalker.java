/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.StructureVisitor.Rule;

/**
 * Walks a {@link ChunkedVector} that nobody writes to, and tells a visitor which blocks it owns and where it breaks its
 * rules. Believes nothing that it reads, ends on any input, and stores nothing. Used once, by one thread.
 */
final class VectorWalker {
    private final SegmentMemory memory;
    private final long header;
    private final StructureVisitor visitor;

    private VectorWalker(SegmentMemory memory, long header, StructureVisitor visitor) {
        this.memory = memory;
        this.header = header;
        this.visitor = visitor;
    }

    /** Walks the vector whose header stands at an offset; also one that is doomed and half taken apart. */
    static void walk(SegmentMemory memory, long header, StructureVisitor visitor) {
        new VectorWalker(memory, header, visitor).walk();
    }

    private void walk() {
        long parameters = memory.getLong(header + VectorHeader.PARAMETERS_OFFSET);
        int elementLength = VectorHeader.elementLength(parameters);
        if (elementLength < ElementShape.VARIABLE || parameters != VectorHeader.parameters(elementLength)) {
            visitor.problem(
                    Rule.STRUCTURE,
                    header + VectorHeader.PARAMETERS_OFFSET,
                    "a vector has impossible parameters: parameters=0x" + Long.toHexString(parameters));
            return;
        }
        visitor.lock(header + VectorHeader.LOCK_OFFSET);
        boolean doomed = memory.getLong(header + VectorHeader.IDENTITY_OFFSET) == 0;
        long table = memory.getLong(header + VectorHeader.TABLE_OFFSET);
        if (doomed && table == 0) {
            return;
        }
        if (!Containers.isBlock(memory, table, VectorHeader.tableSize())) {
            visitor.problem(
                    Rule.STRUCTURE,
                    header + VectorHeader.TABLE_OFFSET,
                    "a vector's table lies outside the heap: offset=" + table);
            return;
        }
        if (visitor.block(table, VectorHeader.tableSize(), "table of chunks")) {
            walkChunks(ElementShape.of(elementLength), table, doomed);
        }
    }

    private void walkChunks(ElementShape shape, long table, boolean doomed) {
        int chunks = 0;
        while (chunks < VectorHeader.CHUNKS && memory.getLong(table + (long) chunks * Long.BYTES) != 0) {
            chunks++;
        }
        for (int chunk = chunks + 1; chunk < VectorHeader.CHUNKS; chunk++) {
            long word = table + (long) chunk * Long.BYTES;
            if (memory.getLong(word) != 0) {
                visitor.problem(
                        Rule.STRUCTURE, word, "a chunk of a vector stands behind one that is missing: chunk=" + chunk);
                return;
            }
        }
        long size = memory.getLong(header + VectorHeader.SIZE_OFFSET);
        // The chunks of a doomed vector go before its size does, unless its elements have had to go first.
        boolean counts = !doomed || shape.isBlock();
        if (counts && (size < 0 || size > shape.elementsBefore(chunks))) {
            visitor.problem(
                    Rule.COUNT,
                    header + VectorHeader.SIZE_OFFSET,
                    "a vector has more elements than its chunks have room for: size=" + size + " room="
                            + shape.elementsBefore(chunks));
            return;
        }
        for (int chunk = 0; chunk < chunks; chunk++) {
            long word = table + (long) chunk * Long.BYTES;
            long block = memory.getLong(word);
            if (!Containers.isBlock(memory, block, shape.chunkSize(chunk))) {
                visitor.problem(Rule.STRUCTURE, word, "a chunk of a vector lies outside the heap: offset=" + block);
            } else if (visitor.block(block, shape.chunkSize(chunk), "chunk of a vector") && shape.isBlock()) {
                walkElements(shape, block, Math.min(size - shape.elementsBefore(chunk), shape.first() << chunk));
            }
        }
    }

    private void walkElements(ElementShape shape, long chunk, long count) {
        for (long i = 0; i < count; i++) {
            long at = chunk + i * shape.stride();
            long block = memory.getLong(at);
            if (!Containers.isBlock(memory, block, VectorHeader.elementSize(0))) {
                visitor.problem(Rule.SLOT, at, "an element of a vector lies outside the heap: offset=" + block);
                continue;
            }
            long length = memory.getLong(block);
            if (length < 0 || length > Integer.MAX_VALUE || !memory.contains(block, VectorHeader.elementSize(length))) {
                visitor.problem(Rule.ENTRY, block, "an element of a vector reaches beyond the heap: length=" + length);
                continue;
            }
            visitor.block(block, VectorHeader.elementSize(length), "element of a vector");
        }
    }
}
