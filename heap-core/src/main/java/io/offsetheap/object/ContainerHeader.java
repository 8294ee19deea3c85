/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.object;

import static java.lang.Long.BYTES;

/**
 * Layout of what the headers of all containers have in common. A header stands in a cell of its own size class, which is
 * used for headers only, for ever: a stale handle or lock list meets a header, whosever it is by then.
 *
 * <pre>
 *   +0  +---------------------------------------------------------------+
 *       | identity: type and generation, 0 = destroyed                  |
 *   +8  +---------------------------------------------------------------+
 *       | the structure's own                                           |
 *  +64  +---------------------------------------------------------------+
 *       | lock                                                          |
 *  +72  +---------------------------------------------------------------+
 *       | next doomed container of the lane                             |
 *  +80  +---------------------------------------------------------------+
 *       | structure: how the container's parts hang together            |
 *  +88  +---------------------------------------------------------------+
 *       | the structure's own                                           |
 * +256  +---------------------------------------------------------------+
 * </pre>
 *
 * The lock is never reset: its version goes on from one container to the next.
 */
final class ContainerHeader {
    static final int IDENTITY_OFFSET = 0;
    static final int LOCK_OFFSET = 64;
    static final int DOOMED_NEXT_OFFSET = LOCK_OFFSET + BYTES;
    static final int STRUCTURE_OFFSET = DOOMED_NEXT_OFFSET + BYTES;

    private ContainerHeader() {}
}
