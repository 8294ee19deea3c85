/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/**
 * A file to be mapped: its bytes are memory that all who map it share, and they outlive the machine's. This is for programs
 * that want the memory and nothing else; a heap makes and opens its own.
 *
 * <p>Thread-safe. Regions that it mapped live on after it is closed.
 */
public final class FileMapping extends MappableObject {
    private final Path path;
    private final SegmentFile file;

    private FileMapping(Path path, SegmentFile file) {
        this.path = path;
        this.file = file;
    }

    /**
     * The location of a file.
     *
     * @param path the file, of the default file system; a relative one is resolved now
     * @return the location, for a heap
     * @throws IllegalArgumentException if the path belongs to another file system, such as a zip archive, or names no file
     */
    public static SegmentLocation location(Path path) {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException("only files of the default file system can be mapped: path=" + path);
        }
        Path absolute = path.toAbsolutePath();
        if (absolute.getParent() == null || path.toString().isEmpty()) {
            throw new IllegalArgumentException("the path names no file: path=" + path);
        }
        return NamedFileLocation.of(absolute, "file " + absolute);
    }

    /**
     * Opens a file that is there.
     *
     * @param path the file
     * @param readOnly whether to ask for read access only
     * @return the open file
     * @throws SegmentNotFoundException if there is none
     * @throws SegmentFormatException if it is a directory or the like, or on a file system that cannot share memory
     * @throws HeapException if the system refuses
     */
    public static FileMapping open(Path path, boolean readOnly) {
        return new FileMapping(path, location(path).open(readOnly));
    }

    /**
     * Removes a file. Its memory stays until the last process has unmapped it.
     *
     * @param path the file
     * @return false when there was none
     * @throws HeapException if the system refuses
     */
    public static boolean remove(Path path) {
        return location(path).remove();
    }

    /**
     * The path it was opened by.
     *
     * @return the path as given
     */
    public Path path() {
        return path;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public boolean readOnly() {
        return file.readOnly();
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
