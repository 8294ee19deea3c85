/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.layout.FindingKind;
import io.offsetheap.object.LongIndexObject;
import io.offsetheap.verify.Finding;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the index of longs does with keys that all want the same bucket. The seed is fixed, so their hashes are known. */
class LongIndexTest {
    /** More than a reader follows without the lock. */
    private static final int MANY = 1000;

    /** Keys of bucket 0 of their segment: its other buckets stay empty, so it is not split, and the chain grows. */
    private static long[] colliding(LongIndexObject longs) {
        return LongStream.iterate(0, key -> key + 1)
                .filter(key -> (longs.hash(key) & 15) == 0)
                .limit(MANY)
                .toArray();
    }

    private static HeapBuilder builder(String name) {
        return OffsetHeap.sharedMemory(name + "-" + ProcessHandle.current().pid());
    }

    @Test
    void findsEveryKeyInALongChain() {
        HeapBuilder builder = builder("long-chain");
        try (OffsetHeap heap = builder.maxSize(2 << 20).create();
                OffsetHeap other = builder.open();
                OffsetHeap reader = builder.openReadOnly()) {
            LongIndexObject longs = heap.construct("longs", LongIndexObject.TYPE);
            List<LongIndexObject> handles = List.of(
                    longs,
                    other.find("longs", LongIndexObject.TYPE).orElseThrow(),
                    reader.find("longs", LongIndexObject.TYPE).orElseThrow());
            long[] keys = colliding(longs);
            Map<Long, Long> model = new TreeMap<>();
            for (long key : keys) {
                assertTrue(longs.index().put(key, ~key, true));
                model.put(key, ~key);
            }
            assertEquals(0, longs.splits());
            assertEquals(List.of(), heap.verify().findings());
            for (LongIndexObject handle : handles) {
                assertEquals(model, handle.content());
                assertEquals(MANY, handle.index().size());
                for (long key : keys) {
                    assertEquals(~key, handle.index().get(key, 0));
                    assertTrue(handle.index().contains(key));
                }
                assertEquals(17, handle.index().get(-1, 17));
                assertFalse(handle.index().contains(-1));
            }
            for (int i = 0; i < MANY; i += 2) {
                assertTrue(longs.index().remove(keys[i], true, 0));
                model.remove(keys[i]);
            }
            assertEquals(model, longs.content());
            // The other buckets fill up: the segment is split, and the chain is parted and drawn together.
            for (long key = -1; longs.splits() == 0; key--) {
                longs.index().put(key, ~key, true);
                model.put(key, ~key);
            }
            assertEquals(model, longs.content());
            assertEquals(List.of(), heap.verify().findings());
            longs.index().clear();
            assertEquals(Map.of(), longs.content());
            assertEquals(List.of(), heap.verify().findings());
        } finally {
            builder.remove();
        }
    }

    @Test
    void chainsWhereThereIsNoRoomToSplit() {
        HeapBuilder builder = builder("long-full");
        try (OffsetHeap heap = builder.maxSize(256 << 10).create()) {
            LongIndexObject longs = heap.construct("longs", LongIndexObject.TYPE);
            Map<Long, Long> model = new TreeMap<>();
            assertThrows(OutOfSegmentMemoryException.class, () -> {
                for (long key = 0; ; key++) {
                    longs.index().put(key, -key, true);
                    model.put(key, -key);
                }
            });
            assertEquals(model, longs.content());
            assertEquals(List.of(), heap.verify().findings());
            assertTrue(heap.destroy("longs"));
            heap.trim();
            LongIndexObject heir = heap.construct("longs", LongIndexObject.TYPE);
            model.forEach((key, value) -> heir.index().put(key, value, true));
            assertEquals(model, heir.content());
        } finally {
            builder.remove();
        }
    }

    @Test
    void reportsAChainThatHasNoEnd() {
        HeapBuilder builder = builder("long-endless");
        try (OffsetHeap heap = builder.maxSize(1 << 20).create()) {
            LongIndexObject longs = heap.construct("longs", LongIndexObject.TYPE);
            longs.link(longs.bucket(5), longs.bucket(5));
            assertThrows(CorruptedSegmentException.class, () -> longs.index().get(5, 0));
            assertThrows(CorruptedSegmentException.class, () -> longs.index().contains(5));
            assertThrows(CorruptedSegmentException.class, longs::content);
            assertFalse(heap.verify().isClean());
            longs.link(longs.bucket(5), 0);
            assertEquals(List.of(), heap.verify().findings());
        } finally {
            builder.remove();
        }
    }

    @Test
    void reportsAKeyThatStandsInItTwiceOrInTheWrongBucket() {
        HeapBuilder builder = builder("long-twice");
        try (OffsetHeap heap = builder.maxSize(1 << 20).create()) {
            LongIndexObject longs = heap.construct("longs", LongIndexObject.TYPE);
            long[] keys = colliding(longs);
            longs.index().put(keys[0], 1, true);
            longs.index().put(keys[1], 1, true);
            long bucket = longs.bucket(keys[0]);
            for (long wrong : new long[] {keys[1], 1}) {
                heap.memory().putLong(LongIndexObject.key(bucket, 0), wrong);
                longs.tag(bucket, 0, wrong);
                List<Finding> findings = heap.verify().findings();
                assertEquals(
                        List.of(FindingKind.INDEX_SLOT),
                        findings.stream().map(Finding::kind).toList());
            }
        } finally {
            builder.remove();
        }
    }

    @Test
    void reportsATagThatIsNotOfItsKeyAndAPairInThePlaceOfALink() {
        HeapBuilder builder = builder("long-tag");
        try (OffsetHeap heap = builder.maxSize(1 << 20).create()) {
            LongIndexObject longs = heap.construct("longs", LongIndexObject.TYPE);
            long[] keys = colliding(longs);
            longs.index().put(keys[0], 1, true);
            long bucket = longs.bucket(keys[0]);
            longs.tag(bucket, 0, 1);
            assertEquals(List.of(FindingKind.INDEX_SLOT), kinds(heap));
            longs.tag(bucket, 0, keys[0]);
            assertEquals(List.of(), kinds(heap));
            for (int i = 1; i < 8; i++) {
                longs.index().put(keys[i], 1, true);
            }
            assertEquals(List.of(), kinds(heap));
            longs.tag(bucket, 6, keys[9]);
            assertTrue(kinds(heap).contains(FindingKind.INDEX_SLOT));
        } finally {
            builder.remove();
        }
    }

    private static List<FindingKind> kinds(OffsetHeap heap) {
        return heap.verify().findings().stream().map(Finding::kind).toList();
    }
}
