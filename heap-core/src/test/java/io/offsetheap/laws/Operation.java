/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A call that changes a heap, and what it changes in the model. */
interface Operation {
    /** The command for a mapper, or null if there is nothing to do it to. */
    @Nullable
    String command(SegmentModel model);

    /** Changes the model as the call has changed the heap, and checks the answer. */
    void done(SegmentModel model, String answer);

    /** The answer that a mapper would have given, had it not died before it could; if it did what it was told. */
    default String lostAnswer(SegmentModel model, Mapper survivor) {
        return HeapCommands.DONE;
    }

    /** Bytes in one piece with which the heap must not refuse. */
    default long enoughRoom() {
        return 16 << 10;
    }

    record Allocate(long size, long alignment, long seed) implements Operation {
        /** In place of an offset and a size. */
        private static final String NOBODY_KNOWS = "nobody knows";

        @Override
        public String command(SegmentModel model) {
            return "allocate " + size + " " + alignment + " " + seed;
        }

        @Override
        public void done(SegmentModel model, String answer) {
            if (answer.equals(NOBODY_KNOWS)) {
                model.lost++;
                return;
            }
            long block = noteBlock(model, answer, size, seed);
            assertEquals(0, block % Math.max(alignment, 16), () -> this + " " + answer);
        }

        @Override
        public String lostAnswer(SegmentModel model, Mapper survivor) {
            return NOBODY_KNOWS;
        }

        @Override
        public long enoughRoom() {
            return size + alignment + 4096;
        }
    }

    record Link(int cell, long size, long seed) implements Operation {
        @Override
        public String command(SegmentModel model) {
            return "link " + cell + " " + size + " " + seed;
        }

        @Override
        public void done(SegmentModel model, String answer) {
            model.cells.set(cell, noteBlock(model, answer, size, seed));
        }

        @Override
        public String lostAnswer(SegmentModel model, Mapper survivor) {
            String answer = survivor.tell("linked " + cell);
            // What is linked may be an older block.
            return usable(answer) < size ? "0 0" : answer;
        }

        @Override
        public long enoughRoom() {
            return size + 4096;
        }
    }

    private static long noteBlock(SegmentModel model, String answer, long size, long seed) {
        long block = Long.parseLong(answer.substring(0, answer.indexOf(' ')));
        long usable = usable(answer);
        assertTrue(block == 0 || usable >= size, () -> "asked for " + size + ", got " + answer);
        model.blocks.put(block, HeapCommands.digest(HeapCommands.pattern(seed, Math.toIntExact(usable))));
        return block;
    }

    private static long usable(String answer) {
        return Long.parseLong(answer.substring(answer.indexOf(' ') + 1));
    }

    record Free(int which) implements Operation {
        @Override
        public @Nullable String command(SegmentModel model) {
            return model.blocks.isEmpty() ? null : "free " + block(model);
        }

        private long block(SegmentModel model) {
            return new ArrayList<>(model.blocks.keySet()).get(which % model.blocks.size());
        }

        @Override
        public void done(SegmentModel model, String answer) {
            model.blocks.remove(block(model));
        }
    }

    record Construct(String name, long length) implements Operation {
        @Override
        public @Nullable String command(SegmentModel model) {
            return model.bytes.containsKey(name) ? null : "construct " + name + " " + length;
        }

        @Override
        public void done(SegmentModel model, String answer) {
            model.bytes.put(name, length);
        }
    }

    /** Finds a map or makes it. */
    record MakeMap(String name) implements Operation {
        @Override
        public String command(SegmentModel model) {
            return "map " + name;
        }

        @Override
        public void done(SegmentModel model, String answer) {
            model.maps.putIfAbsent(name, new TreeMap<>());
        }
    }

    record Destroy(String name) implements Operation {
        @Override
        public String command(SegmentModel model) {
            return "destroy " + name;
        }

        @Override
        public void done(SegmentModel model, String answer) {
            assertEquals(String.valueOf(exists(model)), answer, this::toString);
            model.bytes.remove(name);
            model.maps.remove(name);
        }

        private boolean exists(SegmentModel model) {
            return model.bytes.containsKey(name) || model.maps.containsKey(name);
        }

        @Override
        public String lostAnswer(SegmentModel model, Mapper survivor) {
            return String.valueOf(exists(model));
        }
    }

    record Put(String map, String key, int length, long seed) implements Operation {
        @Override
        public @Nullable String command(SegmentModel model) {
            return model.maps.containsKey(map) ? "put " + map + " " + key + " " + length + " " + seed : null;
        }

        @Override
        public void done(SegmentModel model, String answer) {
            assertEquals("true", answer, this::toString);
            model.maps.get(map).put(key, HeapCommands.digest(HeapCommands.pattern(seed, length)));
        }

        @Override
        public String lostAnswer(SegmentModel model, Mapper survivor) {
            return "true";
        }
    }

    record Remove(String map, String key) implements Operation {
        @Override
        public @Nullable String command(SegmentModel model) {
            return model.maps.containsKey(map) ? "remove " + map + " " + key : null;
        }

        @Override
        public void done(SegmentModel model, String answer) {
            assertEquals(String.valueOf(model.maps.get(map).remove(key) != null), answer, this::toString);
        }

        @Override
        public String lostAnswer(SegmentModel model, Mapper survivor) {
            return String.valueOf(model.maps.get(map).containsKey(key));
        }
    }

    /** What changes nothing that a user can see: {@code grow}, {@code trim}. */
    record Upkeep(String command) implements Operation {
        @Override
        public String command(SegmentModel model) {
            return command;
        }

        @Override
        public void done(SegmentModel model, String answer) {
            assertEquals(HeapCommands.DONE, answer);
        }

        @Override
        public long enoughRoom() {
            // Growth is bounded by what has not been grown yet, not by what is free.
            return Long.MAX_VALUE;
        }
    }
}
