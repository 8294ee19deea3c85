/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import io.offsetheap.OffsetHeap;
import io.offsetheap.WatchedMemory;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.region.SharedMemoryObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One process of {@link KillTest}: plays the history of a seat and acknowledges each step, after it has returned, in a file.
 * It obeys these lines on its standard input:
 *
 * <pre>
 *   attach HEAP SEAT FILE   opens the heap and says ATTACHED
 *   go ROUND STEP           plays on from a step
 *   stop SITE STORES        stops for ever in the next commit of the kind, holding a lock, and says STOPPED ROUND OFFSET
 *   gate NANOS              plays at least to the end of the first step that ends after the time, and says GATE ROUND,
 *                           how long that step took from that time or from its own begin, and the takeovers so far
 * </pre>
 *
 * While it waits long for a lock it says WAITING OFFSET WORD. It ends with its standard input.
 */
final class KillWorker {
    /** Steps whose times are kept. */
    private static final int KEPT = 1 << 18;

    private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
    private final long[] begins = new long[KEPT];
    private final long[] ends = new long[KEPT];
    private final ByteBuffer acknowledged = ByteBuffer.allocateDirect(Long.BYTES);
    private final OffsetHeap heap;
    private final WatchedMemory memory;
    private final History history;
    private final FileChannel file;

    private KillWorker(String[] attach) throws IOException {
        heap = WatchedMemory.open(SharedMemoryObject.location(attach[1]));
        memory = WatchedMemory.of(heap);
        memory.onLongWait(wait -> System.out.println("WAITING " + wait.offset() + " " + wait.word()));
        history = new History(heap, Integer.parseInt(attach[2]));
        file = FileChannel.open(Path.of(attach[3]), StandardOpenOption.WRITE);
    }

    public static void main(String[] arguments) throws Exception {
        Scanner input = new Scanner(System.in);
        System.out.println(ChildJvm.READY);
        if (!input.hasNextLine()) {
            return;
        }
        KillWorker worker = new KillWorker(input.nextLine().split(" "));
        Thread player = new Thread(worker::play, "player");
        player.setDaemon(true);
        player.start();
        System.out.println("ATTACHED");
        while (input.hasNextLine()) {
            worker.commands.add(input.nextLine());
        }
        // The test is over, or dead. The player may be stopped for ever.
        Runtime.getRuntime().halt(0);
    }

    private void play() {
        try {
            while (true) {
                playRound(commands.take().split(" "));
            }
        } catch (Throwable t) {
            t.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private void playRound(String[] go) throws IOException {
        String round = go[1];
        long first = Long.parseLong(go[2]);
        long gate = Long.MAX_VALUE;
        for (long step = first; ; step++) {
            int slot = (int) (step - first) & KEPT - 1;
            begins[slot] = System.nanoTime();
            history.step(step);
            ends[slot] = System.nanoTime();
            acknowledge(step + 1);
            String command = commands.poll();
            if (command != null) {
                String[] words = command.split(" ");
                if (words[0].equals("gate")) {
                    gate = Long.parseLong(words[1]);
                } else {
                    memory.stopAt(CommitSite.valueOf(words[1]), Integer.parseInt(words[2]), lock -> {
                        System.out.println("STOPPED " + round + " " + lock);
                        stopForEver();
                    });
                }
            }
            if (ends[slot] - gate > 0) {
                System.out.println("GATE " + round + " " + nanosAfter(gate, (int) Math.min(KEPT, step - first + 1))
                        + " " + memory.takeovers());
                return;
            }
        }
    }

    private void acknowledge(long steps) throws IOException {
        acknowledged.putLong(0, steps).rewind();
        file.write(acknowledged, 0);
    }

    /** How long the first step took that ended after a time, from that time on. */
    private long nanosAfter(long time, int steps) {
        long end = Long.MAX_VALUE;
        long begin = 0;
        for (int i = 0; i < steps; i++) {
            if (ends[i] > time && ends[i] < end) {
                end = ends[i];
                begin = begins[i];
            }
        }
        return end - Math.max(begin, time);
    }

    private static void stopForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
        }
    }
}
