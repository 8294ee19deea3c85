/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.flyweight.AnyLayout.Cursor;
import io.offsetheap.flyweight.AnyLayout.Place;
import io.offsetheap.flyweight.AnyLayout.Wanted;
import io.offsetheap.layout.Geometry;
import io.offsetheap.object.Codec;
import io.offsetheap.object.ValueWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever fields a layout has, on whatever ground: they keep what they are given and nothing else. */
class FlyweightProperties {
    /** A store into one of the places, counted round, of a value made of a number. */
    record Store(int place, long number) {}

    @Provide
    Arbitrary<List<Wanted>> layouts() {
        return AnyLayout.fields();
    }

    @Provide
    Arbitrary<List<Store>> stores() {
        return Combinators.combine(Arbitraries.integers().between(0, 1000), Arbitraries.longs())
                .as(Store::new)
                .list()
                .ofMaxSize(20);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void fieldsAreAlignedAndDoNotOverlap(@ForAll("layouts") List<Wanted> fields) {
        AnyLayout any = new AnyLayout(fields);
        BitSet taken = new BitSet();
        for (Place place : any.places) {
            assertEquals(0, place.offset() % place.alignment(), place::toString);
            taken.set(place.offset(), place.offset() + place.bytes());
        }
        assertEquals(any.places.stream().mapToInt(Place::bytes).sum(), taken.cardinality());
        assertTrue(taken.length() <= any.type.size());
        assertEquals(0, any.type.size() % Long.BYTES);
    }

    /** Whatever is changed: a kind, a length, the order, the number of fields. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    void fingerprintsDifferWhereLayoutsDo(
            @ForAll("layouts") List<Wanted> fields, @ForAll("layouts") List<Wanted> others) {
        List<String> texts = new ArrayList<>();
        List<List<Wanted>> layouts = new ArrayList<>(List.of(fields, others));
        for (int i = 0; i < fields.size(); i++) {
            List<Wanted> changed = new ArrayList<>(fields);
            changed.set(i, others.get(0));
            layouts.add(changed);
            layouts.add(List.copyOf(fields.subList(0, i + 1)));
        }
        layouts.forEach(layout -> texts.add(new AnyLayout(layout).type.fingerprint()));
        for (int i = 0; i < layouts.size(); i++) {
            for (int j = 0; j < i; j++) {
                boolean same = layouts.get(i).equals(layouts.get(j));
                assertEquals(same, texts.get(i).equals(texts.get(j)), texts.get(i));
            }
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void aDetachedValueKeepsWhatItIsGiven(
            @ForAll("layouts") List<Wanted> fields, @ForAll("stores") List<Store> stores) {
        AnyLayout any = new AnyLayout(fields);
        Cursor value = any.type.detached();
        Codec<Cursor> codec = any.type.codec();
        new Model(any).run(stores, value, () -> {
            // A copy, by the way a map takes.
            byte[] bytes = new byte[codec.fixedLength()];
            assertEquals(bytes.length, codec.write(value, bytes, 0));
            return codec.read(ValueWriter.over(bytes).view());
        });
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void anObjectKeepsWhatItIsGiven(@ForAll("layouts") List<Wanted> fields, @ForAll("stores") List<Store> stores) {
        AnyLayout any = new AnyLayout(fields);
        try (TestSegment segment = new TestSegment(TestSegment.Storage.SHARED_MEMORY, Geometry.of(512 << 10))) {
            OffsetHeap heap = segment.create();
            OffsetHeap other = segment.open();
            Cursor object = heap.construct("object", any.type);
            new Model(any)
                    .run(stores, object, () -> other.find("object", any.type).orElseThrow());
            assertEquals(List.of(), heap.verify().findings());
        }
    }

    /** Law C-097. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void theElementsOfAnArrayKeepWhatTheyAreGiven(
            @ForAll("layouts") List<Wanted> fields, @ForAll("stores") List<Store> stores) {
        AnyLayout any = new AnyLayout(fields);
        try (TestSegment segment = new TestSegment(TestSegment.Storage.SHARED_MEMORY, Geometry.of(512 << 10))) {
            OffsetHeap heap = segment.create();
            OffsetHeap other = segment.open();
            SharedArray<Cursor> array = heap.construct("array", SharedArray.type(any.type), 3);
            SharedArray<Cursor> seen =
                    other.find("array", SharedArray.type(any.type)).orElseThrow();
            assertEquals(3, seen.size());
            List<Model> models = List.of(new Model(any), new Model(any), new Model(any));
            for (int i = 0; i < stores.size(); i++) {
                int index = stores.get(i).place % 3;
                models.get(index).run(stores.subList(i, i + 1), array.get(index), () -> seen.get(index));
                for (int j = 0; j < 3; j++) {
                    models.get(j).check(seen.get(j));
                }
            }
            assertEquals(List.of(), heap.verify().findings());
        }
    }

    static final class Outer extends Flyweight {}

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void aStructKeepsWhatItIsGiven(@ForAll("layouts") List<Wanted> fields, @ForAll("stores") List<Store> stores) {
        AnyLayout any = new AnyLayout(fields);
        Layout<Outer> layout = Layout.named("Outer");
        ByteField<Outer> before = layout.byteField("before");
        StructField<Outer, Cursor> struct = layout.struct("struct", any.type);
        LongField<Outer> after = layout.longField("after");
        Outer outer = layout.type(Outer::new).detached();
        before.set(outer, (byte) -1);
        after.set(outer, -1);
        new Model(any).run(stores, struct.get(outer), () -> struct.get(outer));
        assertEquals(-1, before.get(outer));
        assertEquals(-1, after.get(outer));
    }

    /** What the places should hold. */
    private static final class Model {
        private final List<Place> places;
        private final List<Object> values = new ArrayList<>();

        Model(AnyLayout any) {
            places = any.places;
            places.forEach(place -> values.add(place.value().apply(0L)));
        }

        void run(List<Store> stores, Cursor written, Supplier<Cursor> seen) {
            check(written);
            for (Store store : stores) {
                int at = store.place % places.size();
                Object value = places.get(at).value().apply(store.number);
                values.set(at, value);
                places.get(at).set().accept(written, value);
                check(written);
                check(seen.get());
            }
        }

        void check(Cursor cursor) {
            for (int i = 0; i < places.size(); i++) {
                assertEquals(
                        values.get(i),
                        places.get(i).get().apply(cursor),
                        places.get(i).toString());
            }
        }
    }
}
