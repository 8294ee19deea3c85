/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.memory.SegmentMemory;
import java.util.Arrays;

/**
 * A walk over the pairs of a {@link LongIndex} while others write. A key that is there from the beginning to the end is met
 * exactly once; one that comes or goes on the way, at most once. Not thread-safe.
 */
public final class LongCursor {
    private final BucketTable table;
    private final PairLines lines;
    private final SegmentMemory memory;
    private final BucketWalk walk;

    private long[] keys = new long[PairBucket.PAIRS * 2];
    private long[] values = new long[PairBucket.PAIRS * 2];
    /** Pairs noted of the bucket that is being read, and those of the one that has been. */
    private int found;

    private int count;
    private int at = -1;

    LongCursor(BucketTable table, PairLines lines) {
        this.table = table;
        this.lines = lines;
        this.memory = table.memory();
        this.walk = new BucketWalk(table, lines, new PairReader());
    }

    /**
     * Goes to the next pair. Returns false at the end.
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

    /** The key, until the cursor goes on. */
    public long key() {
        return keys[at];
    }

    /** Its value, as it was when the cursor came to the key's bucket. */
    public long value() {
        return values[at];
    }

    private final class PairReader implements BucketWalk.Reader {
        @Override
        public void restart() {
            found = 0;
        }

        @Override
        public void collect(long line) {
            for (int left = lines.taken(line); left != 0; left &= left - 1) {
                long place = lines.placeAt(line, Integer.numberOfTrailingZeros(left));
                long key = memory.getLong(place);
                if (walk.isHere(lines.hash(key) >>> Long.SIZE - HashIndexHeader.MAX_DEPTH)) {
                    add(key, memory.getLong(PairBucket.value(place)));
                }
            }
        }

        private void add(long key, long value) {
            if (found == keys.length) {
                keys = Arrays.copyOf(keys, found * 2);
                values = Arrays.copyOf(values, found * 2);
            }
            keys[found] = key;
            values[found] = value;
            found++;
        }
    }
}
