/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneState;
import io.offsetheap.lane.LaneTable;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import org.jspecify.annotations.Nullable;

/**
 * Containers that are gone by name and whose parts are still being freed. They hang on the lane that destroyed them, like
 * blocks in its stock; whoever leases the lane next goes on.
 *
 * <p>Called by a lane's lessee, who holds no lock.
 */
public final class DoomedObjects {
    /*
     * A write that began before the destruction may still hold a pointer into the container: it may be about to take one
     * of its locks, or have died there. So nothing is freed before every operation that ran at the destruction is over
     * (the grace period), and after that no lock is needed: nobody else can reach the parts.
     */

    private static final int BLOCKS_PER_SWEEP = 64;

    private final ObjectSpace space;
    private final SegmentMemory memory;
    private final LaneTable lanes;
    /** What was running when this attach first looked at the lane's list as it is now; the lessee's. */
    private final @Nullable Observation[] observations;

    private static final class Observation {
        /** The first container of the list. */
        private long header;

        private final long[] states;

        Observation(long header, long[] states) {
            this.header = header;
            this.states = states;
        }
    }

    public DoomedObjects(ObjectSpace space) {
        this.space = space;
        this.memory = space.memory();
        this.lanes = space.lanes();
        this.observations = new Observation[space.geometry().lanes];
    }

    /** Adds to the lane's transaction that a container is doomed. Its header must have been unlinked there as well. */
    void doom(Lane lane, long header) {
        long doomed = lane.entry() + LaneState.DOOMED_OFFSET;
        lane.set(header + ContainerHeader.IDENTITY_OFFSET, 0);
        lane.set(header + ContainerHeader.DOOMED_NEXT_OFFSET, lane.get(doomed));
        lane.set(doomed, header);
    }

    /** Drops what is known of a lane: a stranger has had it, so its list may be another one. */
    public void forget(Lane lane) {
        observations[lane.index()] = null;
    }

    /** Frees a share of the lane's first doomed container. See {@link io.offsetheap.lane.Upkeep#sweep}. */
    public boolean sweep(Lane lane) {
        long doomed = lane.entry() + LaneState.DOOMED_OFFSET;
        long header = memory.getLong(doomed);
        long next = header + ContainerHeader.DOOMED_NEXT_OFFSET;
        if (memory.getLong(header + ContainerHeader.IDENTITY_OFFSET) != 0 || memory.getLong(next) == header) {
            throw new CorruptedSegmentException("a list of doomed containers leads to one that is not doomed: lane="
                    + lane.index() + " header=" + header + " segment=" + memory.name());
        }
        Observation observation = observations[lane.index()];
        if (observation == null || observation.header != header) {
            observation = new Observation(header, lanes.observe());
            observations[lane.index()] = observation;
        }
        if (!lanes.isQuietSince(observation.states, lane)) {
            return false;
        }
        if (Containers.tearDown(space, lane, header, BLOCKS_PER_SWEEP)) {
            space.blocks().makeHeaderRoom(lane);
            long behind = memory.getLong(next);
            lane.set(doomed, behind);
            // Doomed no longer: whoever meets it again in a list has gone in a circle.
            lane.set(next, header);
            space.blocks().giveHeader(lane, header);
            lane.commit(CommitSite.DOOMED_DONE);
            // A list grows at its head: what hangs behind was destroyed before, and has been waited for as well.
            observation.header = behind;
        }
        return memory.getLong(doomed) != 0;
    }
}
