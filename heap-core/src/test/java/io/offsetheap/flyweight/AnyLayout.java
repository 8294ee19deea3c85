/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** A layout of fields that a property has chosen, each with its place and a way to set it and to get it. */
final class AnyLayout {
    /** A flyweight without names for its fields. */
    static final class Cursor extends Flyweight {}

    /** What fields there are. */
    enum Kind {
        BYTE(1),
        SHORT(2),
        INT(4),
        LONG(8),
        FLOAT(4),
        DOUBLE(8),
        BOOLEAN(1),
        TEXT(2),
        STRUCT(8);

        final int width;

        Kind(int width) {
            this.width = width;
        }
    }

    /**
     * A field as it was asked for.
     *
     * @param length 0 for a single one or a struct, else the length of an array or the capacity of a text
     */
    record Wanted(Kind kind, int length) {}

    /** A value of a field: an element of an array is one of its own. */
    record Place(
            Kind kind,
            int offset,
            int bytes,
            Function<Long, Object> value,
            BiConsumer<Cursor, Object> set,
            Function<Cursor, Object> get) {
        int alignment() {
            return kind == Kind.STRUCT ? bytes : kind.width;
        }

        @Override
        public String toString() {
            return kind + "@" + offset;
        }
    }

    static final class Level extends Flyweight {
        private static final Layout<Level> LAYOUT = Layout.named("Level");
        static final IntField<Level> COUNT = LAYOUT.intField("count");
        static final LongField<Level> PRICE = LAYOUT.longField("price");
        static final FlyweightType<Level> TYPE = LAYOUT.type(Level::new);
    }

    private final Layout<Cursor> layout = Layout.named("Any");
    final List<Place> places = new ArrayList<>();
    final FlyweightType<Cursor> type;

    AnyLayout(List<Wanted> fields) {
        for (int i = 0; i < fields.size(); i++) {
            declare("f" + i, fields.get(i).kind, fields.get(i).length);
        }
        type = layout.type(Cursor::new);
    }

