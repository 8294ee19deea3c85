/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import io.offsetheap.object.Codec;
import io.offsetheap.object.ValueView;
import java.nio.charset.StandardCharsets;

/** Short texts of ASCII, filled up with zeros to one length. */
record FixedText(int fixedLength) implements Codec<String> {
    @Override
    public String id() {
        return "fixedText" + fixedLength + "/1";
    }

    @Override
    public int write(String value, byte[] target, int position) {
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < fixedLength; i++) {
            target[position + i] = i < bytes.length ? bytes[i] : 0;
        }
        return fixedLength;
    }

    @Override
    public String read(ValueView view) {
        byte[] bytes = new byte[view.length()];
        view.get(0, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.US_ASCII).replace("\0", "");
    }
}
