/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.StructureVisitor.Rule;
import org.agrona.collections.LongHashSet;

/** Looks at the pairs of a {@link LongIndex}. Used once, by one thread. */
final class PairWalker implements BucketTableWalker.ItemWalker {
    private final SegmentMemory memory;
    private final PairLines lines;
    private final StructureVisitor visitor;
    private final LongHashSet keys = new LongHashSet();

    PairWalker(PairLines lines, StructureVisitor visitor) {
        this.memory = lines.memory();
        this.lines = lines;
        this.visitor = visitor;
    }

    @Override
    public long hash(long line, int place) {
        return lines.hash(memory.getLong(lines.placeAt(line, place)));
    }

    @Override
    public boolean walk(long line, int place, int bucket) {
        long at = lines.placeAt(line, place);
        long key = memory.getLong(at);
        long hash = lines.hash(key);
        int expected = Bucket.index(hash);
        long tag = PairTags.tagOf(lines.tags(line), place);
        if (expected != bucket) {
            visitor.problem(Rule.SLOT, at, "bucket of a pair is wrong: expected=" + expected + " actual=" + bucket);
        } else if (tag != PairTags.tag(hash)) {
            visitor.problem(
                    Rule.SLOT,
                    PairBucket.tags(at),
                    "tag of a pair is wrong: expected=" + PairTags.tag(hash) + " actual=" + tag + " place=" + place);
        } else if (!keys.add(key)) {
            visitor.problem(Rule.SLOT, at, "a key stands in the index twice: key=" + key);
        }
        return true;
    }
}
