/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import java.util.UUID;

/**
 * What makes one segment differ from another that was made alike.
 *
 * @param uuidHigh first half of the segment's identity
 * @param uuidLow second half
 * @param created milliseconds since 1970
 */
record FormatSeed(long uuidHigh, long uuidLow, long created) {
    static FormatSeed random() {
        UUID uuid = UUID.randomUUID();
        return new FormatSeed(
                uuid.getMostSignificantBits(), uuid.getLeastSignificantBits(), System.currentTimeMillis());
    }
}