    static Arbitrary<List<Wanted>> fields() {
        Arbitrary<Kind> kinds = Arbitraries.of(Kind.class);
        Arbitrary<Integer> lengths = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(0)),
                Tuple.of(1, Arbitraries.integers().between(1, 9)));
        return kinds.flatMap(kind -> lengths.map(
                        length -> new Wanted(kind, kind == Kind.TEXT ? length + 4 : kind == Kind.STRUCT ? 0 : length)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    private void declare(String name, Kind kind, int length) {
        boolean single = length == 0;
        switch (kind) {
            case BYTE -> {
                if (single) {
                    ByteField<Cursor> field = layout.byteField(name);
                    add(kind, field.slot(), Long::byteValue, (c, v) -> field.set(c, (byte) v), field::get);
                } else {
                    ByteArrayField<Cursor> field = layout.byteArray(name, length);
                    addAll(
                            kind,
                            field.slot(),
                            Long::byteValue,
                            (i, c, v) -> field.set(c, i, (byte) v),
                            (i, c) -> field.get(c, i));
                }
            }
            case SHORT -> {
                if (single) {
                    ShortField<Cursor> field = layout.shortField(name);
                    add(kind, field.slot(), Long::shortValue, (c, v) -> field.set(c, (short) v), field::get);
                } else {
                    ShortArrayField<Cursor> field = layout.shortArray(name, length);
                    addAll(
                            kind,
                            field.slot(),
                            Long::shortValue,
                            (i, c, v) -> field.set(c, i, (short) v),
                            (i, c) -> field.get(c, i));
                }
            }
            case INT -> {
                if (single) {
                    IntField<Cursor> field = layout.intField(name);
                    add(kind, field.slot(), Long::intValue, (c, v) -> field.set(c, (int) v), field::get);
                } else {
                    IntArrayField<Cursor> field = layout.intArray(name, length);
                    addAll(
                            kind,
                            field.slot(),
                            Long::intValue,
                            (i, c, v) -> field.set(c, i, (int) v),
                            (i, c) -> field.get(c, i));
                }
            }
            case LONG -> {
                if (single) {
                    LongField<Cursor> field = layout.longField(name);
                    add(kind, field.slot(), v -> v, (c, v) -> field.set(c, (long) v), field::get);
                } else {
                    LongArrayField<Cursor> field = layout.longArray(name, length);
                    addAll(
                            kind,
                            field.slot(),
                            v -> v,
                            (i, c, v) -> field.set(c, i, (long) v),
                            (i, c) -> field.get(c, i));
                }
            }
            // Their bits, so that every NaN counts.
            case FLOAT -> {
                if (single) {
                    FloatField<Cursor> field = layout.floatField(name);
                    add(
                            kind,
                            field.slot(),
                            Long::intValue,
                            (c, v) -> field.set(c, Float.intBitsToFloat((int) v)),
                            c -> Float.floatToRawIntBits(field.get(c)));
                } else {
                    FloatArrayField<Cursor> field = layout.floatArray(name, length);
                    addAll(
                            kind,
                            field.slot(),
                            Long::intValue,
                            (i, c, v) -> field.set(c, i, Float.intBitsToFloat((int) v)),
                            (i, c) -> Float.floatToRawIntBits(field.get(c, i)));
                }
            }
            case DOUBLE -> {
                if (single) {
                    DoubleField<Cursor> field = layout.doubleField(name);
                    add(
                            kind,
                            field.slot(),
                            v -> v,
                            (c, v) -> field.set(c, Double.longBitsToDouble((long) v)),
                            c -> Double.doubleToRawLongBits(field.get(c)));
                } else {
                    DoubleArrayField<Cursor> field = layout.doubleArray(name, length);
                    addAll(
                            kind,
                            field.slot(),
                            v -> v,
                            (i, c, v) -> field.set(c, i, Double.longBitsToDouble((long) v)),
                            (i, c) -> Double.doubleToRawLongBits(field.get(c, i)));
                }
            }
            case BOOLEAN -> {
                if (single) {
                    BooleanField<Cursor> field = layout.booleanField(name);
                    add(kind, field.slot(), v -> (v & 1) != 0, (c, v) -> field.set(c, (boolean) v), field::get);
                } else {
                    BooleanArrayField<Cursor> field = layout.booleanArray(name, length);
                    addAll(
                            kind,
                            field.slot(),
                            v -> (v & 1) != 0,
                            (i, c, v) -> field.set(c, i, (boolean) v),
                            (i, c) -> field.get(c, i));
                }
            }
            case TEXT -> {
                TextField<Cursor> field = layout.text(name, length);
                places.add(new Place(
                        kind,
                        field.slot().offset(),
                        TextField.LENGTH_BYTES + length,
                        v -> text(v, length),
                        (c, v) -> field.set(c, (String) v),
                        field::get));
            }
            case STRUCT -> {
                StructField<Cursor, Level> field = layout.struct(name, Level.TYPE);
                int offset = field.slot().offset();
                places.add(new Place(
                        kind,
                        offset + Level.COUNT.slot().offset(),
                        Integer.BYTES,
                        Long::intValue,
                        (c, v) -> Level.COUNT.set(field.get(c), (int) v),
                        c -> Level.COUNT.get(field.get(c))));
                places.add(new Place(
                        kind,
                        offset + Level.PRICE.slot().offset(),
                        Long.BYTES,
                        v -> v,
                        (c, v) -> Level.PRICE.set(field.get(c), (long) v),
                        c -> Level.PRICE.get(field.get(c))));
            }
        }
    }

    /** A text of characters of one to four bytes that just fits, or is shorter. */
    private static String text(long seed, int capacity) {
        StringBuilder text = new StringBuilder();
        int[] characters = {'a', 'é', '€', 0x1F512, 0};
        int bytes = 0;
        long rest = seed;
        while (true) {
            int character = characters[(int) Long.remainderUnsigned(rest, 6) % 5];
            int length = Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
            if (bytes + length > capacity || rest == 0) {
                return text.toString();
            }
            text.appendCodePoint(character);
            bytes += length;
            rest = Long.divideUnsigned(rest, 6);
        }
    }

    private void add(
            Kind kind,
            Slot slot,
            Function<Long, Object> value,
            BiConsumer<Cursor, Object> set,
            Function<Cursor, Object> get) {
        places.add(new Place(kind, slot.offset(), kind.width, value, set, get));
    }

    private interface SetElement {
        void set(int index, Cursor cursor, Object value);
    }

    private interface GetElement {
        Object get(int index, Cursor cursor);
    }

    private void addAll(Kind kind, Slot slot, Function<Long, Object> value, SetElement set, GetElement get) {
        for (int i = 0; i < slot.length(); i++) {
            int index = i;
            places.add(new Place(
                    kind,
                    slot.offset() + i * kind.width,
                    kind.width,
                    value,
                    (c, v) -> set.set(index, c, v),
                    c -> get.get(index, c)));
        }
    }
}
