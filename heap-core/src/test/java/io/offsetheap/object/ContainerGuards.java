/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.SharedType.Structure;

/** Which lock or lane guards which words of a container, read from the container itself while nobody changes it. */
public final class ContainerGuards {
    /** Is told the guards. A later range replaces what was said of its words before. */
    public interface Visitor {
        /** The words of a range are guarded by a lock. */
        void lock(long from, long length, long lock);

        /** A word is guarded by a lane. */
        void lane(long word, int lane);
    }

    private ContainerGuards() {}

    /** Walks the living container whose header stands at an offset. */
    public static void visit(SegmentMemory memory, Geometry geometry, long header, Visitor visitor) {
        if (Containers.structure(memory, header) == Structure.VECTOR) {
            visitVector(memory, header, visitor);
        } else {
            visitIndex(memory, geometry, header, visitor);
        }
    }

    private static void visitVector(SegmentMemory memory, long header, Visitor visitor) {
        long lock = header + VectorHeader.LOCK_OFFSET;
        visitor.lock(header + VectorHeader.STRUCTURE_VERSION_OFFSET, 2 * Long.BYTES, lock);
        ElementShape shape =
                ElementShape.of(VectorHeader.elementLength(memory.getLong(header + VectorHeader.PARAMETERS_OFFSET)));
        long table = memory.getLong(header + VectorHeader.TABLE_OFFSET);
        visitor.lock(table, VectorHeader.tableSize(), lock);
        for (int chunk = 0; chunk < VectorHeader.CHUNKS; chunk++) {
            long block = memory.getLong(table + (long) chunk * Long.BYTES);
            if (block != 0) {
                visitor.lock(block, shape.chunkSize(chunk), lock);
            }
        }
    }

    private static void visitIndex(SegmentMemory memory, Geometry geometry, long header, Visitor visitor) {
        long splitLock = header + HashIndexHeader.SPLIT_LOCK_OFFSET;
        visitor.lock(header + HashIndexHeader.STRUCTURE_VERSION_OFFSET, 2 * Long.BYTES, splitLock);
        visitor.lock(header + HashIndexHeader.SCRUB_OFFSET, 2 * Long.BYTES, splitLock);
        long counters = memory.getLong(header + HashIndexHeader.COUNTERS_OFFSET);
        for (int lane = 0; lane < geometry.lanes; lane++) {
            visitor.lane(HashIndexHeader.counter(counters, lane, geometry.lanes), lane);
        }
        long directory = memory.getLong(header + HashIndexHeader.DIRECTORY_OFFSET);
        int depth = HashIndexHeader.depth(directory);
        long words = HashIndexHeader.block(directory);
        visitor.lock(words, HashIndexHeader.directorySize(depth), splitLock);
        // In the order of the hashes: an entry that a split has moved is met in its old segment first, in its new one
        // last.
        Lines lines = lines(memory, header);
        for (long i = 0; i < 1L << depth; i++) {
            long segment = memory.getLong(words + i * Long.BYTES);
            for (int bucket = 0; bucket < Bucket.BUCKETS; bucket++) {
                visitBucket(lines, lines.bucketAt(segment, bucket), visitor);
            }
        }
    }

    private static Lines lines(SegmentMemory memory, long header) {
        return Containers.structure(memory, header) == Structure.LONG_INDEX
                ? LongIndex.lines(memory, header)
                : new SlotLines(memory);
    }

    private static void visitBucket(Lines lines, long bucket, Visitor visitor) {
        for (long line = bucket; line != 0; line = lines.overflow(line)) {
            visitor.lock(line, lines.lineSize(), bucket);
            for (int taken = lines.taken(line); taken != 0; taken &= taken - 1) {
                long block = lines.block(line, Integer.numberOfTrailingZeros(taken));
                if (block != 0) {
                    visitor.lock(block, lines.blockSize(block), bucket);
                }
            }
        }
    }
}
