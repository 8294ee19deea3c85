/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.openhft.chronicle.bytes.BytesIn;
import net.openhft.chronicle.bytes.BytesMarshallable;
import net.openhft.chronicle.bytes.BytesOut;
import org.junit.jupiter.api.Test;

class MarshallableCodecTest {
    /** Writes itself, one field after the other. */
    private static final class Order implements BytesMarshallable {
        private String client = "";
        private final List<Long> amounts = new ArrayList<>();

        Order() {}

        Order(String client, List<Long> amounts) {
            this.client = client;
            this.amounts.addAll(amounts);
        }

        @Override
        public void writeMarshallable(BytesOut<?> bytes) {
            bytes.writeUtf8(client).writeStopBit(amounts.size());
            amounts.forEach(bytes::writeLong);
        }

        @Override
        public void readMarshallable(BytesIn<?> bytes) {
            client = bytes.readUtf8();
            for (long count = bytes.readStopBit(); count > 0; count--) {
                amounts.add(bytes.readLong());
            }
        }
    }

    /** Leaves it to Chronicle to write its fields, which must be public for that. */
    public static final class Point implements BytesMarshallable {
        public int x;
        public double y;
        public String label = "";
    }

    private static final Codec<Order> ORDERS = Codecs.marshallable("order/1", Order::new);

    private static <T> byte[] encode(Codec<T> codec, T value) {
        int room = codec.maxLength(value);
        byte[] bytes = new byte[3 + room];
        return Arrays.copyOfRange(bytes, 3, 3 + codec.write(value, bytes, 3));
    }

    private static <T> T decode(Codec<T> codec, byte[] bytes) {
        ValueView view = new ValueView();
        view.wrap(bytes, 0, bytes.length);
        return codec.read(view);
    }

    @Property(tries = 200)
    void readsWhatItHasWritten(@ForAll String client, @ForAll @Size(max = 50) List<Long> amounts) {
        Order read = decode(ORDERS, encode(ORDERS, new Order(client, amounts)));
        assertEquals(client, read.client);
        assertEquals(amounts, read.amounts);
    }

    @Test
    void writesFieldsThatChronicleFinds() {
        Codec<Point> points = Codecs.marshallable("point/1", Point::new);
        Point point = new Point();
        point.x = -3;
        point.y = 0.5;
        point.label = "origin";
        Point read = decode(points, encode(points, point));
        assertEquals(-3, read.x);
        assertEquals(0.5, read.y);
        assertEquals("origin", read.label);
    }

    /** Whatever the bytes are, the answer is an object or an exception, and nothing beside the value is read. */
    @Property(tries = 100)
    void readsNothingBesideTheValue(@ForAll byte[] garbage, @ForAll String client) {
        byte[] written = encode(ORDERS, new Order(client, List.of(1L, 2L)));
        for (int length = 0; length < written.length; length++) {
            byte[] cut = Arrays.copyOf(written, length);
            assertThrows(RuntimeException.class, () -> decode(ORDERS, cut));
        }
        try {
            assertEquals(garbage.length >= 0, decode(ORDERS, garbage).amounts.size() <= garbage.length);
        } catch (RuntimeException expected) {
            assertEquals(false, expected.toString().isEmpty());
        }
    }

    @Test
    void doesNotBelieveALengthThatIsNotThere() {
        byte[] written = encode(ORDERS, new Order("client", List.of(1L)));
        written[0] = 127;
        assertThrows(RuntimeException.class, () -> decode(ORDERS, written));
        // A stop-bit number of about 2^42.
        byte[] enormous = {-1, -1, -1, -1, -1, -1, 1};
        assertThrows(RuntimeException.class, () -> decode(ORDERS, enormous));
    }

    /** A value may store others of the same kind while it writes itself. */
    @Test
    void writesAValueInsideAnother() {
        byte[] inner = encode(ORDERS, new Order("inner", List.of(1L)));
        Codec<BytesMarshallable> codec = Codecs.marshallable("outer/1", Point::new);
        BytesMarshallable outer = new BytesMarshallable() {
            @Override
            public void writeMarshallable(BytesOut<?> bytes) {
                bytes.writeInt(7);
                bytes.write(encode(ORDERS, new Order("inner", List.of(1L))));
                bytes.writeInt(8);
            }
        };
        byte[] bytes = encode(codec, outer);
        assertEquals(Integer.BYTES + inner.length + Integer.BYTES, bytes.length);
        assertArrayEquals(inner, Arrays.copyOfRange(bytes, Integer.BYTES, Integer.BYTES + inner.length));
    }

    /** What was written for one call is not used for the next: the value may have changed. */
    @Test
    void writesTheValueAsItIsNow() {
        Order order = new Order("first", List.of());
        byte[] bytes = new byte[100];
        ORDERS.maxLength(order);
        int length = ORDERS.write(order, bytes, 0);
        assertEquals("first", decode(ORDERS, Arrays.copyOf(bytes, length)).client);
        order.client = "second";
        length = ORDERS.write(order, bytes, 0);
        assertEquals("second", decode(ORDERS, Arrays.copyOf(bytes, length)).client);
        Order large = new Order("x".repeat(Scratch.KEPT_CAPACITY), List.of());
        assertEquals(large.client, decode(ORDERS, encode(ORDERS, large)).client);
        assertEquals("second", decode(ORDERS, encode(ORDERS, order)).client);
    }
}
