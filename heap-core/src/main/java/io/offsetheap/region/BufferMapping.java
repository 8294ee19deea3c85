/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;

/** Pages that the JDK has mapped. It unmaps them when neither the region nor a buffer over a part of it can be reached. */
final class BufferMapping extends Mapping {
    private final MappedByteBuffer pages;
    private final Runnable behind;

    /** @param behind what is to be closed with the region */
    BufferMapping(MappedByteBuffer pages, Runnable behind, String object) {
        super(JvmMemory.address(pages), pages.capacity(), object);
        this.pages = pages;
        this.behind = behind;
    }

    /** The pages stay: whoever may be inside an access holds the region, and that holds them. */
    @Override
    synchronized boolean close() {
        if (!closed) {
            checkNoHeap();
        }
        run();
        return true;
    }

    @Override
    public synchronized void run() {
        if (!closed) {
            closed = true;
            behind.run();
        }
    }

    @Override
    synchronized Mapping keepOnly(long from, long length) {
        if (closed) {
            throw new IllegalStateException("the region is closed: segment=" + object);
        }
        checkNoHeap();
        closed = true;
        return new BufferMapping(pages.slice((int) from, (int) length), behind, object);
    }

    @Override
    ByteBuffer buffer(MappedRegion region, long offset, int length) {
        return pages.slice((int) offset, length);
    }

    @Override
    boolean populate(long offset, long length) {
        // Left to the first use.
        return true;
    }

    @Override
    boolean advise(Advice advice) {
        return false;
    }

    @Override
    void flush(long offset, long length, boolean async) {
        try {
            pages.force((int) offset, (int) length);
        } catch (UncheckedIOException e) {
            throw new HeapException(
                    "cannot write to the disk: offset=" + offset + " length=" + length + " segment=" + object, e);
        }
    }
}
