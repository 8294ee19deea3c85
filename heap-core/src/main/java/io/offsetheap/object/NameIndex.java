/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.NameExistsException;
import io.offsetheap.error.TypeMismatchException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The named objects of a segment: the roots from which everything is found after reopening. A {@link HashIndex} whose keys
 * begin with a kind byte, see {@link NameEntry}. It also holds the text of every type, so that any process can print it.
 *
 * <p>Thread-safe.
 */
public final class NameIndex {
    /** Longest name, in bytes of UTF-8. */
    public static final int MAX_NAME_LENGTH = 1024;

    private static final int INDEX_TYPE_ID = 1;
    private static final long ANY_LENGTH = -1;
    private static final long DESTROY_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Names as keys: their kind, then UTF-8. */
    private static final Codec<String> NAME = new Codec<>() {
        @Override
        public String id() {
            return "name/1";
        }

        @Override
        public int fixedLength() {
            return -1;
        }

        @Override
        public int maxLength(String name) {
            return 1 + Codecs.UTF8.maxLength(name);
        }

        @Override
        public int write(String name, byte[] target, int position) {
            target[position] = NameEntry.NAME_KIND;
            return 1 + Codecs.UTF8.write(name, target, position + 1);
        }

        @Override
        public String read(ValueView view) {
            byte[] key = bytesOf(view);
            return new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
        }
    };

    /** A type with the hash of its fingerprint. */
    private record TypeHash(SharedType<?> type, long hash) {}

    private final ObjectSpace space;
    private final SegmentMemory memory;
    private final DoomedObjects doomed;
    /** Volatile, because not all fields of an index are final. */
    private volatile @Nullable HashIndex index;
    /** The type asked for last, by whatever thread. */
    private @Nullable TypeHash lastType;

    public NameIndex(ObjectSpace space, DoomedObjects doomed) {
        this.space = space;
        this.memory = space.memory();
        this.doomed = doomed;
    }

