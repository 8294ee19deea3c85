/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import java.time.Duration;
import java.time.Instant;

/**
 * The slots in which processes attach. One attach holds one slot, guarded by the slot's claim ({@link Liveness}).
 *
 * <pre>
 *   +0  +-------------------------------+
 *       | generation:32 | attached:32   |   low half first
 *   +8  +-------------------------------+
 *       | process id                    |   from here on: hints, no proof
 *  +16  +-------------------------------+
 *       | attached at, ms since 1970    |
 *  +24  +-------------------------------+
 *       | reserved                     ...
 *       +-------------------------------+
 * </pre>
 *
 * Not thread-safe: used once by an attach and once by its close.
 */
public final class ProcessTable {
    public static final int GENERATION_OFFSET = 0;
    public static final int PID_OFFSET = 8;
    public static final int ATTACHED_AT_OFFSET = 16;

    /** By so much the system may be wrong about when a process began. */
    private static final Duration CLOCK_STEP = Duration.ofSeconds(1);

    private static final long ATTACHED = 1L << 32;
    private static final long GENERATION_MASK = 0xFFFF_FFFFL;

    private ProcessTable() {}

    /** Claims a free slot and begins a new incarnation in it. Returns the slot's number. */
    public static int attach(SegmentMemory memory, Geometry geometry, Liveness liveness) {
        for (int slot = 0; slot < geometry.processes; slot++) {
            if (liveness.tryClaim(slot)) {
                begin(memory, geometry.process(slot));
                return slot;
            }
        }
        throw new SegmentBusyException("every process slot is taken: slots=" + geometry.processes + " holders="
                + liveness.holders() + " segment=" + memory.name());
    }

    private static void begin(SegmentMemory memory, long at) {
        // The generation is the first store of an attach: lanes of the slot's last owner are dead from here on, and a
        // helper that had asked about that owner before finds its question answered for another incarnation.
        long generation = (memory.getLongVolatile(at + GENERATION_OFFSET) + 1) & GENERATION_MASK;
        memory.commitWord(CommitSite.ATTACH_SLOT, at + GENERATION_OFFSET, generation | ATTACHED);
        memory.putLong(at + PID_OFFSET, ProcessHandle.current().pid());
        memory.putLong(at + ATTACHED_AT_OFFSET, System.currentTimeMillis());
    }

    /** Ends the incarnation. All its lanes are free by now; the claim goes last. */
    public static void detach(SegmentMemory memory, Geometry geometry, Liveness liveness, int slot) {
        long at = geometry.process(slot);
        memory.commitWord(CommitSite.DETACH_SLOT, at, memory.getLong(at) & GENERATION_MASK);
        liveness.release(slot);
    }

    /** The generation of a slot's current or last incarnation. */
    public static long generation(SegmentMemory memory, Geometry geometry, int slot) {
        return memory.getLongVolatile(geometry.process(slot)) & GENERATION_MASK;
    }

    /** Whether a slot's last attach has not detached: it lives, or it died. */
    public static boolean isAttached(SegmentMemory memory, Geometry geometry, int slot) {
        return (memory.getLongVolatile(geometry.process(slot)) & ATTACHED) != 0;
    }

    /**
     * The process whose attach in a slot has not ended, if that is another one and seems to run: one of its number runs, and
     * has begun before the attach. Numbers are used again, clocks are set, and a process sees only those of its container, so
     * nothing but a refusal may follow from it.
     *
     * @return its process id, or 0
     */
    public static long otherProcess(SegmentMemory memory, Geometry geometry, int slot) {
        long at = geometry.process(slot);
        long pid = memory.getLong(at + PID_OFFSET);
        if (!isAttached(memory, geometry, slot)
                || pid <= 0
                || pid == ProcessHandle.current().pid()) {
            return 0;
        }
        Instant attached =
                Instant.ofEpochMilli(memory.getLong(at + ATTACHED_AT_OFFSET)).plus(CLOCK_STEP);
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process ->
                        process.info().startInstant().orElse(Instant.MIN).isBefore(attached))
                .map(ProcessHandle::pid)
                .orElse(0L);
    }

    /** Who is attached in a slot, for messages. */
    static String describe(SegmentMemory memory, Geometry geometry, int slot) {
        return "pid " + memory.getLong(geometry.process(slot) + PID_OFFSET);
    }
}
