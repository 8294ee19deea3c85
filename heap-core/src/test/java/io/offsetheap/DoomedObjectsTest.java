/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneState;
import io.offsetheap.object.IndexObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the memory of destroyed containers comes back that hang on an idle lane, and when it must not. */
class DoomedObjectsTest {
    private final TestImage image = new TestImage(96 << 10);
    private final Attachment owner = image.format(image.newMemory());
    private final Attachment writer = image.attach(image.newMemory());
    private final InterruptedMemory memory = image.newInterruptedMemory();
    private final Attachment collector = image.attach(memory);
    private final long lane;
    private final long list;

    /** Each has a lane of its own, to which it comes back. */
    DoomedObjectsTest() {
        Lane first = owner.lanes().lease();
        Lane second = writer.lanes().lease();
        Lane third = collector.lanes().lease();
        third.giveBack();
        second.giveBack();
        first.giveBack();
        lane = first.entry();
        list = lane + LaneState.DOOMED_OFFSET;
    }

    @AfterEach
    void nothingIsDamaged() {
        assertEquals(List.of(), owner.verify().findings());
    }

    /** The same header cell, on the same lane: what was seen of its last container says nothing of this one. */
    @Test
    void waitForTheOperationsThatRanAtTheirOwnDestruction() {
        long header = construct("first");
        Lane earlier = writer.lanes().lease();
        owner.names().destroy("first");
        collector.blocks().trim();
        earlier.giveBack();
        assertEquals(header, construct("second"));
        writer.lanes().lease();
        owner.names().destroy("second");
        collector.blocks().trim();
        assertEquals(header, image.raw().getLong(list));
    }

    /** Nobody is inside an operation any more, but for the caller, who asks from outside of his own. */
    @Test
    void comeBackWithOneTrim() {
        doomTwo();
        collector.blocks().trim();
        assertEquals(0, image.raw().getLong(list));
    }

    /** An operation in need of memory counts itself among those that may see the containers; the next one need not. */
    @Test
    void comeBackAllWithTheSecondOperationInNeed() {
        doomTwo();
        long last = image.raw().getLong(list);
        visitInsideAnOperation();
        assertEquals(last, image.raw().getLong(list));
        visitInsideAnOperation();
        assertEquals(0, image.raw().getLong(list));
    }

    /** A trim from outside of an operation is not waited for, and stops. */
    @Test
    void areLeftAloneAfterClose() {
        doomTwo();
        memory.beforeCompareAndSet(offset -> offset == lane, collector::close);
        assertThrows(IllegalStateException.class, () -> collector.blocks().trim());
        assertTrue(memory.wasInterrupted());
        assertNotEquals(0, image.raw().getLong(list));
    }

    private void doomTwo() {
        construct("first");
        construct("second");
        Lane running = writer.lanes().lease();
        owner.names().destroy("first");
        owner.names().destroy("second");
        running.giveBack();
    }

    private void visitInsideAnOperation() {
        Lane own = collector.lanes().lease();
        collector.lanes().visitIdle(idle -> {});
        own.giveBack();
    }

    private long construct(String name) {
        owner.names().construct(name, IndexObject.TYPE, 1);
        return owner.names().iterator().next().offset();
    }
}
