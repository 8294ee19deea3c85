/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.SharedType;
import io.offsetheap.object.VectorObject;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Stops a reader of a vector's last element before and after each of its loads, and lets others change the vector meanwhile.
 * What must hold: it answers with what the element has been at some moment of the call, whole, and stores nothing,
 * unless it waits for a lock that somebody who has died holds.
 */
final class VectorReaders {
    private static final String NAME = "vector";
    private static final int INDEX = 3;
    private static final int NEVER_ADDED = 38;

    private final TestImage image;
    private final SharedType<VectorObject> type;
    /** Stores of an addition before its commit. */
    private long addStores;

    VectorReaders(long maxSize, AllocatorType allocator, SharedType<VectorObject> type) {
        this.image = TestImage.formatted(maxSize, allocator);
        this.type = type;
        image.prepare(heap -> {
            VectorObject vector = heap.names().construct(NAME, type, 1);
            for (int value = 0; value <= INDEX; value++) {
                vector.add(value + 10);
            }
        });
    }

    private VectorObject vector(Attachment heap) {
        return heap.names().find(NAME, type).orElseThrow();
    }

    void explore() {
        explore("set", false, List.of(13, 20), heap -> {
            vector(heap).set(INDEX, 20);
            fill(heap);
        });
        explore("removed", false, List.of(13), heap -> {
            vector(heap).removeLast();
            fill(heap);
        });
        explore("removed and added anew", false, List.of(13, 20), heap -> {
            vector(heap).removeLast();
            vector(heap).add(20);
            fill(heap);
        });
        explore("removed, and added anew by somebody who dies", true, List.of(13), heap -> {
            vector(heap).removeLast();
            dieInAdd();
        });
        explore("destroyed", false, List.of(13), heap -> {
            heap.names().destroy(NAME);
            heap.blocks().trim();
            fill(heap);
        });
    }

    /** Adds an element, all but its commit. */
    private void dieInAdd() {
        CrashingMemory memory = image.newMemory();
        Attachment dying = image.attach(memory);
        memory.crashAt(addStores);
        try {
            vector(dying).add(NEVER_ADDED);
            throw new AssertionError("the addition made fewer stores than before");
        } catch (CrashingMemory.Crash expected) {
            image.kill(dying.slot());
        }
    }

    private void measureAdd() {
        CrashingMemory memory = image.newMemory();
        Attachment heap = image.rewound(memory);
        vector(heap).removeLast();
        CrashingMemory second = image.newMemory();
        Attachment adding = image.attach(second);
        second.crashAt(Long.MAX_VALUE);
        vector(adding).add(NEVER_ADDED);
        addStores = second.commits().stream()
                .filter(commit -> commit.site() == CommitSite.VECTOR_ADD)
                .mapToLong(CrashingMemory.Commit::store)
                .findFirst()
                .orElseThrow();
    }

    /** A user who gets what has been freed, and fills it with what looks like elements and their lengths. */
    private static void fill(Attachment heap) {
        for (int size : new int[] {16, 32, 48, 64, 128, 320}) {
            for (int i = 0; i < 3; i++) {
                long block = heap.blocks().allocate(size);
                for (int at = 0; at < size; at += Long.BYTES) {
                    heap.memory().putLong(block + at, at == 0 ? NEVER_ADDED : 0x2626_2626_2626_2626L);
                }
            }
        }
    }

    private void explore(String label, boolean isDeath, List<Integer> values, Consumer<Attachment> change) {
        measureAdd();
        Set<String> possible = new TreeSet<>(Set.of("absent", "destroyed"));
        for (boolean knows : new boolean[] {false, true}) {
            long points = 1;
            for (long point = 0; point < points; point++) {
                image.rewind();
                PreemptedMemory memory = image.newPreemptedMemory();
                Attachment stopped = image.attach(memory);
                VectorObject vector = vector(stopped);
                if (knows) {
                    read(vector);
                }
                values.forEach(value -> possible.add(VectorObject.describe(vector.element(value))));
                memory.mayStore(isDeath && type != VectorObject.WORDS);
                memory.preemptAt(point, () -> change.accept(image.attach(image.newMemory())));
                String answer = read(vector);
                if (!possible.contains(answer)) {
                    throw new AssertionError(label + ", stopped at point " + point + " of " + type.fingerprint()
                            + ": an element that was never there: " + answer + " possible=" + possible);
                }
                points = Math.max(points, memory.points());
                memory.endWatch();
                memory.mayStore(true);
            }
        }
    }

    private String read(VectorObject vector) {
        try {
            if (type == VectorObject.WORDS) {
                long word = vector.vector().getWord(INDEX);
                byte[] bytes = new byte[Long.BYTES];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) (word >>> Byte.SIZE * i);
                }
                return VectorObject.describe(bytes);
            }
            return VectorObject.describe(vector.get(INDEX));
        } catch (IndexOutOfBoundsException e) {
            return "absent";
        } catch (IllegalStateException e) {
            return "destroyed";
        }
    }
}
