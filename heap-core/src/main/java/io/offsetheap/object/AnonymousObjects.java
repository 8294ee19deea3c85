/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.CommitSite;
import io.offsetheap.memory.SegmentMemory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Objects without a name: only references lead to them. Also the way by which any object is destroyed through a reference.
 *
 * <p>Thread-safe.
 */
public final class AnonymousObjects {
    /*
     * Nothing in the segment leads to such an object but what the program stores. What keeps two processes from destroying it
     * at once is the bucket of the name index in which a name made of its offset would stand: the lock of that bucket is the
     * guard of the object's identity, as the lock of its name's bucket is for an object that has one.
     */

    private static final byte OFFSET_KIND = 'a';

    private final NameIndex names;
    private final ObjectSpace space;
    private final SegmentMemory memory;

    public AnonymousObjects(NameIndex names) {
        this.names = names;
        this.space = names.space();
        this.memory = space.memory();
    }

    /**
     * Constructs an object. Nobody but the caller knows it until a reference to it has been stored: a death in between leaks
     * it.
     *
     * @param initializer is given the object before anybody else can reach it; null for none
     */
    public <T> OffsetRef<T> construct(SharedType<T> type, long asked, @Nullable Consumer<? super T> initializer) {
        long length = NameIndex.lengthOf(type, asked);
        long hash = names.types().register(type);
        // Outside of all sections: an initializer may look names up, and cannot wait for a section inside of the
        // operation.
        Lane lane = names.leaseForNames();
        try {
            long identity = Identity.of(hash, Identity.ANONYMOUS, names.nextGeneration(lane));
            long object = names.create(lane, type, length, identity);
            if (initializer != null) {
                names.initialize(lane, type, object, length, initializer);
            }
            lane.commit(CommitSite.CONSTRUCT_ANONYMOUS);
            lane.giveBack();
            return new OffsetRef<>(space, type, object, identity);
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    /**
     * A reference to the object at an offset.
     *
     * @throws IllegalArgumentException if no object of the type begins there
     */
    public <T> OffsetRef<T> at(SharedType<T> type, long offset) {
        long identity = Containers.isBlock(memory, offset, Long.BYTES) ? memory.getLongVolatile(offset) : 0;
        if (identity == 0
                || Identity.typeOf(identity) != Identity.typeBits(names.types().hashOf(type))
                || !isBuiltAs(type, offset)) {
            throw new IllegalArgumentException("no object of this type begins there: offset=" + offset + " type="
                    + type.fingerprint() + " segment=" + memory.name());
        }
        return new OffsetRef<>(space, type, offset, identity);
    }

    private boolean isBuiltAs(SharedType<?> type, long offset) {
        if (type.structure().isContainer()) {
            return Containers.structure(memory, offset) == type.structure();
        }
        try {
            long usable = space.blocks().usableSize(offset);
            if (usable < type.shape().base()) {
                return false;
            }
            long length = type.shape().length(memory, offset);
            return length >= 0 && usable >= type.shape().size(length);
        } catch (IllegalArgumentException noBlock) {
            return false;
        }
    }

    /**
     * Destroys the object that a reference leads to, with its name if it has one, which is then looked for among all names.
     *
     * @throws IllegalStateException if it has been destroyed already
     */
    public void destroy(OffsetRef<?> ref) {
        ref.checkIn(space);
        boolean destroyed = ref.isAlive()
                && (Identity.isNamed(ref.identity())
                        ? names.destroyNamed(ref.offset(), ref.identity())
                        : destroyAnonymous(ref));
        if (!destroyed) {
            throw ref.destroyed();
        }
    }

    private boolean destroyAnonymous(OffsetRef<?> ref) {
        boolean container = ref.type().structure().isContainer();
        long size = container ? 0 : names.sizeOf(ref.offset(), ref.identity());
        if (size < 0) {
            return false;
        }
        long object = ref.offset();
        HashIndex index = names.index();
        long hash = index.hash(key(object));
        Lane lane = space.lanes().lease();
        try {
            long bucket = index.table().lock(lane, hash);
            boolean alive = memory.getLong(object) == ref.identity();
            if (alive) {
                names.unlink(lane, object, container, size);
                lane.commit(container ? CommitSite.DESTROY_CONTAINER : CommitSite.DESTROY_BLOCK);
            }
            lane.unlock(bucket);
            if (alive && container) {
                names.sweepSoon(lane);
            }
            lane.giveBack();
            return alive;
        } catch (Throwable t) {
            lane.abandon(t);
            throw t;
        }
    }

    private static EncodedKey key(long offset) {
        byte[] key = new byte[1 + Long.BYTES];
        key[0] = OFFSET_KIND;
        ByteArrays.putLong(key, 1, offset);
        return EncodedKey.of(key);
    }
}
