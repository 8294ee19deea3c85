/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import com.kenai.jffi.ArrayFlags;
import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The library of Windows, on a 64-bit processor. Nobody has run it there yet. Thread-safe. */
final class NativeKernel32 implements Kernel32 {
    /*
     * Called as LibC calls the C library. The error is saved by jffi within the call, because the JVM makes calls of its own
     * before the next line runs; and it is that of GetLastError on this system.
     */

    private static final long INVALID_HANDLE = -1;
    private static final int PAGE_READWRITE = 4;

    private static final int MEMORY_BASIC_INFORMATION_SIZE = 48;
    private static final int REGION_SIZE_OFFSET = 24;

    private final Invoker invoker = Invoker.getInstance();
    private final LastError lastError = LastError.getInstance();
    private final Library library;

    private final Call createFileMapping;
    private final Call openFileMapping;
    private final Call mapViewOfFileEx;
    private final Call unmapViewOfFile;
    private final Call virtualQuery;
    private final Call closeHandle;

    private NativeKernel32(Library library) {
        this.library = library;
        createFileMapping = new Call(
                "CreateFileMappingW",
                Type.POINTER,
                Type.POINTER,
                Type.POINTER,
                Type.UINT32,
                Type.UINT32,
                Type.UINT32,
                Type.POINTER);
        openFileMapping = new Call("OpenFileMappingW", Type.POINTER, Type.UINT32, Type.SINT32, Type.POINTER);
        mapViewOfFileEx = new Call(
                "MapViewOfFileEx",
                Type.POINTER,
                Type.POINTER,
                Type.UINT32,
                Type.UINT32,
                Type.UINT32,
                Type.SINT64,
                Type.POINTER);
        unmapViewOfFile = new Call("UnmapViewOfFile", Type.SINT32, Type.POINTER);
        virtualQuery = new Call("VirtualQuery", Type.SINT64, Type.POINTER, Type.POINTER, Type.SINT64);
        closeHandle = new Call("CloseHandle", Type.SINT32, Type.POINTER);
    }

    /**
     * Loads the library when nobody has yet.
     *
     * @throws UnsupportedOperationException if this is not Windows on a 64-bit processor, or the library cannot be loaded
     */
    static Kernel32 get() {
        Kernel32 kernel = Holder.KERNEL;
        if (kernel == null) {
            throw new UnsupportedOperationException(
                    "the shared memory of Windows is there only on Windows, elsewhere use SharedMemoryObject: os.name="
                            + System.getProperty("os.name") + " os.arch=" + System.getProperty("os.arch"),
                    Holder.FAILURE);
        }
        return kernel;
    }

    private static final class Holder {
        static final @Nullable Kernel32 KERNEL;
        static final @Nullable Throwable FAILURE;

        static {
            Kernel32 kernel = null;
            Throwable failure = null;
            try {
                if (isSupported()) {
                    Library library = Library.getCachedInstance("kernel32.dll", Library.LAZY | Library.LOCAL);
                    if (library == null) {
                        throw new UnsatisfiedLinkError(Library.getLastError());
                    }
                    kernel = new NativeKernel32(library);
                }
            } catch (LinkageError | RuntimeException e) {
                failure = e;
            }
            KERNEL = kernel;
            FAILURE = failure;
        }

        private static boolean isSupported() {
            String processor = System.getProperty("os.arch", "");
            return System.getProperty("os.name", "").startsWith("Windows")
                    && (processor.equals("amd64") || processor.equals("aarch64"));
        }
    }

    @Override
    public long createFileMapping(long size, String name) {
        var arguments = createFileMapping.arguments();
        arguments.putAddress(INVALID_HANDLE);
        arguments.putAddress(0);
        arguments.putInt(PAGE_READWRITE);
        arguments.putInt((int) (size >>> Integer.SIZE));
        arguments.putInt((int) size);
        putString(arguments, name);
        return createFileMapping.invoke(arguments);
    }

    @Override
    public long openFileMapping(int access, String name) {
        var arguments = openFileMapping.arguments();
        arguments.putInt(access);
        arguments.putInt(0);
        putString(arguments, name);
        return openFileMapping.invoke(arguments);
    }

    @Override
    public long mapViewOfFileEx(long handle, int access, long offset, long size, long address) {
        var arguments = mapViewOfFileEx.arguments();
        arguments.putAddress(handle);
        arguments.putInt(access);
        arguments.putInt((int) (offset >>> Integer.SIZE));
        arguments.putInt((int) offset);
        arguments.putLong(size);
        arguments.putAddress(address);
        return mapViewOfFileEx.invoke(arguments);
    }

    @Override
    public boolean unmapViewOfFile(long address) {
        var arguments = unmapViewOfFile.arguments();
        arguments.putAddress(address);
        return unmapViewOfFile.invokeBoolean(arguments);
    }

    @Override
    public long regionSize(long address) {
        byte[] information = new byte[MEMORY_BASIC_INFORMATION_SIZE];
        var arguments = virtualQuery.arguments();
        arguments.putAddress(address);
        arguments.putArray(information, 0, information.length, ArrayFlags.OUT);
        arguments.putLong(information.length);
        if (virtualQuery.invoke(arguments) == 0) {
            return 0;
        }
        return ByteBuffer.wrap(information).order(ByteOrder.nativeOrder()).getLong(REGION_SIZE_OFFSET);
    }

    @Override
    public boolean closeHandle(long handle) {
        var arguments = closeHandle.arguments();
        arguments.putAddress(handle);
        return closeHandle.invokeBoolean(arguments);
    }

    @Override
    public int lastError() {
        return lastError.get();
    }

    /** Characters of two bytes, with one that is 0 at the end. */
    private static void putString(HeapInvocationBuffer arguments, String text) {
        byte[] bytes = (text + '\0').getBytes(StandardCharsets.UTF_16LE);
        arguments.putArray(bytes, 0, bytes.length, ArrayFlags.IN);
    }

    /** One function. */
    private final class Call {
        private final long address;
        private final CallContext context;

        Call(String name, Type result, Type... parameters) {
            address = library.getSymbolAddress(name);
            if (address == 0) {
                throw new UnsatisfiedLinkError("kernel32 has no such function: name=" + name);
            }
            context = CallContext.getCallContext(result, parameters, CallingConvention.DEFAULT, true);
        }

        HeapInvocationBuffer arguments() {
            return new HeapInvocationBuffer(context);
        }

        long invoke(HeapInvocationBuffer arguments) {
            return invoker.invokeLong(context, address, arguments);
        }

        boolean invokeBoolean(HeapInvocationBuffer arguments) {
            return invoker.invokeInt(context, address, arguments) != 0;
        }
    }
}
