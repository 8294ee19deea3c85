/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.error.SegmentExistsException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Memory with a name that any process of this machine can map: it lasts until it is removed or the machine stops. This is
 * for programs that want the memory and nothing else; a heap makes and opens its own.
 *
 * <p>Thread-safe. Regions that it mapped live on after it is closed.
 */
public final class SharedMemoryObject extends MappableObject {
    private static final Path NATIVE_DIRECTORY = Path.of("/dev/shm");
    private static final String DIRECTORY_PROPERTY = "offsetheap.directory";

    /** For all users, each of whom can remove his own: read, write and search for everybody, and the sticky bit. */
    private static final int DIRECTORY_MODE = 01777;

    private static final int LONGEST_NAME = 255;

    private final String name;
    private final SegmentFile file;

    private SharedMemoryObject(String name, SegmentFile file) {
        this.name = name;
        this.file = file;
    }

    /**
     * The location of shared memory of this name.
     *
     * @param name letters, digits and {@code _ . -}, at most 255 bytes
     * @return the location, for a heap
     * @throws IllegalArgumentException if the name is not such a one
     */
    public static SegmentLocation location(String name) {
        boolean valid = !name.isEmpty() && !name.equals(".") && !name.equals("..") && consistsOfNameCharacters(name);
        if (!valid) {
            throw new IllegalArgumentException(
                    "a name consists of letters, digits, '_', '.' and '-', and is not '.' or '..': name=" + name);
        }
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "a name has at most " + LONGEST_NAME + " bytes: length=" + length + " name=" + name);
        }
        return NamedFileLocation.of(directory().resolve(name), "shared memory '" + name + "'");
    }

    /**
     * Where shared memory is: what Linux has for it, or without native calls a directory for files that stand for it, the one
     * that the system property {@code offsetheap.directory} names, or else {@code offsetheap} in that for temporary files.
     */
    static Path directory() {
        if (LibC.isAvailable()) {
            return NATIVE_DIRECTORY;
        }
        String wanted = System.getProperty(DIRECTORY_PROPERTY);
        return wanted == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "offsetheap").toAbsolutePath()
                : Path.of(wanted).toAbsolutePath();
    }

    /** Makes {@link #directory()} when it is missing and a file is to be made in it. */
    static void makeDirectory(Path wanted) throws IOException {
        if (!wanted.equals(directory()) || Files.isDirectory(wanted)) {
            return;
        }
        try {
            Files.createDirectory(wanted);
        } catch (FileAlreadyExistsException faster) {
            return;
        }
        if (wanted.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Files.setAttribute(wanted, "unix:mode", DIRECTORY_MODE);
        }
    }

    private static boolean consistsOfNameCharacters(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isNameCharacter(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Only those of ASCII: what a letter is must not depend on how a process encodes file names. */
    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '.'
                || c == '-';
    }

    /**
     * Creates shared memory of size 0.
     *
     * @param name see {@link #location}
     * @param permissions who may open it; the umask of the process takes nothing away from them
     * @return the new object, writable
     * @throws SegmentExistsException if the name is taken
     * @throws HeapException if the system refuses
     */
    public static SharedMemoryObject create(String name, Set<PosixFilePermission> permissions) {
        SegmentLocation location = location(name);
        SegmentFile file = location.createUnnamed(permissions);
        if (!publish(file)) {
            throw new SegmentExistsException("the name is taken: segment=" + location);
        }
        return new SharedMemoryObject(name, file);
    }

    /** Closes the file when it does not get the name. */
    private static boolean publish(SegmentFile file) {
        boolean published = false;
        try {
            published = file.publish();
        } finally {
            if (!published) {
                file.close();
            }
        }
        return published;
    }

    /**
     * Opens shared memory that is there.
     *
     * @param name see {@link #location}
     * @param readOnly whether to ask for read access only
     * @return the object
     * @throws SegmentNotFoundException if there is none of this name
     * @throws SegmentFormatException if the name belongs to a directory or the like
     * @throws HeapException if the system refuses
     */
    public static SharedMemoryObject open(String name, boolean readOnly) {
        return new SharedMemoryObject(name, location(name).open(readOnly));
    }

    /**
     * Opens shared memory that is there, or else creates it with size 0; of several processes that call this at once, one
     * creates it and all get the same.
     *
     * @param name see {@link #location}
     * @param permissions who may open it, used if it is created
     * @return the object, writable
     * @throws HeapException if the system refuses
     */
    public static SharedMemoryObject openOrCreate(String name, Set<PosixFilePermission> permissions) {
        SegmentLocation location = location(name);
        while (true) {
            try {
                return new SharedMemoryObject(name, location.open(false));
            } catch (SegmentNotFoundException absent) {
                SegmentFile file = location.createUnnamed(permissions);
                if (publish(file)) {
                    return new SharedMemoryObject(name, file);
                }
                // Somebody was faster: open theirs.
            }
        }
    }

    /**
     * Removes the name. Memory that is mapped stays until the last process has unmapped it.
     *
     * @param name see {@link #location}
     * @return false when there was none of this name
     * @throws HeapException if the system refuses
     */
    public static boolean remove(String name) {
        return location(name).remove();
    }

    /**
     * The name it was opened by.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public boolean readOnly() {
        return file.readOnly();
    }

    /**
     * Gives it a size, and memory for all of it (without native calls, for what is new): if there is too little, that is an exception here and not a fault at some
     * later store. New memory is zeros, content stays.
     *
     * @param size the new size, not less than the present one
     * @throws IllegalArgumentException if it is less: others may have mapped it
     * @throws OutOfSegmentMemoryException if there is too little memory; the size has not changed
     */
    public void truncate(long size) {
        long current = file.size();
        if (size < current) {
            throw new IllegalArgumentException(
                    "shared memory cannot shrink: size=" + current + " requested=" + size + " segment=" + file);
        }
        if (size > 0) {
            file.reserve(0, size);
        }
    }

    @Override
    MappedRegion map(MapMode mode, long offset, long size, long address) {
        return file.mapPart(mode, offset, size, address);
    }

    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
