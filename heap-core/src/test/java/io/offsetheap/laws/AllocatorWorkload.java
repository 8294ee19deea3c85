/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

/** Series of allocations and frees, the same in every run: what allocators are compared by. */
public enum AllocatorWorkload {
    /** Blocks of 64 bytes, freed at random. */
    FIXED {
        @Override
        void write(Trace trace, SplittableRandom random) {
            trace.churn(random, () -> 64);
        }
    },
    /** 16 to 1,024 bytes, all equally likely, freed at random. */
    UNIFORM {
        @Override
        void write(Trace trace, SplittableRandom random) {
            trace.churn(random, () -> random.nextInt(16, 1025));
        }
    },
    /** Sizes from 16 bytes to 64 KiB of which half are below 32, a quarter below 64 and so on; freed at random. */
    POWER_LAW {
        @Override
        void write(Trace trace, SplittableRandom random) {
            trace.churn(random, () -> powerLaw(random));
        }
    },
    /** What is allocated last is freed first: a stack that rises and falls. */
    LIFO {
        @Override
        void write(Trace trace, SplittableRandom random) {
            while (!trace.isFull()) {
                int height = random.nextInt(LIVE / 4, LIVE);
                while (trace.live.size() < height && !trace.isFull()) {
                    trace.allocate(powerLaw(random));
                }
                int bottom = random.nextInt(LIVE / 8);
                while (trace.live.size() > bottom && !trace.isFull()) {
                    trace.free(trace.live.size() - 1);
                }
            }
        }
    },
    /** What is allocated first is freed first: a queue of about the same length. */
    FIFO {
        @Override
        void write(Trace trace, SplittableRandom random) {
            Deque<Integer> queue = new ArrayDeque<>();
            while (!trace.isFull()) {
                if (queue.size() >= LIVE) {
                    trace.freeSlot(queue.remove());
                } else {
                    queue.add(trace.allocate(powerLaw(random)));
                }
            }
        }
    },
    /** Arrays that grow to twice their size, each into a new block before the old one is freed, among small blocks that stay. */
    GROWTH {
        @Override
        void write(Trace trace, SplittableRandom random) {
            while (!trace.isFull()) {
                int old = trace.allocate(16);
                int last = 32 << random.nextInt(11);
                for (int size = 32; size <= last && !trace.isFull(); size *= 2) {
                    int grown = trace.allocate(size);
                    trace.freeSlot(old);
                    old = grown;
                    if (trace.live.size() < LIVE) {
                        trace.allocate(random.nextInt(16, 65));
                    }
                }
                trace.freeSlot(old);
                if (trace.live.size() >= LIVE) {
                    for (int i = LIVE / 4; i > 0; i--) {
                        trace.free(random.nextInt(trace.live.size()));
                    }
                }
            }
        }
    };

    /** Most blocks at a time, about. */
    static final int LIVE = 5_000;

    private static final long SEED = 20_01;

    abstract void write(Trace trace, SplittableRandom random);

    /** Its first operations. */
    Trace trace(int operations) {
        Trace trace = new Trace(operations);
        write(trace, new SplittableRandom(SEED));
        return trace;
    }

    private static int powerLaw(SplittableRandom random) {
        int doubling = Math.min(Long.numberOfTrailingZeros(random.nextLong() | 1L << 11), 11);
        return random.nextInt(16 << doubling, (32 << doubling) + 1);
    }

    /** Operations, each with the slot of a table of blocks that it fills or empties. */
    static final class Trace {
        private static final int FREE = -1;

        private final int[] slots;
        private final int[] sizes;
        /** Slots that are filled, in no particular order. */
        private final List<Integer> live = new ArrayList<>();

        private final Deque<Integer> empty = new ArrayDeque<>();
        private final List<Integer> sizeOfSlot = new ArrayList<>();
        private int length;
        private long liveBytes;
        private long peakBytes;
        private int peak;

        private Trace(int operations) {
            slots = new int[operations];
            sizes = new int[operations];
        }

        boolean isFull() {
            return length == slots.length;
        }

        private void churn(SplittableRandom random, IntSupplier size) {
            while (!isFull()) {
                if (live.isEmpty() || (live.size() < LIVE && random.nextInt(100) < 60)) {
                    allocate(size.getAsInt());
                } else {
                    free(random.nextInt(live.size()));
                }
            }
        }

        private int allocate(int size) {
            int slot = empty.isEmpty() ? sizeOfSlot.size() : empty.remove();
            if (slot == sizeOfSlot.size()) {
                sizeOfSlot.add(size);
            } else {
                sizeOfSlot.set(slot, size);
            }
            live.add(slot);
            liveBytes += size;
            if (add(slot, size) && liveBytes > peakBytes) {
                peakBytes = liveBytes;
                peak = length;
            }
            return slot;
        }

        /** Frees the block that stands at a place of the list. */
        private void free(int place) {
            int slot = live.get(place);
            live.set(place, live.get(live.size() - 1));
            live.remove(live.size() - 1);
            empty.add(slot);
            liveBytes -= sizeOfSlot.get(slot);
            add(slot, FREE);
        }

        private void freeSlot(int slot) {
            free(live.indexOf(slot));
        }

        /** What comes when the trace is full is left out. */
        private boolean add(int slot, int size) {
            if (isFull()) {
                return false;
            }
            slots[length] = slot;
            sizes[length] = size;
            length++;
            return true;
        }

        int length() {
            return length;
        }

        /** Number of slots. */
        int width() {
            return sizeOfSlot.size();
        }

        int slot(int operation) {
            return slots[operation];
        }

        /** Bytes to allocate, or a negative number for a free. */
        int size(int operation) {
            return sizes[operation];
        }

        /** Bytes asked for and not yet freed, at their most. */
        long peakBytes() {
            return peakBytes;
        }

        /** The number of operations after which they are. */
        int peak() {
            return peak;
        }
    }
}
