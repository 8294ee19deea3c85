/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.StructureVisitor.Rule;
import org.agrona.collections.LongHashSet;

/**
 * Walks a {@link HashIndex} that nobody writes to, and tells a visitor which blocks it owns and where it breaks its rules.
 * Believes nothing that it reads, ends on any input, and stores nothing. Used once, by one thread.
 */
final class HashIndexWalker {
    private static final int MAX_LINES = 1 << 20;

    private final SegmentMemory memory;
    private final int lanes;
    private final long header;
    private final StructureVisitor visitor;
    private final LongHashSet seen = new LongHashSet();
    private final boolean doomed;
    private final long seed0;
    private final long seed1;
    private final long scrubSegment;
    private final int scrubDepth;
    private final long tornDown;
    private boolean scrubMet;
    private long entries;

    private HashIndexWalker(SegmentMemory memory, Geometry geometry, long header, StructureVisitor visitor) {
        this.memory = memory;
        this.lanes = geometry.lanes;
        this.header = header;
        this.visitor = visitor;
        this.doomed = memory.getLong(header + HashIndexHeader.IDENTITY_OFFSET) == 0;
        this.seed0 = memory.getLong(header + HashIndexHeader.SEED_OFFSET);
        this.seed1 = memory.getLong(header + HashIndexHeader.SEED_OFFSET + Long.BYTES);
        long scrub = memory.getLong(header + HashIndexHeader.SCRUB_OFFSET);
        this.scrubSegment = HashIndexHeader.block(scrub);
        this.scrubDepth = HashIndexHeader.depth(scrub);
        this.scrubMet = scrub == 0;
        this.tornDown = memory.getLong(header + HashIndexHeader.TORN_DOWN_OFFSET);
    }

    /** Walks the index whose header stands at an offset; also one that is doomed and half taken apart. */
    static void walk(SegmentMemory memory, Geometry geometry, long header, StructureVisitor visitor) {
        new HashIndexWalker(memory, geometry, header, visitor).walk();
    }

