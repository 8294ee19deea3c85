/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.process.ChildJvm;
import io.offsetheap.region.MappedRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import net.openhft.chronicle.bytes.Bytes;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A block as an Agrona buffer: in processes of its own, because this suite runs without the option that Agrona needs. */
class BlockBufferTest {
    private static final String OPTION = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";

    @TempDir
    Path directory;

    private static HeapBuilder builder(String directory) {
        return OffsetHeap.file(Path.of(directory, "heap")).maxSize(1 << 20);
    }

    private void run(List<String> options, Class<?> main, String... more) {
        String[] arguments = new String[more.length + 1];
        arguments[0] = directory.toString();
        System.arraycopy(more, 0, arguments, 1, more.length);
        try (ChildJvm child = ChildJvm.startWithOptions(options, main, arguments)) {
            child.expectExit(0);
        }
    }

    /** A second process, which has been told nothing but the name. */
    static final class Reader {
        public static void main(String[] arguments) {
            try (OffsetHeap heap = builder(arguments[0]).open()) {
                SharedBytes named = heap.find("message", SharedBytes.TYPE).orElseThrow();
                UnsafeBuffer buffer = named.buffer();
                assertEquals(40, buffer.capacity());
                assertEquals(-5, buffer.getLong(0));
                assertEquals("text", buffer.getStringAscii(16));
                assertEquals(7, buffer.getAndAddLong(8, 1));
                UnsafeBuffer block = heap.buffer(buffer.getLong(32));
                assertEquals(heap.usableSize(buffer.getLong(32)), block.capacity());
                assertEquals(9, block.getInt(4));
                assertThrows(IndexOutOfBoundsException.class, () -> block.getInt(block.capacity() - 3));
                try (OffsetHeap reader = builder(arguments[0]).openReadOnly()) {
                    assertThrows(UnsupportedOperationException.class, () -> reader.buffer(buffer.getLong(32)));
                }
            }
        }
    }

    @Test
    void isReadByAnotherProcessAsItWasWritten() {
        try (OffsetHeap heap = builder(directory.toString()).create()) {
            SharedBytes named = heap.construct("message", SharedBytes.TYPE, 40);
            long block = heap.allocate(50);
            heap.memory().putInt(block + 4, 9);
            Bytes<Void> bytes = named.bytes().writeLong(-5).writeLong(7);
            bytes.writeInt(4).write("text".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            bytes.writeLong(32, block);
            run(List.of(OPTION), Reader.class);
            assertEquals(8, named.getLong(8));
        }
    }

    static final class Sweeper {
        public static void main(String[] arguments) {
            try (Window window = new Window(Path.of(arguments[0]))) {
                EveryAccess every = new EveryAccess(Window.LENGTH);
                // The first is given an address; the others have buffers, arrays and text of any length to copy from.
                Function<UnsafeBuffer, Object> other = view -> new UnsafeBuffer(new byte[2 * Window.LENGTH]);
                every.<UnsafeBuffer>sweep(
                        UnsafeBuffer.class,
                        () -> Views.buffer(window.memory(), window.offset(), Window.LENGTH),
                        window::before,
                        Set.of("wrap"),
                        Map.of(DirectBuffer.class, other, MutableDirectBuffer.class, other));
                assertTrue(every.methods() > 100, () -> "methods=" + every.methods());
            }
        }
    }

    @Test
    void noMethodReachesOutside() {
        run(List.of(OPTION), Sweeper.class);
    }

    /** What is made of a view keeps the mapping as the view does. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            Function<OffsetHeap, Object> view = switch (arguments[1]) {
                case "bytes" -> heap -> heap.bytes(block(heap));
                case "store" -> heap -> heap.bytes(block(heap)).bytesStore();
                case "buffer" -> heap -> heap.buffer(block(heap));
                default -> heap -> new UnsafeBuffer(heap.buffer(block(heap)), 8, 8);
            };
            String path = Path.of(arguments[0], "heap").toString();
            Object held = viewOfAClosedHeap(arguments[0], view);
            for (int i = 0; i < 10; i++) {
                System.gc();
                LockSupport.parkNanos(1_000_000);
            }
            assertTrue(isMapped(path), "unmapped under a view");
            assertEquals(42, valueOf(held));
            held = null;
            long start = System.nanoTime();
            while (isMapped(path)) {
                assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), "still mapped");
                System.gc();
                LockSupport.parkNanos(1_000_000);
            }
        }

        private static long block(OffsetHeap heap) {
            long block = heap.allocate(16);
            heap.memory().putLong(block, 42);
            heap.memory().putLong(block + 8, 42);
            return block;
        }

        private static Object viewOfAClosedHeap(String directory, Function<OffsetHeap, Object> view) {
            try (OffsetHeap heap = builder(directory).open()) {
                return view.apply(heap);
            }
        }

        private static boolean isMapped(String path) throws IOException {
            return Files.readString(Path.of("/proc/self/maps")).contains(path);
        }

        private static long valueOf(Object view) {
            if (view instanceof Bytes<?> bytes) {
                return bytes.readLong(0);
            } else if (view instanceof UnsafeBuffer buffer) {
                return buffer.getLong(0);
            }
            return ((BlockBytesStore) view).readLong(0);
        }
    }

    @Test
    void keepsTheMapping() {
        builder(directory.toString()).create().close();
        for (String kind : List.of("bytes", "store", "buffer", "buffer of a buffer")) {
            run(List.of(OPTION), Holder.class, kind);
        }
    }

    static final class Unchecked {
        public static void main(String[] arguments) {
            try (OffsetHeap heap = builder(arguments[0]).create()) {
                var thrown = assertThrows(UnsupportedOperationException.class, () -> heap.buffer(heap.allocate(10)));
                assertEquals(
                        "a buffer without bounds checks could write anywhere in the segment:"
                                + " agrona.disable.bounds.checks=true segment=" + heap,
                        thrown.getMessage());
            }
        }
    }

    @Test
    void isRefusedWithoutBoundsChecks() {
        run(List.of(OPTION, "-Dagrona.disable.bounds.checks=true"), Unchecked.class);
    }

    @Test
    void isRefusedWhereAnIntCannotSayTheLength() {
        try (MappedRegion region = MappedRegion.anonymous(1L << 32)) {
            SegmentMemory memory = new SegmentMemory(region, "large", 1L << 32);
            var thrown =
                    assertThrows(IllegalArgumentException.class, () -> Views.buffer(memory, 0, Integer.MAX_VALUE + 1L));
            assertEquals(
                    "too long for a buffer, which has int positions: length=2147483648 greatest=2147483647 segment=large",
                    thrown.getMessage());
            Bytes<Void> bytes = Views.bytes(memory, 0, 1L << 32);
            bytes.writeLong((1L << 32) - 8, 1);
            assertEquals(1, memory.getLong((1L << 32) - 8));
        }
    }

    /** The JDK's buffer behind it, which keeps the region by itself. */
    @Test
    void isABufferOfTheRegion() {
        try (MappedRegion region = MappedRegion.anonymous(100)) {
            ByteBuffer buffer = region.buffer(10, 20);
            buffer.put(19, (byte) 3);
            assertEquals(3, new SegmentMemory(region, "region", 100).getByte(29));
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.put(20, (byte) 3));
            assertThrows(IndexOutOfBoundsException.class, () -> region.buffer(90, 11));
        }
    }
}
