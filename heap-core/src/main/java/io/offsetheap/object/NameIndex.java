/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.error.CorruptedSegmentException;
import io.offsetheap.error.NameExistsException;
import io.offsetheap.error.TypeMismatchException;
import io.offsetheap.lane.Lane;
import io.offsetheap.lane.LaneState;
import io.offsetheap.lane.LockRank;
import io.offsetheap.lane.LockWord;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
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

    /** What stands for the hash of a type's record in the index's own identity. */
    static final long INDEX_TYPE_HASH = 0;

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

    private final ObjectSpace space;
    private final SegmentMemory memory;
    private final DoomedObjects doomed;
    /** Volatile, because not all fields of an index are final. */
    private volatile @Nullable HashIndex index;

    private final TypeRegistry types = new TypeRegistry(this);

    public NameIndex(ObjectSpace space, DoomedObjects doomed) {
        this.space = space;
        this.memory = space.memory();
        this.doomed = doomed;
    }

    // ---- what the parts of this package share

    ObjectSpace space() {
        return space;
    }

    TypeRegistry types() {
        return types;
    }

    /** Makes the empty index of a segment that nobody else can see yet. */
    public void format() {
        Lane lane = space.lanes().lease();
        try {
            HashIndex.reserve(space, lane);
            long header =
                    HashIndex.create(space, lane, Identity.of(INDEX_TYPE_HASH, Identity.NAMED, nextGeneration(lane)));
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
        long identity = memory.getLong(header);
        return Identity.typeOf(identity) == Identity.typeBits(INDEX_TYPE_HASH) && Identity.isNamed(identity);
    }

    HashIndex index() {
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

    /** Finds the singleton of a type. */
    public <T> Optional<T> findSingleton(SharedType<T> type) {
        Scratch scratch = enterSingleton(type);
        try {
            return Optional.ofNullable(find(type.fingerprint(), scratch, type, 1));
        } finally {
            scratch.leave();
        }
    }

    /**
     * A reference to an object.
     *
     * @throws TypeMismatchException if the name belongs to an object of another type
     */
    public <T> Optional<OffsetRef<T>> findRef(String name, SharedType<T> type) {
        Scratch scratch = enter(name);
        try {
            NameEntry entry = lookUp(scratch);
            if (entry == null) {
                return Optional.empty();
            }
            checkType(name, entry, type, ANY_LENGTH);
            return Optional.of(new OffsetRef<>(space, type, entry.offset(), entry.identity()));
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
                throw notItsObject(entry);
            }
            entry = later;
        }
        return null;
    }

    private CorruptedSegmentException notItsObject(NameEntry entry) {
        return new CorruptedSegmentException("a name leads to an object that is not the one it was given to: offset="
                + entry.offset() + " segment=" + memory.name());
    }

    private void checkType(String name, NameEntry entry, SharedType<?> type, long length) {
        if (entry.hash() != types.hashOf(type)) {
            throw new TypeMismatchException("the object has another type: name=" + name + " found="
                    + types.fingerprint(entry.hash()) + " wanted=" + type.fingerprint() + " segment=" + memory.name());
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
            boolean sameLength =
                    !type.shape().hasElements() || type.shape().length(memory, entry.offset()) == entry.objectLength();
            if (!isAlive(entry)) {
                return null;
            }
            if (!sameLength) {
                throw new CorruptedSegmentException("a name and its object disagree about the object's length: offset="
                        + entry.offset() + " length=" + entry.objectLength() + " segment=" + memory.name());
            }
            return bound;
        } catch (IllegalStateException e) {
            if (isAlive(entry)) {
                throw e;
            }
            return null;
        }
    }

    private boolean isAlive(NameEntry entry) {
        return isAlive(entry.offset(), entry.identity());
    }

    private boolean isAlive(long object, long identity) {
        memory.loadFence();
        return memory.getLongVolatile(object) == identity;
    }

    /** What the index says of a name, before or after the section of somebody else, never inside of it. */
    private @Nullable NameEntry lookUp(Scratch scratch) {
        while (true) {
            long section = memory.getLongVolatile(Superblock.NAMES_LOCK_OFFSET);
            if (LockWord.isLocked(section) && !space.lanes().isInOperation()) {
                space.lanes().await(Superblock.NAMES_LOCK_OFFSET, section, null);
                continue;
            }
            boolean found = index().copy(scratch);
            memory.loadFence();
            if (memory.getLongVolatile(Superblock.NAMES_LOCK_OFFSET) == section) {
                return found ? NameEntry.of(scratch.copy, scratch.copyLength) : null;
            }
        }
    }

    byte @Nullable [] valueOf(EncodedKey key) {
        ValueView view = new ValueView();
        return index().find(key, view) ? bytesOf(view) : null;
    }

    private static byte[] bytesOf(ValueView view) {
        byte[] bytes = new byte[view.length()];
        view.get(0, bytes, 0, bytes.length);
        return bytes;
    }

    // ---- construct

    /** {@link #construct(String, SharedType, long, Consumer)} without an initializer. */
    public <T> T construct(String name, SharedType<T> type, long length) {
        return construct(name, type, length, null);
    }

    /**
     * Constructs an object under a new name.
     *
     * @param initializer is given the object before anybody else can reach it; null for none
     * @throws NameExistsException if the name is taken
     */
    public <T> T construct(String name, SharedType<T> type, long length, @Nullable Consumer<? super T> initializer) {
        Scratch scratch = enter(name);
        try {
            if (lookUp(scratch) == null) {
                T made = tryConstruct(scratch.key, type, length, initializer);
                if (made != null) {
                    return made;
                }
            }
        } finally {
            scratch.leave();
        }
        throw new NameExistsException("the name is taken: name=" + name + " segment=" + memory.name());
    }

    /** {@link #findOrConstruct(String, SharedType, long, Consumer)} without an initializer. */
    public <T> T findOrConstruct(String name, SharedType<T> type, long length) {
        return findOrConstruct(name, type, length, null);
    }

    /**
     * Finds an object, or constructs it.
     *
     * @param initializer as in {@link #construct}; also called, to no effect, if somebody else is faster
     * @throws TypeMismatchException if the name belongs to an object of another type or length
     */
    public <T> T findOrConstruct(
            String name, SharedType<T> type, long length, @Nullable Consumer<? super T> initializer) {
        Scratch scratch = enter(name);
        try {
            return findOrConstruct(name, scratch, type, length, initializer);
        } finally {
            scratch.leave();
        }
    }

    /** The one object of a type that has no name but its type; constructed, if there is none. */
    public <T> T singleton(SharedType<T> type, @Nullable Consumer<? super T> initializer) {
        Scratch scratch = enterSingleton(type);
        try {
            return findOrConstruct(type.fingerprint(), scratch, type, 1, initializer);
        } finally {
            scratch.leave();
        }
    }

    private <T> T findOrConstruct(
            String name, Scratch scratch, SharedType<T> type, long length, @Nullable Consumer<? super T> initializer) {
        T object = null;
        while (object == null) {
            object = find(name, scratch, type, type.ownLength() < 0 ? length : ANY_LENGTH);
            if (object == null) {
                object = tryConstruct(scratch.key, type, length, initializer);
            }
        }
        return object;
    }

    /** Returns null if somebody else was faster; then nothing remains of the attempt. */
    private <T> @Nullable T tryConstruct(
            EncodedKey key, SharedType<T> type, long asked, @Nullable Consumer<? super T> initializer) {
        long length = lengthOf(type, asked);
        long hash = types.register(type);
        Lane lane = leaseForNames();
        try {
            index().prepareInsert(lane, key, NameEntry.LENGTH);
            long identity = Identity.of(hash, Identity.NAMED, nextGeneration(lane));
            long object = create(lane, type, length, identity);
            // While nobody else can reach the object: once it has a name, it can be destroyed before this call returns.
            T made = initialize(lane, type, object, length, initializer);
            NameEntry entry =
                    new NameEntry(hash, object, length, type.structure().code(), Identity.generation(identity));
            boolean inserted = index().insertIfAbsent(lane, key, entry.encode(), CommitSite.CONSTRUCT);
            if (!inserted) {
                forget(object);
            }
            lane.giveBack();
            return inserted ? made : null;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Number of elements of an object that is constructed with a length. */
    static long lengthOf(SharedType<?> type, long length) {
        long own = type.ownLength();
        if (own >= 0 && length != 1) {
            throw new IllegalArgumentException("an object of this type is constructed without a length: type="
                    + type.fingerprint() + " length=" + length);
        }
        return own < 0 ? length : own;
    }

    /** An object in private memory: real with the commit of the lane's transaction. */
    long create(Lane lane, SharedType<?> type, long length, long identity) {
        return lane.call(() -> {
            type.reserve(space, lane, length);
            return type.create(space, lane, identity, length);
        });
    }

    /** A handle to an object in private memory, which the initializer has filled. */
    <T> T initialize(
            Lane lane, SharedType<T> type, long object, long length, @Nullable Consumer<? super T> initializer) {
        return lane.call(() -> {
            T made = type.bind(space, object, length);
            if (initializer != null) {
                try {
                    initializer.accept(made);
                } catch (Throwable t) {
                    forget(object);
                    throw t;
                }
            }
            return made;
        });
    }

    /** Ends an object that nobody else can reach, for handles and references to it that an initializer has let out. */
    private void forget(long object) {
        memory.putLong(object, 0);
    }

    /** The generation of an object made now: no two of a segment are alike, until 32 bits have gone round. */
    int nextGeneration(Lane lane) {
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
            return destroy(scratch);
        } finally {
            scratch.leave();
        }
    }

    /** Destroys the singleton of a type. Returns false if there is none. */
    public boolean destroySingleton(SharedType<?> type) {
        Scratch scratch = enterSingleton(type);
        try {
            return destroy(scratch);
        } finally {
            scratch.leave();
        }
    }

    private boolean destroy(Scratch scratch) {
        NameEntry entry = lookUp(scratch);
        while (entry != null && !destroy(scratch.key, entry)) {
            NameEntry later = lookUp(scratch);
            if (entry.equals(later)) {
                throw notItsObject(entry);
            }
            entry = later;
        }
        return entry != null;
    }

    /**
     * Destroys a named object or singleton, whatever its name, which is looked for among all.
     *
     * @return false if it has been destroyed
     */
    boolean destroyNamed(long offset, long identity) {
        EncodedKey key = new EncodedKey();
        IndexCursor cursor = index().cursor();
        while (cursor.next()) {
            cursor.key(key);
            NameEntry entry = entryOf(bytesOf(cursor.key()));
            if (entry != null && entry.offset() == offset && entry.identity() == identity) {
                return destroy(key, entry);
            }
        }
        return false;
    }

    private boolean destroy(EncodedKey key, NameEntry entry) {
        boolean container = entry.isContainer();
        long size = container ? 0 : sizeOf(entry.offset(), entry.identity());
        if (size < 0) {
            return false;
        }
        Lane lane = leaseForNames();
        try {
            boolean removed = index().remove(
                            lane,
                            key,
                            (holder, value, length) -> {
                                boolean same = length == NameEntry.LENGTH && entry.isAt(memory, value);
                                if (same) {
                                    unlink(holder, entry.offset(), container, size);
                                }
                                return same;
                            },
                            container ? CommitSite.DESTROY_CONTAINER : CommitSite.DESTROY_BLOCK);
            if (removed && container) {
                sweepSoon(lane);
            }
            lane.giveBack();
            return removed;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** Bytes of the block of an object that is one, or -1 if the object has just been destroyed. */
    long sizeOf(long object, long identity) {
        try {
            return space.blocks().usableSize(object);
        } catch (IllegalArgumentException e) {
            if (isAlive(object, identity)) {
                throw new CorruptedSegmentException(
                        "an object is no block: offset=" + object + " segment=" + memory.name(), e);
            }
            return -1;
        }
    }

    /**
     * Adds the end of an object to the lane's transaction, which takes the way to it as well. Under the guard of its identity.
     *
     * @param size of its block, if it is one: as large as what was asked for, or more of the same class
     */
    void unlink(Lane lane, long object, boolean container, long size) {
        if (container) {
            doomed.doom(lane, object);
        } else {
            lane.set(object, 0);
            space.blocks().give(lane, object, size);
        }
    }

    /** Frees what can be freed soon; the rest is left to the lane's next lessees. */
    void sweepSoon(Lane lane) {
        long deadline = System.nanoTime() + DESTROY_PATIENCE_NANOS;
        long doomedWord = lane.entry() + LaneState.DOOMED_OFFSET;
        while (memory.getLong(doomedWord) != 0 && System.nanoTime() - deadline < 0) {
            if (!doomed.sweep(lane)) {
                Thread.onSpinWait();
            }
        }
    }

    // ---- sections

    /*
     * A section is held by the names lock. Whoever changes or looks up a name waits for the lock, but not inside of an
     * operation of his own: the section begins only when all operations are over that were running when the lock was taken.
     * So each sees all of a section or nothing, and nobody waits in a circle.
     */

    /** See {@link io.offsetheap.OffsetHeap#atomically}. */
    public <R> R atomically(Supplier<R> function) {
        if (space.lanes().isInSection()) {
            return function.get();
        }
        Lane lane = enterSection();
        R result;
        try {
            result = function.get();
        } catch (Throwable t) {
            leaveSection(lane);
            throw t;
        }
        if (!leaveSection(lane)) {
            throw new IllegalStateException(
                    "an operation has failed and left the section to the others: segment=" + memory.name());
        }
        return result;
    }

    private Lane enterSection() {
        while (true) {
            Lane lane = leaseForNames();
            try {
                if (lane.tryLock(LockRank.NAMES, Superblock.NAMES_LOCK_OFFSET)) {
                    space.lanes().enterSection(lane);
                    return lane;
                }
                lane.giveBack();
            } catch (Throwable t) {
                lane.abandon(t);
                throw t;
            }
        }
    }

    private boolean leaveSection(Lane lane) {
        if (!space.lanes().leaveSection(lane)) {
            return false;
        }
        try {
            lane.unlock(Superblock.NAMES_LOCK_OFFSET);
            lane.giveBack();
            return true;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /** A lane for an operation that changes names or calls who may look them up, outside of all sections but the thread's own. */
    Lane leaseForNames() {
        while (true) {
            Lane lane = space.lanes().lease();
            long section;
            try {
                section = memory.getLongVolatile(Superblock.NAMES_LOCK_OFFSET);
                if (!LockWord.isLocked(section) || LockWord.owner(section) == lane.index()) {
                    return lane;
                }
                lane.giveBack();
            } catch (Throwable t) {
                lane.abandon(t);
                throw t;
            }
            space.lanes().await(Superblock.NAMES_LOCK_OFFSET, section, null);
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
        NameEntry entry = kindOf(key) == NameEntry.NAME_KIND ? entryOf(key) : null;
        return entry == null
                ? null
                : new NamedObject(
                        new String(key, 1, key.length - 1, StandardCharsets.UTF_8),
                        types.fingerprint(entry.hash()),
                        entry.objectLength(),
                        entry.offset());
    }

    /** What the index says of an object, or null if the key is that of a type, or has gone. */
    private @Nullable NameEntry entryOf(byte[] key) {
        if (kindOf(key) == NameEntry.TYPE_KIND) {
            return null;
        }
        Scratch scratch = Scratch.enter();
        try {
            scratch.key.set(key, 0, key.length);
            return lookUp(scratch);
        } finally {
            scratch.leave();
        }
    }

    /** Counts what the index holds. Exact when nobody writes. */
    public NameStats stats() {
        long named = 0;
        long singletons = 0;
        long known = 0;
        IndexCursor cursor = index().cursor();
        while (cursor.next()) {
            switch (kindOf(bytesOf(cursor.key()))) {
                case NameEntry.NAME_KIND -> named++;
                case NameEntry.SINGLETON_KIND -> singletons++;
                case NameEntry.TYPE_KIND -> known++;
                default ->
                    throw new CorruptedSegmentException("a key of the name index is of no kind: key="
                            + Arrays.toString(bytesOf(cursor.key())) + " segment=" + memory.name());
            }
        }
        return new NameStats(named, singletons, known);
    }

    /** What a key begins with; 0 for the key of no bytes that only damage can make. */
    private static byte kindOf(byte[] key) {
        return key.length == 0 ? 0 : key[0];
    }

    // ---- keys

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

    private Scratch enterSingleton(SharedType<?> type) {
        byte[] key = new byte[1 + Long.BYTES];
        key[0] = NameEntry.SINGLETON_KIND;
        ByteArrays.putLong(key, 1, types.hashOf(type));
        Scratch scratch = Scratch.enter();
        scratch.key.set(key, 0, key.length);
        return scratch;
    }
}
