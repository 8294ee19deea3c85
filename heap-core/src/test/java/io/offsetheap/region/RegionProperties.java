/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.offsetheap.region.Kind.Subject;
import io.offsetheap.view.Views;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.openhft.chronicle.bytes.Bytes;

/** Laws C-140 to C-144: regions of any kind of memory beside arrays. */
@Tag("without-native-calls")
class RegionProperties {
    /** One region, and what it must show. */
    private static final class Model {
        private final RegionModel model;
        private final MappedRegion region;
        private final Bytes<Void> bytes;

        Model(byte[] shared, MappableObject object, MapMode mode, int offset, int size) {
            this.model = new RegionModel(shared, mode, offset, size);
            this.region = MappedRegion.map(object, mode, offset, size);
            this.bytes = Views.bytes(region);
            assertEquals(model.size(), region.size());
            assertEquals(mode, region.mode());
        }

        void write(int position, byte value) {
            if (model.mode().writable()) {
                bytes.writeByte((long) position, value);
                model.write(position, value);
            } else {
                assertThrows(UnsupportedOperationException.class, () -> bytes.writeByte((long) position, value));
            }
        }

        void check() {
            byte[] found = new byte[model.size()];
            bytes.bytesStore().read(0, found, 0, found.length);
            assertArrayEquals(model.expected(), found);
        }
    }

    /** Laws C-140, C-142, C-144. */
    @Property(tries = 60)
    void whatOneWritesAllOthersReadUnlessItIsPrivate(
            @ForAll Kind kind,
            @ForAll @IntRange(min = 1, max = 20_000) int size,
            @ForAll @Size(max = 20) List<MapMode> modes,
            @ForAll @Size(min = 40, max = 40) List<@IntRange(max = 100_000) Integer> numbers) {
        byte[] shared = new byte[size];
        List<Model> models = new ArrayList<>();
        try (Subject subject = kind.create(size)) {
            int next = 0;
            for (MapMode mode : modes) {
                int offset = numbers.get(next++) % size;
                int length = numbers.get(next++) % (size - offset + 1);
                models.add(new Model(shared, subject.object(), mode, offset, length));
                for (Model model : models) {
                    int position = numbers.get(next % numbers.size()) % (int) model.region.size();
                    model.write(position, (byte) (next + models.size()));
                    models.forEach(Model::check);
                }
            }
        } finally {
            models.forEach(model -> model.region.close());
        }
    }

    /** Law C-141. */
    @Property(tries = 60)
    void whatIsNotInsideTheObjectIsNotMapped(
            @ForAll Kind kind,
            @ForAll @IntRange(min = 1, max = 10_000) int size,
            @ForAll MapMode mode,
            @ForAll long a,
            @ForAll long b) {
        try (Subject subject = kind.create(size)) {
            for (long[] part : new long[][] {{a, b}, {a % (2L * size), b % (2L * size)}, {size, 0}, {0, size + 1L}}) {
                long offset = part[0];
                long length = part[1];
                boolean inside = offset >= 0 && offset < size && length >= 0 && length <= size - offset;
                if (inside) {
                    MappedRegion.map(subject.object(), mode, offset, length).close();
                } else {
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> MappedRegion.map(subject.object(), mode, offset, length));
                }
            }
        }
    }

    /** Law C-142. */
    @Property(tries = 12)
    void whatIsOpenForReadingIsNotMappedForWriting(@ForAll Kind kind, @ForAll MapMode mode) {
        try (Subject subject = kind.create(100);
                MappableObject reader = subject.openReadOnly()) {
            if (mode == MapMode.READ_WRITE) {
                var thrown = assertThrows(java.io.UncheckedIOException.class, () -> MappedRegion.map(reader, mode));
                assertEquals(AccessDeniedException.class, thrown.getCause().getClass());
            } else {
                try (MappedRegion region = MappedRegion.map(reader, mode)) {
                    assertEquals(!mode.writable(), region.readOnly());
                    if (mode.writable()) {
                        Views.bytes(region).writeLong(1);
                    }
                }
            }
            assertEquals(0, Views.bytes(subject.object().map()).readLong(0));
        }
    }

    /** Any range can be written to the disk, whatever the mode. */
    @Property(tries = 60)
    void anyRangeIsFlushed(
            @ForAll Kind kind,
            @ForAll MapMode mode,
            @ForAll @IntRange(min = 1, max = 20_000) int size,
            @ForAll @IntRange(max = 20_000) int a,
            @ForAll @IntRange(max = 20_000) int b,
            @ForAll boolean async) {
        try (Subject subject = kind.create(size);
                MappedRegion region = MappedRegion.map(subject.object(), mode, a % size, 0)) {
            int offset = b % (int) region.size();
            region.flush(offset, region.size() - offset, async);
            region.flush();
            assertThrows(
                    IndexOutOfBoundsException.class, () -> region.flush(offset, region.size() - offset + 1, async));
        }
    }
}
