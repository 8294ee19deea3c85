/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.Forgery;
import io.offsetheap.object.IndexObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Stops a call before and after every load, one after the other, lets another process work meanwhile, and hands what it has
 * freed to a user whose data look like the freed structure. What must hold: the call answers as it would have before or
 * after that work, ends, copies nothing of a length that only the user's data claim, and leaves those alone.
 */
final class PreemptionHarness {
    /** What the user who gets the freed memory fills it with. */
    enum Forged {
        /** Lines whose locks are free, with entries of the wrong value. */
        OPEN,
        /** Lines that look locked by a lane that is at work. */
        LOCKED,
        /** Offsets behind the heap's end, and lengths as large as can be. */
        WILD
    }

    private static final int FILLED_BLOCKS = 16;
    private static final int[] FILLED_SIZES = {16, 32, 48, 64, 256};
    private static final int SEGMENT_SIZE = 1024;

    private final TestImage image;

    PreemptionHarness(long maxSize, AllocatorType allocator) {
        image = TestImage.formatted(maxSize, allocator);
    }

    /** Runs an operation to prepare what follows. */
    void prepare(Consumer<Attachment> operation) {
        image.prepare(operation);
    }

    /** Whether an operation makes a commit of this site. It is run, but what it does is forgotten. */
    boolean commits(Consumer<Attachment> operation, CommitSite site) {
        return storeOf(operation, site) >= 0;
    }

    private long storeOf(Consumer<Attachment> operation, CommitSite site) {
        CrashingMemory memory = image.newMemory();
        operation.accept(image.rewound(memory));
        return memory.commits().stream()
                .filter(commit -> commit.site() == site)
                .mapToLong(CrashingMemory.Commit::store)
                .findFirst()
                .orElse(-1);
    }

    /** A call that only reads, stopped at every load while an operation is done. */
    void explore(String label, Function<Attachment, String> reader, Consumer<Attachment> operation, String key) {
        explore(label, 1, reader, operation, key);
    }

    /** The same at every {@code stride}th point only, for a long call. */
    void explore(
            String label, int stride, Function<Attachment, String> reader, Consumer<Attachment> operation, String key) {
        explore(label, stride, false, reader, key, memory -> operation.accept(image.attach(memory)));
    }

    /** A call that writes, stopped wherever it holds no lock. */
    void exploreWriter(String label, Function<Attachment, String> writer, Consumer<Attachment> operation, String key) {
        explore(label, 1, true, writer, key, memory -> operation.accept(image.attach(memory)));
    }

    /** A call that only reads, stopped while somebody dies in an operation, some stores behind a commit. */
    void exploreDeath(
            String label,
            Function<Attachment, String> reader,
            Consumer<Attachment> operation,
            CommitSite site,
            int behind,
            String key) {
        long store = storeOf(operation, site);
        explore(label + " dead " + behind + " stores behind " + site, 1, false, reader, key, memory -> {
            Attachment dying = image.attach(memory);
            memory.crashAt(store + 1 + behind);
            try {
                operation.accept(dying);
                throw new AssertionError("the operation made fewer stores than before");
            } catch (CrashingMemory.Crash expected) {
                image.kill(dying.slot());
            }
            image.attach(image.newMemory());
        });
    }

    private void explore(
            String label,
            int stride,
            boolean mayStore,
            Function<Attachment, String> call,
            String key,
            Consumer<CrashingMemory> others) {
        Forgery forgery = new Forgery(index(image.rewound(image.newMemory())), key, filled(8, 99));
        for (Forged forged : Forged.values()) {
            String before = call.apply(image.rewound(image.newMemory()));
            Attachment uninterrupted = image.rewound(image.newMemory());
            others.accept(image.newMemory());
            String after = call.apply(uninterrupted);
            long points = Forged.values().length;
            for (long point = forged.ordinal(); point < points; point += stride) {
                String where = label + ", stopped at point " + point + ", " + forged;
                image.rewind();
                PreemptedMemory memory = image.newPreemptedMemory();
                Attachment stopped = image.attach(memory);
                memory.mayStore(mayStore);
                List<long[]> written = new ArrayList<>();
                memory.preemptAt(point, () -> {
                    others.accept(image.newMemory());
                    reuse(forged, forgery, written);
                });
                String answer;
                try {
                    answer = call.apply(stopped);
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError(where + ": " + e, e);
                }
                if (!answer.equals(before) && !answer.equals(after)) {
                    throw new AssertionError(where + ": neither before nor after\n found " + answer + "\nbefore "
                            + before + "\n after " + after);
                }
                if (memory.longestCopy() >= Forgery.CLAIMED_LENGTH) {
                    throw new AssertionError(
                            where + ": a length was used before it was known to hold: length=" + memory.longestCopy());
                }
                for (long[] word : written) {
                    if (image.raw().getLong(word[0]) != word[1]) {
                        throw new AssertionError(where + ": the data of a user were changed: offset=" + word[0]);
                    }
                }
                points = Math.max(points, memory.points());
            }
        }
    }

    /** Allocates what has been freed, and more, and fills it; notes every word. */
    private void reuse(Forged forged, Forgery forgery, List<long[]> written) {
        Attachment user = image.attach(image.newMemory());
        long lock = forged == Forged.LOCKED ? 1L << 24 | busyLane() + 1 : 0;
        long entry = user.blocks().allocate(forgery.size());
        forgery.writeEntry(user.memory(), entry);
        if (forged == Forged.WILD) {
            Forgery.writeLongKey(user.memory(), entry);
        }
        note(written, entry, forgery.size());
        long segment = user.blocks().allocate(SEGMENT_SIZE, 64);
        forgery.writeSegment(user.memory(), segment, lock, entry);
        note(written, segment, SEGMENT_SIZE);
        long directory = user.blocks().allocate(96);
        fill(user, directory, 96, segment);
        note(written, directory, 96);
        for (int size : FILLED_SIZES) {
            for (int i = 0; i < FILLED_BLOCKS; i++) {
                long block = user.blocks().allocate(size);
                if (forged == Forged.WILD) {
                    long wild = image.geometry().maxSize - SEGMENT_SIZE - i * 64L;
                    fill(user, block, size, i % 3 == 0 ? wild : i % 3 == 1 ? 0x7FFF_FFFF_7FFF_FFFFL : -1L);
                } else if (size == 16) {
                    fill(user, block, size, segment);
                } else if (size == 64) {
                    forgery.writeLine(user.memory(), block, lock, entry);
                } else if (size == 256) {
                    forgery.writeHeader(user.memory(), block, directory);
                } else if (size >= forgery.size()) {
                    forgery.writeEntry(user.memory(), block);
                }
                note(written, block, size);
            }
        }
    }

    private static void fill(Attachment user, long block, int size, long word) {
        for (int at = 0; at < size; at += Long.BYTES) {
            user.memory().putLong(block + at, word);
        }
    }

    private void note(List<long[]> written, long block, int size) {
        for (int at = 0; at + Long.BYTES <= size; at += Long.BYTES) {
            written.add(new long[] {block + at, image.raw().getLong(block + at)});
        }
    }

    /** A lane whose process lives and is inside an operation for as long as the call lasts: who waits for it waits. */
    private int busyLane() {
        Attachment worker = image.attach(image.newMemory());
        // What has just been freed must not lie in its stock.
        worker.blocks().trim();
        return worker.lanes().lease().index();
    }

    private static IndexObject index(Attachment heap) {
        return heap.names().find("index", IndexObject.TYPE).orElseThrow();
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
