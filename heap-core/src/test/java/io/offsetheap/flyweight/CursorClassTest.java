/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.flyweight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CursorClassTest {
    static class Open extends Flyweight {
        static final Layout<Open> LAYOUT = Layout.named("Open");
        static final LongField<Open> X = LAYOUT.longField("x");
        static final FlyweightType<Open> TYPE = LAYOUT.type(Open::new);
    }

    static final class Derived extends Open {}

    static final class WithState extends Flyweight {
        int count;

        int count() {
            return count;
        }
    }

    static final class WithAStatic extends Flyweight {
        static int made;

        WithAStatic() {
            made++;
        }
    }

    static final class WithFinalFields extends Flyweight {
        private static final long LIMIT = 3;

        private final Open part = Open.TYPE.newCursor();

        long limit() {
            return LIMIT;
        }
    }

    @Test
    void refusesAClassBelowAnotherFlyweight() {
        refuses(
                Derived::new,
                "a flyweight extends Flyweight itself, because two layouts would lie one over the other: class="
                        + Derived.class.getName() + " superclass=" + Open.class.getName());
    }

    @Test
    void refusesAFieldThatOtherProcessesWouldNotSee() {
        refuses(WithState::new, "field=count");
        refuses(WithAStatic::new, "field=made");
        assertEquals(0, WithAStatic.made);
    }

    /** The first time and every other. */
    private static void refuses(Supplier<Flyweight> maker, String expected) {
        for (int i = 0; i < 2; i++) {
            String message =
                    assertThrows(IllegalStateException.class, maker::get).getMessage();
            assertEquals(expected, message.substring(message.length() - expected.length()));
        }
    }

    @Test
    void letsFinalFieldsPass() {
        var cursor = new WithFinalFields();
        assertEquals("Open nowhere", cursor.part.toString());
        assertEquals(3, cursor.limit());
        assertEquals("", new Flyweight() {}.toString().replace(" nowhere", ""));
    }
}
