/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.object.IndexObject;
import io.offsetheap.object.SharedBytes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A name changes hands between the two steps of somebody else's call. */
class NameRaceTest {
    private final TestImage image = new TestImage(1 << 20);
    private final InterruptedMemory memory = image.newInterruptedMemory();
    private Attachment other;
    private Attachment me;

    @BeforeEach
    void attachTwice() {
        other = image.format(image.newMemory());
        me = image.attach(memory);
    }

    private long offsetOf(String name) {
        for (var names = other.names().iterator(); names.hasNext(); ) {
            var object = names.next();
            if (object.name().equals(name)) {
                return object.offset();
            }
        }
        throw new AssertionError("no such name: " + name);
    }

    /** A handle to the object that stands there now would be one to somebody else's bytes. */
    @Test
    void findsNothingWhenTheObjectIsDestroyedBetweenLookUpAndBinding() {
        other.names().construct("mine", SharedBytes.TYPE, 100);
        long offset = offsetOf("mine");
        memory.beforeLoad(at -> at == offset, () -> {
            assertTrue(other.names().destroy("mine"));
            other.names().construct("theirs", SharedBytes.TYPE, 99);
            assertEquals(offset, offsetOf("theirs"));
        });
        assertEquals(Optional.empty(), me.names().find("mine", SharedBytes.TYPE));
        assertTrue(memory.wasInterrupted());
    }

    @Test
    void findsNothingWhenTheMapIsDestroyedBetweenLookUpAndBinding() {
        other.names().construct("mine", IndexObject.TYPE, 1);
        long offset = offsetOf("mine");
        memory.beforeLoad(at -> at == offset, () -> assertTrue(other.names().destroy("mine")));
        assertEquals(Optional.empty(), me.names().find("mine", IndexObject.TYPE));
        assertTrue(memory.wasInterrupted());
    }

    @Test
    void findsTheHeirWhenTheNameIsGivenAgainBetweenLookUpAndBinding() {
        other.names().construct("name", SharedBytes.TYPE, 100);
        long offset = offsetOf("name");
        memory.beforeLoad(at -> at == offset, () -> {
            assertTrue(other.names().destroy("name"));
            other.names().construct("name", SharedBytes.TYPE, 99).putLong(0, 7);
        });
        SharedBytes found = me.names().find("name", SharedBytes.TYPE).orElseThrow();
        assertTrue(memory.wasInterrupted());
        assertEquals(99, found.length());
        assertEquals(7, found.getLong(0));
    }

    /** What was looked up says which blocks to free; the heir at the same offset has others. */
    @Test
    void destroysTheHeirWhenTheNameIsGivenAgainBetweenLookUpAndRemoval() {
        other.names().construct("name", SharedBytes.TYPE, 100);
        long offset = offsetOf("name");
        memory.beforeCompareAndSet(at -> true, () -> {
            assertTrue(other.names().destroy("name"));
            for (long length = 0; ; length += 16) {
                // The run of the old size class becomes one of another whose cells begin at the same place.
                other.blocks().trim();
                other.names().construct("name", SharedBytes.TYPE, length);
                if (offsetOf("name") == offset && length < 80) {
                    return;
                }
                assertTrue(length < 80, "no heir at the same offset");
                other.names().destroy("name");
            }
        });
        assertTrue(me.names().destroy("name"));
        assertTrue(memory.wasInterrupted());
        assertEquals(List.of(), me.verify().findings());
        assertEquals(0, me.verify().rawBlocks());
    }

    @Test
    void givesTheMakerItsOwnObjectHoweverSoonItIsDestroyed() {
        other.names().construct("warm", SharedBytes.TYPE, 100);
        other.names().destroy("warm");
        SharedBytes made = me.names().construct("name", SharedBytes.TYPE, 100);
        assertTrue(other.names().destroy("name"));
        other.names().construct("heir", SharedBytes.TYPE, 100);
        assertThrows(IllegalStateException.class, () -> made.getLong(0));
    }
}
