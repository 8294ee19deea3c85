/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.TestSegment;
import io.offsetheap.region.FakeKernel32;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MapMode;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.SegmentLocation;
import io.offsetheap.region.XsiKey;
import io.offsetheap.region.XsiSharedMemory;
import io.offsetheap.view.Views;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import net.openhft.chronicle.bytes.Bytes;
import org.jspecify.annotations.Nullable;

/** The kinds of memory that a heap may live in, and in what they differ by nature. */
enum HeapKind {
    SHARED_MEMORY,
    FILE,
    XSI,
    ANONYMOUS,
    WINDOWS,
    REGION,
    ON_HEAP;

    /** The size of heaps here, and of regions. */
    static final long SIZE = 1 << 20;

    private static final boolean NATIVE = Boolean.parseBoolean(System.getProperty("offsetheap.native", "true"));

    private static final AtomicInteger COUNTER = new AtomicInteger();

    /** Whether other processes find it by a name, which can be removed. */
    boolean isNamed() {
        return this == SHARED_MEMORY || this == FILE || this == XSI;
    }

    /** Whether a heap that is closed can be opened again. */
    boolean opensAgain() {
        return isNamed() || this == REGION;
    }

    /** Whether the bytes have a length of their own, which may be too short. */
    boolean isCutOff() {
        return this == SHARED_MEMORY || this == FILE;
    }

    /** A place where there is no heap yet; the test is skipped where this kind cannot be. */
    Place place(Path directory) {
        assumeTrue(NATIVE || this != XSI && this != ANONYMOUS && this != WINDOWS, "this needs native calls");
        int number = COUNTER.incrementAndGet();
        String name = "kind-" + ProcessHandle.current().pid() + "-" + number;
        return switch (this) {
            case SHARED_MEMORY -> new Place(this, name);
            case XSI ->
                new Place(this, Integer.toString((int) ProcessHandle.current().pid() << 10 | number));
            case FILE, WINDOWS -> new Place(this, directory.resolve(name).toString());
            case REGION -> {
                Path path = directory.resolve(name);
                try {
                    Files.write(path, new byte[(int) SIZE]);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                yield new Place(this, path.toString());
            }
            case ANONYMOUS, ON_HEAP -> new Place(this, "");
        };
    }

    /** The calls of Windows are there when they are needed, because they stand on those of Linux. */
    private static final class Windows {
        static final FakeKernel32 CALLS = new FakeKernel32();
    }

    /** One place. Another process makes the same of kind and name. */
    static final class Place implements AutoCloseable {
        private final HeapKind kind;
        private final String name;
        private final @Nullable MappedRegion region;

        Place(HeapKind kind, String name) {
            this.kind = kind;
            this.name = name;
            this.region = kind == REGION ? map(kind, name, MapMode.READ_WRITE) : null;
        }

        private static MappedRegion map(HeapKind kind, String name, MapMode mode) {
            if (kind == XSI) {
                try (XsiSharedMemory memory = XsiSharedMemory.open(new XsiKey(Integer.parseInt(name)))) {
                    return MappedRegion.map(memory, mode);
                }
            }
            try (FileMapping file = FileMapping.open(Path.of(name), false)) {
                return MappedRegion.map(file, mode);
            }
        }

        XsiKey key() {
            return new XsiKey(Integer.parseInt(name));
        }

        String name() {
            return name;
        }

        HeapBuilder builder() {
            HeapBuilder builder = switch (kind) {
                case SHARED_MEMORY -> OffsetHeap.sharedMemory(name);
                case FILE -> OffsetHeap.file(path());
                case XSI -> OffsetHeap.xsi(key());
                case ANONYMOUS -> OffsetHeap.anonymous();
                case WINDOWS -> TestSegment.builder(windows());
                case REGION -> OffsetHeap.over(Objects.requireNonNull(region));
                case ON_HEAP -> OffsetHeap.onHeap();
            };
            return builder.maxSize(SIZE);
        }

        /** The name is that of a file in the directory of the lock files. */
        private SegmentLocation windows() {
            Path path = Path.of(name);
            return Windows.CALLS.location(
                    Objects.requireNonNull(path.getParent()),
                    Objects.requireNonNull(path.getFileName()).toString());
        }

        /** The file that the heap lives in, or whose locks it uses. */
        Path path() {
            return switch (kind) {
                case SHARED_MEMORY ->
                    NATIVE
                            ? Path.of("/dev/shm", name)
                            : Path.of(System.getProperty("java.io.tmpdir"), "offsetheap", name);
                case XSI -> Path.of("/dev/shm/.offsetheap-xsi-" + key());
                default -> Path.of(name);
            };
        }

        byte[] bytes() throws IOException {
            if (kind != XSI) {
                return Files.readAllBytes(path());
            }
            try (MappedRegion all = map(kind, name, MapMode.READ_ONLY)) {
                byte[] bytes = new byte[(int) all.size()];
                assertEquals(
                        bytes.length, Views.bytes(all).readLimitToCapacity().read(bytes));
                return bytes;
            }
        }

        /** Puts other bytes there. */
        void write(byte[] bytes) throws IOException {
            if (kind == XSI) {
                try (MappedRegion all = map(kind, name, MapMode.READ_WRITE)) {
                    Bytes<Void> view = Views.bytes(all);
                    view.write(new byte[(int) all.size()]);
                    view.clear();
                    view.write(bytes);
                }
            } else if (kind.isCutOff()) {
                Files.write(path(), bytes);
            } else {
                Bytes<Void> view = Views.bytes(Objects.requireNonNull(region));
                view.write(new byte[(int) SIZE]);
                view.clear();
                view.write(bytes);
            }
        }

        @Override
        public void close() {
            if (kind.isNamed()) {
                builder().remove();
            }
            if (region != null) {
                region.close();
            }
        }
    }
}
