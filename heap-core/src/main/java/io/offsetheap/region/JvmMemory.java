/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import net.openhft.chronicle.core.UnsafeMemory;

/** What the JVM knows of its memory, asked without a native call and without a flag. Nothing is loaded or stored. Thread-safe. */
final class JvmMemory {
    private static final long ADDRESS_FIELD = addressField();

    private JvmMemory() {}

    private static long addressField() {
        try {
            // Its place in the object is told to everybody, its value only to who opens the module.
            return UnsafeMemory.INSTANCE.getFieldOffset(Buffer.class.getDeclaredField("address"));
        } catch (NoSuchFieldException e) {
            throw new UnsupportedOperationException("this JVM does not tell where a buffer lies", e);
        }
    }

    /** Where a direct buffer begins. */
    static long address(ByteBuffer buffer) {
        return UnsafeMemory.INSTANCE.readLong(buffer, ADDRESS_FIELD);
    }

    /** The unit in which the system maps, in bytes. */
    static int pageSize() {
        return UnsafeMemory.INSTANCE.pageSize();
    }
}
