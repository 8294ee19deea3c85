/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import io.offsetheap.lane.Lane;
import io.offsetheap.memory.ByteArrays;
import io.offsetheap.memory.CommitSite;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The types whose objects a segment has held, in its name index: each with its {@link TypeRecord}, for ever.
 *
 * <p>Thread-safe.
 */
final class TypeRegistry {
    /** A type with its record's hash. */
    private record Known(SharedType<?> type, long hash, boolean registered) {}

    private static final int REMEMBERED_LOG2 = 5;

    private final NameIndex names;
    /** Types asked for of late, by whatever thread, each where {@link #place} says: a hash costs more than a look-up. */
    private final @Nullable Known[] lately = new Known[1 << REMEMBERED_LOG2];

    TypeRegistry(NameIndex names) {
        this.names = names;
    }

    private Known known(SharedType<?> type) {
        int place = place(type);
        Known known = lately[place];
        if (known == null || known.type != type) {
            known = new Known(type, TypeRecord.hash(TypeRecord.of(type).encode()), false);
            lately[place] = known;
        }
        return known;
    }

    private static int place(SharedType<?> type) {
        return System.identityHashCode(type) & (1 << REMEMBERED_LOG2) - 1;
    }

    /** Hash of a type's record. */
    long hashOf(SharedType<?> type) {
        return known(type).hash;
    }

    /** Writes a type's record down, unless it is there. From a thread that runs no operation. Returns its hash. */
    long register(SharedType<?> type) {
        Known known = known(type);
        if (!known.registered) {
            register(TypeRecord.of(type).encode(), key(known.hash));
            lately[place(type)] = new Known(type, known.hash, true);
        }
        return known.hash;
    }

    private void register(byte[] record, EncodedKey key) {
        byte[] found = names.valueOf(key);
        if (found == null) {
            Lane lane = names.space().lanes().lease();
            try {
                names.index().prepareInsert(lane, key, record.length);
                names.index().insertIfAbsent(lane, key, record, CommitSite.REGISTER_TYPE);
                lane.giveBack();
            } catch (Throwable t) {
                lane.abandon(t);
                throw t;
            }
        } else if (!Arrays.equals(found, record)) {
            throw new IllegalStateException("two types have the same hash, rename one: found="
                    + TypeRecord.decode(found).fingerprint() + " wanted="
                    + TypeRecord.decode(record).fingerprint() + " segment="
                    + names.space().memory().name());
        }
    }

    /** The text that names a type. */
    String fingerprint(long hash) {
        byte[] record = names.valueOf(key(hash));
        return record == null
                ? "0x" + Long.toHexString(hash)
                : TypeRecord.decode(record).fingerprint();
    }

    private static EncodedKey key(long hash) {
        byte[] key = new byte[1 + Long.BYTES];
        key[0] = NameEntry.TYPE_KIND;
        ByteArrays.putLong(key, 1, hash);
        return EncodedKey.of(key);
    }
}
