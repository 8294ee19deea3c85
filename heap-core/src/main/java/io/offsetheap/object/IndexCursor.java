/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LockWord;
import io.offsetheap.memory.SegmentMemory;
import java.util.Arrays;

/**
 * A walk over the keys of a {@link HashIndex} while others write. A key that is there from the beginning to the end is met
 * exactly once; one that comes or goes on the way, at most once. Not thread-safe.
 */
public final class IndexCursor {
    /*
     * The cursor is a bucket number and a place in the hash space. It goes through bucket 0 of all segments in the order of
     * their hashes, then bucket 1, and so on: a split keeps the number of a bucket and only divides a segment's range of
     * hashes, so what lies behind the cursor stays behind it.
     *
     * A bucket is copied whole, keys only, and counts if its version and the directory's have not changed. Slots outside
     * the range of the segment have been moved away by a split and are met where they belong.
     */

    private static final int FAILED = -1;

    private final HashIndex index;
    private final SegmentMemory memory;

    private int bucket;
    /** First tag that is not behind the cursor. */
    private long position;

    private long[] entries = new long[Bucket.SLOTS * 2];
    private int[] ends = new int[Bucket.SLOTS * 2];
    private byte[] keys = new byte[256];
    private int count;
    private int at = -1;
    private final ValueView view = new ValueView();

    IndexCursor(HashIndex index) {
        this.index = index;
        this.memory = index.memory();
    }

    /**
     * Goes to the next key. Returns false at the end.
     *
     * @throws IllegalStateException if the heap is closed or the index destroyed
     */
    public boolean next() {
        index.checkUsable();
        at++;
        while (at >= count) {
            if (bucket == Bucket.BUCKETS) {
                return false;
            }
            fill();
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

    private void fill() {
        long hash = position << (Long.SIZE - Bucket.TAG_BITS) | bucket;
        for (int failures = 0; failures < HashIndex.MAX_FAILURES || !index.mayLock(); failures++) {
            Directory directory = index.directory();
            long version = directory.version();
            long noted = 0;
            long lock = 0;
            try {
                long line = index.bucketOf(hash, directory);
                lock = memory.getLongVolatile(line);
                noted = line;
                if (LockWord.isLocked(lock)) {
                    index.awaitBucket(noted, lock, version);
                    index.checkAlive();
                    continue;
                }
                int shift = Bucket.TAG_BITS - index.localDepth(hash, directory);
                int found = collect(line, lock, version, shift);
                // The lengths of the keys decide about memory, so they are believed only after a look at the versions.
                if (found != FAILED && index.holds(noted, lock, version)) {
                    roomForKeys(found);
                    copyKeys(found);
                    if (index.holds(noted, lock, version)) {
                        advance(found, shift);
                        return;
                    }
                }
            } catch (CorruptedSegmentException e) {
                if (index.holds(noted, lock, version)) {
                    throw e;
                }
            }
            index.checkAlive();
        }
        fillLocked(hash);
    }

    /** Notes the entries of a bucket and where their keys will end in the buffer. May read anything. */
    private int collect(long bucketLine, long lock, long version, int shift) {
        int found = 0;
        int end = 0;
        int lines = 0;
        for (long line = bucketLine; line != 0; line = Bucket.overflow(memory, line)) {
            if (++lines > Bucket.MAX_CHAIN) {
                throw index.endlessChain(bucketLine);
            }
            // A chain may be as long as the heap allows, but garbage is not worth the time and the memory.
            if (lines % HashIndex.MAX_LINES == 0 && !index.holds(bucketLine, lock, version)) {
                return FAILED;
            }
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long slot = memory.getLong(line + Bucket.SLOTS_OFFSET + (long) i * Long.BYTES);
                if (slot == 0 || Bucket.tag(slot) >>> shift != position >>> shift) {
                    continue;
                }
                long entry = Bucket.entry(slot);
                int length = IndexEntry.keyLength(memory.getLong(entry));
                if (length < 0 || !memory.contains(entry + IndexEntry.KEY_OFFSET, length) || end + length < end) {
                    throw new CorruptedSegmentException("a key reaches beyond the heap: entry=" + entry + " keyLength="
                            + length + " segment=" + memory.name());
                }
                if (found == entries.length) {
                    grow();
                }
                end += length;
                entries[found] = entry;
                ends[found] = end;
                found++;
            }
        }
        return found;
    }

    private void grow() {
        entries = Arrays.copyOf(entries, entries.length * 2);
        ends = Arrays.copyOf(ends, ends.length * 2);
    }

    private void roomForKeys(int found) {
        int needed = found == 0 ? 0 : ends[found - 1];
        if (keys.length < needed) {
            keys = new byte[Scratch.capacityFor(needed)];
        }
    }

    private void copyKeys(int found) {
        int start = 0;
        for (int i = 0; i < found; i++) {
            memory.copyTo(entries[i] + IndexEntry.KEY_OFFSET, keys, start, ends[i] - start);
            start = ends[i];
        }
    }

    /** Goes behind the segment. */
    private void advance(int found, int shift) {
        count = found;
        position = ((position >>> shift) + 1) << shift;
        if (position == 1L << Bucket.TAG_BITS) {
            position = 0;
            bucket++;
        }
        memory.keepMapped();
    }

    /** For a bucket that changes too often. */
    private void fillLocked(long hash) {
        while (true) {
            Lane lane = index.space().lanes().lease();
            boolean done;
            try {
                done = tryFillLocked(lane, hash);
                lane.giveBack();
            } catch (Throwable t) {
                lane.abandon(t);
                throw t;
            }
            if (done) {
                return;
            }
            keys = new byte[Scratch.capacityFor(keys.length * 2)];
        }
    }

    private boolean tryFillLocked(Lane lane, long hash) {
        long line = index.lock(lane, hash);
        Directory directory = index.directoryUnderLock();
        int shift = Bucket.TAG_BITS - index.localDepth(hash, directory);
        int found = collect(line, memory.getLong(line), directory.version(), shift);
        boolean done = found != FAILED && (found == 0 || ends[found - 1] <= keys.length);
        if (done) {
            copyKeys(found);
            advance(found, shift);
        }
        lane.unlock(line);
        return done;
    }
}
