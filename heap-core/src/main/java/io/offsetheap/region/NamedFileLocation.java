/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import static io.offsetheap.region.LibC.O_CLOEXEC;
import static io.offsetheap.region.LibC.O_CREAT;
import static io.offsetheap.region.LibC.O_EXCL;
import static io.offsetheap.region.LibC.O_NOCTTY;
import static io.offsetheap.region.LibC.O_NONBLOCK;
import static io.offsetheap.region.LibC.O_RDONLY;
import static io.offsetheap.region.LibC.O_RDWR;
import static io.offsetheap.region.LibC.O_TMPFILE;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A location that is a path: a file anywhere, one of the directory where Linux keeps shared memory, or the descriptor of a
 * file that has no name. Immutable.
 */
class NamedFileLocation implements SegmentLocation {
    private static final int OWNER_ONLY = 0600;
    private static final int TEMPORARY_NAMES_TRIED = 100;

    private final Path path;
    private final String description;

    NamedFileLocation(Path path, String description) {
        this.path = path;
        this.description = description;
    }

    /** A location of that path, for whatever calls this JVM can make. */
    static SegmentLocation of(Path path, String description) {
        return LibC.isAvailable()
                ? new NamedFileLocation(path, description)
                : new ChannelFileLocation(path, description);
    }

    Path path() {
        return path;
    }

    @Override
    public SegmentFile createUnnamed(Set<PosixFilePermission> permissions) {
        LibC libC = LibC.get();
        int descriptor = openRestarting(libC, directory(), O_TMPFILE | O_RDWR | O_CLOEXEC);
        if (descriptor >= 0) {
            return adoptNew(libC, descriptor, null, permissions);
        }
        int errno = libC.errno();
        if (errno == LibC.EOPNOTSUPP || errno == LibC.EISDIR || errno == LibC.EINVAL) {
            return createWithTemporaryName(permissions);
        }
        throw failure(errno, "cannot create the file");
    }

    /**
     * For a file system where a file always has a name: a random one, which is removed when the real one is given or the
     * file is closed. If the process is killed in between, that file stays behind.
     */
    SegmentFile createWithTemporaryName(Set<PosixFilePermission> permissions) {
        LibC libC = LibC.get();
        int errno = LibC.EEXIST;
        for (int i = 0; errno == LibC.EEXIST && i < TEMPORARY_NAMES_TRIED; i++) {
            long random = ThreadLocalRandom.current().nextLong();
            Path name = directory().resolve(".offsetheap-" + Long.toHexString(random));
            int descriptor = openRestarting(libC, name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC);
            if (descriptor >= 0) {
                return adoptNew(libC, descriptor, name, permissions);
            }
            errno = libC.errno();
        }
        throw failure(errno, "cannot create the file");
    }

    private Path directory() {
        return Objects.requireNonNullElse(path.getParent(), path);
    }

    /** Takes over the descriptor of a new file. */
    final SegmentFile adoptNew(
            LibC libC, int descriptor, @Nullable Path temporaryName, Set<PosixFilePermission> permissions) {
        // The second descriptor is opened while the owner may still do anything, then the permissions become the real
        // ones.
        SegmentFile file = adopt(libC, descriptor, temporaryName, false);
        if (libC.fchmod(descriptor, mode(permissions)) != 0) {
            int errno = libC.errno();
            file.close();
            throw failure(errno, "cannot set the permissions");
        }
        return file;
    }

    private static int openRestarting(LibC libC, Path path, int flags) {
        int descriptor;
        do {
            descriptor = libC.open(path, flags, OWNER_ONLY);
        } while (descriptor < 0 && libC.errno() == LibC.EINTR);
        return descriptor;
    }

