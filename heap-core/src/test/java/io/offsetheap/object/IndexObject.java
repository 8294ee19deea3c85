/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A bare hash index as a named object, with bytes for keys and values, and a seed that is the same in every run. */
public final class IndexObject {
    public static final SharedType<IndexObject> TYPE = new SharedType<>() {
        @Override
        public String fingerprint() {
            return "IndexObject/1";
        }

        @Override
        public Structure structure() {
            return Structure.HASH_INDEX;
        }

        @Override
        public void reserve(ObjectSpace space, Lane lane, long length) {
            HashIndex.reserve(space, lane);
        }

        @Override
        public long create(ObjectSpace space, Lane lane, long identity, long length) {
            return BucketTable.create(
                    space, lane, identity, Structure.HASH_INDEX, 0x1234_5678_9ABC_DEF1L, 0x0FED_CBA9_8765_4321L);
        }

        @Override
        public IndexObject bind(ObjectSpace space, long offset, long length) {
            return new IndexObject(HashIndex.open(space, offset));
        }
    };

    private final HashIndex index;

    private IndexObject(HashIndex index) {
        this.index = index;
    }

    public HashIndex index() {
        return index;
    }

    /** The hash that decides where in the index a key is: its last four bits are the number of the bucket. */
    public long hash(String key) {
        return index.hash(encoded(key));
    }

    /** Offset of the bucket in which a key is, or would be. */
    public long bucket(String key) {
        return index.table().settledBucket(hash(key));
    }

    /** Offset of the lock that a splitter takes. */
    public long splitLock() {
        return index.table().header() + HashIndexHeader.SPLIT_LOCK_OFFSET;
    }

    /** Offset of the structure version. */
    public long versionOffset() {
        return index.table().header() + HashIndexHeader.STRUCTURE_VERSION_OFFSET;
    }

    /** How often the index has been split. */
    public long splits() {
        return index.table().directory().version();
    }

    private static EncodedKey encoded(String key) {
        EncodedKey encoded = new EncodedKey();
        encoded.encode(Codecs.UTF8, key);
        return encoded;
    }

    public boolean put(String key, byte[] value) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(Codecs.UTF8, key);
            scratch.encodeValue(Codecs.BYTES, value);
            return index.put(scratch, HashIndex.When.ALWAYS, false);
        } finally {
            scratch.leave();
        }
    }

    public boolean remove(String key) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(Codecs.UTF8, key);
            return index.remove(scratch, HashIndex.When.PRESENT, false);
        } finally {
            scratch.leave();
        }
    }

    public byte @Nullable [] get(String key) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.key().encode(Codecs.UTF8, key);
            return index.copy(scratch) ? scratch.decodeCopy(Codecs.BYTES) : null;
        } finally {
            scratch.leave();
        }
    }

    /** All entries, keys in order, values as length and first byte. */
    public Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        IndexCursor cursor = index.cursor();
        while (cursor.next()) {
            String key = cursor.key(Codecs.UTF8);
            byte[] value = get(key);
            if (value != null) {
                content.put(key, value.length + ":" + (value.length == 0 ? "" : value[0]));
            }
        }
        return content;
    }
}
