/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.object.SharedBytes;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A block as Chronicle Bytes. */
class BlockBytesTest {
    @TempDir
    Path directory;

    private HeapBuilder builder() {
        return OffsetHeap.file(directory.resolve("heap")).maxSize(1 << 20);
    }

    @Test
    void isReadByAnotherMappingAsItWasWritten() {
        try (OffsetHeap heap = builder().create();
                OffsetHeap other = builder().open()) {
            long block = heap.allocate(200);
            heap.bytes(block)
                    .writeByte((byte) -1)
                    .writeUnsignedShort(65_535)
                    .writeInt(-7)
                    .writeLong(Long.MIN_VALUE)
                    .writeFloat(1.5f)
                    .writeDouble(-0.0)
                    .writeUtf8("αβγ")
                    .write8bit("latin")
                    .writeStopBit(1_000_000)
                    .append(12_345)
                    .append(' ')
                    .append(-0.25)
                    .append(' ')
                    .append(Long.MIN_VALUE)
                    .append('\n');
            Bytes<Void> read = other.bytes(block).readLimitToCapacity();
            assertEquals(-1, read.readByte());
            assertEquals(65_535, read.readUnsignedShort());
            assertEquals(-7, read.readInt());
            assertEquals(Long.MIN_VALUE, read.readLong());
            assertEquals(1.5f, read.readFloat());
            assertEquals(-0.0, read.readDouble());
            assertEquals("αβγ", read.readUtf8());
            assertEquals("latin", read.read8bit());
            assertEquals(1_000_000, read.readStopBit());
            assertEquals(12_345, read.parseLong());
            assertEquals(-0.25, read.parseDouble());
            assertEquals(Long.MIN_VALUE, read.parseLong());
        }
    }

    /** What the view calls atomic is so for all mappings, and only where a processor can do it. */
    @Test
    void countsTogetherWithAnotherMapping() throws Exception {
        try (OffsetHeap heap = builder().create();
                OffsetHeap other = builder().open()) {
            SharedBytes named = heap.construct("counters", SharedBytes.TYPE, 32);
            Bytes<Void> here = named.bytes();
            Bytes<Void> there =
                    other.find("counters", SharedBytes.TYPE).orElseThrow().bytes();
            Thread thread = new Thread(() -> count(there));
            thread.start();
            count(here);
            thread.join();
            assertEquals(20_000, named.getLong(0));
            assertEquals(20_000, here.readVolatileInt(12));
            assertFalse(here.compareAndSwapInt(12, 1, 2));
            here.testAndSetInt(12, 20_000, 1);
            assertThrows(IllegalStateException.class, () -> here.testAndSetInt(12, 20_000, 1));
            here.writeVolatileLong(16, 5).writeVolatileByte(24, (byte) 6).writeVolatileShort(26, (short) 7);
            assertEquals(5, there.readVolatileLong(16));
            assertEquals(6, there.readVolatileByte(24));
            assertEquals(7, there.readVolatileShort(26));
            var thrown = assertThrows(IllegalArgumentException.class, () -> here.compareAndSwapLong(4, 0, 1));
            assertTrue(thrown.getMessage()
                    .startsWith("an ordered access of 8 bytes begins at a multiple of 8: position=4"));
            assertThrows(IllegalArgumentException.class, () -> here.writeOrderedInt(2, 1));
        }
    }

    private static void count(Bytes<Void> counters) {
        for (int i = 0; i < 10_000; i++) {
            counters.addAndGetLong(0, 1);
            counters.addAndGetInt(12, 1);
        }
    }

    @Test
    void endsWithTheBlock() {
        try (OffsetHeap heap = builder().create()) {
            long block = heap.allocate(100);
            int size = (int) heap.usableSize(block);
            Bytes<Void> bytes = heap.bytes(block);
            assertEquals(size, bytes.capacity());
            assertFalse(bytes.isElastic());
            bytes.writePosition(size - 4);
            bytes.writeInt(1);
            assertThrows(BufferOverflowException.class, () -> bytes.writeByte((byte) 1));
            assertThrows(BufferOverflowException.class, () -> bytes.ensureCapacity(size + 1));
            assertThrows(BufferOverflowException.class, () -> bytes.writeLong(size - 7, 1));
            assertThrows(BufferUnderflowException.class, () -> bytes.readLong(size - 7));
            assertThrows(IllegalArgumentException.class, () -> bytes.readByte(-1));
            BytesStore<?, Void> store = bytes.bytesStore();
            assertThrows(BufferUnderflowException.class, () -> store.readByte(-1));
            assertThrows(BufferUnderflowException.class, () -> store.readLong(size - 7));
            assertThrows(BufferOverflowException.class, () -> store.writeLong(Long.MAX_VALUE - 3, 1));
            assertThrows(BufferOverflowException.class, () -> store.write(size - 3, new byte[4]));
            assertThrows(UnsupportedOperationException.class, () -> bytes.addressForWrite(0));
        }
    }

    @Test
    void noMethodReachesOutside() {
        try (Window window = new Window(directory)) {
            EveryAccess every = new EveryAccess(Window.LENGTH);
            // These are given an object or an address to copy to or from, and check neither.
            Set<String> raw = Set.of("unsafeRead", "unsafeReadObject", "unsafeWrite", "unsafeWriteObject");
            Function<Bytes<Void>, Object> other = bytes -> Bytes.wrapForRead(new byte[2 * Window.LENGTH]);
            Map<Class<?>, Function<Bytes<Void>, Object>> arguments =
                    Map.of(Bytes.class, other, BytesStore.class, other, RandomDataInput.class, other);
            every.sweep(Bytes.class, () -> fresh(window, 0), window::before, raw, arguments);
            every.sweep(Bytes.class, () -> fresh(window, Window.LENGTH), window::before, raw, arguments);
            every.sweep(BytesStore.class, () -> fresh(window, 0).bytesStore(), window::before, raw, Map.of());
            assertTrue(every.methods() > 700, () -> "methods=" + every.methods());
        }
    }

    private static Bytes<Void> fresh(Window window, int written) {
        Bytes<Void> bytes = Views.bytes(window.memory(), window.offset(), Window.LENGTH);
        bytes.writePosition(written);
        return bytes;
    }

    @Test
    void isRefusedWhereThereIsNoBlockToWriteTo() {
        try (OffsetHeap heap = builder().create()) {
            long block = heap.allocate(100);
            SharedBytes named = heap.construct("bytes", SharedBytes.TYPE, 10);
            assertEquals(10, named.bytes().capacity());
            try (OffsetHeap reader = builder().openReadOnly()) {
                assertThrows(UnsupportedOperationException.class, () -> reader.bytes(block));
                SharedBytes read = reader.find("bytes", SharedBytes.TYPE).orElseThrow();
                var thrown = assertThrows(UnsupportedOperationException.class, read::bytes);
                assertTrue(
                        thrown.getMessage().startsWith("a view could be written to: the segment is open read-only"),
                        thrown::getMessage);
            }
            heap.free(block);
            assertThrows(IllegalArgumentException.class, () -> heap.bytes(block));
            assertThrows(IllegalArgumentException.class, () -> heap.bytes(named.offset()));
            heap.destroy("bytes");
            assertThrows(IllegalStateException.class, named::bytes);
        }
    }
}
