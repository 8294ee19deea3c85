/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.lane;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.LockTimeoutException;
import io.offsetheap.error.OutOfLanesException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.layout.Geometry;
import io.offsetheap.memory.BackingStore;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lanes of one attach: leasing them, waiting for the locks of others, and finishing the work of the dead.
 *
 * <p>Thread-safe.
 */
public final class LaneTable {
    /*
     * Death. A lane is dead when it is POISONED, or when its incarnation is over: its slot has another generation, or the
     * kernel says that the slot's claim is free. Lanes of the own incarnation are never asked about; their threads are.
     *
     * Takeover. The state word is read first, then the question is asked, then the compare-and-set expects the very word
     * the question was about. A dead incarnation never leases again, so that word cannot come back.
     *
     *   claim = o+1          intent, like a lock's: whoever finds *me* dead hands o back
     *   state o: RECOVERING  by compare-and-set
     *   replay, unlock, hand back what o itself had claimed
     *   state o: FREE        it keeps its stocks and its doomed list for the next lessee
     *   claim = 0
     *
     * Every step may be repeated, so a helper that dies is helped the same way.
     */

    private static final Logger LOG = LoggerFactory.getLogger(LaneTable.class);

    private static final int SPINS = 64;
    private static final int YIELDS = 8;
    private static final long FIRST_PARK_NANOS = 20_000;
    private static final long LONGEST_PARK_NANOS = 1_000_000;
    private static final long LEASE_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long READ_ONLY_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long REPORT_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final SegmentMemory memory;
    private final Geometry geometry;
    private final Liveness liveness;
    private final BackingStore backing;
    private final long incarnation;
    private final @Nullable Lane[] lanes;
    private final ThreadLocal<LaneContext> contexts = ThreadLocal.withInitial(LaneContext::new);

    private Upkeep upkeep = new Upkeep() {
        @Override
        public void settle(Lane lane, long classes) {}

        @Override
        public boolean sweep(Lane lane) {
            return false;
        }
    };
    private volatile boolean closed;

    /**
     * The lanes of one attach.
     *
     * @param process the slot in which this attach lives, see {@link ProcessTable#attach}; none if it only reads
     */
    public LaneTable(SegmentMemory memory, Geometry geometry, Liveness liveness, BackingStore backing, int process) {
        this.memory = memory;
        this.geometry = geometry;
        this.liveness = liveness;
        this.backing = backing;
        this.incarnation = memory.isReadOnly()
                ? 0
                : LaneState.incarnation(process, ProcessTable.generation(memory, geometry, process));
        this.lanes = new Lane[geometry.lanes];
    }

    public SegmentMemory memory() {
        return memory;
    }

    public Geometry geometry() {
        return geometry;
    }

    public BackingStore backing() {
        return backing;
    }

    /** Sets what happens at the ends of operations. Called once, before the first lease of another thread. */
    public void setUpkeep(Upkeep upkeep) {
        this.upkeep = upkeep;
    }

    Upkeep upkeep() {
        return upkeep;
    }

    // ---- lease and return

    /**
     * Begins an outermost write: a lane for the calling thread alone, until {@link Lane#giveBack} or {@link Lane#abandon}.
     *
     * @throws IllegalStateException after close, or from inside a function that an operation of this heap has called
     * @throws OutOfLanesException if as many writers as there are lanes are at work, for a second
     */
    public Lane lease() {
        return lease(contexts.get());
    }

    /** {@link #lease()} for a caller that has looked up its {@link #context()} already. */
    public Lane lease(LaneContext context) {
        if (context.userFunctions != 0) {
            throw new IllegalStateException(
                    "a function called by an operation must not write to the same heap: segment=" + memory.name());
        }
        if (memory.isReadOnly()) {
            throw new UnsupportedOperationException("the segment is open read-only: segment=" + memory.name());
        }
        poisonUnreturned(context);
        if (context.section != null) {
            return enterAgain(context, context.section);
        }
        Lane lane = context.pinned;
        if (lane != null) {
            enterPinned(context, lane);
        } else {
            lane = lane(context.hint);
            if (!tryLease(context, lane)) {
                lane = leaseAny(context);
            }
        }
        if (hasDoomed(lane)) {
            sweep(lane);
        }
        return lane;
    }

