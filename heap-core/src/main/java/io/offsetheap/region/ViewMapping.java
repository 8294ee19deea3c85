/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import io.offsetheap.error.HeapException;
import java.nio.ByteBuffer;

/** Pages of Windows shared memory. There is no disk behind them that a program could see, and nothing less than all is given back. */
final class ViewMapping extends Mapping {
    private final Kernel32 kernel;
    /** The first page; 0 when it has been given back. */
    private long first;

    ViewMapping(Kernel32 kernel, long first, long begin, long size, String object) {
        super(begin, size, object);
        this.kernel = kernel;
        this.first = first;
    }

    /**
     * The pages stay where somebody may be inside an access: no call of the system puts others in their place, and addresses without pages
     * are a fault. Who may be inside holds the region, so they go when nobody does.
     */
    @Override
    synchronized boolean close() {
        if (!closed) {
            checkNoHeap();
        }
        closed = true;
        // After the store above: who has not seen that has said before that he is coming.
        if (!viewed) {
            run();
        }
        return first == 0;
    }

    @Override
    public synchronized void run() {
        closed = true;
        if (first == 0) {
            return;
        }
        if (!kernel.unmapViewOfFile(first)) {
            throw new HeapException("cannot unmap: address=0x" + Long.toHexString(first) + " error="
                    + kernel.lastError() + " segment=" + object);
        }
        first = 0;
    }

    @Override
    Mapping keepOnly(long from, long length) {
        throw new UnsupportedOperationException("the region is mapped whole or not at all: segment=" + object);
    }

    @Override
    ByteBuffer buffer(MappedRegion region, long offset, int length) {
        return keeping(region, begin + offset, length);
    }

    /** Left to the first use. */
    @Override
    boolean populate(long offset, long length) {
        return true;
    }

    @Override
    boolean advise(Advice advice) {
        return false;
    }

    @Override
    void flush(long offset, long length, boolean async) {}
}
