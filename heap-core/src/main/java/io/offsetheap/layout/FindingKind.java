/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.layout;

/** What can be wrong with a heap: one kind for each invariant of the segment. */
public enum FindingKind {
    /** The end of the heap is outside the segment, or not at a whole unit of growth. */
    HEAP_END,
    /** The spans, or blocks, do not tile the heap: one has no length, or passes the end. */
    TILING,
    /**
     * A page's entry is of no kind that may stand at the head of a span, or of a kind that must not stand inside one; or a
     * block's tag is of no kind.
     */
    PAGE_KIND,
    /**
     * The entries of a span's first and last page disagree, a run's page does not lead to its head, or a block's tag does not
     * say how long the block before it is.
     */
    PAGE_TAIL,
    /** Two free spans, or blocks, stand side by side. */
    UNCOALESCED,
    /** A list of free spans or blocks is broken: a link leads nowhere, back, in a circle, or to one that does not belong there. */
    SPAN_LIST,
    /** A free span is in no bin, or a free block not in the list. */
    SPAN_UNLISTED,
    /** The occupancy bit of a span bin says the opposite of its list. */
    OCCUPANCY,
    /** A run has a class that does not exist, or another length than the runs of its class. */
    RUN_LENGTH,
    /** A run's count of free cells is not the number of bits in its bitmap, or bits stand behind the last cell. */
    FREE_COUNT,
    /** The list of a class's runs with free cells, or of free headers, is broken, or has one that does not belong there. */
    PARTIAL_LIST,
    /** A run with free cells is not listed. */
    RUN_UNLISTED,
    /** A stock holds more than it has slots, or something that is no block of its class. */
    STOCK,
    /** A block is owned twice: by two stocks, two objects, or as free and in use at once. */
    OWNED_TWICE,
    /** A structure refers to an offset where no block in use begins. */
    DANGLING,
    /** A structure's block is not of the size that is allocated, and will be freed, for what the structure keeps in it. */
    BLOCK_SIZE,
    /** A lock is held by a lane that runs no operation, or that does not exist. */
    LOCK_HELD,
    /** A lane that runs no operation has entries in its lock list, or any lane has an impossible one. */
    LOCK_LIST,
    /** A lane that runs no operation has an open journal, or any lane has an impossible record in it. */
    JOURNAL,
    /** A lane that runs no operation claims another, or one is being recovered by a lane that does not claim it. */
    CLAIM,
    /** A lane's list of doomed containers leads nowhere, or to a header that is still alive. */
    DOOMED,
    /** A hash index has an impossible header, directory or scrub word. */
    INDEX,
    /** A slot of a hash index stands where its key does not belong, or a chain is broken. */
    INDEX_SLOT,
    /** An entry of a hash index is no entry: its lengths do not fit its block, or its key not its tag. */
    INDEX_ENTRY,
    /** A hash index counts more or fewer entries than it has. */
    INDEX_COUNT,
    /** A name leads to no object, to one of another type than its record says, or to a type that has no record. */
    NAME
}
