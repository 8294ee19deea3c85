/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.offsetheap.OffsetHeap;
import io.offsetheap.region.SharedMemoryObject;
import io.offsetheap.region.XsiKey;
import io.offsetheap.region.XsiSharedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Law C-132: permissions are those that were asked for, whatever the umask of the process that makes the memory. */
class UmaskTest {
    @TempDir
    Path directory;

    /** Makes one of each kind with the same permissions, and tells the id of the XSI memory. */
    static final class Maker {
        public static void main(String[] arguments) {
            Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(arguments[0]);
            String name = arguments[1];
            SharedMemoryObject.create(name, permissions).close();
            OffsetHeap.sharedMemory(name + "-heap")
                    .permissions(permissions)
                    .create()
                    .close();
            OffsetHeap.file(Path.of(arguments[2]))
                    .permissions(permissions)
                    .create()
                    .close();
            System.out.println(
                    XsiSharedMemory.create(XsiKey.PRIVATE, 100, permissions).id());
        }
    }

    @ParameterizedTest
    @CsvSource({"077, rw-rw-rw-, 666", "0, rw-------, 600", "022, rw-rw-r--, 664", "0777, rw-r--r--, 644"})
    void takesNothingAndGivesNothing(String umask, String permissions, String octal) throws IOException {
        String name = "umask-" + ProcessHandle.current().pid() + "-" + umask;
        Path file = directory.resolve("heap");
        List<String> prefix = List.of("sh", "-c", "umask " + umask + " && exec \"$@\"", "sh");
        try (ChildJvm child = ChildJvm.start(prefix, Maker.class, permissions, name, file.toString())) {
            String id = child.expectExit(0).output().strip();
            String xsi = permissionsOfXsi(id);
            XsiSharedMemory.remove(Integer.parseInt(id));
            assertEquals(octal, xsi);
            Path shared = Path.of("/dev/shm");
            for (Path made : List.of(shared.resolve(name), shared.resolve(name + "-heap"), file)) {
                assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
            }
        } finally {
            SharedMemoryObject.remove(name);
            SharedMemoryObject.remove(name + "-heap");
        }
    }

    /** In octal, as the system lists them: {@code key shmid perms …}. */
    private static String permissionsOfXsi(String id) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/sysvipc/shm"))) {
            String[] columns = line.strip().split(" +");
            if (columns[1].equals(id)) {
                return columns[2];
            }
        }
        throw new AssertionError("the system lists no such memory: id=" + id);
    }
}
