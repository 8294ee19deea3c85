/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.SharedType.Structure;

/**
 * The structures of containers, as far as others need to know them: how each is taken apart when it has been destroyed, and
 * how it is walked. A container's header says which structure it has, so no type is needed for either.
 *
 * <p>Thread-safe: no state.
 */
public final class Containers {
    private Containers() {}

    /**
     * Frees a share of the parts of a doomed container, all but its header cell. Whoever dies in it, the next call goes on.
     *
     * <p>The lane holds no lock and has no open transaction; nobody else can reach the container any more.
     *
     * @param maxBlocks about how many blocks to free
     * @return whether nothing but the header cell is left
     */
    static boolean tearDown(ObjectSpace space, Lane lane, long header, int maxBlocks) {
        long code = space.memory().getLong(header + ContainerHeader.STRUCTURE_OFFSET);
        return switch (Structure.of(code)) {
            case HASH_INDEX -> HashIndex.tearDown(space, lane, header, maxBlocks);
            case LONG_INDEX -> LongIndex.tearDown(space, lane, header, maxBlocks);
            case VECTOR -> new VectorTeardown(space, lane, header).run(maxBlocks);
            case BLOCK ->
                throw new CorruptedSegmentException(
                        "a container's header does not say how it is built: structure=" + code + " header=" + header
                                + " segment=" + space.memory().name());
        };
    }

    /**
     * Walks the container whose header stands at an offset; also one that is doomed and half taken apart. Believes nothing
     * that it reads, ends on any input, and stores nothing.
     */
    public static void walk(SegmentMemory memory, Geometry geometry, long header, StructureVisitor visitor) {
        if (!isBlock(memory, header, SizeClasses.HEADER_SIZE)) {
            visitor.problem(
                    StructureVisitor.Rule.STRUCTURE,
                    header,
                    "a container's header lies outside the heap: header=" + header);
            return;
        }
        if (!visitor.header(header)) {
            return;
        }
        long code = memory.getLong(header + ContainerHeader.STRUCTURE_OFFSET);
        switch (Structure.of(code)) {
            case HASH_INDEX -> HashIndex.walk(memory, geometry, header, visitor);
            case LONG_INDEX -> LongIndex.walk(memory, geometry, header, visitor);
            case VECTOR -> VectorWalker.walk(memory, header, visitor);
            default ->
                visitor.problem(
                        StructureVisitor.Rule.STRUCTURE,
                        header + ContainerHeader.STRUCTURE_OFFSET,
                        "no structure of containers: structure=" + code);
        }
        memory.keepMapped();
    }

    /** The structure that a container's header names; {@link Structure#BLOCK} if it names none. */
    public static Structure structure(SegmentMemory memory, long header) {
        return memory.contains(header, SizeClasses.HEADER_SIZE)
                ? Structure.of(memory.getLong(header + ContainerHeader.STRUCTURE_OFFSET))
                : Structure.BLOCK;
    }

    /** Whether a block of this size may begin at an offset. */
    public static boolean isBlock(SegmentMemory memory, long offset, long size) {
        return offset > 0 && offset % SizeClasses.GRANULARITY == 0 && memory.contains(offset, size);
    }

    /** Offset of the word in a container's header that leads to the next doomed container of the lane. */
    public static long nextDoomed(long header) {
        return header + ContainerHeader.DOOMED_NEXT_OFFSET;
    }
}
