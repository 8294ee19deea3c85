/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.StructureVisitor.Rule;
import org.agrona.collections.LongHashSet;

/**
 * Walks a {@link BucketTable} that nobody writes to, and tells a visitor which blocks it owns and where it breaks its rules.
 * Believes nothing that it reads, ends on any input, and stores nothing. Used once, by one thread.
 */
final class BucketTableWalker {
    /** Looks at what stands in the places of a line. */
    interface ItemWalker {
        /** At least the first {@value HashIndexHeader#MAX_DEPTH} bits of the item's hash. */
        long hash(long line, int place);

        /**
         * Looks whether an item is what it should be.
         *
         * @param bucket number of the bucket in its segment
         * @return whether there is such an item at all
         */
        boolean walk(long line, int place, int bucket);
    }

    private static final int MAX_LINES = 1 << 20;

    private final Lines lines;
    private final ItemWalker items;
    private final SegmentMemory memory;
    private final int laneCount;
    private final long header;
    private final StructureVisitor visitor;
    private final LongHashSet seen = new LongHashSet();
    private final boolean doomed;
    private final long scrubSegment;
    private final int scrubDepth;
    private final long tornDown;
    private boolean scrubMet;
    private long count;

    BucketTableWalker(Lines lines, ItemWalker items, Geometry geometry, long header, StructureVisitor visitor) {
        this.lines = lines;
        this.items = items;
        this.memory = lines.memory();
        this.laneCount = geometry.lanes;
        this.header = header;
        this.visitor = visitor;
        this.doomed = memory.getLong(header + HashIndexHeader.IDENTITY_OFFSET) == 0;
        long scrub = memory.getLong(header + HashIndexHeader.SCRUB_OFFSET);
        this.scrubSegment = HashIndexHeader.block(scrub);
        this.scrubDepth = HashIndexHeader.depth(scrub);
        this.scrubMet = scrub == 0;
        this.tornDown = memory.getLong(header + HashIndexHeader.TORN_DOWN_OFFSET);
    }

    /** Walks the index; also one that is doomed and half taken apart. */
    void walk(long expectedParameters) {
        long parameters = memory.getLong(header + HashIndexHeader.PARAMETERS_OFFSET);
        if (parameters != expectedParameters) {
            problem(
                    Rule.STRUCTURE,
                    header + HashIndexHeader.PARAMETERS_OFFSET,
                    "parameters",
                    expectedParameters,
                    parameters);
            return;
        }
        visitor.lock(header + HashIndexHeader.SPLIT_LOCK_OFFSET);
        if (!doomed && tornDown != 0) {
            problem(Rule.STRUCTURE, header + HashIndexHeader.TORN_DOWN_OFFSET, "torn down", 0, tornDown);
        }
        walkDirectory();
        if (!scrubMet) {
            visitor.problem(
                    Rule.STRUCTURE,
                    header + HashIndexHeader.SCRUB_OFFSET,
                    "no segment is to be scrubbed: segment=" + scrubSegment + " depth=" + scrubDepth);
        }
        walkCounters();
    }

    private void walkCounters() {
        long at = header + HashIndexHeader.COUNTERS_OFFSET;
        long counters = memory.getLong(at);
        long size = (long) Long.BYTES * laneCount;
        if (doomed && counters == 0) {
            return;
        }
        if (!Containers.isBlock(memory, counters, size)) {
            visitor.problem(Rule.STRUCTURE, at, "the counters lie outside the heap: offset=" + counters);
            return;
        }
        if (!visitor.block(counters, size, "counters")) {
            return;
        }
        long sum = 0;
        for (int lane = 0; lane < laneCount; lane++) {
            sum += memory.getLong(counters + (long) lane * Long.BYTES);
        }
        if (!doomed && sum != count) {
            problem(Rule.COUNT, counters, "sum of the counters", count, sum);
        }
    }

