/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.memory.SegmentMemory;
import java.util.Arrays;

/**
 * A walk over the keys of a {@link HashIndex} while others write. A key that is there from the beginning to the end is met
 * exactly once; one that comes or goes on the way, at most once. Not thread-safe.
 */
public final class IndexCursor {
    /*
     * The keys of one bucket are copied at a time, as a BucketWalk meets it: first where they are and how long, then, if that
     * is to be believed, their bytes.
     */

    private final BucketTable table;
    private final SegmentMemory memory;
    private final BucketWalk walk;

    private long[] entries = new long[Bucket.SLOTS * 2];
    private int[] ends = new int[Bucket.SLOTS * 2];
    private byte[] keys = new byte[256];
    /** Keys noted of the bucket that is being read, and those of the one that has been. */
    private int found;

    private int count;
    private int at = -1;
    private final ValueView view = new ValueView();

    IndexCursor(BucketTable table, Lines lines) {
        this.table = table;
        this.memory = table.memory();
        this.walk = new BucketWalk(table, lines, new KeyReader());
    }

    /**
     * Goes to the next key. Returns false at the end.
     *
     * @throws IllegalStateException if the heap is closed or the index destroyed
     */
    public boolean next() {
        table.checkUsable();
        at++;
        while (at >= count) {
            if (!walk.next()) {
                return false;
            }
            count = found;
            at = 0;
        }
        return true;
    }

    /** The key's bytes, until the cursor goes on. */
    public ValueView key() {
        int start = start();
        view.wrap(keys, start, ends[at] - start);
        return view;
    }

    /** The key, decoded. */
    public <K> K key(Codec<K> codec) {
        ValueView bytes = key();
        return codec.read(bytes);
    }

    /** Becomes the key of an operation. */
    public void key(EncodedKey target) {
        int start = start();
        target.set(keys, start, ends[at] - start);
    }

    private int start() {
        return at == 0 ? 0 : ends[at - 1];
    }

    // ---- one bucket

    private final class KeyReader implements BucketWalk.Reader {
        @Override
        public void restart() {
            found = 0;
        }

        /** Notes the entries of a line and where their keys will end in the buffer. */
        @Override
        public void collect(long line) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long slot = memory.getLong(Bucket.slotAt(line, i));
                if (slot == 0 || !walk.isHere(Bucket.tag(slot))) {
                    continue;
                }
                long entry = Bucket.entry(slot);
                int length = IndexEntry.keyLength(memory.getLong(entry));
                int end = needed() + length;
                if (length < 0 || !memory.contains(entry + IndexEntry.KEY_OFFSET, length) || end < 0) {
                    throw new CorruptedSegmentException("a key reaches beyond the heap: entry=" + entry + " keyLength="
                            + length + " segment=" + memory.name());
                }
                if (found == entries.length) {
                    entries = Arrays.copyOf(entries, entries.length * 2);
                    ends = Arrays.copyOf(ends, ends.length * 2);
                }
                entries[found] = entry;
                ends[found] = end;
                found++;
            }
        }

        private int needed() {
            return found == 0 ? 0 : ends[found - 1];
        }

        @Override
        public boolean hasRoom() {
            return needed() <= keys.length;
        }

        @Override
        public void makeRoom() {
            keys = new byte[Scratch.capacityFor(needed())];
        }

        @Override
        public void copy() {
            int start = 0;
            for (int i = 0; i < found; i++) {
                memory.copyTo(entries[i] + IndexEntry.KEY_OFFSET, keys, start, ends[i] - start);
                start = ends[i];
            }
        }
    }
}
