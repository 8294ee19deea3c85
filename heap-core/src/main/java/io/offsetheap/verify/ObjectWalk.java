/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.verify;

import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.FindingKind;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.BlockShape;
import io.offsetheap.object.Containers;
import io.offsetheap.object.Identity;
import io.offsetheap.object.NameEntry;
import io.offsetheap.object.NameIndex;
import io.offsetheap.object.OffsetRef;
import io.offsetheap.object.StructureVisitor;
import io.offsetheap.object.TypeRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.LongHashSet;

/**
 * The part of a verification that follows names, references, containers and doomed lists, and finds an owner for each block in
 * use. A reference leads on only from objects whose type says where it stands, and only if its object is still there: one that
 * a program has kept too long is the program's matter.
 */
final class ObjectWalk {
    private final HeapVerifier verifier;
    private final SegmentMemory memory;
    private final Geometry geometry;
    /** Names met on the way, as offsets of their entries' values; their objects are walked after the index. */
    private final LongHashSet names = new LongHashSet();
    /** The types that have a record, by its hash. */
    private final Map<Long, TypeRecord> types = new HashMap<>();
    /** The same by what the identities of their objects have in common; more than one only by an accident of the hashes. */
    private final Map<Integer, List<TypeRecord>> typesByBits = new HashMap<>();
    /** Objects that have an owner and whose references have not been followed. */
    private final Deque<Referrer> referrers = new ArrayDeque<>();

    private record Referrer(long object, BlockShape shape, long length) {}

    ObjectWalk(HeapVerifier verifier, SegmentMemory memory, Geometry geometry) {
        this.verifier = verifier;
        this.memory = memory;
        this.geometry = geometry;
    }

    void walk() {
        walkNames(memory.getLongVolatile(Superblock.NAME_INDEX_OFFSET));
        names.forEach(this::walkNamed);
        for (Referrer next = referrers.poll(); next != null; next = referrers.poll()) {
            follow(next);
        }
        for (int lane = 0; lane < geometry.lanes; lane++) {
            walkDoomed(lane);
        }
    }

    private void walkNames(long root) {
        if (!isHeader(root) || !NameIndex.isNameIndex(memory, root)) {
            verifier.report(FindingKind.NAME, Superblock.NAME_INDEX_OFFSET, "no index of names: header=" + root);
            return;
        }
        Containers.walk(memory, geometry, root, new Visitor() {
            @Override
            public void entry(long key, int keyLength, long value, int valueLength) {
                if (NameEntry.isType(memory, key, keyLength)) {
                    addType(NameEntry.typeHash(memory, key), value, valueLength);
                } else if (valueLength == NameEntry.LENGTH && NameEntry.isName(memory, key, keyLength, value)) {
                    names.add(value);
                } else {
                    verifier.report(
                            FindingKind.NAME,
                            key,
                            "neither a name nor a type: keyLength=" + keyLength + " valueLength=" + valueLength);
                }
            }
        });
    }

    private boolean isHeader(long offset) {
        return Containers.isBlock(memory, offset, SizeClasses.HEADER_SIZE);
    }

    private void addType(long hash, long record, int length) {
        byte[] bytes = new byte[length];
        memory.copyTo(record, bytes, 0, length);
        if (TypeRecord.hash(bytes) != hash) {
            verifier.report(FindingKind.NAME, record, "a type's record is not the one it was: hash=" + hash);
            return;
        }
        TypeRecord type = TypeRecord.decode(bytes);
        types.put(hash, type);
        typesByBits
                .computeIfAbsent(Identity.typeBits(hash), bits -> new ArrayList<>())
                .add(type);
    }

