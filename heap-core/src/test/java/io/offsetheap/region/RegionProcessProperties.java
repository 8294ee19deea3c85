/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.offsetheap.process.ChildJvm;
import io.offsetheap.region.Kind.Subject;
import io.offsetheap.view.Views;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.openhft.chronicle.bytes.Bytes;

/** Regions of one object in several JVMs, each at its own address, beside arrays. */
class RegionProcessProperties {
    private static final int CHILDREN = 2;
    private static final List<ChildJvm> RUNNING = new ArrayList<>();

    /**
     * One of the processes. Obeys {@code map path|id NAME MODE OFFSET SIZE}, {@code write REGION POSITION VALUE}, {@code read REGION} and
     * {@code close}; regions are numbered from 0 on.
     */
    static final class Peer {
        private final List<MappedRegion> regions = new ArrayList<>();

        public static void main(String[] arguments) {
            Peer peer = new Peer();
            Scanner lines = new Scanner(System.in);
            while (lines.hasNextLine()) {
                System.out.println(peer.obey(lines.nextLine()));
            }
        }

        String obey(String line) {
            String[] words = line.split(" ");
            return switch (words[0]) {
                case "map" -> {
                    MapMode mode = MapMode.valueOf(words[3]);
                    long offset = Long.parseLong(words[4]);
                    long size = Long.parseLong(words[5]);
                    try (MappableObject object = open(words[1], words[2], !mode.writesToTheObject())) {
                        regions.add(MappedRegion.map(object, mode, offset, size));
                    }
                    yield "mapped";
                }
                case "write" -> {
                    bytes(words[1]).writeByte(Long.parseLong(words[2]), Byte.parseByte(words[3]));
                    yield "written";
                }
                case "read" -> {
                    Bytes<Void> bytes = bytes(words[1]);
                    byte[] found = new byte[Math.toIntExact(bytes.capacity())];
                    bytes.bytesStore().read(0, found, 0, found.length);
                    yield describe(found);
                }
                case "close" -> {
                    regions.forEach(MappedRegion::close);
                    regions.clear();
                    yield "closed";
                }
                default -> "no such command: " + line;
            };
        }

        private static MappableObject open(String by, String name, boolean readOnly) {
            return by.equals("id")
                    ? XsiSharedMemory.ofId(Integer.parseInt(name))
                    : FileMapping.open(Path.of(name), readOnly);
        }

        private Bytes<Void> bytes(String region) {
            return Views.bytes(regions.get(Integer.parseInt(region)));
        }
    }

    private static String describe(byte[] bytes) {
        return bytes.length + " bytes, hash " + Arrays.hashCode(bytes);
    }

    @BeforeContainer
    static void start() {
        for (int i = 0; i < CHILDREN; i++) {
            RUNNING.add(ChildJvm.start(Peer.class));
        }
    }

    @AfterContainer
    static void stop() {
        RUNNING.forEach(ChildJvm::close);
    }

    /** A region of one of the processes, and what it must show. */
    private record Mapped(RegionModel model, int process, int number) {}

    /** The same steps for every kind. */
    private static final class Story {
        private final Peer here = new Peer();
        private final byte[] shared;
        private final String name;
        private final boolean whole;
        private final List<Mapped> mapped = new ArrayList<>();
        private final int[] regions = new int[CHILDREN + 1];

        Story(int size, String name, boolean whole) {
            this.shared = new byte[size];
            this.name = name;
            this.whole = whole;
        }

        private String tell(int process, String line) {
            return process == CHILDREN ? here.obey(line) : RUNNING.get(process).ask(line);
        }

        void run(List<MapMode> modes, List<Integer> numbers) {
            try {
                int next = 0;
                for (MapMode mode : modes) {
                    map(mode, numbers.get(next++), numbers.get(next++), next % (CHILDREN + 1));
                    for (Mapped region : mapped) {
                        if (region.model.mode().writable()) {
                            write(region, numbers.get(next % numbers.size()), next + region.number);
                        }
                    }
                    mapped.forEach(this::check);
                }
            } finally {
                for (int process = 0; process <= CHILDREN; process++) {
                    assertEquals("closed", tell(process, "close"));
                }
            }
        }

        private void map(MapMode mode, int a, int b, int process) {
            int offset = whole ? 0 : a % shared.length;
            int size = whole ? 0 : b % (shared.length - offset + 1);
            String line = "map " + name + " " + mode + " " + offset + " " + size;
            assertEquals("mapped", tell(process, line), line);
            mapped.add(new Mapped(new RegionModel(shared, mode, offset, size), process, regions[process]++));
        }

        private void write(Mapped region, int number, int value) {
            int position = number % region.model.size();
            String line = "write " + region.number + " " + position + " " + (byte) value;
            assertEquals("written", tell(region.process, line), line);
            region.model.write(position, (byte) value);
        }

        private void check(Mapped region) {
            assertEquals(describe(region.model.expected()), tell(region.process, "read " + region.number));
        }
    }

    /** Laws C-140, C-144. */
    @Property(tries = 40)
    @Tag("without-native-calls")
    void whatOneProcessWritesAllOthersReadUnlessItIsPrivate(
            @ForAll Kind kind,
            @ForAll @IntRange(min = 1, max = 20_000) int size,
            @ForAll @Size(max = 8) List<MapMode> modes,
            @ForAll @Size(min = 20, max = 20) List<@IntRange(max = 100_000) Integer> numbers) {
        try (Subject subject = kind.create(size)) {
            new Story(size, "path " + subject.path(), false).run(modes, numbers);
        }
    }

    /** Law C-140. */
    @Property(tries = 20)
    void whatOneProcessWritesAllOthersReadInXsiMemory(
            @ForAll @IntRange(min = 1, max = 20_000) int size,
            @ForAll @Size(max = 8) List<Boolean> writable,
            @ForAll @Size(min = 20, max = 20) List<@IntRange(max = 100_000) Integer> numbers) {
        XsiSharedMemory memory =
                XsiSharedMemory.create(XsiKey.PRIVATE, size, PosixFilePermissions.fromString("rw-------"));
        try {
            List<MapMode> modes = writable.stream()
                    .map(is -> is ? MapMode.READ_WRITE : MapMode.READ_ONLY)
                    .toList();
            new Story(size, "id " + memory.id(), true).run(modes, numbers);
        } finally {
            XsiSharedMemory.remove(memory.id());
        }
    }
}
