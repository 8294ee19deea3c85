/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.flyweight.AnyLayout.Cursor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a layout accepts, and how it is written down. */
class LayoutTest {
    private final Layout<Cursor> layout = Layout.named("Any");

    private FlyweightType<Cursor> seal() {
        return layout.type(Cursor::new);
    }

    @Test
    void isWrittenDownFieldByField() {
        layout.longField("bid");
        layout.booleanField("open");
        layout.shortArray("sizes", 3);
        layout.text("venue", 4);
        layout.struct("level", AnyLayout.Level.TYPE);
        layout.ref("next", () -> AnyLayout.Level.TYPE);
        layout.doubleField("mid");
        FlyweightType<Cursor> type = seal();
        assertEquals(
                "Any/1{bid:i64@0,open:bool@8,sizes:i16[3]@10,venue:utf8[4]@16,"
                        + "level:Level/1{count:i32@0,price:i64@8}:16@24,next:ref<Level>@40,mid:f64@48}:56",
                type.fingerprint());
        assertEquals(type.fingerprint(), type.toString());
        assertEquals(type.fingerprint(), type.codec().id());
        assertEquals("SharedArray/1<" + type + ">", SharedArray.type(type).fingerprint());
        assertEquals(56, type.size());
        assertEquals("Any", type.name());
    }

    /** A node may refer to nodes, and two types to each other: a fingerprint holds the name of the target alone. */
    static final class Chicken extends Flyweight {
        private static final Layout<Chicken> LAYOUT = Layout.named("Chicken");
        static final RefField<Chicken, Egg> EGG = LAYOUT.ref("egg", () -> Egg.TYPE);
        static final FlyweightType<Chicken> TYPE = LAYOUT.type(Chicken::new);
    }

    static final class Egg extends Flyweight {
        private static final Layout<Egg> LAYOUT = Layout.named("Egg");
        static final RefField<Egg, Chicken> MOTHER = LAYOUT.ref("mother", () -> Chicken.TYPE);
        static final FlyweightType<Egg> TYPE = LAYOUT.type(Egg::new);
    }

    @Test
    void mayReferInCircles() {
        assertEquals("Chicken/1{egg:ref<Egg>@0}:8", Chicken.TYPE.fingerprint());
        assertEquals("Egg/1{mother:ref<Chicken>@0}:8", Egg.TYPE.fingerprint());
        layout.longField("number");
        layout.struct("egg", Egg.TYPE);
        layout.ref("chicken", () -> Chicken.TYPE);
        FlyweightType<Cursor> type = seal();
        assertEquals(List.of(8, 16), type.references());
        assertEquals(List.of(16, 24), type.shape().references());
        assertEquals(List.of(8, 16), SharedArray.type(type).shape().references());
    }

    @Test
    void rejectsWhatIsNoName() {
        for (String name : List.of("", "1a", "a b", "a,b", "a{", "ä", "a".repeat(65))) {
            assertThrows(IllegalArgumentException.class, () -> Layout.named(name), name);
            assertThrows(IllegalArgumentException.class, () -> layout.longField(name), name);
        }
        assertThrows(IllegalArgumentException.class, () -> layout.longField("a.b"));
        layout.longField("a".repeat(64));
        assertEquals("io.example.Quote$1", Layout.named("io.example.Quote$1").name());
    }

    @Test
    void rejectsAFieldThatItHas() {
        layout.longField("bid");
        var thrown = assertThrows(IllegalArgumentException.class, () -> layout.byteArray("bid", 3));
        assertEquals("the layout has this field already: field=bid layout=Any", thrown.getMessage());
        seal();
    }

    @Test
    void rejectsFieldsWithoutElements() {
        for (int length : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> layout.longArray("a", length));
            assertThrows(IllegalArgumentException.class, () -> layout.text("a", length));
        }
        assertThrows(IllegalArgumentException.class, () -> layout.text("a", 65_536));
        layout.text("a", 65_535);
    }

    @Test
    void rejectsMoreThanItsLargestSize() {
        layout.byteField("first");
        assertThrows(IllegalArgumentException.class, () -> layout.longArray("rest", Layout.MAX_SIZE / 8));
        assertThrows(IllegalArgumentException.class, () -> layout.longArray("rest", Integer.MAX_VALUE));
        layout.longArray("rest", Layout.MAX_SIZE / 8 - 1);
        var thrown = assertThrows(IllegalArgumentException.class, () -> layout.byteField("last"));
        assertEquals(
                "the layout is too large: size=1048577 maxSize=1048576 field=last layout=Any", thrown.getMessage());
        assertEquals(Layout.MAX_SIZE, seal().size());
    }

    @Test
    void isSealedByItsType() {
        assertThrows(IllegalStateException.class, this::seal);
        layout.byteField("first");
        assertEquals(8, seal().size());
        assertThrows(IllegalStateException.class, this::seal);
        var thrown = assertThrows(IllegalStateException.class, () -> layout.byteField("second"));
        assertTrue(thrown.getMessage().endsWith("field=second layout=Any"), thrown::getMessage);
    }
}