    private void walkNamed(long value) {
        NameEntry entry = NameEntry.at(memory, value);
        long object = entry.offset();
        if (!Containers.isBlock(memory, object, Long.BYTES)) {
            verifier.report(FindingKind.NAME, value, "a name leads out of the heap: object=" + object);
            return;
        }
        TypeRecord type = types.get(entry.hash());
        if (type == null || type.structure() != entry.structure()) {
            verifier.report(FindingKind.NAME, value, "the type of a name has no record: object=" + object);
        } else if (!entry.isOf(memory) || !isOfLength(type, object, entry.objectLength())) {
            verifier.report(
                    FindingKind.NAME, value, "a name leads to an object of another type or length: object=" + object);
        } else {
            own(type, object, entry.objectLength(), "named object");
        }
    }

    private boolean isOfLength(TypeRecord type, long object, long length) {
        return type.isContainer()
                || (memory.contains(object, type.shape().base()) && type.shape().length(memory, object) == length);
    }

    private void own(TypeRecord type, long object, long length, String owner) {
        if (type.isContainer()) {
            if (isHeader(object) && Containers.structure(memory, object).code() != type.structure()) {
                verifier.report(FindingKind.NAME, object, "a container of another structure: owner=" + owner);
            } else {
                Containers.walk(memory, geometry, object, new Visitor());
            }
        } else if (verifier.own(object, type.shape().size(length), owner)
                && !type.shape().references().isEmpty()) {
            referrers.add(new Referrer(object, type.shape(), length));
        }
    }

    private void follow(Referrer from) {
        BlockShape shape = from.shape;
        long first = shape.hasElements() ? from.object + shape.base() : from.object;
        for (long i = 0; i < from.length; i++) {
            for (int reference : shape.references()) {
                long at = first + i * shape.element() + reference;
                if (at % Long.BYTES == 0 && memory.contains(at, Long.BYTES)) {
                    follow(memory.getLongVolatile(at));
                }
            }
        }
    }

    private void follow(long word) {
        long object = OffsetRef.offset(word);
        if (word == 0 || !Containers.isBlock(memory, object, Long.BYTES) || verifier.isOwned(object)) {
            return;
        }
        long identity = memory.getLongVolatile(object);
        if (!Identity.isAnonymous(identity) || !OffsetRef.leadsTo(word, identity)) {
            return;
        }
        for (TypeRecord type : typesByBits.getOrDefault(Identity.typeOf(identity), List.of())) {
            long length = type.shape().length(memory, object);
            if (verifier.isInUse(object, type.isContainer(), type.shape().size(length))) {
                own(type, object, length, "object that is referred to");
                return;
            }
        }
    }

    private void walkDoomed(int lane) {
        long at = geometry.lane(lane) + LaneState.DOOMED_OFFSET;
        LongHashSet seen = new LongHashSet();
        long header = memory.getLongVolatile(at);
        while (header != 0) {
            if (!isHeader(header) || !seen.add(header) || memory.getLongVolatile(header) != 0) {
                verifier.report(
                        FindingKind.DOOMED,
                        at,
                        "no doomed container, or one met before: lane=" + lane + " header=" + header);
                return;
            }
            Containers.walk(memory, geometry, header, new Visitor());
            at = Containers.nextDoomed(header);
            header = memory.getLongVolatile(at);
        }
    }

    /** Turns what a walk over a container meets into owners and findings. */
    private class Visitor implements StructureVisitor {
        @Override
        public boolean header(long offset) {
            return verifier.ownHeader(offset);
        }

        @Override
        public boolean block(long offset, long size, String what) {
            return verifier.own(offset, size, what);
        }

        @Override
        public void lock(long offset) {
            verifier.checkLock(offset);
        }

        @Override
        public void problem(Rule rule, long offset, String text) {
            FindingKind kind = switch (rule) {
                case STRUCTURE -> FindingKind.INDEX;
                case SLOT -> FindingKind.INDEX_SLOT;
                case ENTRY -> FindingKind.INDEX_ENTRY;
                case COUNT -> FindingKind.INDEX_COUNT;
            };
            verifier.report(kind, offset, text);
        }
    }
}
