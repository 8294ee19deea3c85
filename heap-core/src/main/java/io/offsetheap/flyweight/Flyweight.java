/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import io.offsetheap.lane.LaneTable;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.Identity;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.ValueView;
import io.offsetheap.object.ValueWriter;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over the fields of one object: a few words of Java that say where it lies, moved from object to object without
 * garbage. Extended by users, who declare a {@link Layout} and give its fields names; this class adds no public method of its
 * own but {@link #toString}.
 *
 * <p>A cursor stands on one of three grounds: an object in a heap; the value of an entry that is being read, until the
 * function it was given to returns; or a value in private memory. At first it stands nowhere.
 *
 * <p>Fields of up to 8 bytes are read and written whole. Text, arrays and structs are not: who needs them in one piece
 * excludes others. Who writes a field is the program's to say; the heap takes no lock for it.
 *
 * <p>Confined to one thread. Every access is an {@link IllegalStateException} if the cursor stands nowhere, the heap is closed
 * or the object destroyed, and every change an {@link UnsupportedOperationException} on a heap opened for reading alone and on
 * a value that is being read.
 */
public abstract class Flyweight {
    /*
     * An object's first word says which it is, and is 0 once it is destroyed. It is compared behind each load: if it is still
     * the same, what was loaded belonged to the object. Before a store it is compared as well, but that is a courtesy: who
     * destroys an object while another writes to it has made no agreement with that other, and no check could.
     *
     * The object in a heap is the hot ground. Its way has no call that is not inlined and no branch that is ever taken; the
     * others begin where memory is null and go through a view, which knows its bounds and its end.
     */

    private static final byte[] NONE = new byte[0];

    /** The memory of the heap whose object this stands at; null on every other ground. */
    private @Nullable SegmentMemory memory;

    private @Nullable LaneTable lanes;
    /** The heap that references lead into; null in private memory that belongs to no heap. */
    private @Nullable ObjectSpace space;

    /** The value that this stands in; null at an object. */
    private @Nullable ValueView view;
    /** How the value is changed; null if it is not. */
    private @Nullable ValueWriter writer;

    /** Where the fields begin: an offset in the segment, or a position in the value. */
    private long start;
    /** Offset of the object that the fields are a part of, and its first word. */
    private long object;

    private long identity;

    private byte[] buffer = NONE;

    /**
     * Makes a cursor that stands nowhere.
     *
     * @throws IllegalStateException if its class does not extend this one itself, or has a field, of the cursor or static, that is
     *     not final: such a field would not be in the heap
     */
    protected Flyweight() {
        CursorClass.check(getClass());
    }

    // ---- where it stands

    /** Moves to fields of an object whose first word has just been seen. */
    final void moveToObject(ObjectSpace heap, long objectOffset, long objectIdentity, long fields) {
        if (memory != heap.memory()) {
            // Seldom: a cursor that walks stays in its heap, and need not tell the garbage collector.
            memory = heap.memory();
            lanes = heap.lanes();
            space = heap;
            view = null;
            writer = null;
        }
        start = fields;
        object = objectOffset;
        identity = objectIdentity;
    }

    /** Moves to a value. */
    final void moveToValue(@Nullable ObjectSpace heap, ValueView bytes, @Nullable ValueWriter changes) {
        memory = null;
        lanes = null;
        space = heap;
        view = bytes;
        writer = changes;
        start = 0;
        object = 0;
        identity = 0;
    }

    /** Moves into what another cursor stands at. */
    final void moveInto(Flyweight outer, int offset) {
        outer.checkAlive();
        memory = outer.memory;
        lanes = outer.lanes;
        space = outer.space;
        view = outer.view;
        writer = outer.writer;
        start = outer.start + offset;
        object = outer.object;
        identity = outer.identity;
    }

    /**
     * The heap that references lead into.
     *
     * @throws IllegalStateException if there is none
     */
    final ObjectSpace heap() {
        ObjectSpace heap = space;
        if (heap == null) {
            throw new IllegalStateException("the cursor is in no heap, and references lead nowhere: cursor=" + this);
        }
        return heap;
    }

    /** Whether a reference into a heap may be stored here: private memory that belongs to no heap may hold any. */
    final boolean mayReferInto(ObjectSpace heap) {
        return space == null || space.equals(heap);
    }

    /** Whether this stands at the fields of an object of their own, of a type. */
    final boolean isObject(int typeBits) {
        checkAlive();
        return memory != null && start == object + FlyweightType.FIELDS_OFFSET && Identity.typeOf(identity) == typeBits;
    }

    /** Offset of the object. */
    final long object() {
        return object;
    }

    /** The object's first word. */
    final long identity() {
        return identity;
    }

    /**
     * Refuses to go on.
     *
     * @throws IllegalStateException if there is nothing here
     */
    final void checkAlive() {
        SegmentMemory heap = memory;
        if (heap != null) {
            checkAlive(heap);
        } else {
            view().length();
        }
    }

    @SuppressWarnings("NullAway") // there are lanes where there is memory
    private void checkAlive(SegmentMemory heap) {
        lanes.checkOpen();
        if (heap.peekLong(object) != identity) {
            throw new IllegalStateException(
                    "the object has been destroyed: offset=" + object + " segment=" + heap.name());
        }
    }

    private ValueView view() {
        ValueView bytes = view;
        if (bytes == null) {
            throw new IllegalStateException("the cursor is not at an object: cursor=" + this);
        }
        return bytes;
    }

    private ValueWriter writer() {
        ValueWriter changes = writer;
        if (changes == null) {
            view();
            throw new UnsupportedOperationException("a value that is being read cannot be changed: cursor=" + this);
        }
        return changes;
    }

    private int position(int offset) {
        return (int) start + offset;
    }

    // ---- plain

    final byte getByte(int offset) {
        SegmentMemory heap = memory;
        if (heap == null) {
            return view().getByte(position(offset));
        }
        byte value = heap.getByte(start + offset);
        checkLoaded(heap);
        return value;
    }

    final void putByte(int offset, byte value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            writer().putByte(position(offset), value);
            return;
        }
        checkAlive(heap);
        heap.putByte(start + offset, value);
        heap.keepMapped();
    }

    final short getShort(int offset) {
        SegmentMemory heap = memory;
        if (heap == null) {
            return view().getShort(position(offset));
        }
        short value = heap.getShort(start + offset);
        checkLoaded(heap);
        return value;
    }

    final void putShort(int offset, short value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            writer().putShort(position(offset), value);
            return;
        }
        checkAlive(heap);
        heap.putShort(start + offset, value);
        heap.keepMapped();
    }

    final int getInt(int offset) {
        SegmentMemory heap = memory;
        if (heap == null) {
            return view().getInt(position(offset));
        }
        int value = heap.getInt(start + offset);
        checkLoaded(heap);
        return value;
    }

    final void putInt(int offset, int value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            writer().putInt(position(offset), value);
            return;
        }
        checkAlive(heap);
        heap.putInt(start + offset, value);
        heap.keepMapped();
    }

    final long getLong(int offset) {
        SegmentMemory heap = memory;
        if (heap == null) {
            return view().getLong(position(offset));
        }
        long value = heap.getLong(start + offset);
        checkLoaded(heap);
        return value;
    }

    final void putLong(int offset, long value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            writer().putLong(position(offset), value);
            return;
        }
        checkAlive(heap);
        heap.putLong(start + offset, value);
        heap.keepMapped();
    }

    /** The identity must not be loaded before what it is to vouch for. */
    private void checkLoaded(SegmentMemory heap) {
        heap.loadFence();
        checkAlive(heap);
        heap.keepMapped();
    }

    // ---- ordered: before all later loads and stores, or behind all earlier ones
    //
    // A value that is being read is read again if it has changed meanwhile, and one in private memory is nobody else's:
    // there
    // the order is that of plain accesses, kept as far as later loads are concerned.

    final byte getByteVolatile(int offset) {
        SegmentMemory heap = memory;
        if (heap == null) {
            return getByte(offset);
        }
        byte value = heap.getByteVolatile(start + offset);
        checkOrdered(heap);
        return value;
    }

    final void putByteRelease(int offset, byte value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            putByte(offset, value);
            return;
        }
        checkAlive(heap);
        heap.putByteRelease(start + offset, value);
        heap.keepMapped();
    }

    final short getShortVolatile(int offset) {
        SegmentMemory heap = memory;
        if (heap == null) {
            return getShort(offset);
        }
        short value = heap.getShortVolatile(start + offset);
        checkOrdered(heap);
        return value;
    }

    final void putShortRelease(int offset, short value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            putShort(offset, value);
            return;
        }
        checkAlive(heap);
        heap.putShortRelease(start + offset, value);
        heap.keepMapped();
    }

    final int getIntVolatile(int offset) {
        SegmentMemory heap = memory;
        if (heap == null) {
            return getInt(offset);
        }
        int value = heap.getIntVolatile(start + offset);
        checkOrdered(heap);
        return value;
    }

    final void putIntRelease(int offset, int value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            putInt(offset, value);
            return;
        }
        checkAlive(heap);
        heap.putIntRelease(start + offset, value);
        heap.keepMapped();
    }

    final long getLongVolatile(int offset) {
        SegmentMemory heap = memory;
        if (heap == null) {
            return getLong(offset);
        }
        long value = heap.getLongVolatile(start + offset);
        checkOrdered(heap);
        return value;
    }

    final void putLongRelease(int offset, long value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            putLong(offset, value);
            return;
        }
        checkAlive(heap);
        heap.putLongRelease(start + offset, value);
        heap.keepMapped();
    }

    private void checkOrdered(SegmentMemory heap) {
        checkAlive(heap);
        heap.keepMapped();
    }

    /** Behind a release store, and before any later load: what makes it a volatile one. */
    final void fullFence() {
        SegmentMemory heap = memory;
        if (heap != null) {
            heap.fullFence();
        }
    }

    final boolean compareAndSetByte(int offset, byte expected, byte value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            ValueWriter changes = writer();
            boolean same = getByte(offset) == expected;
            if (same) {
                changes.putByte(position(offset), value);
            }
            return same;
        }
        checkAlive(heap);
        boolean set = heap.compareAndSetByte(start + offset, expected, value);
        heap.keepMapped();
        return set;
    }

    final boolean compareAndSetShort(int offset, short expected, short value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            ValueWriter changes = writer();
            boolean same = getShort(offset) == expected;
            if (same) {
                changes.putShort(position(offset), value);
            }
            return same;
        }
        checkAlive(heap);
        boolean set = heap.compareAndSetShort(start + offset, expected, value);
        heap.keepMapped();
        return set;
    }

    final boolean compareAndSetInt(int offset, int expected, int value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            ValueWriter changes = writer();
            boolean same = getInt(offset) == expected;
            if (same) {
                changes.putInt(position(offset), value);
            }
            return same;
        }
        checkAlive(heap);
        boolean set = heap.compareAndSetInt(start + offset, expected, value);
        heap.keepMapped();
        return set;
    }

    final boolean compareAndSetLong(int offset, long expected, long value) {
        SegmentMemory heap = memory;
        if (heap == null) {
            ValueWriter changes = writer();
            boolean same = getLong(offset) == expected;
            if (same) {
                changes.putLong(position(offset), value);
            }
            return same;
        }
        checkAlive(heap);
        boolean set = heap.compareAndSetLong(start + offset, expected, value);
        heap.keepMapped();
        return set;
    }

    // ---- ranges

    final void get(int offset, byte[] target, int position, int count) {
        SegmentMemory heap = memory;
        if (heap == null) {
            view().get(position(offset), target, position, count);
            return;
        }
        heap.copyTo(start + offset, target, position, count);
        checkLoaded(heap);
    }

    final void put(int offset, byte[] source, int position, int count) {
        SegmentMemory heap = memory;
        if (heap == null) {
            writer().put(position(offset), source, position, count);
            return;
        }
        checkAlive(heap);
        heap.copyFrom(source, position, start + offset, count);
        heap.keepMapped();
    }

    /** Private memory for what is on its way in or out of a range, of at least so many bytes. */
    final byte[] buffer(int length) {
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        return buffer;
    }

    /** The class of the cursor and where it stands. */
    @Override
    public String toString() {
        String name = getClass().getSimpleName();
        if (memory != null) {
            return name + " at " + start + " of " + memory.name();
        }
        return view == null ? name + " nowhere" : name + " in a " + view;
    }
}
