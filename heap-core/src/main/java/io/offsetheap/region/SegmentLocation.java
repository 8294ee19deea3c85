/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import io.offsetheap.error.SegmentFormatException;
import io.offsetheap.error.SegmentNotFoundException;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Where a segment can live: for most, a name that processes agree on. {@link SharedMemoryObject#location}, {@link
 * FileMapping#location} and their like make one; nothing is looked up or created until a method is called.
 *
 * <p>Immutable, therefore thread-safe. {@code toString()} says kind and name, such as {@code shared memory 'prices'}, and
 * is what error messages show as the segment.
 */
public interface SegmentLocation {
    /**
     * Creates an empty file where this location is, without a name: nobody else can open it, and it vanishes with this
     * process, until {@link SegmentFile#publish()} gives it the name. So others see a whole segment or none.
     *
     * @param permissions the permissions of the file, exactly: the umask of the process takes nothing away from them
     * <p>Where memory cannot be without its name, or is there already, others wait until it is published.
     *
     * @return the open file, writable; of size 0, unless it is memory that is there already
     * @throws io.offsetheap.error.SegmentExistsException if the name is taken, and memory cannot be without one
     * @throws SegmentFormatException if the file system there cannot share memory between processes
     * @throws HeapException if the system refuses, for example because the directory is missing
     * @throws java.io.UncheckedIOException with an {@link java.nio.file.AccessDeniedException}, if this process may not
     *     create files there
     */
    SegmentFile createUnnamed(Set<PosixFilePermission> permissions);

    /**
     * Opens the file that has the name now. Not one byte of it is read or changed.
     *
     * @param readOnly whether to ask for, and have, read access only
     * @return the open file
     * @throws SegmentNotFoundException if there is none
     * @throws SegmentFormatException if it is a directory or another special file, or if the file system there cannot share
     *     memory between processes
     * @throws HeapException if the system refuses for another reason
     * @throws java.io.UncheckedIOException with an {@link java.nio.file.AccessDeniedException}, if this process may not
     *     open it
     */
    SegmentFile open(boolean readOnly);

    /**
     * The greatest segment that can be mapped here.
     *
     * @return its size in bytes
     */
    default long greatestSize() {
        return Long.MAX_VALUE;
    }

    /**
     * Takes the name away. Who has the file open keeps using it, and its memory is free when the last of them is gone;
     * who asks for the name afterwards finds nothing.
     *
     * @return false when there was nothing of this name
     * @throws HeapException if the system refuses
     * @throws java.io.UncheckedIOException with an {@link java.nio.file.AccessDeniedException}, if this process may not
     *     remove it
     */
    boolean remove();
}
