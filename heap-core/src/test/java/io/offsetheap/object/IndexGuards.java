/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.SegmentMemory;

/** Which lock or lane guards which words of a hash index, read from the index itself while nobody changes it. */
public final class IndexGuards {
    /** Is told the guards. A later range replaces what was said of its words before. */
    public interface Visitor {
        /** The words of a range are guarded by a lock. */
        void lock(long from, long length, long lock);

        /** A word is guarded by a lane. */
        void lane(long word, int lane);
    }

    private IndexGuards() {}

    /** Walks the living index whose header stands at an offset. */
    public static void visit(SegmentMemory memory, Geometry geometry, long header, Visitor visitor) {
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
        for (long i = 0; i < 1L << depth; i++) {
            long segment = memory.getLong(words + i * Long.BYTES);
            for (int bucket = 0; bucket < Bucket.BUCKETS; bucket++) {
                visitBucket(memory, Bucket.at(segment, bucket), visitor);
            }
        }
    }

    private static void visitBucket(SegmentMemory memory, long bucket, Visitor visitor) {
        for (long line = bucket; line != 0; line = Bucket.overflow(memory, line)) {
            visitor.lock(line, Bucket.LINE_SIZE, bucket);
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long slot = memory.getLong(line + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES);
                if (slot != 0) {
                    visitor.lock(Bucket.entry(slot), IndexEntry.size(memory, Bucket.entry(slot)), bucket);
                }
            }
        }
    }
}
