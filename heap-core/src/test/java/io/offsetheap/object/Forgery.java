/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.SegmentMemory;

/**
 * A user's data that look like a part of a hash index: what a reader may meet that follows a pointer into memory that has
 * been freed and given to somebody else.
 */
public final class Forgery {
    /** How long the value of a forged entry claims to be: longer than any that is really there. */
    public static final int CLAIMED_LENGTH = 1000;

    private final EncodedKey key = new EncodedKey();
    private final byte[] value;
    private final long hash;
    private final byte[] header = new byte[HashIndexHeader.TORN_DOWN_OFFSET];
    private final int depth;

    /** A forged entry for a key of an index. */
    public Forgery(IndexObject index, String name, byte[] value) {
        key.encode(Codecs.UTF8, name);
        this.value = value;
        this.hash = index.index().hash(key);
        this.depth = index.index().table().directory().depth();
        index.index().table().memory().copyTo(index.index().table().header(), header, 0, header.length);
    }

    /** Locks all buckets of the key's segment with a word that was never stored by a lane. */
    public void damageLocks(IndexObject index, long lock) {
        long segment = index.index().table().settledSegment(hash);
        for (int bucket = 0; bucket < Bucket.BUCKETS; bucket++) {
            index.index().table().memory().putLong(Bucket.at(segment, bucket), lock);
        }
    }

    /** Writes a header like the index's own, identity and versions included, that leads to another directory. */
    public void writeHeader(SegmentMemory memory, long at, long directory) {
        memory.copyFrom(header, 0, at, header.length);
        memory.putLong(at + HashIndexHeader.DIRECTORY_OFFSET, HashIndexHeader.pack(depth, directory));
    }

    /** Bytes of the entry. */
    public int size() {
        return (int) IndexEntry.size(key.length, value.length);
    }

    /** Writes the entry, and a length that leads out of it. */
    public void writeEntry(SegmentMemory memory, long at) {
        memory.putLong(at, IndexEntry.lengths(key.length, CLAIMED_LENGTH));
        key.writeTo(memory, at);
        memory.copyFrom(value, 0, at + IndexEntry.valueOffset(key.length, value.length), value.length);
    }

    /** Writes an entry that claims to have a long key. */
    public static void writeLongKey(SegmentMemory memory, long at) {
        memory.putLong(at, IndexEntry.lengths(CLAIMED_LENGTH, 0));
    }

    /** Writes a line that leads to a forged entry wherever one looks. */
    public void writeLine(SegmentMemory memory, long at, long lock, long entry) {
        memory.putLong(at, lock);
        for (int i = 0; i < Bucket.SLOTS; i++) {
            memory.putLong(at + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES, Bucket.slot(hash, entry));
        }
        memory.putLong(at + Bucket.OVERFLOW_OFFSET, 0);
    }

    /** Writes a hash segment of such lines. */
    public void writeSegment(SegmentMemory memory, long at, long lock, long entry) {
        for (int bucket = 0; bucket < Bucket.BUCKETS; bucket++) {
            writeLine(memory, Bucket.at(at, bucket), lock, entry);
        }
    }
}
