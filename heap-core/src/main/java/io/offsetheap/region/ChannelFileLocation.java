/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** A location that is a path, for a JVM without native calls. Immutable. */
final class ChannelFileLocation implements SegmentLocation {
    /** The JDK maps less than 2 GiB at once; a heap is a multiple of 64 KiB. */
    static final long GREATEST_SIZE = Integer.MAX_VALUE & -(1 << 16);

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path path;
    private final String description;

    ChannelFileLocation(Path path, String description) {
        this.path = path;
        this.description = description;
    }

    Path path() {
        return path;
    }

    @Override
    public long greatestSize() {
        return GREATEST_SIZE;
    }

    /**
     * A file always has a name here: a random one, which is removed when the real one is given or the file is closed. If the
     * process is killed in between, that file stays behind.
     */
    @Override
    public SegmentFile createUnnamed(Set<PosixFilePermission> permissions) {
        try {
            Path directory = Objects.requireNonNull(path.getParent());
            SharedMemoryObject.makeDirectory(directory);
            Path name = newName(directory);
            FileChannel channel = create(name, permissions);
            return adopt(channel, name, false);
        } catch (IOException e) {
            throw failure(e, "cannot create the file");
        }
    }

    /** Creates an empty file with the permissions of another one, unless it is there. */
    static void createLike(Path other, Path path) throws IOException {
        Set<PosixFilePermission> permissions = hasPermissions(other) ? Files.getPosixFilePermissions(other) : Set.of();
        Path name = newName(Objects.requireNonNull(path.getParent()));
        create(name, permissions).close();
        try {
            Files.createLink(path, name);
        } catch (FileAlreadyExistsException faster) {
            return;
        } finally {
            Files.delete(name);
        }
    }

    private static Path newName(Path directory) {
        return directory.resolve(
                ".offsetheap-" + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    }

    /** A new file, sparse where one has to ask for that. */
    static FileChannel create(Path name, Set<PosixFilePermission> permissions) throws IOException {
        Set<OpenOption> options = Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.SPARSE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        if (!hasPermissions(name)) {
            return FileChannel.open(name, options);
        }
        FileAttribute<?> owner = PosixFilePermissions.asFileAttribute(OWNER);
        FileChannel channel = FileChannel.open(name, options, owner);
        try {
            // Afterwards, because the umask takes from what is given at the creation.
            Files.setPosixFilePermissions(name, permissions);
            return channel;
        } catch (Throwable t) {
            channel.close();
            Files.delete(name);
            throw t;
        }
    }

    /** Whether the file system knows of owner, group and others. Where not, a file gets what its directory passes on. */
    private static boolean hasPermissions(Path file) throws IOException {
        Path directory = Objects.requireNonNull(file.getParent());
        return Files.getFileStore(directory).supportsFileAttributeView(PosixFileAttributeView.class);
    }

    @Override
    public SegmentFile open(boolean readOnly) {
        try {
            while (true) {
                FileIdentity before = FileIdentity.of(path);
                ChannelSegmentFile file = adopt(openChannel(!readOnly), path, readOnly);
                // What was opened is what the name led to before and behind.
                if (file.isKnownAs(before)) {
                    return file;
                }
                file.close();
            }
        } catch (IOException e) {
            if (isAbsent(e)) {
                throw new SegmentNotFoundException("there is no such segment: segment=" + description);
            }
            throw failure(e, "cannot open the file");
        }
    }

    FileChannel openChannel(boolean writable) throws IOException {
        // Looked at first: to open a named pipe is to wait for its other end.
        checkRegular();
        return writable
                ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(path, StandardOpenOption.READ);
    }

    /** Below a file there is nothing either; the JDK has no exception of its own for that. */
    private boolean isAbsent(IOException e) {
        return e instanceof NoSuchFileException || !(e instanceof AccessDeniedException) && !Files.exists(path);
    }

    /** Checks where an open file lies. Closes it if anything is wrong. */
    private ChannelSegmentFile adopt(FileChannel channel, Path name, boolean readOnly) throws IOException {
        try {
            String fileSystem = Files.getFileStore(name).type();
            String unshareable = FileSystemType.unshareable(fileSystem);
            if (unshareable != null) {
                throw new SegmentFormatException(FileSystemType.refusal(unshareable, description));
            }
            return new ChannelSegmentFile(this, channel, name, readOnly, !FileSystemType.isMemory(fileSystem));
        } catch (Throwable t) {
            channel.close();
            if (!name.equals(path)) {
                Files.delete(name);
            }
            throw t;
        }
    }

    /**
     * Gives a file of this location the name.
     *
     * @return false if the name is taken
     */
    boolean link(Path existing) {
        try {
            Files.createLink(path, existing);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException | UnsupportedOperationException e) {
            // To rename it could replace what somebody else has published at this moment.
            throw failure(e, "cannot give the file its name, this needs a file system with hard links");
        }
    }

    @Override
    public boolean remove() {
        try {
            if (Files.isSymbolicLink(path)) {
                Files.delete(path);
                return true;
            }
            checkRegular();
            FileIdentity identity = FileIdentity.of(path);
            Files.delete(path);
            LockFile.deleteUnused(identity.lockFile());
            return true;
        } catch (IOException e) {
            if (isAbsent(e)) {
                return false;
            }
            throw failure(e, "cannot remove the file");
        }
    }

    private void checkRegular() throws IOException {
        if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
            throw new SegmentFormatException(
                    "a segment is a regular file, and this is a directory or a special file: segment=" + description);
        }
    }

    /** The exception for a call that failed. */
    RuntimeException failure(Exception e, String what) {
        String text =
                what + ": reason=" + e.getClass().getSimpleName() + " (" + e.getMessage() + ") segment=" + description;
        if (e instanceof AccessDeniedException) {
            return new UncheckedIOException(text, new AccessDeniedException(path.toString(), null, text));
        }
        return new HeapException(text, e);
    }

    /** What {@link MappedRegion#anonymous} says, of a private mapping of a file that is deleted at once. */
    static MappedRegion anonymousRegion(long size) {
        String object = "anonymous memory";
        checkSize(size, object);
        Path directory = SharedMemoryObject.directory();
        try {
            SharedMemoryObject.makeDirectory(directory);
            Path name = newName(directory);
            try (FileChannel channel = create(name, OWNER)) {
                MappedByteBuffer pages = Uninterrupted.call(() -> channel.map(FileChannel.MapMode.PRIVATE, 0, size));
                return new MappedRegion(new BufferMapping(pages, () -> {}, object), MapMode.READ_WRITE, true);
            } finally {
                Files.deleteIfExists(name);
            }
        } catch (IOException e) {
            throw new HeapException("cannot map: size=" + size + " segment=" + object, e);
        }
    }

    static void checkSize(long size, String segment) {
        if (size > Integer.MAX_VALUE) {
            throw new UnsupportedOperationException("a region this large needs native calls: size=" + size
                    + " greatest=" + Integer.MAX_VALUE + " segment=" + segment);
        }
    }

    @Override
    public String toString() {
        return description;
    }
}
