/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian words in Java byte arrays, the private memory in which keys and values are encoded. Stateless. */
public final class ByteArrays {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ByteArrays() {}

    public static long getLong(byte[] array, int position) {
        return (long) LONG.get(array, position);
    }

    public static void putLong(byte[] array, int position, long value) {
        LONG.set(array, position, value);
    }

    public static int getInt(byte[] array, int position) {
        return (int) INT.get(array, position);
    }

    public static void putInt(byte[] array, int position, int value) {
        INT.set(array, position, value);
    }
}
