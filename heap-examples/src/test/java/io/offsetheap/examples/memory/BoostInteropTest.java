/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentNotFoundException;
import io.offsetheap.process.ChildJvm;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MapMode;
import io.offsetheap.region.MappableObject;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.SharedMemoryObject;
import io.offsetheap.region.XsiKey;
import io.offsetheap.region.XsiSharedMemory;
import io.offsetheap.view.Views;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import net.openhft.chronicle.bytes.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Memory shared with a program in C++ that has it through Boost.Interprocess: {@code src/test/cpp/boost_peer.cpp}. Skipped where
 * Debian's packages g++ and libboost-dev are not installed.
 */
class BoostInteropTest {
    private static final Path COMPILER = Path.of("/usr/bin/g++");
    private static final Path BOOST = Path.of("/usr/include/boost/interprocess/mapped_region.hpp");
    private static final Path PEER = Path.of("target", "boost_peer").toAbsolutePath();

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final int SIZE = 10_000;

    enum Kind {
        SHM(SharedMemoryProgram.class),
        FILE(MappedFileProgram.class),
        XSI(XsiMemoryProgram.class);

        final Class<?> program;

        Kind(Class<?> program) {
            this.program = program;
        }
    }

    @TempDir
    Path directory;

    /** The file that is mapped, or that the key is made of. */
    private Path file = Path.of("");

    private String shared = "";

    @BeforeAll
    static void compile() throws Exception {
        boolean installed = Files.isExecutable(COMPILER) && Files.exists(BOOST);
        assumeTrue(installed, "there is no C++ with Boost here: apt-get install g++ libboost-dev");
        Path source = Path.of("src", "test", "cpp", "boost_peer.cpp").toAbsolutePath();
        List<String> command = List.of(
                COMPILER.toString(),
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-o",
                PEER.toString(),
                source.toString(),
                "-pthread",
                "-lrt");
        try (ChildJvm compiler = ChildJvm.startCommand(command)) {
            compiler.expectExit(0);
        }
    }

    @BeforeEach
    void chooseNames() throws IOException {
        // Who becomes nobody must find the file.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        file = Files.createFile(directory.resolve("file"));
        shared = "boost-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
    }

    @AfterEach
    void removeWhatIsThere() {
        SharedMemoryObject.remove(shared);
        if (Files.exists(file)) {
            try {
                XsiSharedMemory.remove(XsiSharedMemory.open(XsiKey.of(file, 1)).id());
            } catch (SegmentNotFoundException removed) {
                // As it should be.
            }
        }
    }

    private String name(Kind kind) {
        return kind == Kind.SHM ? shared : file.toString();
    }

    private ChildJvm start(Kind kind, String... role) {
        return start(kind.name().toLowerCase(Locale.ROOT), name(kind), role);
    }

    private static ChildJvm start(String kind, String name, String... role) {
        List<String> command = new ArrayList<>(List.of(PEER.toString(), kind, name));
        command.addAll(List.of(role));
        return ChildJvm.startCommand(command);
    }

    private static void expect(String answer, ChildJvm boost, String command) {
        assertEquals(answer, boost.ask(command), command);
    }

    private MappableObject create(Kind kind, long size, Set<PosixFilePermission> permissions) throws IOException {
        return switch (kind) {
            case SHM -> {
                SharedMemoryObject object = SharedMemoryObject.create(shared, permissions);
                object.truncate(size);
                yield object;
            }
            case FILE -> {
                Files.write(file, new byte[Math.toIntExact(size)]);
                Files.setPosixFilePermissions(file, permissions);
                yield FileMapping.open(file, false);
            }
            case XSI -> XsiSharedMemory.create(XsiKey.of(file, 1), size, permissions);
        };
    }

    private MappableObject open(Kind kind, boolean readOnly) {
        return switch (kind) {
            case SHM -> SharedMemoryObject.open(shared, readOnly);
            case FILE -> FileMapping.open(file, readOnly);
            case XSI -> XsiSharedMemory.open(XsiKey.of(file, 1));
        };
    }

    /** The object of this name. XSI memory is removed by its id, which must be that of the object. */
    private boolean remove(Kind kind, MappableObject object) {
        return switch (kind) {
            case SHM -> SharedMemoryObject.remove(shared);
            case FILE -> FileMapping.remove(file);
            case XSI -> XsiSharedMemory.remove(((XsiSharedMemory) object).id());
        };
    }

    // ---- a parent that fills memory with ones, a child that reads them