    /** Makes the empty index of a segment that nobody else can see yet. */
    public void format() {
        Lane lane = space.lanes().lease();
        try {
            HashIndex.reserve(space, lane);
            long header = HashIndex.create(space, lane, NameEntry.identity(INDEX_TYPE_ID, nextGeneration(lane)));
            lane.set(Superblock.NAME_INDEX_OFFSET, header);
            lane.commit(CommitSite.CONSTRUCT);
            lane.giveBack();
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Whether a header that lies inside the heap says that it is that of the names. */
    public static boolean isNameIndex(SegmentMemory memory, long header) {
        return memory.getLong(header) >>> Integer.SIZE == INDEX_TYPE_ID;
    }

    private HashIndex index() {
        HashIndex found = index;
        if (found == null) {
            found = HashIndex.open(space, memory.getLongVolatile(Superblock.NAME_INDEX_OFFSET));
            index = found;
        }
        return found;
    }

    // ---- find

    /**
     * Finds an object.
     *
     * @throws TypeMismatchException if the name belongs to an object of another type
     */
    public <T> Optional<T> find(String name, SharedType<T> type) {
        Scratch scratch = enter(name);
        try {
            return Optional.ofNullable(find(name, scratch, type, ANY_LENGTH));
        } finally {
            scratch.leave();
        }
    }

    private <T> @Nullable T find(String name, Scratch scratch, SharedType<T> type, long length) {
        NameEntry entry = lookUp(scratch);
        while (entry != null) {
            checkType(name, entry, type, length);
            T found = bind(entry, type);
            if (found != null) {
                return found;
            }
            NameEntry later = lookUp(scratch);
            if (entry.equals(later)) {
                throw new CorruptedSegmentException(
                        "a name leads to an object that is not the one it was given to: name=" + name + " offset="
                                + entry.offset() + " segment=" + memory.name());
            }
            entry = later;
        }
        return null;
    }

    private void checkType(String name, NameEntry entry, SharedType<?> type, long length) {
        if (entry.hash() != hashOf(type)) {
            throw new TypeMismatchException("the object has another type: name=" + name + " found="
                    + fingerprint(entry.hash()) + " wanted=" + type.fingerprint() + " segment=" + memory.name());
        }
        if (length != ANY_LENGTH && length != entry.objectLength()) {
            throw new TypeMismatchException("the object has another length: name=" + name + " found="
                    + entry.objectLength() + " wanted=" + length + " segment=" + memory.name());
        }
    }

    /** Returns null if the object has been destroyed since the look-up: the handle may be to the next one at its offset. */
    private <T> @Nullable T bind(NameEntry entry, SharedType<T> type) {
        try {
            T bound = type.bind(space, entry.offset(), entry.objectLength());
            return isAlive(entry) ? bound : null;
        } catch (IllegalStateException e) {
            if (isAlive(entry)) {
                throw e;
            }
            return null;
        }
    }

    private boolean isAlive(NameEntry entry) {
        memory.loadFence();
        return memory.getLongVolatile(entry.offset()) == entry.identity();
    }

    private @Nullable NameEntry lookUp(Scratch scratch) {
        return index().copy(scratch) ? NameEntry.of(scratch.copy, scratch.copyLength) : null;
    }

    private byte @Nullable [] valueOf(EncodedKey key) {
        ValueView view = new ValueView();
        return index().find(key, view) ? bytesOf(view) : null;
    }

    private static byte[] bytesOf(ValueView view) {
        byte[] bytes = new byte[view.length()];
        view.get(0, bytes, 0, bytes.length);
        return bytes;
    }

    // ---- construct

    /**
     * Constructs an object under a new name.
     *
     * @throws NameExistsException if the name is taken
     */
    public <T> T construct(String name, SharedType<T> type, long length) {
        Scratch scratch = enter(name);
        try {
            if (lookUp(scratch) == null) {
                T made = tryConstruct(scratch.key, type, length);
                if (made != null) {
                    return made;
                }
            }
        } finally {
            scratch.leave();
        }
        throw new NameExistsException("the name is taken: name=" + name + " segment=" + memory.name());
    }

    /**
     * Finds an object, or constructs it.
     *
     * @throws TypeMismatchException if the name belongs to an object of another type or length
     */
    public <T> T findOrConstruct(String name, SharedType<T> type, long length) {
        Scratch scratch = enter(name);
        try {
            T object = null;
            while (object == null) {
                object = find(name, scratch, type, length);
                if (object == null) {
                    object = tryConstruct(scratch.key, type, length);
                }
            }
            return object;
        } finally {
            scratch.leave();
        }
    }

    /** Returns null if somebody else was faster; then nothing remains of the attempt. */
    private <T> @Nullable T tryConstruct(EncodedKey key, SharedType<T> type, long length) {
        String fingerprint = type.fingerprint();
        long hash = hashOf(fingerprint);
        int structure = type.structure().code();
        registerType(hash, fingerprint);
        Lane lane = space.lanes().lease();
        try {
            index().prepareInsert(lane, key, NameEntry.LENGTH);
            int generation = nextGeneration(lane);
            long identity = NameEntry.identity(NameEntry.typeId(hash), generation);
            long object = lane.call(() -> {
                type.reserve(space, lane, length);
                return type.create(space, lane, identity, length);
            });
            // While nobody else can reach the object: once it has a name, it can be destroyed before this call returns.
            T made = lane.call(() -> type.bind(space, object, length));
            NameEntry entry = new NameEntry(hash, object, length, structure, generation);
            boolean inserted = index().insertIfAbsent(lane, key, entry.encode(), CommitSite.CONSTRUCT);
            lane.giveBack();
            return inserted ? made : null;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Writes the type's text down, so that any process can print it. A type record stays for ever. */
    private void registerType(long hash, String fingerprint) {
        EncodedKey key = typeKey(hash);
        byte[] text = fingerprint.getBytes(StandardCharsets.UTF_8);
        byte[] found = valueOf(key);
        if (found == null) {
            Lane lane = space.lanes().lease();
            try {
                index().prepareInsert(lane, key, text.length);
                index().insertIfAbsent(lane, key, text, CommitSite.REGISTER_TYPE);
                lane.giveBack();
            } catch (Throwable t) {
                lane.abandon(t);
                throw t;
            }
        } else if (!fingerprint.equals(new String(found, StandardCharsets.UTF_8))) {
            throw new IllegalStateException("two types have the same hash, rename one: found="
                    + new String(found, StandardCharsets.UTF_8) + " wanted=" + fingerprint + " segment="
                    + memory.name());
        }
    }

    private String fingerprint(long hash) {
        byte[] text = valueOf(typeKey(hash));
        return text == null ? "0x" + Long.toHexString(hash) : new String(text, StandardCharsets.UTF_8);
    }

    /** The generation of an object made now: no two of a segment are alike, until 32 bits have gone round. */
    private int nextGeneration(Lane lane) {
        long serialWord = lane.entry() + LaneState.SERIAL_OFFSET;
        long serial = memory.getLong(serialWord) + 1;
        // Stored before use: a death after it wastes a number, a death before it has used none.
        memory.publish(serialWord, serial);
        return (int) (serial * space.geometry().lanes + lane.index());
    }

    // ---- destroy

    /** Destroys the object of a name, whatever its type. Returns false if there is none. */
    public boolean destroy(String name) {
        Scratch scratch = enter(name);
        try {
            while (true) {
                NameEntry entry = lookUp(scratch);
                if (entry == null) {
                    return false;
                }
                if (destroy(scratch.key, entry)) {
                    return true;
                }
            }
        } finally {
            scratch.leave();
        }
    }

    private boolean destroy(EncodedKey key, NameEntry entry) {
        boolean container = entry.isContainer();
        Lane lane = space.lanes().lease();
        try {
            boolean removed = index().remove(
                            lane,
                            key,
                            (holder, value, size) -> unlink(holder, entry, value, size),
                            container ? CommitSite.DESTROY_CONTAINER : CommitSite.DESTROY_BLOCK);
            if (removed && container) {
                sweepFor(lane, DESTROY_PATIENCE_NANOS);
            }
            lane.giveBack();
            return removed;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Adds the object's own end to the transaction that removes its name. Declines if the name has changed hands. */
    private boolean unlink(Lane lane, NameEntry expected, long value, int size) {
        if (size != NameEntry.LENGTH || !expected.isAt(memory, value)) {
            return false;
        }
        if (expected.isContainer()) {
            doomed.doom(lane, expected.offset());
        } else {
            lane.set(expected.offset(), 0);
            space.blocks().give(lane, expected.offset(), SharedBytes.blockSize(expected.objectLength()));
        }
        return true;
    }

    /** Frees what can be freed soon; the rest is left to the lane's next lessees. */
    private void sweepFor(Lane lane, long nanos) {
        long deadline = System.nanoTime() + nanos;
        long doomedWord = lane.entry() + LaneState.DOOMED_OFFSET;
        while (memory.getLong(doomedWord) != 0 && System.nanoTime() - deadline < 0) {
            if (!doomed.sweep(lane)) {
                Thread.onSpinWait();
            }
        }
    }

    // ---- all names

    /**
     * The named objects, in no particular order. Weakly consistent: a name present throughout appears exactly once; one
     * constructed or destroyed meanwhile may appear or not.
     */
    public Iterator<NamedObject> iterator() {
        IndexCursor cursor = index().cursor();
        return new Iterator<>() {
            private @Nullable NamedObject next;

            @Override
            public boolean hasNext() {
                while (next == null && cursor.next()) {
                    next = toNamedObject(bytesOf(cursor.key()));
                }
                return next != null;
            }

            @Override
            public NamedObject next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("no further name: segment=" + memory.name());
                }
                NamedObject result = Objects.requireNonNull(next);
                next = null;
                return result;
            }
        };
    }

    private @Nullable NamedObject toNamedObject(byte[] key) {
        if (key.length == 0 || key[0] != NameEntry.NAME_KIND) {
            return null;
        }
        NameEntry entry = lookUp(key);
        return entry == null
                ? null
                : new NamedObject(
                        new String(key, 1, key.length - 1, StandardCharsets.UTF_8),
                        fingerprint(entry.hash()),
                        entry.objectLength(),
                        entry.offset());
    }

    // ---- keys and values

    /** The thread's scratch with a name as its key. The caller must leave it. */
    private static Scratch enter(String name) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.key.encode(NAME, name);
            int length = scratch.key.length - 1;
            if (length == 0 || length > MAX_NAME_LENGTH) {
                throw new IllegalArgumentException("a name has 1 to " + MAX_NAME_LENGTH + " bytes in UTF-8: length="
                        + length + " name=" + name.substring(0, Math.min(name.length(), 64)));
            }
            return scratch;
        } catch (Throwable t) {
            scratch.leave();
            throw t;
        }
    }

    private @Nullable NameEntry lookUp(byte[] key) {
        Scratch scratch = Scratch.enter();
        try {
            scratch.key.set(key, 0, key.length);
            return lookUp(scratch);
        } finally {
            scratch.leave();
        }
    }

    private static EncodedKey typeKey(long hash) {
        byte[] key = new byte[1 + Long.BYTES];
        key[0] = NameEntry.TYPE_KIND;
        ByteArrays.putLong(key, 1, hash);
        return EncodedKey.of(key);
    }

    private long hashOf(SharedType<?> type) {
        TypeHash last = lastType;
        if (last == null || last.type != type) {
            last = new TypeHash(type, hashOf(type.fingerprint()));
            lastType = last;
        }
        return last.hash;
    }

    /** FNV-1a over the text's UTF-8 bytes, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
    static long hashOf(String fingerprint) {
        return hashOf(fingerprint.getBytes(StandardCharsets.UTF_8));
    }

    static long hashOf(byte[] text) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : text) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
        }
        return hash;
    }
}
