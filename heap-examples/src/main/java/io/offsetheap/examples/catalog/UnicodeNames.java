/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples.catalog;

import io.offsetheap.OffsetHeap;
import io.offsetheap.collections.SharedHashMap;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The names of the code points of Unicode, in two shared maps: one for each direction.
 *
 * <p>Thread-safe, as the maps are.
 */
final class UnicodeNames implements Dictionary {
    static final SharedType<SharedHashMap<String, Integer>> CODE_POINTS_TYPE =
            SharedHashMap.type(Codecs.UTF8, Codecs.INT);
    static final SharedType<SharedHashMap<Integer, String>> NAMES_TYPE = SharedHashMap.type(Codecs.INT, Codecs.UTF8);

    private static final String CODE_POINTS = "unicode.codePoints";
    private static final String NAMES = "unicode.names";
    private static final int ABSENT = -1;

    private final SharedHashMap<String, Integer> codePoints;
    private final SharedHashMap<Integer, String> names;
    private final LoadRecord record;

    private UnicodeNames(
            OffsetHeap heap, SharedHashMap<String, Integer> codePoints, SharedHashMap<Integer, String> names) {
        this.codePoints = codePoints;
        this.names = names;
        this.record = new LoadRecord(heap, NAMES);
    }

    static UnicodeNames findOrConstruct(OffsetHeap heap) {
        return new UnicodeNames(
                heap, heap.findOrConstruct(CODE_POINTS, CODE_POINTS_TYPE), heap.findOrConstruct(NAMES, NAMES_TYPE));
    }

    static UnicodeNames find(OffsetHeap heap) {
        return new UnicodeNames(
                heap, Table.require(heap, CODE_POINTS, CODE_POINTS_TYPE), Table.require(heap, NAMES, NAMES_TYPE));
    }

    /** Puts the name of every code point that this JDK knows one of, but for private use, where names say nothing. */
    void load(Progress progress) {
        record.begin();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            String name = Character.getType(codePoint) == Character.PRIVATE_USE ? null : Character.getName(codePoint);
            if (name != null) {
                names.store(codePoint, name);
                codePoints.store(name, codePoint);
                progress.entry();
            }
        }
        record.end(progress.entries());
    }

    /** The name for {@code U+3B1} or the character itself; the code point for a name. */
    @Override
    public @Nullable String answer(String key) {
        int codePoint = codePoint(key);
        if (codePoint != ABSENT) {
            return names.get(codePoint);
        }
        codePoint = (int) codePoints.readLong(key, ABSENT);
        return codePoint == ABSENT ? null : text(codePoint);
    }

    private static int codePoint(String key) {
        if (key.startsWith("U+")) {
            try {
                return Integer.parseUnsignedInt(key, 2, key.length(), 16);
            } catch (NumberFormatException notANumber) {
                return ABSENT;
            }
        }
        return !key.isEmpty() && key.codePointCount(0, key.length()) == 1 ? key.codePointAt(0) : ABSENT;
    }

    /** As the Unicode standard writes a code point: at least four digits. */
    private static String text(int codePoint) {
        String digits = Integer.toHexString(codePoint).toUpperCase(Locale.ROOT);
        return "U+" + "0".repeat(Math.max(0, 4 - digits.length())) + digits;
    }

    @Override
    public boolean isComplete() {
        return record.isComplete();
    }

    @Override
    public String name() {
        return NAMES;
    }
}
