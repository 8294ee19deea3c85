/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.alloc.AllocatorType;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.alloc.SegmentAllocator;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.layout.Geometry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In memory that has its name from the beginning, a segment whose maker died must not look like one. */
class FormatDeathTest {
    @Test
    void isNoSegmentBeforeTheLastStore() {
        for (AllocatorType allocator : List.of(SegmentAllocator.TYPE, FirstFitAllocator.TYPE)) {
            TestImage image = new TestImage(96 << 10, allocator);
            byte[] empty = image.save();
            CrashingMemory whole = image.newMemory();
            whole.crashAt(Long.MAX_VALUE);
            image.format(whole);
            long stores = whole.stores();
            assertTrue(stores > 100, "stores=" + stores);
            assertEquals(image.geometry().maxSize, read(image).maxSize);
            for (long store = 0; store < stores; store++) {
                image.killAllBut(-1);
                image.restore(empty);
                CrashingMemory memory = image.newMemory();
                memory.crashAt(store);
                assertThrows(CrashingMemory.Crash.class, () -> image.format(memory));
                assertThrows(
                        SegmentFormatException.class,
                        () -> read(image),
                        "a segment was seen before it was whole, store=" + store);
            }
        }
    }

    private static Geometry read(TestImage image) {
        return Geometry.read(image.save(), image.geometry().maxSize, "image");
    }
}
