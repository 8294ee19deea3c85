/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import io.offsetheap.object.SharedType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Says which fields a {@link Flyweight} has, one by one, and is sealed by {@link #type}.
 *
 * <pre>{@code
 * final class Quote extends Flyweight {
 *     private static final Layout<Quote> LAYOUT = Layout.named("Quote");
 *     private static final LongField<Quote> BID = LAYOUT.longField("bid");
 *     private static final LongField<Quote> ASK = LAYOUT.longField("ask");
 *     static final FlyweightType<Quote> TYPE = LAYOUT.type(Quote::new);
 *
 *     long bid() {
 *         return BID.get(this);
 *     }
 * }
 * }</pre>
 *
 * <p>Fields stand in the order in which they are declared, each at the next multiple of its width, and the size is rounded up to
 * 8. So the source says which fields share a cache line; the one who wants no gaps declares wide fields first.
 *
 * <p>Names consist of letters, digits and {@code _}, do not begin with a digit and have at most 64 characters; that of the layout
 * may contain {@code .} and {@code $} too. They are part of the type's fingerprint, the names of Java classes and fields are not.
 *
 * <p>Not thread-safe: declared in the static initializer of the flyweight, which the JVM runs once. One layout belongs to a
 * class of flyweights.
 *
 * @param <T> the flyweight
 */
public final class Layout<T extends Flyweight> {
    /*
     * A field is a record in a static final field, because a just-in-time compiler takes the components of such a record for
     * constants: the offset is a part of the instruction. So it must be known when the field is declared, and the order is the
     * declared one.
     */

    /** Most bytes of all fields together. */
    public static final int MAX_SIZE = 1 << 20;

    private static final int MAX_NAME_LENGTH = 64;
    private static final int MAX_TEXT_LENGTH = 0xFFFF;
    private static final Pattern TYPE_NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_.$]*");
    private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** What a fingerprint says of a field. */
    private record Declared(String name, Supplier<String> type, int offset) {}

    private final String name;
    private final List<Declared> fields = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    /** Offsets of all references, those inside structs as well. */
    private final List<Integer> references = new ArrayList<>();

    private int end;
    private boolean sealed;

    private Layout(String name) {
        this.name = name;
    }

    /**
     * Begins a layout.
     *
     * @param name by which other processes know it; it need not be that of the class
     * @throws IllegalArgumentException if it is no name
     */
    public static <T extends Flyweight> Layout<T> named(String name) {
        checkName(name, TYPE_NAME);
        return new Layout<>(name);
    }

    private static void checkName(String name, Pattern pattern) {
        if (name.length() > MAX_NAME_LENGTH || !pattern.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "not a name: name=" + name + " pattern=" + pattern + " maxLength=" + MAX_NAME_LENGTH);
        }
    }

    // ---- fields of one value

    /**
     * Declares a field.
     *
     * @throws IllegalArgumentException if the name is none or taken, or the layout too large
     * @throws IllegalStateException if the layout is sealed
     */
    public ByteField<T> byteField(String field) {
        return new ByteField<>(declare(field, "i8", Byte.BYTES));
    }

    /** Declares a field. Throws as {@link #byteField}. */
    public ShortField<T> shortField(String field) {
        return new ShortField<>(declare(field, "i16", Short.BYTES));
    }

    /** Declares a field. Throws as {@link #byteField}. */
    public IntField<T> intField(String field) {
        return new IntField<>(declare(field, "i32", Integer.BYTES));
    }

    /** Declares a field. Throws as {@link #byteField}. */
    public LongField<T> longField(String field) {
        return new LongField<>(declare(field, "i64", Long.BYTES));
    }

    /** Declares a field. Throws as {@link #byteField}. */
    public FloatField<T> floatField(String field) {
        return new FloatField<>(declare(field, "f32", Float.BYTES));
    }

    /** Declares a field. Throws as {@link #byteField}. */
    public DoubleField<T> doubleField(String field) {
        return new DoubleField<>(declare(field, "f64", Double.BYTES));
    }

    /** Declares a field. Throws as {@link #byteField}. */
    public BooleanField<T> booleanField(String field) {
        return new BooleanField<>(declare(field, "bool", Byte.BYTES));
    }

    // ---- fields of several

    /**
     * Declares an array.
     *
     * @param length number of its elements, at least 1
     * @throws IllegalArgumentException if the name is none or taken, the length is not positive, or the layout too large
     * @throws IllegalStateException if the layout is sealed
     */
    public ByteArrayField<T> byteArray(String field, int length) {
        return new ByteArrayField<>(declareArray(field, "i8", Byte.BYTES, length));
    }

    /** Declares an array. Throws as {@link #byteArray}. */
    public ShortArrayField<T> shortArray(String field, int length) {
        return new ShortArrayField<>(declareArray(field, "i16", Short.BYTES, length));
    }

    /** Declares an array. Throws as {@link #byteArray}. */
    public IntArrayField<T> intArray(String field, int length) {
        return new IntArrayField<>(declareArray(field, "i32", Integer.BYTES, length));
    }

    /** Declares an array. Throws as {@link #byteArray}. */
    public LongArrayField<T> longArray(String field, int length) {
        return new LongArrayField<>(declareArray(field, "i64", Long.BYTES, length));
    }

    /** Declares an array. Throws as {@link #byteArray}. */
    public FloatArrayField<T> floatArray(String field, int length) {
        return new FloatArrayField<>(declareArray(field, "f32", Float.BYTES, length));
    }

    /** Declares an array. Throws as {@link #byteArray}. */
    public DoubleArrayField<T> doubleArray(String field, int length) {
        return new DoubleArrayField<>(declareArray(field, "f64", Double.BYTES, length));
    }

    /** Declares an array. Throws as {@link #byteArray}. */
    public BooleanArrayField<T> booleanArray(String field, int length) {
        return new BooleanArrayField<>(declareArray(field, "bool", Byte.BYTES, length));
    }

    /**
     * Declares a text.
     *
     * @param capacity the most bytes it can have in UTF-8, from 1 to 65,535; it takes two more
     * @throws IllegalArgumentException if the name is none or taken, the capacity is none, or the layout too large
     * @throws IllegalStateException if the layout is sealed
     */
    public TextField<T> text(String field, int capacity) {
        if (capacity < 1 || capacity > MAX_TEXT_LENGTH) {
            throw new IllegalArgumentException("a text has a capacity from 1 to " + MAX_TEXT_LENGTH
                    + " bytes: capacity=" + capacity + " field=" + name + "." + field);
        }
        int bytes = TextField.LENGTH_BYTES + capacity;
        return new TextField<>(declare(field, () -> "utf8[" + capacity + "]", Short.BYTES, bytes, capacity));
    }

    /**
     * Declares a struct: the fields of another flyweight, in place. Throws as {@link #byteField}.
     *
     * @param type of the other flyweight
     */
    public <S extends Flyweight> StructField<T, S> struct(String field, FlyweightType<S> type) {
        Slot slot = declare(field, type::fingerprint, Long.BYTES, type.size(), 1);
        for (int reference : type.references()) {
            references.add(slot.offset() + reference);
        }
        return new StructField<>(slot, type);
    }

    /**
     * Declares a reference. Throws as {@link #byteField}.
     *
     * @param target gives the type of what it refers to, this one perhaps; called when the reference is used first, not before.
     *     The fingerprint holds no more of it than its name
     */
    public <U extends Flyweight> RefField<T, U> ref(String field, Supplier<FlyweightType<U>> target) {
        Slot slot = declare(field, () -> "ref<" + target.get().name() + ">", Long.BYTES, Long.BYTES, 1);
        references.add(slot.offset());
        return new RefField<>(slot, target);
    }

    /**
     * Declares a reference to an object of any type, such as a map. Throws as {@link #byteField}.
     *
     * @param target gives the type of what it refers to; called when the reference is used first, not before. The fingerprint
     *     does not hold it: what a reference leads to is looked at when it is used
     */
    public <U> OffsetRefField<T, U> offsetRef(String field, Supplier<? extends SharedType<U>> target) {
        Slot slot = declare(field, "ref", Long.BYTES);
        references.add(slot.offset());
        return new OffsetRefField<>(slot, target);
    }

    private Slot declare(String field, String type, int width) {
        return declare(field, () -> type, width, width, 1);
    }

    private Slot declareArray(String field, String type, int width, int length) {
        if (length < 1) {
            throw new IllegalArgumentException(
                    "an array has at least one element: length=" + length + " field=" + name + "." + field);
        }
        return declare(field, () -> type + "[" + length + "]", width, (long) width * length, length);
    }

    private Slot declare(String field, Supplier<String> type, int alignment, long bytes, int length) {
        if (sealed) {
            throw new IllegalStateException("the layout is sealed: declare all fields before its type is made: field="
                    + field + " layout=" + name);
        }
        checkName(field, FIELD_NAME);
        if (names.contains(field)) {
            throw new IllegalArgumentException("the layout has this field already: field=" + field + " layout=" + name);
        }
        int offset = (end + alignment - 1) & -alignment;
        if (offset + bytes > MAX_SIZE) {
            throw new IllegalArgumentException("the layout is too large: size=" + (offset + bytes) + " maxSize="
                    + MAX_SIZE + " field=" + field + " layout=" + name);
        }
        names.add(field);
        fields.add(new Declared(field, type, offset));
        end = offset + (int) bytes;
        return new Slot(name + "." + field, offset, length);
    }

    // ---- the end

    /**
     * Seals the layout and makes its type.
     *
     * @param maker makes a cursor that stands nowhere
     * @throws IllegalStateException if it is sealed already, or has no field
     */
    public FlyweightType<T> type(Supplier<T> maker) {
        if (sealed || fields.isEmpty()) {
            throw new IllegalStateException("a layout has one type, and at least one field: fields=" + fields.size()
                    + " sealed=" + sealed + " layout=" + name);
        }
        sealed = true;
        return new FlyweightType<>(this, maker);
    }

    String name() {
        return name;
    }

    int size() {
        return (end + Long.BYTES - 1) & -Long.BYTES;
    }

    List<Integer> references() {
        return List.copyOf(references);
    }

    /** {@code Quote/1{bid:i64@0,ask:i64@8}:16}: version of these rules, fields with their offsets, size. */
    String fingerprint() {
        StringBuilder text = new StringBuilder(name).append("/1");
        char before = '{';
        for (Declared field : fields) {
            text.append(before)
                    .append(field.name)
                    .append(':')
                    .append(field.type.get())
                    .append('@')
                    .append(field.offset);
            before = ',';
        }
        return text.append("}:").append(size()).toString();
    }

    @Override
    public String toString() {
        return "layout " + name;
    }
}