    @ParameterizedTest
    @EnumSource
    void aChildWithBoostReadsWhatJavaHasWritten(Kind kind) throws IOException {
        try (MappableObject object = create(kind, SIZE, OWNER);
                MappedRegion region = MappedRegion.map(object, MapMode.READ_WRITE)) {
            Ones.fill(region);
            try (ChildJvm child = start(kind, "child").expectExit(0)) {
                assertEquals("the child has read 10000 ones", child.output().strip());
            }
            Views.bytes(region).writeByte(9_999, (byte) 2);
            try (ChildJvm child = start(kind, "child").expectExit(1)) {
                assertEquals("position 9999 holds 2", child.output().strip());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aChildInJavaReadsWhatBoostHasWritten(Kind kind) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String command = "'" + java + "' -cp '" + System.getProperty("java.class.path") + "' " + kind.program.getName()
                + " '" + name(kind) + "'";
        try (ChildJvm parent = start(kind, "parent", command).expectExit(0)) {
            assertEquals("the child has read 1000 ones", parent.output().strip());
        }
        assertThrows(SegmentNotFoundException.class, () -> open(kind, true));
    }

    @Test
    void bothFindNothingUnderANameThatNobodyHasGiven() {
        for (Kind kind : List.of(Kind.SHM, Kind.XSI)) {
            try (ChildJvm boost = start(kind, "talk")) {
                expect("refused: not_found_error", boost, "open READ_WRITE");
                assertThrows(SegmentNotFoundException.class, () -> open(kind, false));
            }
        }
    }

    // ---- regions

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "4095, 2", "4096, 4096", "5001, 100", "9999, 1", "0, 10000"})
    void aPartFromAnyByteIsTheSameMemory(int offset, int size) throws IOException {
        for (Kind kind : List.of(Kind.SHM, Kind.FILE)) {
            try (MappableObject object = create(kind, SIZE, OWNER);
                    MappedRegion region = MappedRegion.map(object, MapMode.READ_WRITE, offset, size);
                    ChildJvm boost = start(kind, "talk")) {
                int last = (int) region.size() - 1;
                expect("opened", boost, "open READ_WRITE");
                expect(Integer.toString(last + 1), boost, "map READ_WRITE " + offset + " " + size);
                Bytes<Void> bytes = Views.bytes(region);
                bytes.writeByte(last, (byte) 42);
                expect("42", boost, "read " + last);
                expect("written", boost, "write 0 43");
                assertEquals(43, bytes.readByte(0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSizeIsWhatTheOtherSideHasGiven(Kind kind) {
        try (ChildJvm boost = start(kind, "talk")) {
            expect("created", boost, "create 5001 600");
            try (MappableObject object = open(kind, false)) {
                assertEquals(5001, object.size());
                assertThrows(IllegalArgumentException.class, () -> object.map(5001, 0));
                if (kind != Kind.XSI) {
                    expect("refused: size_error", boost, "map READ_WRITE 5002 0");
                }
                if (object instanceof SharedMemoryObject growing) {
                    growing.truncate(9000);
                    expect("3999", boost, "map READ_WRITE 5001 0");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsMappedForReadingIsOnlyRead(Kind kind) {
        try (ChildJvm boost = start(kind, "talk")) {
            expect("created", boost, "create 100 600");
            expect("100", boost, "map READ_WRITE 0 0");
            expect("written", boost, "write 7 42");
            try (MappableObject object = open(kind, true);
                    MappedRegion region = MappedRegion.map(object, MapMode.READ_ONLY)) {
                assertEquals(42, Views.bytes(region).readByte(7));
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> Views.bytes(region).writeByte(7, (byte) 1));
                if (kind != Kind.XSI) {
                    assertThrows(UncheckedIOException.class, () -> MappedRegion.map(object, MapMode.READ_WRITE));
                    expect("opened", boost, "open READ_ONLY");
                    expect("refused: security_error", boost, "map READ_WRITE 0 0");
                }
            }
            expect("42", boost, "read 7");
        }
    }

    @Test
    void whatIsWrittenPrivatelyStaysWithTheWriter() throws IOException {
        for (Kind kind : List.of(Kind.SHM, Kind.FILE)) {
            try (MappableObject object = create(kind, SIZE, OWNER);
                    MappedRegion region = MappedRegion.map(object, MapMode.READ_WRITE);
                    MappedRegion own = MappedRegion.map(object, MapMode.COPY_ON_WRITE);
                    ChildJvm boost = start(kind, "talk")) {
                expect("opened", boost, "open READ_ONLY");
                expect("10000", boost, "map COPY_ON_WRITE 0 0");
                expect("written", boost, "write 5 1");
                Views.bytes(own).writeByte(5, (byte) 2);
                expect("1", boost, "read 5");
                assertEquals(0, Views.bytes(region).readByte(5));
                Views.bytes(region).writeByte(5000, (byte) 3);
                expect("3", boost, "read 5000");
            }
        }
    }

    // ---- names and permissions

    @ParameterizedTest
    @EnumSource
    void whatJavaRemovesStaysMappedInBoost(Kind kind) throws IOException {
        try (MappableObject object = create(kind, SIZE, OWNER);
                MappedRegion region = MappedRegion.map(object, MapMode.READ_WRITE);
                ChildJvm boost = start(kind, "talk")) {
            if (kind != Kind.FILE) {
                expect("refused: already_exists_error", boost, "create 100 600");
            }
            expect("opened", boost, "open READ_WRITE");
            expect("10000", boost, "map READ_WRITE 0 0");
            assertTrue(remove(kind, object));
            expect("written", boost, "write 9999 42");
            assertEquals(42, Views.bytes(region).readByte(9999));
            expect("refused: not_found_error", boost, "open READ_WRITE");
            assertNewUnderTheSameName(kind, boost);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatBoostRemovesStaysMappedInJava(Kind kind) throws IOException {
        try (ChildJvm boost = start(kind, "talk")) {
            expect("created", boost, "create 10000 600");
            expect("10000", boost, "map READ_WRITE 0 0");
            try (MappableObject object = open(kind, false);
                    MappedRegion region = MappedRegion.map(object, MapMode.READ_WRITE)) {
                if (kind == Kind.SHM) {
                    assertThrows(SegmentExistsException.class, () -> create(kind, 100, OWNER));
                }
                expect("true", boost, "remove");
                assertThrows(SegmentNotFoundException.class, () -> open(kind, false));
                Views.bytes(region).writeByte(9999, (byte) 42);
                expect("42", boost, "read 9999");
                assertNewUnderTheSameName(kind, boost);
            }
        }
    }

    /** What is created under the name next is another object. */
    private void assertNewUnderTheSameName(Kind kind, ChildJvm boost) throws IOException {
        try (MappableObject next = create(kind, 100, OWNER)) {
            expect("opened", boost, "open READ_WRITE");
            expect("100", boost, "map READ_WRITE 0 0");
            expect("0", boost, "read 99");
            assertTrue(remove(kind, next));
            assertThrows(SegmentNotFoundException.class, () -> open(kind, false));
        }
    }

    @ParameterizedTest
    @EnumSource
    void permissionsFromJavaHoldForBoost(Kind kind) throws IOException {
        try (MappableObject object = create(kind, SIZE, PosixFilePermissions.fromString("r--r--r--"));
                ChildJvm boost = object instanceof XsiSharedMemory memory
                        ? start("xsi-id", Integer.toString(memory.id()), "talk")
                        : start(kind, "talk")) {
            expect("true", boost, "become-nobody");
            // An id is only looked at when it is mapped. By key Boost would ask for more than to read.
            expect(kind == Kind.XSI ? "opened" : "refused: security_error", boost, "open READ_WRITE");
            expect("opened", boost, "open READ_ONLY");
            expect("refused: security_error", boost, "map READ_WRITE 0 0");
            expect("10000", boost, "map READ_ONLY 0 0");
            expect("0", boost, "read 0");
            assertEquals(SIZE, object.size());
        }
    }

    @Test
    void permissionsFromBoostHoldForJava() throws IOException {
        try (ChildJvm boost = start(Kind.SHM, "talk")) {
            expect("created", boost, "create 100 642");
            assertEquals(
                    PosixFilePermissions.fromString("rw-r---w-"),
                    Files.getPosixFilePermissions(Path.of("/dev/shm", shared)));
        }
        try (ChildJvm boost = start(Kind.XSI, "talk")) {
            expect("created", boost, "create 100 642");
            String id = boost.ask("id");
            List<String> permissions = Files.readAllLines(Path.of("/proc/sysvipc/shm")).stream()
                    .map(line -> line.strip().split(" +"))
                    .filter(fields -> fields[1].equals(id))
                    .map(fields -> fields[2])
                    .toList();
            assertEquals(List.of("642"), permissions);
        }
    }

    // ---- XSI

    @Test
    void keysAreThoseOfBoost() throws IOException {
        Path other = Files.createFile(directory.resolve("other"));
        try (ChildJvm boost = start(Kind.XSI, "talk")) {
            for (Path path : List.of(file, other, directory, Path.of("/"))) {
                for (int number : new int[] {1, 2, 127, 128, 255}) {
                    int key = XsiKey.of(path, number).value();
                    expect(Integer.toString(key), boost, "key " + path + " " + number);
                }
            }
        }
        assertNotEquals(XsiKey.of(file, 1), XsiKey.of(other, 1));
    }

    @Test
    void idsAreThoseOfBoost() {
        XsiSharedMemory own = XsiSharedMemory.create(XsiKey.PRIVATE, 100, OWNER);
        try (MappedRegion region = own.map();
                ChildJvm boost = start("xsi-id", Integer.toString(own.id()), "talk")) {
            expect("opened", boost, "open READ_WRITE");
            expect("100", boost, "map READ_WRITE 0 0");
            expect("written", boost, "write 99 42");
            assertEquals(42, Views.bytes(region).readByte(99));
        } finally {
            assertTrue(XsiSharedMemory.remove(own.id()));
        }
        try (ChildJvm boost = start(Kind.XSI, "talk")) {
            expect("created", boost, "create 100 600");
            expect("100", boost, "map READ_WRITE 0 0");
            XsiSharedMemory theirs = XsiSharedMemory.ofId(Integer.parseInt(boost.ask("id")));
            assertEquals(XsiSharedMemory.open(XsiKey.of(file, 1)).id(), theirs.id());
            try (MappedRegion region = theirs.map()) {
                Views.bytes(region).writeByte(99, (byte) 43);
                expect("43", boost, "read 99");
            }
            expect("true", boost, "remove");
            assertThrows(SegmentNotFoundException.class, () -> XsiSharedMemory.open(XsiKey.of(file, 1)));
        }
    }
}
