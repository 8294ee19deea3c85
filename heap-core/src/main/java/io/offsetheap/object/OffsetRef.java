/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.layout.SizeClasses;
import io.offsetheap.memory.SegmentMemory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A reference to one object of a heap: it leads to this object or is an exception, never to another one that stands in its
 * place. An immutable value, which may be kept as long as one likes; it does not keep its object alive.
 *
 * <p>In the segment a reference is one word, so it is read and written whole, and a copy of it leads to the same object:
 *
 * <pre>
 *   tag:24 | offset/16:40          0 is no reference
 * </pre>
 *
 * The tag is 24 bits of what the object's identity has of its own. A word that has been kept over the end of its object is
 * noticed by it, but for one in 16 million of the objects that come to stand at the same offset later; an instance of this
 * class has the whole {@link Identity}, and notices as long as no other object has the same.
 *
 * <p>Equal if they lead to the same object. Thread-safe.
 *
 * @param <T> what a program holds of such an object
 */
public final class OffsetRef<T> {
    static final int TAG_BITS = 24;

    private static final int TAG_SHIFT = Long.SIZE - TAG_BITS;
    private static final long OFFSET_MASK = (1L << TAG_SHIFT) - 1;

    private final ObjectSpace space;
    private final SharedType<T> type;
    private final long offset;
    private final long identity;

    OffsetRef(ObjectSpace space, SharedType<T> type, long offset, long identity) {
        this.space = space;
        this.type = type;
        this.offset = offset;
        this.identity = identity;
    }

    /**
     * The reference that a word of the segment holds, or null if it is 0.
     *
     * @param typeBits {@link Identity#typeBits} of the type
     * @throws IllegalStateException if the object has been destroyed, or the word does not lead to an object of the type
     */
    public static <T> @Nullable OffsetRef<T> of(ObjectSpace space, SharedType<T> type, int typeBits, long word) {
        return word == 0 ? null : new OffsetRef<>(space, type, offset(word), identity(space.memory(), word, typeBits));
    }

    /** A reference to an object that has just been seen alive. */
    public static <T> OffsetRef<T> to(ObjectSpace space, SharedType<T> type, long offset, long identity) {
        return new OffsetRef<>(space, type, offset, identity);
    }

    // ---- the word

    /** The word for an object: where it stands, and which one it is. */
    public static long word(long offset, long identity) {
        return (long) Identity.tag(identity) << TAG_SHIFT | offset >>> SizeClasses.GRANULARITY_SHIFT;
    }

    /** Where a word leads. Unchecked: see {@link #identity}. */
    public static long offset(long word) {
        return (word & OFFSET_MASK) << SizeClasses.GRANULARITY_SHIFT;
    }

    /** Whether a word was made for an object of this identity. */
    public static boolean leadsTo(long word, long identity) {
        return identity != 0 && Identity.tag(identity) == (int) (word >>> TAG_SHIFT);
    }

    /**
     * The identity of the object that a word leads to.
     *
     * @param word not 0
     * @throws IllegalStateException if the object has been destroyed, or the word does not lead to an object of the type
     */
    public static long identity(SegmentMemory memory, long word, int typeBits) {
        long offset = offset(word);
        if (!memory.contains(offset, Long.BYTES)) {
            throw new IllegalStateException("a reference leads out of the heap: reference=0x" + Long.toHexString(word)
                    + " offset=" + offset + " segment=" + memory.name());
        }
        long identity = memory.getLongVolatile(offset);
        if (!leadsTo(word, identity) || Identity.typeOf(identity) != typeBits) {
            throw new IllegalStateException(
                    "a reference leads to no object of its type, or to one that has been destroyed:" + " reference=0x"
                            + Long.toHexString(word) + " offset=" + offset + " segment=" + memory.name());
        }
        return identity;
    }

    /** The word that stands for this reference in its segment. */
    public long word() {
        return word(offset, identity);
    }

    // ---- the object

    /** Where the object stands in its segment, a multiple of 16. */
    public long offset() {
        return offset;
    }

    public SharedType<T> type() {
        return type;
    }

    /**
     * The object.
     *
     * @throws IllegalStateException if it has been destroyed, or the heap is closed
     */
    public T get() {
        space.lanes().checkOpen();
        long length = type.shape().length(space.memory(), offset);
        // No type is asked to bind to what another object, or a program, has written in the place of the length.
        checkAlive();
        T bound = type.bind(space, offset, length);
        checkAlive();
        return bound;
    }

    /** Whether the object has not been destroyed. */
    public boolean isAlive() {
        space.lanes().checkOpen();
        SegmentMemory memory = space.memory();
        memory.loadFence();
        boolean alive = memory.getLongVolatile(offset) == identity;
        memory.keepMapped();
        return alive;
    }

    private void checkAlive() {
        if (!isAlive()) {
            throw destroyed();
        }
    }

    IllegalStateException destroyed() {
        return new IllegalStateException("the object has been destroyed: offset=" + offset + " type="
                + type.fingerprint() + " segment=" + space.memory().name());
    }

    /** The object's first word as long as it lives. */
    public long identity() {
        return identity;
    }

    /**
     * The heap that the object is in.
     *
     * @throws IllegalStateException if it is closed
     */
    public ObjectSpace space() {
        space.lanes().checkOpen();
        return space;
    }

    /**
     * Refuses a reference of another heap.
     *
     * @throws IllegalArgumentException if its object is not in this segment as it is mapped here
     */
    public void checkIn(ObjectSpace other) {
        if (!space.equals(other)) {
            throw new IllegalArgumentException("the reference is to an object of another heap: offset=" + offset
                    + " heap=" + space.memory().name() + " segment="
                    + other.memory().name());
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OffsetRef<?> ref
                && ref.offset == offset
                && ref.identity == identity
                && ref.space.equals(space);
    }

    @Override
    public int hashCode() {
        return Objects.hash(offset, identity);
    }

    @Override
    public String toString() {
        return type.fingerprint() + "@" + offset;
    }
}
