/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.benchmarks;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedLongLongMap;
import java.io.File;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.openhft.chronicle.map.ChronicleMap;
import org.agrona.collections.Long2LongHashMap;

/**
 * A map from long to long that is asked for keys by their number, so that each peer gets them in the form it likes best:
 * primitive, or objects made beforehand.
 */
public interface LongLongMap extends AutoCloseable {
    /** Ours, and those it is measured against. */
    enum Kind {
        /** Ours. */
        SHARED_LONG_LONG_MAP,
        /** Open addressing in arrays of the Java heap, for one thread. */
        AGRONA,
        /** On the Java heap, for many threads. */
        CONCURRENT_HASH_MAP,
        /** In a file, for many processes. */
        CHRONICLE_MAP
    }

    /** The value of key number i, which is there. */
    long get(int i);

    void put(int i, long value);

    void remove(int i);

    @Override
    void close();

    static LongLongMap create(Kind kind, String name, long[] keys) {
        return switch (kind) {
            case SHARED_LONG_LONG_MAP -> new OffsetHeapMap(name, keys);
            case AGRONA -> new AgronaMap(keys);
            case CONCURRENT_HASH_MAP -> new BoxedMap(new ConcurrentHashMap<>(), keys);
            case CHRONICLE_MAP -> new ChronicleLongMap(new File("/dev/shm", name), keys);
        };
    }

    /** Ours. */
    final class OffsetHeapMap implements LongLongMap {
        private final String name;
        private final OffsetHeap heap;
        private final SharedLongLongMap map;
        private final long[] keys;

        OffsetHeapMap(String name, long[] keys) {
            this.name = name;
            this.heap = Workload.freshHeap(name);
            this.map = heap.construct("map", SharedLongLongMap.TYPE);
            this.keys = keys;
        }

        @Override
        public long get(int i) {
            return map.get(keys[i], -1);
        }

        @Override
        public void put(int i, long value) {
            map.put(keys[i], value);
        }

        @Override
        public void remove(int i) {
            map.remove(keys[i]);
        }

        @Override
        public void close() {
            Workload.remove(heap, name);
        }
    }

    /** Agrona's. */
    final class AgronaMap implements LongLongMap {
        private final Long2LongHashMap map = new Long2LongHashMap(-1);
        private final long[] keys;

        AgronaMap(long[] keys) {
            this.keys = keys;
        }

        @Override
        public long get(int i) {
            return map.get(keys[i]);
        }

        @Override
        public void put(int i, long value) {
            map.put(keys[i], value);
        }

        @Override
        public void remove(int i) {
            map.remove(keys[i]);
        }

        @Override
        public void close() {
            map.clear();
        }
    }

    /** A map of objects. */
    class BoxedMap implements LongLongMap {
        private final Map<Long, Long> map;
        private final Long[] keys;

        BoxedMap(Map<Long, Long> map, long[] keys) {
            this.map = map;
            this.keys = Workload.objects(keys);
        }

        @Override
        public long get(int i) {
            return map.get(keys[i]);
        }

        @Override
        public void put(int i, long value) {
            map.put(keys[i], value);
        }

        @Override
        public void remove(int i) {
            map.remove(keys[i]);
        }

        @Override
        public void close() {
            map.clear();
        }
    }

    /** Chronicle Map, as {@link LongMap.ChronicleLongMap} makes it. */
    final class ChronicleLongMap extends BoxedMap {
        private final File file;
        private final ChronicleMap<Long, Long> map;

        ChronicleLongMap(File file, long[] keys) {
            this(file, create(file), keys);
        }

        private ChronicleLongMap(File file, ChronicleMap<Long, Long> map, long[] keys) {
            super(map, keys);
            this.file = file;
            this.map = map;
        }

        private static ChronicleMap<Long, Long> create(File file) {
            file.delete();
            return LongMap.ChronicleLongMap.open(file);
        }

        @Override
        public void close() {
            map.close();
            file.delete();
        }
    }
}
