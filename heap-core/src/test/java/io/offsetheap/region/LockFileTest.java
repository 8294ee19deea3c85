/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.error.LockTimeoutException;
import io.offsetheap.error.SegmentBusyException;
import io.offsetheap.process.ChildJvm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The locks of processes without native calls; they need none, so this runs anywhere. */
class LockFileTest {
    private static final long BYTE = 1L << 62;
    private static final long SLOT = BYTE + 16;
    private static final int ROUNDS = 1000;

    @TempDir
    Path directory;

    private final Object owner = new Object();
    private Path segment;
    private Path path;

    @BeforeEach
    void makeASegment() throws IOException {
        segment = Files.createFile(directory.resolve("segment"));
        path = directory.resolve("locks");
    }

    private LockFile open() throws IOException {
        return LockFile.open(path, segment);
    }

    private List<ChildJvm> start(int count, Class<?> main) {
        List<ChildJvm> children = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            children.add(ChildJvm.start(main, path.toString(), segment.toString()));
        }
        return children;
    }

    private static LockFile open(String[] arguments) throws IOException {
        return LockFile.open(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    @Test
    void isDeletedByItsLastUser() throws IOException {
        LockFile first = open();
        LockFile second = open();
        first.close(owner);
        assertTrue(Files.exists(path));
        second.close(owner);
        assertFalse(Files.exists(path));
        open().close(owner);
        assertFalse(Files.exists(path));
    }

    /** Between the last look at a file and its deletion another process may have deleted it, and a third made one. */
    @Test
    void deletesNoFileButItself() throws IOException {
        LockFile file = open();
        Files.delete(path);
        Files.createFile(path);
        file.close(owner);
        assertTrue(Files.exists(path), "the file of another process is deleted");
        Files.delete(path);
        file = open();
        Files.delete(path);
        file.close(owner);
        assertFalse(Files.exists(path));
    }

    @Test
    void hasThePermissionsOfItsSegment() throws IOException {
        var permissions = java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-");
        Files.setPosixFilePermissions(segment, permissions);
        LockFile file = open();
        assertEquals(permissions, Files.getPosixFilePermissions(path));
        file.close(owner);
    }

    @Test
    void twoUsersOfOneProcessExcludeEachOther() throws IOException {
        LockFile file = open();
        Object other = new Object();
        assertTrue(file.tryLock(owner, BYTE, false));
        assertTrue(file.tryLock(owner, BYTE, false));
        assertFalse(file.tryLock(other, BYTE, false));
        assertFalse(file.tryLock(other, BYTE, true));
        file.unlock(other, BYTE);
        assertTrue(file.isLocked(BYTE));
        file.unlock(owner, BYTE);
        assertFalse(file.isLocked(BYTE));
        assertTrue(file.tryLock(owner, BYTE, true));
        assertTrue(file.tryLock(other, BYTE, true));
        file.unlock(owner, BYTE);
        assertFalse(file.tryLock(owner, BYTE, false));
        assertTrue(file.tryLock(owner, 0, false), "the byte that says who uses the file is one of theirs");
        assertFalse(file.tryLock(other, 0, false));
        file.unlock(owner, 0);
        file.close(other);
    }

    /** Has a byte until it is killed. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            assertTrue(open(arguments).tryLock(arguments, BYTE, false));
            System.out.println(ChildJvm.READY);
            System.in.read();
        }
    }

    @Test
    void aLockEndsWithItsProcess() throws IOException {
        try (ChildJvm holder = start(1, Holder.class).get(0).awaitReady()) {
            LockFile file = open();
            assertTrue(file.isLocked(BYTE));
            assertFalse(file.tryLock(owner, BYTE, false));
            holder.kill9();
            assertFalse(file.isLocked(BYTE));
            assertTrue(file.tryLock(owner, BYTE, false));
            file.close(owner);
            assertFalse(Files.exists(path));
        }
    }

    @Test
    void whatTheDeadHaveLeftIsDeletedAndWhatTheLivingUseIsNot() throws IOException {
        try (ChildJvm holder = start(1, Holder.class).get(0).awaitReady()) {
            LockFile.deleteUnused(path);
            assertTrue(Files.exists(path));
            holder.kill9();
            assertTrue(Files.exists(path));
            LockFile.deleteUnused(path);
            assertFalse(Files.exists(path));
            LockFile.deleteUnused(path);
        }
    }

    /** Uses a lock file that belongs to another user, as the last one. */
    static final class Guest {
        public static void main(String[] arguments) throws Exception {
            for (int i = 0; i < 2; i++) {
                LockFile file = open(arguments);
                assertTrue(file.tryLock(arguments, BYTE, false));
                file.close(arguments);
                LockFile.deleteUnused(Path.of(arguments[0]));
            }
        }
    }

    /** In a directory like that for temporary files only the owner of a file can delete it, and root, who can give that up. */
    @Test
    void thatBelongsToAnotherUserOfACommonDirectoryStays() throws IOException {
        assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0) && isThere("setpriv"), "only root can do this");
        Files.createFile(path);
        for (Path others : List.of(path, directory)) {
            Files.setAttribute(others, "unix:uid", 1);
            Files.setAttribute(others, "unix:mode", 01777);
        }
        List<String> asGuest = List.of("setpriv", "--bounding-set=-fowner", "--inh-caps=-fowner");
        try (ChildJvm guest = ChildJvm.start(asGuest, Guest.class, path.toString(), segment.toString())) {
            guest.expectExit(0);
        }
        assertTrue(Files.exists(path));
    }

    private static boolean isThere(String command) {
        return Files.isExecutable(Path.of("/usr/bin", command));
    }

    /** Is about to delete the file, and never does. */
    static final class Stopped {
        public static void main(String[] arguments) throws Exception {
            Path path = Path.of(arguments[0]);
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                channel.lock(LockFile.IN_USE, 1, false);
                System.out.println(ChildJvm.READY);
                System.in.read();
            }
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void isNotWaitedForWithoutEnd() throws IOException {
        Files.createFile(path);
        try (ChildJvm stopped = start(1, Stopped.class).get(0).awaitReady()) {
            var refused = assertThrows(LockTimeoutException.class, this::open);
            assertEquals(
                    "another process is deleting the lock file and does not go on: waited=10s lockFile=" + path
                            + ". If it is stopped, kill -9 is safe.",
                    refused.getMessage());
            stopped.kill9();
            open().close(owner);
        }
    }

    /** Looks whether somebody has a byte. */
    static final class Looker {
        public static void main(String[] arguments) throws Exception {
            LockFile file = open(arguments);
            assertTrue(file.isLocked(BYTE), "the lock is lost");
            file.close(arguments);
        }
    }

    /** A channel of the test stands for the one of this class as another class loader has it. */
    @Test
    void leavesTheLocksOfAnotherCopyOfTheLibraryAlone() throws IOException {
        Files.createFile(path);
        try (FileChannel other = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            other.lock(LockFile.IN_USE, 1, true);
            other.lock(BYTE, 1, false);
            for (int i = 0; i < 3; i++) {
                var refused = assertThrows(SegmentBusyException.class, this::open);
                assertEquals(
                        "another copy of this library has the segment open in this JVM: lockFile=" + path
                                + ". Load it by one class loader for all.",
                        refused.getMessage());
                LockFile.deleteUnused(path);
            }
            try (ChildJvm looker = start(1, Looker.class).get(0)) {
                looker.expectExit(0);
            }
        }
        open().close(owner);
        assertFalse(Files.exists(path));
    }

    private static SegmentLocation location(String[] arguments) {
        return new ChannelFileLocation(Path.of(arguments[1]), "test");
    }

    /** Asks who has a slot, without end. */
    static final class Asker {
        public static void main(String[] arguments) throws Exception {
            try (SegmentFile file = location(arguments).open(false)) {
                assertTrue(file.tryLockShared(BYTE));
                System.out.println(ChildJvm.READY);
                while (System.in.available() == 0) {
                    for (int i = 0; i < ROUNDS; i++) {
                        assertFalse(file.isLocked(SLOT + 1));
                        file.isLocked(SLOT);
                    }
                }
            }
        }
    }

    /** Those who ask do not see each other, and are not in the way of who takes the lock. */
    @Test
    void aQuestionIsNoLock() throws IOException {
        List<ChildJvm> askers = start(2, Asker.class);
        try (SegmentFile file = location(new String[] {"", segment.toString()}).open(false)) {
            askers.forEach(ChildJvm::awaitReady);
            for (int i = 0; i < ROUNDS; i++) {
                assertFalse(file.isLocked(SLOT), "a question looks like a lock");
                assertTrue(file.tryLockSlot(SLOT), "a question is in the way of a lock");
                file.unlockSlot(SLOT);
            }
            for (ChildJvm asker : askers) {
                assertTrue(asker.isAlive(), asker::toString);
            }
        } finally {
            askers.forEach(ChildJvm::close);
        }
    }

    /** Opens, locks, does alone what only one can do, and leaves, so that the file is made and deleted all the time. */
    static final class Visitor {
        public static void main(String[] arguments) throws Exception {
            Path inside = Path.of(arguments[1] + ".inside");
            for (int alone = 0; alone < ROUNDS / 4; ) {
                LockFile file = open(arguments);
                if (file.tryLock(arguments, BYTE, false)) {
                    alone++;
                    try {
                        Files.createFile(inside);
                    } catch (FileAlreadyExistsException e) {
                        throw new AssertionError("two have one lock", e);
                    }
                    Files.delete(inside);
                }
                file.close(arguments);
            }
        }
    }

    @Test
    void isOneFileForAllWhoUseItAtOneTime() {
        List<ChildJvm> visitors = start(3, Visitor.class);
        try {
            for (ChildJvm visitor : visitors) {
                visitor.expectExit(0);
            }
            assertFalse(Files.exists(path));
        } finally {
            visitors.forEach(ChildJvm::close);
        }
    }
}