    @Override
    public SegmentFile open(boolean readOnly) {
        LibC libC = LibC.get();
        // Without O_NONBLOCK the open of a named pipe would wait for its other end. It means nothing to a regular file.
        int access = readOnly ? O_RDONLY : O_RDWR;
        int descriptor = openRestarting(libC, path, access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (descriptor < 0) {
            int errno = libC.errno();
            if (errno == LibC.ENOENT || errno == LibC.ENOTDIR) {
                throw new SegmentNotFoundException("there is no such segment: segment=" + description);
            } else if (errno == LibC.EISDIR || errno == LibC.ENXIO) {
                throw notRegular();
            }
            throw failure(errno, "cannot open the file");
        }
        return adopt(libC, descriptor, null, readOnly);
    }

    /** Checks the file behind the descriptor and opens it a second time. Closes the descriptor if anything is wrong. */
    private SegmentFile adopt(LibC libC, int descriptor, @Nullable Path temporaryName, boolean readOnly) {
        try {
            LibC.FileStatus status = libC.status(descriptor);
            if (status == null) {
                throw failure(libC.errno(), "cannot read the status of the file");
            } else if (!status.isRegularFile()) {
                throw notRegular();
            }
            LibC.FileSystem fileSystem = libC.fileSystem(descriptor);
            if (fileSystem == null) {
                throw failure(libC.errno(), "cannot read the status of the file system");
            }
            String unshareable = FileSystemType.unshareable(fileSystem.type());
            if (unshareable != null) {
                throw new SegmentFormatException(FileSystemType.refusal(unshareable, description));
            }
            int probe = openRestarting(
                    libC, Path.of(Descriptors.ownPath(descriptor)), (readOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
            if (probe < 0) {
                throw failure(libC.errno(), "cannot open the file a second time, this needs /proc");
            }
            var descriptors = new Descriptors(libC, descriptor, probe, temporaryName, description);
            return new DescriptorSegmentFile(libC, descriptors, this, status, fileSystem, readOnly);
        } catch (RuntimeException e) {
            libC.close(descriptor);
            if (temporaryName != null) {
                libC.unlink(temporaryName);
            }
            throw e;
        }
    }

    /**
     * Gives a file of this location the name.
     *
     * @param existing another path to it
     * @return false if the name is taken
     */
    boolean link(LibC libC, String existing) {
        if (libC.link(existing, path) == 0) {
            return true;
        }
        int errno = libC.errno();
        if (errno == LibC.EEXIST) {
            return false;
        }
        throw failure(errno, "cannot give the file its name");
    }

    @Override
    public boolean remove() {
        LibC libC = LibC.get();
        if (libC.unlink(path) == 0) {
            return true;
        }
        int errno = libC.errno();
        if (errno == LibC.ENOENT || errno == LibC.ENOTDIR) {
            return false;
        } else if (errno == LibC.EISDIR) {
            throw notRegular();
        }
        throw failure(errno, "cannot remove the file");
    }

    private SegmentFormatException notRegular() {
        return new SegmentFormatException(
                "a segment is a regular file, and this is a directory or a special file: segment=" + description);
    }

    /** The exception for a call that failed with this error number. */
    RuntimeException failure(int errno, String what) {
        String text = what + ": errno=" + LibC.describe(errno) + " segment=" + description;
        if (errno == LibC.EACCES || errno == LibC.EPERM || errno == LibC.EROFS) {
            return new UncheckedIOException(text, new AccessDeniedException(path.toString(), null, text));
        }
        return new HeapException(text);
    }

    /** The permissions as the system writes them. */
    static int mode(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (PosixFilePermission permission : permissions) {
            mode |= switch (permission) {
                case OWNER_READ -> 0400;
                case OWNER_WRITE -> 0200;
                case OWNER_EXECUTE -> 0100;
                case GROUP_READ -> 0040;
                case GROUP_WRITE -> 0020;
                case GROUP_EXECUTE -> 0010;
                case OTHERS_READ -> 0004;
                case OTHERS_WRITE -> 0002;
                case OTHERS_EXECUTE -> 0001;
            };
        }
        return mode;
    }

    @Override
    public String toString() {
        return description;
    }
}
