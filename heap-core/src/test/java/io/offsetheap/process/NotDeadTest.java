/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.LanePin;
import io.offsetheap.OffsetHeap;
import io.offsetheap.WatchedMemory;
import io.offsetheap.lane.LockWord;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.object.IndexObject;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.SegmentLocation;
import io.offsetheap.region.SharedMemoryObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Who holds a lock and is slow, or stopped, keeps it; who is dead loses it at once. */
@Tag("without-native-calls")
class NotDeadTest {
    /** Longer than the text that is replaced: no value of the length that can be changed in place. */
    private static final byte[] BEFORE = new byte[100];

    private static final byte[] HOLDERS = new byte[200];
    private static final byte[] WAITERS = new byte[300];

    private static final int PATIENCE_SECONDS = 60;
    private static final Executor NEW_THREAD = task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
    };
    /** Rounds of up to a millisecond, in each of which the waiter asks whether the holder is dead: some seconds. */
    private static final int LONG_WAIT = 2500;

    private static final long MAX_SIZE = 4 << 20;

    private final String name = "offsetheap-not-dead-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    private SegmentLocation location;
    private HeapBuilder builder;
    private OffsetHeap heap;

    @BeforeEach
    void create() {
        create(SharedMemoryObject.location(name), OffsetHeap.sharedMemory(name));
    }

    private void create(SegmentLocation where, HeapBuilder at) {
        location = where;
        builder = at.maxSize(MAX_SIZE);
        heap = builder.create();
        heap.construct("map", IndexObject.TYPE).put("key", BEFORE);
    }

    @AfterEach
    void remove() {
        builder.remove();
        heap.close();
    }

    private static IndexObject map(OffsetHeap heap) {
        return heap.find("map", IndexObject.TYPE).orElseThrow();
    }

    /** Replaces the value; stops in the middle, under the bucket's lock. */
    private static void replaceAndStop(OffsetHeap heap, LongConsumer action) {
        WatchedMemory.of(heap).stopAt(CommitSite.PUT_REPLACE, 1, action);
        map(heap).put("key", HOLDERS);
    }

    /** A process that stops there until it is told to go on. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) {
            Scanner input = new Scanner(System.in);
            OffsetHeap heap = WatchedMemory.open(SharedMemoryObject.location(arguments[0]));
            replaceAndStop(heap, lock -> {
                System.out.println(ChildJvm.READY);
                input.nextLine();
            });
            System.out.println("replaced");
        }
    }

    private static CompletableFuture<Void> startWaiter(OffsetHeap waiter) {
        return CompletableFuture.runAsync(() -> map(waiter).put("key", WAITERS), NEW_THREAD);
    }

    private static void awaitLongWait(OffsetHeap waiter, CompletableFuture<Void> put) {
        long start = System.nanoTime();
        while (WatchedMemory.of(waiter).lastWait().rounds() < LONG_WAIT) {
            assertFalse(put.isDone(), "somebody who is not dead has lost a lock");
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), "nobody waits");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void checkStillHeld(OffsetHeap waiter, CompletableFuture<Void> put) {
        WatchedMemory.Wait wait = WatchedMemory.of(waiter).lastWait();
        assertEquals(wait.word(), heap.memory().getLongVolatile(wait.offset()));
        assertTrue(LockWord.isLocked(wait.word()));
        assertFalse(put.isDone());
        assertEquals(0, WatchedMemory.of(waiter).takeovers());
    }

    private void checkWaiterCameLast(CompletableFuture<Void> put) throws Exception {
        put.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertArrayEquals(WAITERS, map(heap).get("key"));
        var report = heap.verify();
        assertTrue(report.isClean(), report::toString);
        assertEquals(0, report.busyLanes());
        assertEquals(0, report.rawBlocks());
    }

    /** The holder was dead before the waiter came. */
    private void checkTakenOver(OffsetHeap waiter, CompletableFuture<Void> put) throws Exception {
        while (!put.isDone()) {
            boolean early = WatchedMemory.of(waiter).lastWait().rounds() < LONG_WAIT;
            assertTrue(early, "somebody who is dead has kept a lock");
            LockSupport.parkNanos(1_000_000);
        }
        checkWaiterCameLast(put);
        assertEquals(1, WatchedMemory.of(waiter).takeovers());
    }

    @Test
    void aStoppedProcessKeepsItsLock() throws Exception {
        try (ChildJvm holder = ChildJvm.start(Holder.class, name).awaitReady();
                OffsetHeap waiter = WatchedMemory.open(location)) {
            signal(holder, "STOP");
            assertEquals('T', awaitState(holder, 'T'));
            var put = startWaiter(waiter);
            awaitLongWait(waiter, put);
            checkStillHeld(waiter, put);
            holder.send("go on");
            signal(holder, "CONT");
            holder.awaitLine("replaced"::equals, Duration.ofSeconds(PATIENCE_SECONDS));
            checkWaiterCameLast(put);
            assertEquals(0, WatchedMemory.of(waiter).takeovers());
        }
    }

    @Test
    void aStoppedProcessLosesItsLockWhenItIsKilled() throws Exception {
        try (ChildJvm holder = ChildJvm.start(Holder.class, name).awaitReady();
                OffsetHeap waiter = WatchedMemory.open(location)) {
            signal(holder, "STOP");
            var put = startWaiter(waiter);
            holder.kill9();
            checkWaiterCameLast(put);
            assertEquals(1, WatchedMemory.of(waiter).takeovers());
        }
    }

    private static void signal(ChildJvm child, String signal) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start();
        assertEquals(0, kill.waitFor());
    }

    private static char awaitState(ChildJvm child, char state) throws IOException {
        Path status = Path.of("/proc/" + child.pid() + "/stat");
        long start = System.nanoTime();
        while (true) {
            String text = Files.readString(status);
            char now = text.charAt(text.lastIndexOf(')') + 2);
            if (now == state || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                return now;
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void aThreadIsNotDeadForAThreadOfTheSameAttach() throws Exception {
        try (OffsetHeap both = WatchedMemory.open(location)) {
            aThreadKeepsItsLock(both, both);
        }
    }

    @Test
    void aThreadIsNotDeadForAnotherAttachOfTheSameProcess() throws Exception {
        try (OffsetHeap holder = WatchedMemory.open(location);
                OffsetHeap waiter = WatchedMemory.open(location)) {
            aThreadKeepsItsLock(holder, waiter);
        }
    }

    /** A process in which a file of an overlay is the heap. */
    static final class OnOverlay {
        private OnOverlay() {}

        public static void main(String[] arguments) throws Exception {
            Path path = Path.of(arguments[0]);
            NotDeadTest test = new NotDeadTest();
            test.create(FileMapping.location(path), OffsetHeap.file(path));
            try {
                test.aThreadIsNotDeadForAnotherAttachOfTheSameProcess();
            } finally {
                test.remove();
            }
        }
    }

    /** There a lock does not live on in the mapping, only in the descriptor. */
    @Test
    @DisabledIfSystemProperty(
            named = "offsetheap.native",
            matches = "false",
            disabledReason = "an overlay is not looked at")
    void aThreadIsNotDeadOnAnOverlay(@TempDir Path directory) throws Exception {
        String mount = "mount -t tmpfs none " + directory + " && cd " + directory + " && mkdir lower upper work merged"
                + " && mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged";
        assumeTrue(Mounts.work(mount), "this user may not mount an overlay");
        try (ChildJvm child = ChildJvm.start(
                Mounts.prefix(mount),
                OnOverlay.class,
                directory.resolve("merged").resolve("heap").toString())) {
            child.expectExit(0);
        }
    }

    private void aThreadKeepsItsLock(OffsetHeap holder, OffsetHeap waiter) throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        var held = CompletableFuture.runAsync(
                () -> replaceAndStop(holder, lock -> {
                    stopped.countDown();
                    awaitLatch(goOn);
                }),
                NEW_THREAD);
        awaitLatch(stopped);
        var put = startWaiter(waiter);
        awaitLongWait(waiter, put);
        checkStillHeld(waiter, put);
        goOn.countDown();
        held.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        checkWaiterCameLast(put);
        assertEquals(0, WatchedMemory.of(waiter).takeovers());
    }

    /** The lane is left to whoever needs it, so that the pin has nothing to give back. */
    @Test
    void aPinnedWaiterIsRefusedWhenItsHeapIsClosed() throws Exception {
        try (OffsetHeap holder = WatchedMemory.open(location)) {
            OffsetHeap waiter = WatchedMemory.open(location);
            CountDownLatch stopped = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            var held = CompletableFuture.runAsync(
                    () -> replaceAndStop(holder, lock -> {
                        stopped.countDown();
                        awaitLatch(goOn);
                    }),
                    NEW_THREAD);
            awaitLatch(stopped);
            CountDownLatch waits = new CountDownLatch(1);
            WatchedMemory.of(waiter).onLongWait(wait -> waits.countDown());
            var refused = CompletableFuture.supplyAsync(
                    () -> {
                        LanePin pin = waiter.pin();
                        var thrown = assertThrows(
                                IllegalStateException.class, () -> map(waiter).put("key", WAITERS));
                        pin.close();
                        return thrown.getMessage();
                    },
                    NEW_THREAD);
            awaitLatch(waits);
            waiter.close();
            goOn.countDown();
            assertEquals("the heap is closed: segment=" + location, refused.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            held.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertArrayEquals(HOLDERS, map(heap).get("key"));
            heap.trim();
            assertTrue(heap.verify().isClean());
            assertEquals(0, heap.verify().busyLanes());
        }
    }

    /** Close waits for both anyway. Refused, it would leave its lane to whoever needs it. */
    @Test
    void aWaiterForALockOfItsOwnHeapEndsBeforeThatIsClosed() throws Exception {
        OffsetHeap shared = WatchedMemory.open(location);
        WatchedMemory memory = WatchedMemory.of(shared);
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        var held = CompletableFuture.runAsync(
                () -> replaceAndStop(shared, lock -> {
                    stopped.countDown();
                    awaitLatch(goOn);
                }),
                NEW_THREAD);
        awaitLatch(stopped);
        IndexObject handle = map(shared);
        CountDownLatch waits = new CountDownLatch(1);
        memory.onLongWait(wait -> waits.countDown());
        var waiting = CompletableFuture.runAsync(() -> handle.put("key", WAITERS), NEW_THREAD);
        awaitLatch(waits);
        var closing = CompletableFuture.runAsync(shared::close, NEW_THREAD);
        while (isOpen(shared)) {
            Thread.onSpinWait();
        }
        long rounds = memory.lastWait().rounds();
        while (memory.lastWait().rounds() < rounds + 10 && !waiting.isDone()) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        held.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        closing.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertArrayEquals(WAITERS, map(heap).get("key"));
        assertEquals(0, heap.verify().busyLanes());
    }

    private static boolean isOpen(OffsetHeap heap) {
        try {
            heap.stats();
            return true;
        } catch (IllegalStateException closed) {
            return false;
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
        }
    }

    /** Its handler marks the lane as abandoned, so that even other processes know at once. */
    @Test
    void aThreadThatFailsLosesItsLockToAnotherAttach() throws Exception {
        try (OffsetHeap holder = WatchedMemory.open(location);
                OffsetHeap waiter = WatchedMemory.open(location)) {
            AtomicInteger failures = new AtomicInteger(1);
            endByError(holder, failures);
            assertTrue(failures.get() < 0, "the handler has stored something");
            checkTakenOver(waiter, startWaiter(waiter));
        }
    }

    /** Its handler fails as well; only this attach knows its threads. */
    @Test
    void aThreadThatEndsLosesItsLockToItsOwnAttach() throws Exception {
        OffsetHeap both = WatchedMemory.open(location);
        endByError(both, new AtomicInteger(Integer.MAX_VALUE));
        checkTakenOver(both, startWaiter(both));
        // Only here: it waits for the waiter, which after a failure may wait for ever.
        both.close();
    }

    /** A thread replaces the value and ends by an error: its next stores fail, as many as are left. */
    private static void endByError(OffsetHeap heap, AtomicInteger failures) throws InterruptedException {
        Thread thread = new Thread(() -> replaceAndStop(heap, lock -> {
            if (failures.getAndDecrement() > 0) {
                throw new StackOverflowError("as if");
            }
        }));
        List<Throwable> reasons = new CopyOnWriteArrayList<>();
        thread.setUncaughtExceptionHandler((dead, reason) -> reasons.add(reason));
        thread.start();
        thread.join();
        assertTrue(reasons.toString().startsWith("[java.lang.StackOverflowError"), reasons::toString);
    }
}
