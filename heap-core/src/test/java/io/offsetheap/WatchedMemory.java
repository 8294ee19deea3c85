/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.lane.LaneState;
import io.offsetheap.lane.LockWord;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.SegmentFile;
import io.offsetheap.region.SegmentLocation;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A segment's memory that knows which locks its threads hold, wait for and take over from the dead, and that stops a thread
 * inside a commit, while it holds a lock.
 *
 * <p>Thread-safe; at most one thread is to be stopped, and at most one waits, at a time.
 */
public final class WatchedMemory extends SegmentMemory {
    /** Rounds that make a wait a long one: by then it asks in every round whether the lock's owner lives. */
    private static final int LONG = 100;

    /** Where a thread stops. */
    private record Stop(Thread thread, CommitSite site, int stores, LongConsumer action) {}

    /** A lock that is waited for: its word stays the same as long as its holder has it. */
    public record Wait(long offset, long word, long rounds) {}

    private final Geometry geometry;
    private final Map<Long, Thread> held = new ConcurrentHashMap<>();
    private final AtomicInteger takeovers = new AtomicInteger();
    private volatile @Nullable Stop stop;
    private int storesLeft = -1;
    private volatile Wait wait = new Wait(0, 0, 0);
    private volatile Consumer<Wait> onLongWait = longWait -> {};

    private WatchedMemory(MappedRegion region, String name, Geometry geometry) {
        super(region, name, geometry.heap);
        this.geometry = geometry;
    }

    /** Opens a heap over such a memory, which {@link #of} then finds. Somebody else keeps the heap open meanwhile. */
    public static OffsetHeap open(SegmentLocation location) {
        SegmentFile file = location.open(false);
        byte[] superblock = new byte[Superblock.SIZE];
        file.read(0, superblock);
        Geometry geometry = Geometry.read(superblock, file.size(), location.toString());
        var memory = new WatchedMemory(file.map(geometry.maxSize), location.toString(), geometry);
        Attachment attachment =
                Attachment.attach(memory, geometry, SegmentAllocator.TYPE, new KernelLiveness(file), file::reserve);
        return new OffsetHeap(attachment, file, new SegmentOpener(location, SegmentAllocator.TYPE));
    }

    /** The memory of a heap that was opened here. */
    public static WatchedMemory of(OffsetHeap heap) {
        return (WatchedMemory) heap.memory();
    }

    /**
     * Has the calling thread stopped in its next commit of a kind in which it holds a lock.
     *
     * @param stores how many stores it still does at most, from the commit store on; it does not release the lock
     * @param action is given the offset of a lock that is held, in the stopped thread. When it throws, that store is not done,
     *     and the action is called again before the thread's next one
     */
    public void stopAt(CommitSite site, int stores, LongConsumer action) {
        storesLeft = -1;
        stop = new Stop(Thread.currentThread(), site, stores, action);
    }

    /** Lanes of the dead that this process has taken over. */
    public int takeovers() {
        return takeovers.get();
    }

    /** The lock that was waited for last. */
    public Wait lastWait() {
        return wait;
    }

    /** Has every wait told, in the waiting thread, as soon as it is longer than the time for which a lock is usually held. */
    public void onLongWait(Consumer<Wait> listener) {
        onLongWait = listener;
    }

    // ---- what is watched

    @Override
    public void commitWord(CommitSite site, long offset, long value) {
        Stop wanted = stop;
        if (wanted != null && wanted.site == site && wanted.thread == Thread.currentThread()) {
            storesLeft = wanted.stores;
        }
        super.commitWord(site, offset, value);
    }

    private void beforeStore() {
        beforeStore(false);
    }

    private void beforeStore(boolean releases) {
        Stop wanted = stop;
        if (wanted == null || storesLeft < 0 || wanted.thread != Thread.currentThread()) {
            return;
        }
        if (storesLeft > 0 && !releases) {
            storesLeft--;
            return;
        }
        for (Map.Entry<Long, Thread> lock : held.entrySet()) {
            if (lock.getValue() == wanted.thread) {
                wanted.action.accept(lock.getKey());
                stop = null;
                return;
            }
        }
        storesLeft = -1;
    }

    @Override
    public void putLong(long offset, long value) {
        beforeStore();
        super.putLong(offset, value);
    }

    @Override
    public void putLongRelease(long offset, long value) {
        boolean releases = held.get(offset) == Thread.currentThread() && !LockWord.isLocked(value);
        beforeStore(releases);
        super.putLongRelease(offset, value);
        if (releases) {
            held.remove(offset, Thread.currentThread());
        }
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        beforeStore();
        boolean done = super.compareAndSetLong(offset, expected, value);
        if (done && isLockable(offset)) {
            held.put(offset, Thread.currentThread());
        } else if (done && isTakeover(expected, value)) {
            takeovers.incrementAndGet();
        }
        return done;
    }

    private static boolean isTakeover(long expected, long value) {
        boolean adopted = LaneState.status(value) == LaneState.ACTIVE
                && LaneState.status(expected) != LaneState.FREE
                && LaneState.inOperation(expected);
        return LaneState.status(value) == LaneState.RECOVERING || adopted;
    }

    @Override
    public long getLongVolatile(long offset) {
        long word = super.getLongVolatile(offset);
        if (LockWord.isLocked(word) && isLockable(offset)) {
            Wait last = wait;
            Wait now = new Wait(offset, word, offset == last.offset && word == last.word ? last.rounds + 1 : 1);
            wait = now;
            if (now.rounds == LONG) {
                onLongWait.accept(now);
            }
        }
        return word;
    }

    /** Whether a lock can stand there: not among the slots of processes and the lanes. */
    private boolean isLockable(long offset) {
        return offset >= geometry.laneBodies
                || offset < geometry.process(0)
                || (offset >= geometry.bin(0) && offset < geometry.lane(0));
    }
}
