/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.ValueView;
import io.offsetheap.object.ValueWriter;
import java.io.File;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import net.openhft.chronicle.map.ChronicleMap;

/** A map from texts of 20 characters to values of 100 bytes: each peer by its cheapest calls. */
public interface TextMap extends AutoCloseable {
    /** Where the second word that is read of each value stands. */
    int LAST_WORD = Workload.TEXT_VALUE_LENGTH - Long.BYTES;

    /** Reads the first and the last eight bytes of a value that is there. */
    long read(String key);

    void put(String key, byte[] value);

    @Override
    void close();

    static TextMap create(Peer peer, String name) {
        return switch (peer) {
            case OFFSET_HEAP -> new OffsetHeapMap(name);
            case CONCURRENT_HASH_MAP -> new JavaMap();
            case CHRONICLE_MAP -> new ChronicleTextMap(new File("/dev/shm", name));
        };
    }

    /** Ours. */
    final class OffsetHeapMap implements TextMap {
        private static final ToLongFunction<ValueView> WORDS = value -> value.getLong(0) + value.getLong(LAST_WORD);

        private final String name;
        private final OffsetHeap heap;
        private final SharedHashMap<String, byte[]> map;
        private byte[] source = {};
        private final Consumer<ValueWriter> copySource = writer -> writer.put(0, source, 0, source.length);

        OffsetHeapMap(String name) {
            this.name = name;
            this.heap = Workload.freshHeap(name);
            this.map = heap.construct("map", SharedHashMap.type(Codecs.UTF8, Codecs.BYTES));
        }

        @Override
        public long read(String key) {
            return map.readBytesAsLong(key, WORDS, -1);
        }

        @Override
        public void put(String key, byte[] value) {
            source = value;
            map.putBytes(key, value.length, copySource);
        }

        @Override
        public void close() {
            Workload.remove(heap, name);
        }
    }

    /** On the Java heap, of one process. */
    final class JavaMap implements TextMap {
        private static final VarHandle WORD =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

        private final ConcurrentHashMap<String, byte[]> map = new ConcurrentHashMap<>();

        static long words(byte[] value) {
            return (long) WORD.get(value, 0) + (long) WORD.get(value, LAST_WORD);
        }

        @Override
        public long read(String key) {
            return words(map.get(key));
        }

        @Override
        public void put(String key, byte[] value) {
            map.put(key, value);
        }

        @Override
        public void close() {
            map.clear();
        }
    }

    /** Chronicle Map, sized exactly, its values copied into one array. */
    final class ChronicleTextMap implements TextMap {
        private final File file;
        private final ChronicleMap<CharSequence, byte[]> map;
        private final byte[] buffer = new byte[Workload.TEXT_VALUE_LENGTH];

        ChronicleTextMap(File file) {
            this.file = file;
            file.delete();
            try {
                this.map = ChronicleMap.of(CharSequence.class, byte[].class)
                        .name(file.getName())
                        .entries(Workload.ENTRIES)
                        .constantKeySizeBySample(Workload.textKey(0))
                        .constantValueSizeBySample(Workload.textValue(0))
                        .putReturnsNull(true)
                        .createPersistedTo(file);
            } catch (IOException e) {
                throw new IllegalStateException(file.toString(), e);
            }
        }

        @Override
        public long read(String key) {
            return JavaMap.words(map.getUsing(key, buffer));
        }

        @Override
        public void put(String key, byte[] value) {
            map.put(key, value);
        }

        @Override
        public void close() {
            map.close();
            file.delete();
        }
    }
}
