/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.object.Codecs;
import io.offsetheap.object.HashIndex.When;
import io.offsetheap.object.IndexObject;
import io.offsetheap.object.Scratch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the hash index does with keys that all want the same bucket. The seed is fixed, so their hashes are known. */
class HashIndexTest {
    /** More than a reader follows without the lock. */
    private static final int MANY = 1000;

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
