/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.view;

import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.region.MappedRegion;
import net.openhft.chronicle.bytes.Bytes;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Views of the bytes of one block, for code that is written against Chronicle Bytes or Agrona; and of a mapped region, for
 * programs that want the memory and no heap in it. What is stored through a view is
 * stored at once, by its owner alone: no commit, and nothing is atomic but what the view itself calls so.
 *
 * <p>A view is a window: an access outside of it is an exception and never a fault. It keeps the mapping as long as it is
 * reachable, and is not told when the block is freed or the heap closed: to use it after that is as wrong as to use a freed
 * block. Stateless and thread-safe.
 */
public final class Views {
    private static final String CLOSED_PACKAGE = "jdk.internal.misc";

    private Views() {}

    /**
     * A range as Chronicle Bytes that cannot grow, cleared: it writes from position 0 on, and after {@link
     * Bytes#readLimitToCapacity} all of it can be read.
     *
     * @throws UnsupportedOperationException if the segment is open read-only
     */
    public static Bytes<Void> bytes(SegmentMemory memory, long offset, long length) {
        checkWritable(memory);
        return new BlockBytesStore(memory, offset, length).bytesForWrite();
    }

    /**
     * A mapped region as Chronicle Bytes, cleared, as {@link #bytes(SegmentMemory, long, long)}. To write is an {@link
     * UnsupportedOperationException} unless the region's mode is writable; every access is an {@link IllegalStateException}
     * after the region is closed. Where the region begins in the middle of a word, nothing is ordered or atomic.
     */
    public static Bytes<Void> bytes(MappedRegion region) {
        region.keepAddresses();
        SegmentMemory memory = new SegmentMemory(region, region.toString(), region.size());
        return new BlockBytesStore(memory, 0, region.size()).bytesForWrite();
    }

    /**
     * A range as an Agrona buffer. It needs {@code --add-exports java.base/jdk.internal.misc=ALL-UNNAMED}, the one option of
     * the JVM that anything in this library needs.
     *
     * @throws UnsupportedOperationException without that option, with Agrona's bounds checks switched off, or if the
     *     segment is open read-only
     * @throws IllegalArgumentException if the range is longer than an {@code int} can say
     */
    public static UnsafeBuffer buffer(SegmentMemory memory, long offset, long length) {
        checkWritable(memory);
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("too long for a buffer, which has int positions: length=" + length
                    + " greatest=" + Integer.MAX_VALUE + " segment=" + memory.name());
        }
        checkExported(memory);
        if (!DirectBuffer.SHOULD_BOUNDS_CHECK) {
            throw new UnsupportedOperationException(
                    "a buffer without bounds checks could write anywhere in the segment: "
                            + DirectBuffer.DISABLE_BOUNDS_CHECKS_PROP_NAME + "=true segment=" + memory.name());
        }
        // Of a ByteBuffer, because a buffer that somebody makes of this one keeps it, and it keeps the mapping.
        return new UnsafeBuffer(memory.buffer(offset, (int) length));
    }

    private static void checkWritable(SegmentMemory memory) {
        if (memory.isReadOnly()) {
            throw new UnsupportedOperationException(
                    "a view could be written to: the segment is open read-only: segment=" + memory.name());
        }
    }

    /** Asked before Agrona's class is initialized: once that has failed, it fails for good and says no more why. */
    private static void checkExported(SegmentMemory memory) {
        Module user = DirectBuffer.class.getModule();
        if (!Object.class.getModule().isExported(CLOSED_PACKAGE, user)) {
            throw new UnsupportedOperationException(
                    "an Agrona buffer needs an option of the JVM: --add-exports java.base/"
                            + CLOSED_PACKAGE + "=" + (user.isNamed() ? user.getName() : "ALL-UNNAMED") + " segment="
                            + memory.name());
        }
    }
}
