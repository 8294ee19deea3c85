/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.lane.LaneContext;
import io.offsetheap.layout.Superblock;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.HashIndex.When;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.Scratch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What the hash index does with keys that all want the same bucket. The seed is fixed, so their hashes are known. */
class HashIndexTest {
    /** More than a reader follows without the lock. */
    private static final int MANY = 1000;
    /** More than an operation can reserve of one size. */
    private static final int TIMES = 10;
    /** Where a line of a bucket names the next one. */
    private static final int LINK = 56;

    /** Keys of bucket 0 of their segment: its other buckets stay empty, so it is not split, and the chain grows. */
    private static List<String> colliding(IndexObject index) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; keys.size() < MANY; i++) {
            String key = "key" + i;
            if ((index.hash(key) & 15) == 0) {
                keys.add(key);
            }
        }
        return keys;
    }

    @Test
    void findsEveryKeyInALongChain() {
        HeapBuilder builder =
                OffsetHeap.sharedMemory("chain-" + ProcessHandle.current().pid());
        try (OffsetHeap heap = builder.maxSize(2 << 20).create();
                OffsetHeap other = builder.open();
                OffsetHeap reader = builder.openReadOnly()) {
            IndexObject index = heap.construct("index", IndexObject.TYPE);
            List<IndexObject> handles = List.of(
                    index,
                    other.find("index", IndexObject.TYPE).orElseThrow(),
                    reader.find("index", IndexObject.TYPE).orElseThrow());
            List<String> keys = colliding(index);
            Map<String, String> model = new TreeMap<>();
            for (String key : keys) {
                index.put(key, new byte[key.length()]);
                model.put(key, key.length() + ":0");
            }
            assertEquals(List.of(), heap.verify().findings());
            for (IndexObject handle : handles) {
                assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                    assertEquals(model, handle.content());
                    assertEquals(MANY, handle.index().size());
                    for (String key : keys) {
                        assertArrayEquals(new byte[key.length()], handle.get(key));
                    }
                });
            }
            Collections.shuffle(keys, new Random(1));
            for (String key : keys.subList(0, MANY - 5)) {
                assertTrue(handles.get(1).remove(key));
                model.remove(key);
            }
            for (IndexObject handle : handles) {
                assertEquals(model, handle.content());
            }
            assertEquals(List.of(), heap.verify().findings());
            index.index().clear();
            assertEquals(Map.of(), handles.get(2).content());
            assertTrue(heap.destroy("index"));
            heap.trim();
            assertEquals(List.of(), heap.verify().findings());
            assertEquals(0, heap.verify().rawBlocks());
        } finally {
            builder.remove();
        }
    }

    /** A chain goes on in what the heap has grown by since this process last looked at its end. */
    @Test
    void findsKeysInLinesBeyondTheEndThatIsKnown() {
        TestImage image = new TestImage(1 << 20);
        Attachment other = image.format(image.newMemory());
        IndexObject theirs = other.names().construct("index", IndexObject.TYPE, 1);
        List<String> keys = colliding(theirs).subList(0, 7);
        keys.subList(0, 6).forEach(key -> theirs.put(key, new byte[] {1}));
        List<IndexObject> handles = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Attachment mine = image.attach(image.newMemory());
            handles.add(mine.names().find("index", IndexObject.TYPE).orElseThrow());
            assertArrayEquals(new byte[] {1}, handles.get(i).get(keys.get(0)));
        }
        long end = image.raw().getLong(Superblock.HEAP_END_OFFSET);
        while (other.blocks().allocate(64) < end || other.blocks().allocate(32) < end) {}
        String last = keys.get(6);
        theirs.put(last, new byte[] {1});
        long line = image.raw().getLong(theirs.bucket(last) + 56);
        assertTrue(line >= end, () -> "line=" + line + " end=" + end);

        assertArrayEquals(new byte[] {1}, handles.get(0).get(last));
        handles.get(1).put(last, new byte[] {2});
        assertArrayEquals(new byte[] {2}, theirs.get(last));
        assertEquals(7, theirs.index().size());
        assertEquals(List.of(), other.verify().findings());
    }

    /** A directory that is read between the stores of a split is not remembered as that of the new structure version. */
    @Test
    void remembersNoDirectoryOfAnOlderVersion() {
        TestImage image = new TestImage(1 << 20);
        Attachment heap = image.format(image.newMemory());
        IndexObject index = heap.names().construct("index", IndexObject.TYPE, 1);
        Map<String, String> model = new TreeMap<>();
        InterruptedMemory memory = image.newInterruptedMemory();
        Attachment splitter = image.attach(memory);
        IndexObject theirs = splitter.names().find("index", IndexObject.TYPE).orElseThrow();
        for (int i = 0; index.splits() < 20; i++) {
            long version = index.splits();
            // What is known of the directory is read again in the middle of a split.
            memory.afterStore(offset -> offset == index.versionOffset(), index::splits);
            theirs.put("key" + i, new byte[] {1});
            model.put("key" + i, "1:1");
            assertEquals(index.splits() != version, memory.wasInterrupted());
            heap.blocks().allocate(16 << i % 4);
            assertEquals(model, index.content());
        }
        assertEquals(List.of(), heap.verify().findings());
    }

    /** A function of an operation may read, and so it may help: what it meets may be locked by somebody who has died. */
    @Test
    void readsInAFunctionWhatADeadWriterHasLocked() {
        TestImage image = TestImage.formatted(1 << 20);
        image.prepare(
                heap -> heap.names().construct("index", IndexObject.TYPE, 1).put("key", new byte[] {1}));
        for (int store = 0; ; store++) {
            Attachment reader = image.rewound(image.newMemory());
            IndexObject index = reader.names().find("index", IndexObject.TYPE).orElseThrow();
            CrashingMemory memory = image.newMemory();
            Attachment writer = image.attach(memory);
            IndexObject theirs = writer.names().find("index", IndexObject.TYPE).orElseThrow();
            memory.crashAt(store);
            try {
                theirs.put("key", new byte[] {2, 2});
                assertTrue(store > 5, "store=" + store);
                return;
            } catch (CrashingMemory.Crash expected) {
                image.kill(writer.slot());
            }
            LaneContext context = reader.lanes().enterUserFunction();
            try {
                byte[] value = index.get("key");
                assertTrue(value != null && value.length == value[0], () -> Arrays.toString(value));
                assertThrows(IllegalStateException.class, () -> index.remove("key"));
            } finally {
                context.leaveUserFunction();
            }
            assertTrue(index.remove("key"));
        }
    }

    /** A long chain, of which each half needs many lines, keeps its segment from being split no longer than it is almost empty. */
    @Test
    void splitsASegmentWhateverTheLengthOfItsChains() {
        TestImage image = new TestImage(1 << 20);
        Attachment heap = image.format(image.newMemory());
        IndexObject index = heap.names().construct("index", IndexObject.TYPE, 1);
        Map<String, String> model = new TreeMap<>();
        List<String> keys = new ArrayList<>(colliding(index));
        for (int i = 0; i < MANY; i++) {
            keys.add("other" + i);
        }
        for (String key : keys) {
            index.put(key, new byte[key.length()]);
            model.put(key, key.length() + ":0");
        }
        assertTrue(index.splits() > 10, "splits=" + index.splits());
        assertEquals(model, index.content());
        Collections.shuffle(keys, new Random(1));
        for (String key : keys) {
            assertTrue(index.remove(key));
            model.remove(key);
        }
        assertEquals(model, index.content());
        assertEquals(List.of(), heap.verify().findings());
    }

    /** What a splitter has reserved and others have made useless does not add up until nothing can be reserved any more. */
    @Test
    void splitsHoweverOftenSomebodyElseIsFaster() {
        TestImage image = new TestImage(1 << 20);
        Attachment other = image.format(image.newMemory());
        IndexObject theirs = other.names().construct("index", IndexObject.TYPE, 1);
        InterruptedMemory memory = image.newInterruptedMemory();
        IndexObject mine =
                image.attach(memory).names().find("index", IndexObject.TYPE).orElseThrow();
        // Both halves exist, and from then on each of us puts keys into his own.
        int number = 0;
        while (theirs.splits() == 0) {
            theirs.put("both" + number++, new byte[3]);
        }
        int[] faster = new int[1];
        while (faster[0] == 0) {
            beFaster(memory, theirs, faster);
            mine.put(key(mine, "mine" + number++, false), new byte[3]);
        }
        assertEquals(TIMES, faster[0]);
        assertEquals(1 + TIMES + 1, theirs.splits());
        assertEquals(List.of(), other.verify().findings());
    }

    /** Before each of the next attempts of a split, splits another segment. */
    private static void beFaster(InterruptedMemory memory, IndexObject theirs, int[] faster) {
        long lock = theirs.splitLock();
        memory.beforeCompareAndSet(offset -> offset == lock, () -> {
            long before = theirs.splits();
            for (int i = 0; theirs.splits() == before; i++) {
                theirs.put(key(theirs, "theirs" + before + "-" + i, true), new byte[3]);
            }
            if (++faster[0] < TIMES) {
                memory.afterStore(offset -> offset == lock, () -> beFaster(memory, theirs, faster));
            }
        });
    }

    /** A key whose hash begins with a bit. */
    private static String key(IndexObject index, String prefix, boolean bit) {
        int i = 0;
        while (index.hash(prefix + "-" + i) < 0 != bit) {
            i++;
        }
        return prefix + "-" + i;
    }

    /** An iterator that is stopped on a chain, which is freed and given to a user, does not walk in a circle of his data. */
    @Test
    void followsNoCircleWhereAChainHasBeen() {
        followsNoCircle(20, 1, (heap, index) -> index.index().isEmpty());
    }

    /** Nor does a function of a user, which may not ask for the lock, however long the chain is. */
    @Test
    void followsNoCircleWhereALongChainHasBeen() {
        followsNoCircle(MANY - 1, 97, (heap, index) -> {
            heap.lanes().enterUserFunction();
            index.get(colliding(index).get(MANY - 1));
        });
    }

    private static void followsNoCircle(int keys, int stride, BiConsumer<Attachment, IndexObject> reader) {
        TestImage image = new TestImage(256 << 10);
        IndexObject index = image.format(image.newMemory()).names().construct("index", IndexObject.TYPE, 1);
        colliding(index).subList(0, keys).forEach(key -> index.put(key, new byte[3]));
        image.keep();
        int destroyed = 0;
        boolean stopped = true;
        for (long point = 0; stopped; point += stride) {
            Attachment other = image.rewound(image.newMemory());
            PreemptedMemory memory = image.newPreemptedMemory();
            Attachment heap = image.attach(memory);
            IndexObject mine = heap.names().find("index", IndexObject.TYPE).orElseThrow();
            memory.preemptAt(point, () -> {
                other.names().destroy("index");
                other.blocks().trim();
                fillWithCircles(other);
            });
            try {
                reader.accept(heap, mine);
            } catch (IllegalStateException e) {
                destroyed++;
            }
            stopped = memory.points() > point;
        }
        assertTrue(destroyed > 20, "destroyed=" + destroyed);
    }

    /** A chain that leads back to its bucket is reported by whoever may not ask for the lock, as by all others. */
    @Test
    void reportsACircleToAFunctionOfAUser() {
        TestImage image = new TestImage(256 << 10);
        Attachment heap = image.format(image.newMemory());
        IndexObject index = heap.names().construct("index", IndexObject.TYPE, 1);
        List<String> keys = colliding(index);
        keys.subList(0, 20).forEach(key -> index.put(key, new byte[3]));
        long bucket = index.bucket(keys.get(20));
        long line = bucket;
        while (image.raw().getLong(line + LINK) != 0) {
            line = image.raw().getLong(line + LINK);
        }
        image.raw().putLong(line + LINK, bucket);
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            heap.lanes().enterUserFunction();
            var thrown = assertThrows(CorruptedSegmentException.class, () -> index.get(keys.get(20)));
            assertTrue(
                    thrown.getMessage().startsWith("a chain of overflow lines has no end: bucket=" + bucket),
                    thrown::getMessage);
        });
    }

    /** Gives all free memory to a user, who writes lines without entries, each of which leads to itself. */
    private static void fillWithCircles(Attachment heap) {
        try {
            while (true) {
                long block = heap.blocks().allocate(64);
                heap.memory().zero(block, 64);
                heap.memory().putLong(block + LINK, block);
            }
        } catch (OutOfSegmentMemoryException full) {
            assertEquals(0, heap.blocks().stats().largestFree());
        }
    }

    /**
     * A copy that was made under the bucket's lock is compared with the value as it is when it is to be replaced. The
     * word that the reader has left in the lock says nothing: somebody else may have changed the value since, and the
     * word read afterwards would be his.
     */
    @Test
    void replacesAnUnchangedValueOnlyIfItIsTheOneThatWasCopied() {
        TestImage image = new TestImage(1 << 20);
        Attachment other = image.format(image.newMemory());
        IndexObject theirs = other.names().construct("index", IndexObject.TYPE, 1);
        List<String> keys = colliding(theirs);
        keys.forEach(key -> theirs.put(key, new byte[] {1}));
        InterruptedMemory memory = image.newInterruptedMemory();
        IndexObject mine =
                image.attach(memory).names().find("index", IndexObject.TYPE).orElseThrow();
        for (int length : new int[] {1, 2}) {
            String deep = keys.get(MANY - length);
            long bucket = theirs.bucket(deep);
            memory.afterStore(offset -> offset == bucket, () -> theirs.put(deep, new byte[length]));
            Scratch scratch = Scratch.enter();
            try {
                scratch.key().encode(Codecs.UTF8, deep);
                assertTrue(mine.index().copy(scratch));
                assertTrue(memory.wasInterrupted(), "the value was not copied under the lock");
                assertArrayEquals(new byte[] {1}, scratch.decodeCopy(Codecs.BYTES));
                scratch.encodeValue(Codecs.BYTES, new byte[] {3});
                assertFalse(mine.index().put(scratch, When.UNCHANGED, false));
                assertFalse(mine.index().remove(scratch, When.UNCHANGED, false));
                assertArrayEquals(new byte[length], mine.get(deep));

                assertTrue(mine.index().copy(scratch));
                assertTrue(mine.index().put(scratch, When.UNCHANGED, false));
                assertArrayEquals(new byte[] {3}, theirs.get(deep));
            } finally {
                scratch.leave();
            }
        }
        assertEquals(List.of(), other.verify().findings());
    }
}
