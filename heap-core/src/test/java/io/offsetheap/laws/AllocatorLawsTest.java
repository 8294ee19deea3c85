/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.laws;

import io.offsetheap.TestSegment;
import io.offsetheap.TestSegment.Storage;
import io.offsetheap.alloc.FirstFitAllocator;
import io.offsetheap.layout.Geometry;
import net.jqwik.api.Group;

/** The laws of both allocators, wherever a segment lives, and in three sizes. */
class AllocatorLawsTest {
    @Group
    class TinyInSharedMemory implements AllocatorLaws {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.SHARED_MEMORY, Geometry.tiny(64 << 10));
        }
    }

    @Group
    class SmallInSharedMemory implements AllocatorLaws {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.SHARED_MEMORY, Geometry.of(256 << 10));
        }
    }

    @Group
    class OfOneMegabyteInSharedMemory implements AllocatorLaws {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.SHARED_MEMORY, Geometry.of(1 << 20));
        }
    }

    @Group
    class TinyInAFile implements AllocatorLaws {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.FILE, Geometry.tiny(64 << 10));
        }
    }

    @Group
    class SmallInAFile implements AllocatorLaws {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.FILE, Geometry.of(256 << 10));
        }
    }

    @Group
    class OfOneMegabyteInAFile implements AllocatorLaws {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.FILE, Geometry.of(1 << 20));
        }
    }

    @Group
    class SmallInAnonymousMemory implements AllocatorLaws {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.ANONYMOUS, Geometry.of(256 << 10));
        }
    }

    /** The plain allocator under the same laws. */
    interface OfFirstFit extends AllocatorLaws {
        @Override
        default BlockLayout layout(Geometry geometry) {
            return BlockLayout.tagged();
        }
    }

    @Group
    class FirstFitTinyInSharedMemory implements OfFirstFit {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.SHARED_MEMORY, Geometry.tiny(64 << 10), FirstFitAllocator.TYPE);
        }
    }

    @Group
    class FirstFitSmallInAFile implements OfFirstFit {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.FILE, Geometry.of(256 << 10), FirstFitAllocator.TYPE);
        }
    }

    @Group
    class FirstFitOfOneMegabyteInSharedMemory implements OfFirstFit {
        @Override
        public TestSegment newSegment() {
            return new TestSegment(Storage.SHARED_MEMORY, Geometry.of(1 << 20), FirstFitAllocator.TYPE);
        }
    }
}
