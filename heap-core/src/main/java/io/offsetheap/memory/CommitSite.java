/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.memory;

/**
 * Every place that commits, by name. The crash harness stops a process before, at and after the commit store of each, and
 * fails when one of them was never met; so a new place that commits cannot stay untested.
 */
public enum CommitSite {
    // alloc
    ALLOCATE,
    FREE,
    ALLOCATE_INTO,
    REFILL,
    NEW_RUN,
    DRAIN_CELL,
    DRAIN_RUN,
    DRAIN_SPAN,
    RELEASE_EMPTY_RUN,
    ALLOCATE_SPAN,
    GROW,
    RESERVE,
    RETURN,
    RESERVE_HEADER,
    RETURN_HEADER,
    // lane and segment
    LANE_BODY,
    ATTACH_SLOT,
    DETACH_SLOT,
    MARK_OPEN,
    MARK_CLEAN,
    // object
    CONSTRUCT,
    CONSTRUCT_ANONYMOUS,
    REGISTER_TYPE,
    DESTROY_BLOCK,
    DESTROY_CONTAINER,
    DOOMED_SCRUB,
    DOOMED_PART,
    DOOMED_DONE,
    PUT_NEW,
    PUT_NEW_LINE,
    PUT_REPLACE,
    PUT_IN_PLACE,
    REMOVE,
    LONG_INSERT,
    LONG_INSERT_LINE,
    LONG_STORE,
    LONG_REMOVE,
    LONG_CLEAR,
    SPLIT_SORT,
    SPLIT,
    SCRUB_SLOT,
    SCRUB_LINE,
    SCRUB_DONE,
    VECTOR_CHUNK,
    VECTOR_ADD,
    VECTOR_SET,
    VECTOR_REMOVE
}
