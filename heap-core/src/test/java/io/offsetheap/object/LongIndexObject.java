/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.SegmentMemory;
import java.util.Map;
import java.util.TreeMap;

/** A bare long index as a named object, with a seed that is the same in every run. */
public final class LongIndexObject {
    public static final SharedType<LongIndexObject> TYPE = new SharedType<>() {
        @Override
        public String fingerprint() {
            return "LongIndexObject/1";
        }

        @Override
        public Structure structure() {
            return Structure.LONG_INDEX;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            LongIndex.reserve(space, lane);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return BucketTable.create(
                    space, lane, identity, Structure.LONG_INDEX, 0x1234_5678_9ABC_DEF1L, 0x0FED_CBA9_8765_4321L);
        }

        @Override
        public LongIndexObject bind(ObjectSpace space, long offset, long length) {
            return new LongIndexObject(LongIndex.open(space, offset));
        }
    };

    private final LongIndex index;

    private LongIndexObject(LongIndex index) {
        this.index = index;
    }

    public LongIndex index() {
        return index;
    }

    /** Offset of the index's header. */
    public long header() {
        return index.table().header();
    }

    /** The hash that decides where in the index a key is: its last four bits are the number of the bucket. */
    public long hash(long key) {
        return index.hash(key);
    }

    /** Offset of the bucket in which a key is, or would be. */
    public long bucket(long key) {
        return index.table().settledBucket(hash(key));
    }

    /** Links a line to another one, or to none, and nothing else. */
    public void link(long line, long next) {
        SegmentMemory memory = index.table().memory();
        long tags = memory.getLong(line + PairBucket.TAGS_OFFSET) & ~PairBucket.LINKED;
        memory.putLong(line + PairBucket.LINK_OFFSET, next);
        memory.putLong(line + PairBucket.TAGS_OFFSET, next == 0 ? tags : tags | PairBucket.LINKED);
    }

    /** Offset of a key in a line. */
    public static long key(long line, int place) {
        return PairBucket.key(line, place);
    }

    /** Stores the tag of a pair, and nothing else. */
    public void tag(long line, int place, long key) {
        SegmentMemory memory = index.table().memory();
        long tags = line + PairBucket.TAGS_OFFSET;
        memory.putLong(tags, PairTags.with(memory.getLong(tags), place, PairTags.tag(hash(key))));
    }

    /** The tags of a bucket in which every pair has a key. */
    public long tags(long key) {
        long tags = 0;
        for (int place = 0; place < PairBucket.PAIRS; place++) {
            tags = PairTags.with(tags, place, PairTags.tag(hash(key)));
        }
        return tags;
    }

    /** How often the index has been split. */
    public long splits() {
        return index.table().directory().version();
    }

    /** All pairs. */
    public Map<Long, Long> content() {
        Map<Long, Long> content = new TreeMap<>();
        LongCursor cursor = index.cursor();
        while (cursor.next()) {
            if (content.put(cursor.key(), cursor.value()) != null) {
                throw new AssertionError("a key is met twice: key=" + cursor.key());
            }
        }
        return content;
    }
}
