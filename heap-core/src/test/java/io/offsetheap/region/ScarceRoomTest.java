/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offsetheap.error.OutOfSegmentMemoryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.core.UnsafeMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Room that ends, and the other things that only a process of its own can be given: mounts, limits, a umask. */
class ScarceRoomTest {
    @TempDir
    Path directory;

    /** The process: makes a file, reserves two parts of it, and says what came of it. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            Path path = Path.of(arguments[0]);
            long length = Long.parseLong(arguments[1]);
            SegmentFile file = FileMapping.location(path).createUnnamed(PosixFilePermissions.fromString("rw-rw-rw-"));
            MappedRegion region = file.map(length);
            file.reserve(0, 4096);
            UnsafeMemory.INSTANCE.writeByte(region.address() + 4095, (byte) 1);
            try {
                file.reserve(4096, length - 4096);
                UnsafeMemory.INSTANCE.writeByte(region.address() + length - 1, (byte) 2);
                System.out.println("reserved size=" + file.size() + " onDisk=" + file.isOnDisk() + " first="
                        + UnsafeMemory.INSTANCE.readByte(region.address() + 4095));
            } catch (OutOfSegmentMemoryException e) {
                System.out.println(e.getMessage() + " size=" + file.size());
            }
            file.publish();
        }
    }

    @Test
    void aFullFileSystemIsAnExceptionAndNotAFault() throws Exception {
        assumeMountsWork();
        assertEquals(
                "the file system has no room for this part of the file: position=4096 length=1044480"
                        + " errno=ENOSPC (no space left on device) segment=file " + directory
                        + "/segment size=4096",
                run("mount -t tmpfs -o size=64k none " + directory, 1 << 20));
    }

    @Test
    void aFileSystemThatCannotReserveIsWrittenTo() throws Exception {
        assumeMountsWork();
        assertEquals("reserved size=1048576 onDisk=false first=1", run("mount -t ramfs none " + directory, 1 << 20));
    }

    @Test
    void aLimitOfTheProcessIsAnExceptionToo() throws Exception {
        String said = run("ulimit -f 8192", 64 << 20);
        assertTrue(said.contains("errno=EFBIG (file too large)"), said);
        assertTrue(said.endsWith("size=4096"), said);
    }

    @Test
    void theUmaskTakesNoPermissionAway() throws Exception {
        run("umask 077", 8192);
        assertEquals(
                "rw-rw-rw-",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("segment"))));
    }

    private static void assumeMountsWork() throws Exception {
        Process process;
        try {
            process = new ProcessBuilder("unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException noSuchProgram) {
            assumeTrue(false, "unshare is not installed");
            return;
        }
        assumeTrue(process.waitFor() == 0, "this user may not mount");
    }

    private String run(String preparation, long length) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>();
        if (preparation.startsWith("mount")) {
            command.addAll(List.of("unshare", "-m"));
        }
        command.addAll(List.of("sh", "-c", preparation + " && exec \"$@\"", "sh"));
        command.addAll(List.of(java, "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
        command.addAll(List.of(directory.resolve("segment").toString(), Long.toString(length)));
        Path errors = Files.createTempFile("child", ".err");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), () -> output + readString(errors));
            return output.strip();
        } finally {
            Files.delete(errors);
        }
    }

    private static String readString(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
