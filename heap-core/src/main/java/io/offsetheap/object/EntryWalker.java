/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.StructureVisitor.Rule;

/** Looks at the slots and entries of a {@link HashIndex}. Used once, by one thread. */
final class EntryWalker implements BucketTableWalker.ItemWalker {
    private final SegmentMemory memory;
    private final StructureVisitor visitor;
    private final long seed0;
    private final long seed1;

    EntryWalker(SegmentMemory memory, long header, StructureVisitor visitor) {
        this.memory = memory;
        this.visitor = visitor;
        this.seed0 = memory.getLong(header + HashIndexHeader.SEED_OFFSET);
        this.seed1 = memory.getLong(header + HashIndexHeader.SEED_OFFSET + Long.BYTES);
    }

    @Override
    public long hash(long line, int place) {
        return memory.getLong(Bucket.slotAt(line, place));
    }

    @Override
    public boolean walk(long line, int place, int bucket) {
        long at = Bucket.slotAt(line, place);
        long slot = memory.getLong(at);
        long entry = Bucket.entry(slot);
        if (!Containers.isBlock(memory, entry, IndexEntry.KEY_OFFSET + Long.BYTES)) {
            visitor.problem(Rule.ENTRY, at, "an entry lies outside the heap: offset=" + entry);
            return false;
        }
        long lengths = memory.getLong(entry);
        int keyLength = IndexEntry.keyLength(lengths);
        int valueLength = IndexEntry.valueLength(lengths);
        if (keyLength < 0 || valueLength < 0 || !memory.contains(entry, IndexEntry.size(keyLength, valueLength))) {
            visitor.problem(
                    Rule.ENTRY,
                    entry,
                    "an entry reaches beyond the heap: keyLength=" + keyLength + " valueLength=" + valueLength);
            return false;
        }
        if (!visitor.block(entry, IndexEntry.size(keyLength, valueLength), "entry")) {
            return true;
        }
        long hash = hashOfKey(entry + IndexEntry.KEY_OFFSET, keyLength);
        if (hash >>> Long.SIZE - Bucket.TAG_BITS != Bucket.tag(slot)) {
            problem(Rule.ENTRY, at, "tag of a slot", hash >>> Long.SIZE - Bucket.TAG_BITS, Bucket.tag(slot));
        }
        if (Bucket.index(hash) != bucket) {
            problem(Rule.SLOT, at, "bucket of a slot", Bucket.index(hash), bucket);
        }
        visitor.entry(entry + IndexEntry.KEY_OFFSET, keyLength, IndexEntry.value(entry, lengths), valueLength);
        return true;
    }

    private long hashOfKey(long key, int length) {
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
