/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.offsetheap.HeapBuilder;
import io.offsetheap.OffsetHeap;
import io.offsetheap.examples.sbe.MessageHeaderDecoder;
import io.offsetheap.examples.sbe.MessageHeaderEncoder;
import io.offsetheap.examples.sbe.QuoteDecoder;
import io.offsetheap.examples.sbe.QuoteEncoder;
import io.offsetheap.examples.sbe.Side;
import io.offsetheap.object.SharedBytes;
import io.offsetheap.process.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message of SBE, encoded in one process and decoded in another, both times in the heap itself. */
class SbeMessageTest {
    private static final List<String> OPTION = List.of("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
    private static final String NAME = "quote";

    @TempDir
    Path directory;

    private static HeapBuilder builder(String path) {
        return OffsetHeap.file(Path.of(path)).maxSize(1 << 20);
    }

    static final class Encoder {
        public static void main(String[] arguments) {
            try (OffsetHeap heap = builder(arguments[0]).open();
                    OffsetHeap other = builder(arguments[0]).open()) {
                UnsafeBuffer buffer =
                        heap.construct(NAME, SharedBytes.TYPE, 200).buffer();
                QuoteEncoder quote = new QuoteEncoder()
                        .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                        .symbol("AAPL")
                        .time(1_700_000_000_000L);
                quote.levelsCount(2)
                        .next()
                        .side(Side.BID)
                        .price(18_910)
                        .size(300)
                        .next()
                        .side(Side.ASK)
                        .price(18_912)
                        .size(-1);
                quote.note("α and ω");
                System.out.println(
                        read(other.find(NAME, SharedBytes.TYPE).orElseThrow().buffer()));
            }
        }
    }

    static final class Decoder {
        public static void main(String[] arguments) {
            try (OffsetHeap heap = builder(arguments[0]).open()) {
                System.out.println(
                        read(heap.find(NAME, SharedBytes.TYPE).orElseThrow().buffer()));
            }
        }
    }

    private static String read(UnsafeBuffer buffer) {
        QuoteDecoder quote = new QuoteDecoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        StringBuilder text = new StringBuilder(quote.symbol() + " " + quote.time());
        for (QuoteDecoder.LevelsDecoder level : quote.levels()) {
            text.append(" ").append(level.side()).append(" ").append(level.size());
            text.append(" at ").append(level.price());
        }
        return text + " " + quote.note().length();
    }

    @Test
    void isReadByAnotherProcessWhereItLies() {
        String path = directory.resolve("heap").toString();
        String expected = "AAPL 1700000000000 BID 300 at 18910 ASK -1 at 18912 7";
        try (OffsetHeap heap = builder(path).create();
                ChildJvm encoder =
                        ChildJvm.startWithOptions(OPTION, Encoder.class, path).expectExit(0);
                ChildJvm decoder =
                        ChildJvm.startWithOptions(OPTION, Decoder.class, path).expectExit(0)) {
            assertEquals(expected, encoder.output().strip());
            assertEquals(expected, decoder.output().strip());
            assertEquals(200, heap.find(NAME, SharedBytes.TYPE).orElseThrow().length());
        }
    }
}
