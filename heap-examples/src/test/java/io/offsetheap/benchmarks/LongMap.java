/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.object.Codecs;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import net.openhft.chronicle.map.ChronicleMap;

/** A map from long to long: each peer by its cheapest calls. One peer to a fork, so that its calls are inlined. */
public interface LongMap extends AutoCloseable {
    /** The value of a key that is there. */
    long get(Long key);

    void put(Long key, long value);

    void remove(Long key);

    @Override
    void close();

    static LongMap create(Peer peer, String name) {
        return switch (peer) {
            case OFFSET_HEAP -> new OffsetHeapMap(name);
            case CONCURRENT_HASH_MAP -> new JavaMap(new ConcurrentHashMap<>());
            case CHRONICLE_MAP -> new ChronicleLongMap(new File("/dev/shm", name));
        };
    }

    /** Ours. */
    final class OffsetHeapMap implements LongMap {
        private final String name;
        private final OffsetHeap heap;
        private final SharedHashMap<Long, Long> map;

        OffsetHeapMap(String name) {
            this.name = name;
            this.heap = Workload.freshHeap(name);
            this.map = heap.construct("map", SharedHashMap.type(Codecs.LONG, Codecs.LONG));
        }

        @Override
        public long get(Long key) {
            return map.readLong(key, -1);
        }

        @Override
        public void put(Long key, long value) {
            map.store(key, value);
        }

        @Override
        public void remove(Long key) {
            map.delete(key);
        }

        @Override
        public void close() {
            Workload.remove(heap, name);
        }
    }

    /** A map of others. */
    class JavaMap implements LongMap {
        private final ConcurrentMap<Long, Long> map;

        JavaMap(ConcurrentMap<Long, Long> map) {
            this.map = map;
        }

        @Override
        public long get(Long key) {
            return map.get(key);
        }

        @Override
        public void put(Long key, long value) {
            map.put(key, value);
        }

        @Override
        public void remove(Long key) {
            map.remove(key);
        }

        @Override
        public void close() {
            map.clear();
        }
    }

    /** Chronicle Map, sized exactly, and spared the making of values that nobody asks for. */
    final class ChronicleLongMap extends JavaMap {
        private final File file;
        private final ChronicleMap<Long, Long> map;

        ChronicleLongMap(File file) {
            this(file, create(file));
        }

        private ChronicleLongMap(File file, ChronicleMap<Long, Long> map) {
            super(map);
            this.file = file;
            this.map = map;
        }

        private static ChronicleMap<Long, Long> create(File file) {
            file.delete();
            return open(file);
        }

        static ChronicleMap<Long, Long> open(File file) {
            try {
                return ChronicleMap.of(Long.class, Long.class)
                        .name(file.getName())
                        .entries(Workload.ENTRIES)
                        .putReturnsNull(true)
                        .removeReturnsNull(true)
                        .createPersistedTo(file);
            } catch (IOException e) {
                throw new IllegalStateException(file.toString(), e);
            }
        }

        @Override
        public void close() {
            map.close();
            file.delete();
        }
    }
}
