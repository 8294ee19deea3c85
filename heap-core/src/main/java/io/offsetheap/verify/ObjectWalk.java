/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.verify;

import io.offsetheap.lane.LaneState;
import io.offsetheap.layout.Geometry;
import io.offsetheap.layout.SizeClasses;
import io.offsetheap.layout.Superblock;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.Containers;
import io.offsetheap.object.NameEntry;
import io.offsetheap.object.NameIndex;
import io.offsetheap.object.StructureVisitor;
import org.agrona.collections.LongHashSet;

/** The part of a verification that follows names, containers and doomed lists, and finds an owner for each block in use. */
final class ObjectWalk {
    private final HeapVerifier verifier;
    private final SegmentMemory memory;
    private final Geometry geometry;
    /** Names met on the way, as offsets of their entries' values; their objects are walked after the index. */
    private final LongHashSet names = new LongHashSet();
    /** Hashes of the types that have a record. */
    private final LongHashSet types = new LongHashSet();

    ObjectWalk(HeapVerifier verifier, SegmentMemory memory, Geometry geometry) {
        this.verifier = verifier;
        this.memory = memory;
        this.geometry = geometry;
    }

    void walk() {
        walkNames(memory.getLongVolatile(Superblock.NAME_INDEX_OFFSET));
        names.forEach(this::walkObject);
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
                if (NameEntry.isType(memory, key, keyLength, value, valueLength)) {
                    types.add(NameEntry.typeHash(memory, key));
                } else if (NameEntry.isName(memory, key, keyLength) && valueLength == NameEntry.LENGTH) {
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
        return offset % SizeClasses.GRANULARITY == 0 && memory.contains(offset, SizeClasses.HEADER_SIZE);
    }

    private void walkObject(long entry) {
        long object = NameEntry.object(memory, entry);
        if (!memory.contains(object, Long.BYTES) || object % SizeClasses.GRANULARITY != 0) {
            verifier.report(FindingKind.NAME, entry, "a name leads out of the heap: object=" + object);
            return;
        }
        if (!types.contains(NameEntry.hash(memory, entry))) {
            verifier.report(FindingKind.NAME, entry, "the type of a name has no record: object=" + object);
        }
        if (!NameEntry.matches(memory, entry)) {
            verifier.report(
                    FindingKind.NAME, entry, "a name leads to an object of another type or length: object=" + object);
            return;
        }
        if (NameEntry.isContainer(memory, entry)) {
            Containers.walk(memory, geometry, object, new Visitor());
        } else {
            verifier.own(object, NameEntry.blockSize(memory, entry), "named object");
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
