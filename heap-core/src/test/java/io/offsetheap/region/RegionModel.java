/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What a region must show, whoever has mapped it: a part of an array that stands for the object. */
final class RegionModel {
    private final byte[] shared;
    private final MapMode mode;
    private final int offset;
    private final int size;
    /** Pages of the object that a private region has written to, as they were then and with what it wrote. */
    private final Map<Integer, byte[]> own = new HashMap<>();

    /** Of a part from {@code offset} on; size 0 means the rest. */
    RegionModel(byte[] shared, MapMode mode, int offset, int size) {
        this.shared = shared;
        this.mode = mode;
        this.offset = offset;
        this.size = size == 0 ? shared.length - offset : size;
    }

    int size() {
        return size;
    }

    MapMode mode() {
        return mode;
    }

    void write(int position, byte value) {
        int at = offset + position;
        if (mode.isPrivate()) {
            int page = MappedRegion.pageSize();
            int begin = at / page * page;
            byte[] copy = own.computeIfAbsent(begin, at0 -> Arrays.copyOfRange(shared, begin, begin + page));
            copy[at - begin] = value;
        } else {
            shared[at] = value;
        }
    }

    byte[] expected() {
        byte[] expected = new byte[size];
        int page = MappedRegion.pageSize();
        for (int i = 0; i < size; i++) {
            int at = offset + i;
            byte[] copy = own.get(at / page * page);
            expected[i] = copy == null ? shared[at] : copy[at % page];
        }
        return expected;
    }
}