    private void sweep(Lane lane) {
        try {
            upkeep.sweep(lane);
            // What was freed may have filled a stock, and the operation that begins here counts on room in each.
            lane.settle();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** If the failure handler of this thread's last operation has failed as well: its lanes were never given back. */
    private void poisonUnreturned(LaneContext context) {
        if (context.leased != null) {
            poisonUnreturned(context, context.leased);
        }
        if (context.visited != null) {
            poisonUnreturned(context, context.visited);
        }
    }

    private void poisonUnreturned(LaneContext context, Lane lane) {
        long active = context.visited == lane ? context.visitedActive : context.active;
        memory.compareAndSetLong(stateOf(lane.index()), active, LaneState.poisoned(active));
        context.leased = context.leased == lane ? null : context.leased;
        context.visited = context.visited == lane ? null : context.visited;
        context.pinned = context.pinned == lane ? null : context.pinned;
        context.section = context.section == lane ? null : context.section;
    }

    private boolean tryLease(LaneContext context, Lane lane) {
        long state = memory.getLongVolatile(lane.entry());
        if (LaneState.status(state) != LaneState.FREE) {
            return false;
        }
        return take(context, lane, state, LaneState.entered(state, incarnation));
    }

    private boolean take(LaneContext context, Lane lane, long state, long active) {
        // Noted before the compare-and-set, so that no failure between the two can lose the lease.
        context.active = active;
        context.leased = lane;
        // This compare-and-set is also the fence that a scan for the end of a grace period relies on: what this
        // operation reads from now on is read after the scan can see it running.
        if (!memory.compareAndSetLong(lane.entry(), state, active)) {
            context.leased = null;
            return false;
        }
        if (lane.holder != context) {
            lane.holder = context;
        }
        if (closed) {
            giveBack(lane);
            throw closedException();
        }
        context.hint = lane.index();
        if (state != lane.lastFree) {
            moveIn(lane);
        }
        return true;
    }

    /** The first lease, or the first after a stranger's: its memory may be missing, its stocks above their caps. */
    private void moveIn(Lane lane) {
        lane.reset();
        try {
            ensureBody(lane.index());
            upkeep.settle(lane, Upkeep.ALL);
        } catch (Throwable t) {
            // Whoever takes it next moves in again.
            poison(lane);
            throw t;
        }
    }

    private void ensureBody(int lane) {
        if (!hasBody(lane)) {
            backing.reserve(geometry.laneBody(lane), geometry.laneBodySize);
            // Nobody looks into a body before its word says that it is real memory.
            memory.commitWord(CommitSite.LANE_BODY, geometry.lane(lane) + LaneState.BODY_OFFSET, 1);
        }
    }

    private boolean hasBody(int lane) {
        return memory.getLongVolatile(geometry.lane(lane) + LaneState.BODY_OFFSET) != 0;
    }

    private Lane leaseAny(LaneContext context) {
        long deadline = 0;
        for (int round = 0; ; round++) {
            Lane lane = tryLeaseAny(context);
            if (lane != null) {
                return lane;
            }
            if (closed) {
                throw closedException();
            }
            long now = System.nanoTime();
            if (deadline == 0) {
                deadline = now + LEASE_DEADLINE_NANOS;
            } else if (now - deadline > 0) {
                throw new OutOfLanesException("as many writers as there are lanes are at work: lanes=" + geometry.lanes
                        + " waited=1s segment=" + memory.name()
                        + ". A larger maxSize gives a new heap more lanes; keep fewer lanes pinned.");
            }
            pause(round);
        }
    }

    /** Those that have memory come first: a full file system has none for another one, but a dead one has its own. */
    private @Nullable Lane tryLeaseAny(LaneContext context) {
        Lane lane = leaseFree(context, true);
        if (lane != null) {
            return lane;
        }
        try {
            lane = leaseFree(context, false);
            return lane != null ? lane : adopt(context, false);
        } catch (OutOfSegmentMemoryException full) {
            lane = adopt(context, true);
            if (lane == null) {
                throw full;
            }
            return lane;
        }
    }

    private @Nullable Lane leaseFree(LaneContext context, boolean withBody) {
        int first = (int) (context.thread.getId() % geometry.lanes);
        for (int i = 0; i < geometry.lanes; i++) {
            Lane lane = lane((first + i) % geometry.lanes);
            if (hasBody(lane.index()) == withBody && tryLease(context, lane)) {
                return lane;
            }
        }
        return null;
    }

    /** Leases a dead lane straight from its dead lessee: for a thread that has no lane to help from. */
    private @Nullable Lane adopt(LaneContext context, boolean onlyWithBody) {
        for (int i = 0; i < geometry.lanes; i++) {
            long state = memory.getLongVolatile(stateOf(i));
            if (!isDead(i, state) || (onlyWithBody && !hasBody(i))) {
                continue;
            }
            Lane lane = lane(i);
            lane.lastFree = -1;
            long active = LaneState.entered(state, incarnation);
            context.active = active;
            context.leased = lane;
            if (memory.compareAndSetLong(lane.entry(), state, active)) {
                // From here on this is an ordinary lane of this incarnation: if we die in the middle, others do the
                // same
                // again. It is used only after its journal has been applied.
                lane.holder = context;
                recoverBody(i);
                if (closed) {
                    giveBack(lane);
                    throw closedException();
                }
                context.hint = i;
                moveIn(lane);
                return lane;
            }
            context.leased = null;
        }
        return null;
    }

    private void enterPinned(LaneContext context, Lane lane) {
        if (closed) {
            throw closedException();
        }
        long state = memory.getLongVolatile(lane.entry());
        long active = LaneState.entered(state, incarnation);
        context.active = active;
        context.leased = lane;
        if (!memory.compareAndSetLong(lane.entry(), state, active)) {
            context.leased = null;
            throw new CorruptedSegmentException(
                    "a pinned lane was taken by somebody else: lane=" + lane.index() + " segment=" + memory.name());
        }
    }

    void giveBack(Lane lane) {
        LaneContext context = holderOf(lane);
        long active = context.active;
        if (context.section == lane) {
            context.leased = null;
            return;
        }
        if (context.pinned == lane) {
            memory.publish(lane.entry(), LaneState.pinned(active, incarnation));
        } else {
            long free = LaneState.freed(active);
            lane.lastFree = free;
            memory.publish(lane.entry(), free);
        }
        context.leased = null;
    }

    private static LaneContext holderOf(Lane lane) {
        return Objects.requireNonNull(lane.holder);
    }

    void poison(Lane lane) {
        LaneContext context = holderOf(lane);
        lane.lastFree = -1;
        memory.publish(lane.entry(), LaneState.poisoned(context.active));
        context.pinned = null;
        context.section = null;
        context.leased = null;
    }

    // ---- sections: several operations of one thread under a lock

    /**
     * Begins a section, from an operation that holds the section's lock: the lane stays inside that operation, with that
     * lock, until {@link #leaveSection}, and all operations of the thread work with it meanwhile.
     *
     * <p>Waits until every other operation that was running at the call is over. So who looks at the lock at the beginning of
     * his own operation, and does not wait for it inside of one, runs either before the section or after it.
     */
    public void enterSection(Lane lane) {
        long[] observed = observe();
        for (int round = 0; !isQuietSince(observed, lane); round++) {
            if (closed) {
                throw closedException();
            }
            pause(round);
        }
        LaneContext context = holderOf(lane);
        context.section = lane;
        context.leased = null;
        lane.enterSection();
    }

    private Lane enterAgain(LaneContext context, Lane lane) {
        if (closed) {
            throw closedException();
        }
        context.leased = lane;
        return lane;
    }

    /**
     * Ends a section: the lane is in the operation again from which it was begun.
     *
     * @return false if the lane was lost to an operation that failed in between, and the lock with it
     */
    public boolean leaveSection(Lane lane) {
        LaneContext context = contexts.get();
        poisonUnreturned(context);
        if (context.section != lane) {
            return false;
        }
        context.section = null;
        context.leased = lane;
        lane.leaveSection();
        return true;
    }

    /** Whether the calling thread is in a section. */
    public boolean isInSection() {
        return contexts.get().section != null;
    }

    /** Whether the calling thread is in a section or an operation: then it waits for no section. */
    public boolean isInOperation() {
        LaneContext context = contexts.get();
        return context.section != null || context.leased != null;
    }

    // ---- pins

    /**
     * Keeps a lane for the calling thread, so that its operations need no lease.
     *
     * @throws IllegalStateException if the thread has pinned one already
     */
    public Lane pin() {
        LaneContext context = contexts.get();
        if (context.pinned != null) {
            throw new IllegalStateException("this thread has pinned a lane already: lane=" + context.pinned.index()
                    + " segment=" + memory.name());
        }
        Lane lane = lease();
        context.pinned = lane;
        giveBack(lane);
        return lane;
    }

    /**
     * Ends {@link #pin}. Called by the thread that pinned; it may have lost the lane to a failure since.
     *
     * @throws IllegalStateException from inside a section or an operation that uses the lane
     */
    public void unpin(Lane lane) {
        LaneContext context = contexts.get();
        if (context.pinned != lane) {
            return;
        }
        if (context.leased == lane && context.userFunctions != 0) {
            throw new IllegalStateException("a pin outlives the operation in which it is used: lane=" + lane.index()
                    + " segment=" + memory.name());
        }
        if (context.leased == lane) {
            poisonUnreturned(context, lane);
            return;
        }
        if (context.section == lane) {
            // The section gives the lane back when it ends.
            context.pinned = null;
            return;
        }
        long free = LaneState.freed(memory.getLong(lane.entry()));
        lane.lastFree = free;
        memory.publish(lane.entry(), free);
        context.pinned = null;
    }

    /** What the calling thread knows about its lanes of this heap. */
    public LaneContext context() {
        return contexts.get();
    }

    /** The lane that the calling thread has pinned, if it may be used for a store into its stocks alone; otherwise null. */
    public @Nullable Lane pinned(LaneContext context) {
        Lane lane = context.pinned;
        return lane == null || closed || context.leased != null || context.userFunctions != 0 ? null : lane;
    }

    /** Whether the calling thread may {@link #lease}: it runs no operation, and no function of one. */
    public boolean mayLease() {
        LaneContext context = contexts.get();
        return !memory.isReadOnly() && context.leased == null && context.userFunctions == 0;
    }

    /**
     * Marks that a user's function runs inside an operation: until {@link LaneContext#leaveUserFunction} the thread may only
     * read.
     */
    public LaneContext enterUserFunction() {
        LaneContext context = contexts.get();
        context.userFunctions++;
        return context;
    }

    private Lane lane(int index) {
        Lane lane = lanes[index];
        if (lane == null) {
            synchronized (lanes) {
                lane = lanes[index];
                if (lane == null) {
                    lane = new Lane(this, index);
                    lanes[index] = lane;
                }
            }
        }
        return lane;
    }

    // ---- waiting

    /**
     * Waits until the word is no longer the one that was read. If its owner is dead, finishes the owner's work.
     *
     * @param word a locked word read from {@code offset}, which the caller knows to be a lock
     * @param lane the caller's lane to help from, or null for a reader, which leases one if it has to
     * @throws IllegalStateException after close
     * @throws LockTimeoutException if the segment is open read-only and the word does not change for a second
     */
    public void await(long offset, long word, @Nullable Lane lane) {
        int owner = LockWord.owner(word);
        if (owner >= geometry.lanes) {
            throw new CorruptedSegmentException("a lock names an owner that does not exist: owner=" + owner + " lanes="
                    + geometry.lanes + " offset=" + offset + " segment=" + memory.name());
        }
        long started = 0;
        for (int round = 0; memory.getLongVolatile(offset) == word; round++) {
            if (closed && (lane == null || !isOurs(owner))) {
                throw closedException();
            }
            if (round >= SPINS + YIELDS) {
                checkOwner(offset, word, lane);
                long now = System.nanoTime();
                if (started == 0) {
                    started = now;
                }
                if (!memory.isReadOnly()) {
                    help(owner, lane);
                } else if (now - started > READ_ONLY_DEADLINE_NANOS) {
                    throw new LockTimeoutException(
                            "a lock is held and a reader cannot help: offset=" + offset + " owner="
                                    + owner + " waited=1s segment=" + memory.name()
                                    + ". If its owner is dead, open the heap read-write once to recover.");
                }
                if (now - started > REPORT_AFTER_NANOS) {
                    report(offset, owner);
                    started = now;
                }
            }
            pause(round);
        }
    }

    /** Whether a lane works for this attach: {@link #close} waits for it too, so that who waits for its lock may go on. */
    private boolean isOurs(int lane) {
        return LaneState.isOf(memory.getLongVolatile(stateOf(lane)), incarnation);
    }

    /** Refuses to wait for ever: a lane unlocks before it is given back, and nobody waits for a lock of his own. */
    private void checkOwner(long offset, long word, @Nullable Lane lane) {
        int owner = LockWord.owner(word);
        boolean idle = !LaneState.inOperation(memory.getLongVolatile(stateOf(owner)));
        boolean own = lane != null && lane.index() == owner;
        if ((idle || own) && memory.getLongVolatile(offset) == word) {
            throw new CorruptedSegmentException("a lock is held by a lane that does not hold it: offset=" + offset
                    + " owner=" + owner + " segment=" + memory.name());
        }
    }

    private void report(long offset, int owner) {
        long state = memory.getLongVolatile(stateOf(owner));
        LOG.warn(
                "waiting for a lock for 10 s: offset={} lane={} status={} holder={} segment={}. A stopped process keeps"
                        + " its locks; kill -9 is always safe and frees them.",
                offset,
                owner,
                LaneState.status(state),
                ProcessTable.describe(memory, geometry, LaneState.process(state)),
                memory.name());
    }

    private static void pause(int round) {
        if (round < SPINS) {
            Thread.onSpinWait();
        } else if (round < SPINS + YIELDS) {
            Thread.yield();
        } else {
            // A waiting map or vector call ignores interrupts: the flag is set aside so that the park can park.
            boolean interrupted = Thread.interrupted();
            int doublings = Math.min(round - SPINS - YIELDS, 6);
            LockSupport.parkNanos(Math.min(FIRST_PARK_NANOS << doublings, LONGEST_PARK_NANOS));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ---- death and help

    /** Finishes the work of every dead lane. Returns how many there were. */
    public int helpAll() {
        Lane me = lease();
        try {
            int helped = helpAll(me);
            me.giveBack();
            return helped;
        } catch (Throwable t) {
            me.abandon(t);
            throw t;
        }
    }

    /** {@link #helpAll()} from a lane that the caller has leased. */
    public int helpAll(Lane me) {
        int helped = 0;
        for (int i = 0; i < geometry.lanes; i++) {
            // Again, because helping a dead helper hands this lane back without finishing it.
            while (LaneState.status(memory.getLongVolatile(stateOf(i))) != LaneState.FREE && help(i, me.index())) {
                helped++;
            }
        }
        return helped;
    }

    /** Leases every lane that is free just now, one after the other, beside the caller's own if any, and sweeps each. */
    public void visitIdle(Consumer<Lane> visitor) {
        for (int i = 0; i < geometry.lanes; i++) {
            long state = memory.getLongVolatile(stateOf(i));
            if (LaneState.status(state) == LaneState.FREE && hasBody(i)) {
                visitIdle(lane(i), state, visitor);
            }
        }
    }

    private void visitIdle(Lane lane, long state, Consumer<Lane> visitor) {
        LaneContext context = contexts.get();
        long active = LaneState.entered(state, incarnation);
        context.visitedActive = active;
        context.visited = lane;
        if (!memory.compareAndSetLong(lane.entry(), state, active)) {
            context.visited = null;
            return;
        }
        if (closed) {
            memory.publish(lane.entry(), LaneState.freed(active));
            context.visited = null;
            return;
        }
        lane.holder = context;
        boolean known = state == lane.lastFree;
        lane.lastFree = -1;
        try {
            if (!known) {
                lane.reset();
                upkeep.settle(lane, Upkeep.ALL);
            }
            sweepAll(lane);
            visitor.accept(lane);
        } catch (Throwable t) {
            memory.publish(lane.entry(), LaneState.poisoned(active));
            context.visited = null;
            throw t;
        }
        long free = LaneState.freed(active);
        lane.lastFree = free;
        memory.publish(lane.entry(), free);
        context.visited = null;
    }

    /** Frees all of the lane's doomed containers that can be freed now. */
    public void sweepAll(Lane lane) {
        while (hasDoomed(lane) && upkeep.sweep(lane)) {}
    }

    private boolean hasDoomed(Lane lane) {
        return memory.getLong(lane.entry() + LaneState.DOOMED_OFFSET) != 0;
    }

    private boolean help(int owner, @Nullable Lane lane) {
        if (lane != null) {
            return help(owner, lane.index());
        }
        LaneContext context = contexts.get();
        if (context.leased != null && context.leased.index() == owner) {
            // No function runs under a lock, so this is a lane that a failed failure handler has left behind.
            poisonUnreturned(context, context.leased);
        }
        if (!isDead(owner, memory.getLongVolatile(stateOf(owner)))
                && LaneState.status(memory.getLongVolatile(stateOf(owner))) != LaneState.RECOVERING) {
            return false;
        }
        if (context.leased != null) {
            return help(owner, context.leased.index());
        }
        // A reader may be inside a user's function, which must not write; helping is not its write.
        int functions = context.userFunctions;
        context.userFunctions = 0;
        try {
            return leaseAndHelp(context, owner);
        } finally {
            context.userFunctions = functions;
        }
    }

    private boolean leaseAndHelp(LaneContext context, int owner) {
        Lane leased = lease(context);
        try {
            boolean helped = help(owner, leased.index());
            leased.giveBack();
            return helped;
        } catch (Throwable t) {
            leased.abandon(t);
            throw t;
        }
    }

    /** Finishes the work of a lane if it is dead, or of its recoverer if that is dead. */
    private boolean help(int owner, int me) {
        for (int hops = 0; hops <= geometry.lanes; hops++) {
            long state = memory.getLongVolatile(stateOf(owner)); // before any question
            if (LaneState.status(state) == LaneState.RECOVERING) {
                int recoverer = LaneState.recoverer(state);
                if (recoverer == me || recoverer >= geometry.lanes) {
                    return false;
                }
                owner = recoverer;
                continue;
            }
            if (owner == me || !isDead(owner, state)) {
                return false;
            }
            return takeOver(owner, state, me);
        }
        return false;
    }

    private boolean takeOver(int owner, long state, int me) {
        long claim = geometry.lane(me) + LaneState.CLAIM_OFFSET;
        // Intent first: if we die after the compare-and-set, whoever recovers us finds which lane to hand back.
        memory.publish(claim, owner + 1);
        if (!memory.compareAndSetLong(stateOf(owner), state, LaneState.recovering(state, me))) {
            memory.publish(claim, 0);
            return false;
        }
        recoverBody(owner);
        memory.publish(stateOf(owner), LaneState.freed(state));
        memory.publish(claim, 0);
        return true;
    }

    private void recoverBody(int dead) {
        long entry = geometry.lane(dead);
        if (hasBody(dead)) {
            Journal.replay(memory, geometry, geometry.laneBody(dead));
            Journal.releaseLocks(memory, geometry.laneBody(dead), dead);
        }
        handBack(entry, dead);
    }

    /** Makes a lane that the dead lane was recovering available to the next helper. */
    private void handBack(long entry, int dead) {
        long claimed = memory.getLongVolatile(entry + LaneState.CLAIM_OFFSET);
        if (claimed == 0) {
            return;
        }
        if (claimed < 0 || claimed > geometry.lanes) {
            throw new CorruptedSegmentException(
                    "a lane claims one that does not exist: claim=" + claimed + " segment=" + memory.name());
        }
        long state = memory.getLongVolatile(stateOf((int) claimed - 1));
        if (LaneState.status(state) == LaneState.RECOVERING && LaneState.recoverer(state) == dead) {
            memory.publish(stateOf((int) claimed - 1), LaneState.poisoned(state));
        }
        memory.publish(entry + LaneState.CLAIM_OFFSET, 0);
    }

    private boolean isDead(int lane, long state) {
        int status = LaneState.status(state);
        if (status != LaneState.ACTIVE) {
            return status == LaneState.POISONED;
        }
        if (LaneState.isOf(state, incarnation)) {
            return isHeldByDeadThread(lane, state);
        }
        int slot = LaneState.process(state);
        return slot >= geometry.processes
                || !LaneState.sameGeneration(state, ProcessTable.generation(memory, geometry, slot))
                || !liveness.isAlive(slot);
    }

    /** Whether a thread of this attach died with the lease, its failure handler having failed as well. */
    private boolean isHeldByDeadThread(int index, long state) {
        Lane lane = lanes[index];
        LaneContext holder = lane == null ? null : lane.holder;
        if (holder == null || holder.thread.isAlive()) {
            return false;
        }
        return holder.visited == lane
                ? holder.visitedActive == state
                : (holder.leased == lane || holder.pinned == lane || holder.section == lane)
                        && (holder.active == state || LaneState.pinned(holder.active, incarnation) == state);
    }

    private long stateOf(int lane) {
        return geometry.lane(lane) + LaneState.STATE_OFFSET;
    }

    // ---- grace periods

    /** The state words of all lanes, for {@link #isQuietSince}. Call it after the removal has been committed. */
    public long[] observe() {
        // Dekker with the lease: either this scan sees a lane's operation, or that operation sees the removal.
        memory.fullFence();
        long[] states = new long[geometry.lanes];
        for (int i = 0; i < states.length; i++) {
            states[i] = memory.getLongVolatile(stateOf(i));
        }
        return states;
    }

    /** Whether every operation that ran at the observation, but the caller's own, is over. Helps the dead among them. */
    public boolean isQuietSince(long[] observed, Lane me) {
        for (int i = 0; i < observed.length; i++) {
            if (i == me.index() || !LaneState.inOperation(observed[i])) {
                continue;
            }
            if (memory.getLongVolatile(stateOf(i)) == observed[i]) {
                help(i, me.index());
                if (memory.getLongVolatile(stateOf(i)) == observed[i]) {
                    return false;
                }
            }
        }
        return true;
    }

    // ---- close

    /** Whether {@link #close} has been called. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Refuses new operations and waits until those of this attach are over.
     *
     * @return whether no lane is kept by this attach any more: false while a thread still has one pinned
     * @throws IllegalStateException from inside an operation
     */
    public boolean close() {
        if (isInOperation()) {
            throw new IllegalStateException("an operation cannot close its own heap: segment=" + memory.name());
        }
        closed = true;
        if (memory.isReadOnly()) {
            return true;
        }
        memory.fullFence();
        boolean pinned = false;
        for (int i = 0; i < geometry.lanes; i++) {
            for (int round = 0; ; round++) {
                long state = memory.getLongVolatile(stateOf(i));
                if (LaneState.status(state) != LaneState.ACTIVE
                        || !LaneState.isOf(state, incarnation)
                        || isHeldByDeadThread(i, state)) {
                    break;
                }
                if (!LaneState.inOperation(state)) {
                    pinned = true;
                    break;
                }
                pause(round);
            }
        }
        return !pinned;
    }

    private IllegalStateException closedException() {
        return new IllegalStateException("the heap is closed: segment=" + memory.name());
    }

    /**
     * Refuses to go on after {@link #close}.
     *
     * @throws IllegalStateException after close
     */
    public void checkOpen() {
        if (closed) {
            throw closedException();
        }
    }
}