    private void walkDirectory() {
        long at = header + HashIndexHeader.DIRECTORY_OFFSET;
        long word = memory.getLong(at);
        if (doomed && word == 0) {
            return;
        }
        int depth = HashIndexHeader.depth(word);
        long words = HashIndexHeader.block(word);
        if (depth > HashIndexHeader.MAX_DEPTH
                || !Containers.isBlock(memory, words, HashIndexHeader.directorySize(depth))) {
            visitor.problem(Rule.STRUCTURE, at, "the directory is impossible: offset=" + words + " depth=" + depth);
            return;
        }
        if (!visitor.block(words, HashIndexHeader.directorySize(depth), "directory")) {
            return;
        }
        long length = 1L << depth;
        for (long first = 0; first < length; ) {
            long segment = memory.getLong(words + first * Long.BYTES);
            long end = first + 1;
            while (end < length && memory.getLong(words + end * Long.BYTES) == segment) {
                end++;
            }
            walkRange(words + first * Long.BYTES, depth, first, end - first, segment);
            first = end;
        }
    }

    private void walkRange(long at, int depth, long first, long length, long segment) {
        if (doomed && (segment == 0) != (first < tornDown)) {
            visitor.problem(
                    Rule.STRUCTURE,
                    at,
                    "torn down up to another entry: first=" + first + " segment=" + segment + " tornDown=" + tornDown);
            return;
        }
        if (segment == 0 && doomed) {
            return;
        }
        if (Long.bitCount(length) != 1 || first % length != 0) {
            visitor.problem(
                    Rule.STRUCTURE,
                    at,
                    "a segment's range in the directory is no aligned power of two: first=" + first + " length="
                            + length + " segment=" + segment);
            return;
        }
        if (!Containers.isBlock(memory, segment, lines.segmentSize()) || segment % lines.lineSize() != 0) {
            visitor.problem(Rule.STRUCTURE, at, "a segment lies outside the heap: offset=" + segment);
            return;
        }
        if (!seen.add(segment)) {
            visitor.problem(Rule.STRUCTURE, at, "a segment stands in the directory twice: offset=" + segment);
            return;
        }
        if (!visitor.block(segment, lines.segmentSize(), "hash segment")) {
            return;
        }
        int localDepth = depth - Long.numberOfTrailingZeros(length);
        long prefix = first >>> Long.numberOfTrailingZeros(length);
        scrubMet |= segment == scrubSegment && localDepth == scrubDepth && localDepth > 0;
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            visitor.lock(lines.bucketAt(segment, b));
            walkBucket(segment, b, localDepth, prefix);
        }
    }

    private void walkBucket(long segment, int number, int localDepth, long prefix) {
        long line = lines.bucketAt(segment, number);
        int places = lines.overflow(line) == 0 ? lines.places() : lines.chainedPlaces();
        for (int met = 0; ; met++) {
            for (int taken = lines.taken(line); taken != 0; taken &= taken - 1) {
                int place = Integer.numberOfTrailingZeros(taken);
                if (place >= places) {
                    visitor.problem(
                            Rule.SLOT,
                            lines.placeAt(line, place),
                            "an item stands in the place of a link: place=" + place);
                }
                long hash = items.hash(line, place);
                if (isMovedAway(segment, localDepth, hash)) {
                    continue;
                }
                if (localDepth > 0 && hash >>> Long.SIZE - localDepth != prefix) {
                    visitor.problem(
                            Rule.SLOT,
                            lines.placeAt(line, place),
                            "an item stands in the wrong segment: hash=0x" + Long.toHexString(hash) + " localDepth="
                                    + localDepth);
                }
                if (items.walk(line, place, number)) {
                    count++;
                }
            }
            long next = lines.overflow(line);
            if (next == 0) {
                return;
            }
            if (!Containers.isBlock(memory, next, lines.lineSize()) || next % lines.lineSize() != 0) {
                visitor.problem(
                        Rule.SLOT, lines.linkAt(line), "an overflow line lies outside the heap: offset=" + next);
                return;
            }
            if (met == MAX_LINES || !seen.add(next)) {
                visitor.problem(Rule.SLOT, lines.linkAt(line), "an overflow line is chained twice: offset=" + next);
                return;
            }
            if (!visitor.block(next, lines.lineSize(), "overflow line")) {
                return;
            }
            line = next;
        }
    }

    /** Whether a split that was interrupted has moved an item to the right half: it is met there. */
    private boolean isMovedAway(long segment, int localDepth, long hash) {
        return segment == scrubSegment
                && scrubDepth == localDepth
                && localDepth > 0
                && (hash & Long.MIN_VALUE >>> localDepth - 1) != 0;
    }

    private void problem(Rule rule, long offset, String field, long expected, long actual) {
        visitor.problem(rule, offset, field + " is wrong: expected=" + expected + " actual=" + actual);
    }
}
