/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.layout;

import io.offsetheap.memory.SegmentMemory;

/**
 * Layout of the superblock, the first 4 KiB of a segment. The upper part never changes after format and stands under the
 * checksum; the lower part holds the page heap's roots, each word with the guard named beside it.
 *
 * <pre>
 *  000  magic "OFFHEAP1"                      008  major:32 | minor:32 (low half first)
 *  010  byte order 0102030405060708           018  incompatible features
 *  020  read-only compatible features         028  compatible features
 *  030  uuid, two words                       040  maxSize
 *  048  pageShift:32 | laneBodySize:32        050  processes:32 | lanes:32
 *  058  arenas:32 | classes:32                060  allocator:32 | hash algorithm:32
 *  068  redoCapacity:32 | lockCapacity:32     070  segmentBits:32 | longSegmentBits:32
 *  078  hash of the class table               080  process table
 *  088  class bins                            090  lane table
 *  098  lane bodies                           0A0  page table
 *  0A8  heap                                  0B0  created, ms since 1970
 *  0B8  growUnit                              0F8  crc32c of 000..0F7 and the class table
 *  100  clean        (holder of INIT)         108  boot hash    (holder of INIT)
 *  140  heapEnd      (page lock)              180  grow lock
 *  1C0  page lock                             200  the allocator's words (page lock): span bin
 *                                                  occupancy, four words; 240  192 span bin heads
 *  840  class table, one word a class
 *  980  name index header (nobody after format)  9C0  names lock
 * </pre>
 */
public final class Superblock {
    public static final int SIZE = 4096;

    public static final int MAGIC_OFFSET = 0x000;
    public static final int VERSION_OFFSET = 0x008;
    public static final int BYTE_ORDER_OFFSET = 0x010;
    public static final int INCOMPATIBLE_FEATURES_OFFSET = 0x018;
    public static final int READ_ONLY_FEATURES_OFFSET = 0x020;
    public static final int COMPATIBLE_FEATURES_OFFSET = 0x028;
    public static final int UUID_OFFSET = 0x030;
    public static final int MAX_SIZE_OFFSET = 0x040;
    public static final int PAGE_SHIFT_OFFSET = 0x048;
    public static final int PROCESSES_OFFSET = 0x050;
    public static final int CLASSES_OFFSET = 0x058;
    public static final int ALLOCATOR_OFFSET = 0x060;
    public static final int CAPACITIES_OFFSET = 0x068;
    public static final int SEGMENT_BITS_OFFSET = 0x070;
    public static final int CLASS_HASH_OFFSET = 0x078;
    public static final int PROCESS_TABLE_OFFSET = 0x080;
    public static final int BINS_OFFSET = 0x088;
    public static final int LANE_TABLE_OFFSET = 0x090;
    public static final int LANE_BODIES_OFFSET = 0x098;
    public static final int PAGE_TABLE_OFFSET = 0x0A0;
    public static final int HEAP_OFFSET = 0x0A8;
    public static final int CREATED_OFFSET = 0x0B0;
    public static final int GROW_UNIT_OFFSET = 0x0B8;
    public static final int CRC_OFFSET = 0x0F8;

    public static final int CLEAN_OFFSET = 0x100;
    public static final int BOOT_HASH_OFFSET = 0x108;
    public static final int HEAP_END_OFFSET = (int) SegmentMemory.HEAP_END_OFFSET;
    public static final int GROW_LOCK_OFFSET = 0x180;
    public static final int PAGE_LOCK_OFFSET = 0x1C0;
    /** From here to the class table stand words of the allocator that the segment was made with. */
    public static final int ALLOCATOR_WORDS_OFFSET = 0x200;

    public static final int SPAN_OCCUPANCY_OFFSET = ALLOCATOR_WORDS_OFFSET;
    public static final int SPAN_BINS_OFFSET = 0x240;
    public static final int CLASS_TABLE_OFFSET = 0x840;
    public static final int NAME_INDEX_OFFSET = 0x980;
    public static final int NAMES_LOCK_OFFSET = 0x9C0;

    /** End of the part that never changes and that recovery must never write to. */
    public static final int IMMUTABLE_END = CLEAN_OFFSET;

    public static final int SPAN_BINS = 192;

    /** "OFFHEAP1" read as a little-endian word. */
    public static final long MAGIC = 0x315041454846464FL;

    public static final int MAJOR_VERSION = 1;
    public static final int MINOR_VERSION = 0;
    public static final long BYTE_ORDER = 0x0102030405060708L;
    public static final int SEGMENT_ALLOCATOR = 1;
    public static final int FIRST_FIT_ALLOCATOR = 2;
    public static final int KEYED_MULTIPLY_HASH = 1;

    private Superblock() {}
}
