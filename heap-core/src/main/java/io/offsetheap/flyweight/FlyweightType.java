/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.lane.Lane;
import io.offsetheap.object.BlockShape;
import io.offsetheap.object.Codec;
import io.offsetheap.object.CursorCodec;
import io.offsetheap.object.Identity;
import io.offsetheap.object.ObjectSpace;
import io.offsetheap.object.OffsetRef;
import io.offsetheap.object.SharedType;
import io.offsetheap.object.ValueView;
import io.offsetheap.object.ValueWriter;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The type of the objects that a {@link Flyweight} is a cursor over: an identity word, then the fields of the layout, zeros at
 * first. Made by {@link Layout#type}. Immutable and thread-safe.
 *
 * <p>An object begins at a multiple of 16 and its fields at 8 more, so a field of 8 bytes never lies across cache lines.
 *
 * @param <T> the flyweight
 */
public final class FlyweightType<T extends Flyweight> implements SharedType<T> {
    /** Where the fields begin in an object, behind its identity. */
    static final int FIELDS_OFFSET = Long.BYTES;

    private final Layout<T> layout;
    private final Supplier<T> maker;
    private final int size;
    private final BlockShape shape;
    private final Codec<T> codec = new ValueCodec();
    /** Found out when they are asked for first, because a reference may lead to a type that is not made yet. */
    private @Nullable String fingerprint;

    private int typeBits;

    FlyweightType(Layout<T> layout, Supplier<T> maker) {
        this.layout = layout;
        this.maker = maker;
        this.size = layout.size();
        this.shape = new BlockShape(
                FIELDS_OFFSET + size,
                0,
                layout.references().stream()
                        .map(reference -> FIELDS_OFFSET + reference)
                        .toList());
    }

    /** The name that the layout was given. */
    public String name() {
        return layout.name();
    }

    /** Bytes of all fields, a multiple of 8: an object takes 8 more, a value of a map or an element of an array as many. */
    public int size() {
        return size;
    }

    /** Offsets of all references from the first field. */
    List<Integer> references() {
        return layout.references();
    }

    @Override
    public String fingerprint() {
        String known = fingerprint;
        if (known == null) {
            known = layout.fingerprint();
            fingerprint = known;
        }
        return known;
    }

    /** What the identities of all objects of this type have in common. */
    int typeBits() {
        int known = typeBits;
        if (known == 0) {
            known = Identity.typeBits(this);
            typeBits = known;
        }
        return known;
    }

    // ---- cursors

    /** A cursor that stands nowhere, to be moved. */
    public T newCursor() {
        return maker.get();
    }

    /**
     * A cursor at a value of its own in private memory, zeros at first: to be filled and put into a map. Its references lead
     * nowhere until then.
     */
    public T detached() {
        return detached(new byte[size]);
    }

    private T detached(byte[] bytes) {
        T cursor = newCursor();
        ValueWriter writer = ValueWriter.over(bytes);
        cursor.moveToValue(null, writer.view(), writer);
        return cursor;
    }

    /**
     * Moves a cursor to an object. Makes no garbage.
     *
     * @throws IllegalStateException if the object has been destroyed, or the heap is closed
     */
    public void moveTo(OffsetRef<T> ref, T cursor) {
        cursor.moveToObject(ref.space(), ref.offset(), ref.identity(), ref.offset() + FIELDS_OFFSET);
        cursor.checkAlive();
    }

    void moveTo(ObjectSpace space, long word, T cursor) {
        long offset = OffsetRef.offset(word);
        long identity = space.memory().peekLong(offset);
        if (!OffsetRef.leadsTo(word, identity) || Identity.typeOf(identity) != typeBits()) {
            identity = OffsetRef.identity(space.memory(), word, typeBits());
        }
        cursor.moveToObject(space, offset, identity, offset + FIELDS_OFFSET);
    }

    /**
     * A reference to the object that a cursor is at.
     *
     * @throws IllegalArgumentException if the cursor is not at an object of its own: at an element of an array, a struct or a
     *     value
     */
    public OffsetRef<T> refTo(T cursor) {
        if (!cursor.isObject(typeBits())) {
            throw new IllegalArgumentException("only an object can be referred to: cursor=" + cursor);
        }
        return OffsetRef.to(cursor.heap(), this, cursor.object(), cursor.identity());
    }

    // ---- objects

    @Override
    public Structure structure() {
        return Structure.BLOCK;
    }

    @Override
    public BlockShape shape() {
        return shape;
    }

    @Override
    public void reserve(ObjectSpace space, Lane lane, long length) {
        shape.reserve(space, lane, length);
    }

    @Override
    public long create(ObjectSpace space, Lane lane, long identity, long length) {
        return shape.create(space, lane, identity, length);
    }

    @Override
    public T bind(ObjectSpace space, long offset, long length) {
        long identity = space.memory().getLongVolatile(offset);
        if (identity == 0) {
            throw new IllegalStateException("the object has been destroyed: offset=" + offset + " segment="
                    + space.memory().name());
        }
        T cursor = newCursor();
        cursor.moveToObject(space, offset, identity, offset + FIELDS_OFFSET);
        return cursor;
    }

    // ---- values

    /**
     * The codec for maps whose values, or keys, are such flyweights. A value that a map returns is a copy in private memory; one
     * that is put into it may be at any place. Always the same.
     */
    public Codec<T> codec() {
        return codec;
    }

    private final class ValueCodec implements CursorCodec<T> {
        @Override
        public String id() {
            return fingerprint();
        }

        @Override
        public int fixedLength() {
            return size;
        }

        @Override
        public int write(T value, byte[] target, int position) {
            value.get(0, target, position, size);
            return size;
        }

        @Override
        public T read(ValueView view) {
            byte[] bytes = new byte[size];
            view.get(0, bytes, 0, size);
            return detached(bytes);
        }

        @Override
        public T newCursor() {
            return FlyweightType.this.newCursor();
        }

        @Override
        public void moveTo(T cursor, ObjectSpace space, ValueView value, @Nullable ValueWriter writer) {
            if (value.length() != size) {
                throw new CorruptedSegmentException("a value has a length that its type does not allow: length="
                        + value.length() + " expected=" + size + " type=" + name() + " segment="
                        + space.memory().name());
            }
            cursor.moveToValue(space, value, writer);
        }
    }

    @Override
    public String toString() {
        return fingerprint();
    }
}