    private void walk() {
        long parameters = memory.getLong(header + HashIndexHeader.PARAMETERS_OFFSET);
        if (parameters != HashIndexHeader.PARAMETERS) {
            problem(
                    Rule.STRUCTURE,
                    header + HashIndexHeader.PARAMETERS_OFFSET,
                    "parameters",
                    HashIndexHeader.PARAMETERS,
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
        long size = (long) Long.BYTES * lanes;
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
        for (int lane = 0; lane < lanes; lane++) {
            sum += memory.getLong(counters + (long) lane * Long.BYTES);
        }
        if (!doomed && sum != entries) {
            problem(Rule.COUNT, counters, "sum of the counters", entries, sum);
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
        long count = 1L << depth;
        for (long first = 0; first < count; ) {
            long segment = memory.getLong(words + first * Long.BYTES);
            long end = first + 1;
            while (end < count && memory.getLong(words + end * Long.BYTES) == segment) {
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
        if (!Containers.isBlock(memory, segment, Bucket.SEGMENT_SIZE) || segment % Bucket.LINE_SIZE != 0) {
            visitor.problem(Rule.STRUCTURE, at, "a segment lies outside the heap: offset=" + segment);
            return;
        }
        if (!seen.add(segment)) {
            visitor.problem(Rule.STRUCTURE, at, "a segment stands in the directory twice: offset=" + segment);
            return;
        }
        if (!visitor.block(segment, Bucket.SEGMENT_SIZE, "hash segment")) {
            return;
        }
        int localDepth = depth - Long.numberOfTrailingZeros(length);
        long prefix = first >>> Long.numberOfTrailingZeros(length);
        scrubMet |= segment == scrubSegment && localDepth == scrubDepth && localDepth > 0;
        for (int b = 0; b < Bucket.BUCKETS; b++) {
            visitor.lock(Bucket.at(segment, b));
            walkBucket(segment, b, localDepth, prefix);
        }
    }

    private void walkBucket(long segment, int number, int localDepth, long prefix) {
        long line = Bucket.at(segment, number);
        for (int lines = 0; ; lines++) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long at = line + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES;
                long slot = memory.getLong(at);
                if (slot != 0 && !isMovedAway(segment, localDepth, slot)) {
                    if (localDepth > 0 && slot >>> Long.SIZE - localDepth != prefix) {
                        visitor.problem(
                                Rule.SLOT,
                                at,
                                "a slot stands in the wrong segment: tag=0x" + Long.toHexString(Bucket.tag(slot))
                                        + " localDepth=" + localDepth);
                    }
                    walkEntry(at, slot, number);
                }
            }
            long next = Bucket.overflow(memory, line);
            if (next == 0) {
                return;
            }
            if (!Containers.isBlock(memory, next, Bucket.LINE_SIZE) || next % Bucket.LINE_SIZE != 0) {
                visitor.problem(
                        Rule.SLOT,
                        line + Bucket.OVERFLOW_OFFSET,
                        "an overflow line lies outside the heap: offset=" + next);
                return;
            }
            if (lines == MAX_LINES || !seen.add(next)) {
                visitor.problem(
                        Rule.SLOT, line + Bucket.OVERFLOW_OFFSET, "an overflow line is chained twice: offset=" + next);
                return;
            }
            if (!visitor.block(next, Bucket.LINE_SIZE, "overflow line")) {
                return;
            }
            line = next;
        }
    }

    /** Whether a split that was interrupted has moved a slot to the right half: it is met there. */
    private boolean isMovedAway(long segment, int localDepth, long slot) {
        return segment == scrubSegment
                && scrubDepth == localDepth
                && localDepth > 0
                && (slot & Long.MIN_VALUE >>> localDepth - 1) != 0;
    }

    private void walkEntry(long at, long slot, int number) {
        long entry = Bucket.entry(slot);
        if (!Containers.isBlock(memory, entry, IndexEntry.KEY_OFFSET + Long.BYTES)) {
            visitor.problem(Rule.ENTRY, at, "an entry lies outside the heap: offset=" + entry);
            return;
        }
        long lengths = memory.getLong(entry);
        int keyLength = IndexEntry.keyLength(lengths);
        int valueLength = IndexEntry.valueLength(lengths);
        if (keyLength < 0 || valueLength < 0 || !memory.contains(entry, IndexEntry.size(keyLength, valueLength))) {
            visitor.problem(
                    Rule.ENTRY,
                    entry,
                    "an entry reaches beyond the heap: keyLength=" + keyLength + " valueLength=" + valueLength);
            return;
        }
        entries++;
        if (!visitor.block(entry, IndexEntry.size(keyLength, valueLength), "entry")) {
            return;
        }
        long hash = hash(entry + IndexEntry.KEY_OFFSET, keyLength);
        if (hash >>> Long.SIZE - Bucket.TAG_BITS != Bucket.tag(slot)) {
            problem(Rule.ENTRY, at, "tag of a slot", hash >>> Long.SIZE - Bucket.TAG_BITS, Bucket.tag(slot));
        }
        if (Bucket.index(hash) != number) {
            problem(Rule.SLOT, at, "bucket of a slot", Bucket.index(hash), number);
        }
        visitor.entry(entry + IndexEntry.KEY_OFFSET, keyLength, IndexEntry.value(entry, lengths), valueLength);
    }

    private long hash(long key, int length) {
        byte[] bytes = new byte[Math.max(length, Long.BYTES)];
        memory.copyTo(key, bytes, 0, length);
        EncodedKey encoded = new EncodedKey();
        encoded.set(bytes, 0, length);
        return encoded.hash(seed0, seed1);
    }

    private void problem(Rule rule, long offset, String field, long expected, long actual) {
        visitor.problem(rule, offset, field + " is wrong: expected=" + expected + " actual=" + actual);
    }
}
