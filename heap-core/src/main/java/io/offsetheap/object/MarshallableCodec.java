/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.view.CheckedBytesStore;
import java.util.function.Supplier;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesMarshallable;
import org.jspecify.annotations.Nullable;

/** Objects that write themselves to Chronicle Bytes. Thread-safe. */
final class MarshallableCodec<T extends BytesMarshallable> implements Codec<T> {
    /*
     * How long an object will be is known when it is written: maxLength writes it, into bytes of the thread that grow, and
     * write, which follows, copies them. Reading is from a store that checks, so that no length that an object believes leads
     * it outside the value.
     */

    private static final int FIRST_CAPACITY = 256;

    /** The bytes of one value as a view shows them. Not thread-safe, like the view. */
    private static final class ViewBytesStore extends CheckedBytesStore<ViewBytesStore> {
        private final ValueView view;

        ViewBytesStore(ValueView view) {
            this.view = view;
        }

        @Override
        public long capacity() {
            return view.length();
        }

        @Override
        protected void copyOut(long position, byte[] target, int targetPosition, int count) {
            view.get((int) position, target, targetPosition, count);
        }

        @Override
        public byte readByte(long position) {
            return view.getByte((int) readable(position, Byte.BYTES));
        }

        @Override
        public short readShort(long position) {
            return view.getShort((int) readable(position, Short.BYTES));
        }

        @Override
        public int readInt(long position) {
            return view.getInt((int) readable(position, Integer.BYTES));
        }

        @Override
        public long readLong(long position) {
            return view.getLong((int) readable(position, Long.BYTES));
        }
    }

    /** What one thread has written last and not yet copied. */
    private static final class Written {
        private @Nullable Bytes<byte[]> bytes;
        private @Nullable Object value;

        Bytes<byte[]> write(BytesMarshallable newValue) {
            Bytes<byte[]> target = bytes != null ? bytes.clear() : Bytes.allocateElasticOnHeap(FIRST_CAPACITY);
            // Taken away: a value that stores another one while it writes itself gets bytes of its own.
            bytes = null;
            value = null;
            newValue.writeMarshallable(target);
            bytes = target;
            value = newValue;
            return target;
        }

        /** The bytes of a value, once: after that it may have changed. */
        Bytes<byte[]> take(BytesMarshallable wanted) {
            Bytes<byte[]> taken = bytes != null && value == wanted ? bytes : write(wanted);
            value = null;
            if (taken.realCapacity() > Scratch.KEPT_CAPACITY) {
                bytes = null;
            }
            return taken;
        }
    }

    private static final ThreadLocal<Written> WRITTEN = ThreadLocal.withInitial(Written::new);

    private final String id;
    private final Supplier<? extends T> maker;

    MarshallableCodec(String id, Supplier<? extends T> maker) {
        this.id = id;
        this.maker = maker;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int fixedLength() {
        return -1;
    }

    @Override
    public int maxLength(T value) {
        return Math.toIntExact(WRITTEN.get().write(value).readRemaining());
    }

    @Override
    public int write(T value, byte[] target, int position) {
        Bytes<byte[]> bytes = WRITTEN.get().take(value);
        int length = (int) bytes.readRemaining();
        bytes.read(target, position, length);
        return length;
    }

    @Override
    public T read(ValueView view) {
        T value = maker.get();
        Bytes<Void> bytes = new ViewBytesStore(view).bytesForWrite();
        bytes.readLimitToCapacity();
        value.readMarshallable(bytes);
        return value;
    }
}
