/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.alloc.AllocatorStats;
import io.offsetheap.alloc.BlockInitializer;
import io.offsetheap.error.OutOfSegmentMemoryException;
import io.offsetheap.memory.SegmentMemory;
import io.offsetheap.object.NameStats;
import io.offsetheap.object.NamedObject;
import io.offsetheap.object.OffsetRef;
import io.offsetheap.object.SharedType;
import io.offsetheap.region.AnonymousSharedMemory;
import io.offsetheap.region.FileMapping;
import io.offsetheap.region.MappedRegion;
import io.offsetheap.region.ProcessMemory;
import io.offsetheap.region.SegmentFile;
import io.offsetheap.region.SharedMemoryObject;
import io.offsetheap.region.WindowsSharedMemory;
import io.offsetheap.region.XsiKey;
import io.offsetheap.region.XsiSharedMemory;
import io.offsetheap.verify.HeapReport;
import io.offsetheap.view.Views;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.openhft.chronicle.bytes.Bytes;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A heap inside a memory segment that several processes map at once, each at its own address. Objects in it are found by
 * name, refer to each other by offset, and outlive the process that made them.
 *
 * <p>Thread-safe. Any process may be killed at any moment: the others finish what it had begun and go on. Reading takes no
 * lock. After {@link #close} every call is an {@link IllegalStateException}.
 */
public final class OffsetHeap implements AutoCloseable {
    /** The largest size of a heap that fits into a region is a multiple of this. */
    private static final long REGION_UNIT = 64 << 10;

    /** Unless it is said otherwise, where all of it is taken from the system when the heap is made. */
    private static final long PROMISED_MAX_SIZE = 64 << 20;

    private final Attachment attachment;
    private final SegmentFile file;
    private final SegmentOpener opener;
    private final SegmentMemory memory;
    private final AtomicBoolean detached = new AtomicBoolean();

    OffsetHeap(Attachment attachment, SegmentFile file, SegmentOpener opener) {
        this.attachment = attachment;
        this.file = file;
        this.opener = opener;
        this.memory = attachment.memory();
    }

    /**
     * A heap in POSIX shared memory. It lives until it is removed or the machine restarts.
     *
     * @param name letters, digits, {@code _}, {@code .} and {@code -}
     */
    public static HeapBuilder sharedMemory(String name) {
        return new HeapBuilder(SharedMemoryObject.location(name));
    }

    /** A heap in a file, which lives until it is deleted. */
    public static HeapBuilder file(Path path) {
        return new HeapBuilder(FileMapping.location(path));
    }

    /**
     * A heap in XSI shared memory, the older kind of System V, to be found by a key. It lives until it is removed or the
     * machine restarts. All of {@link HeapBuilder#maxSize} is promised by the system when the heap is made, and taken page by
     * page, so {@value #PROMISED_MAX_SIZE} bytes are the default there. What another program has under the key is never touched
     * but by {@link HeapBuilder#remove}, which removes also that.
     *
     * <p>An empty file {@code /dev/shm/.offsetheap-xsi-KEY} has the heap's locks. It must not be deleted: then the heap is not
     * opened any more.
     *
     * @param key any but {@link XsiKey#PRIVATE}
     * @throws IllegalArgumentException if the key is private
     */
    public static HeapBuilder xsi(XsiKey key) {
        return new HeapBuilder(XsiSharedMemory.location(key)).maxSize(PROMISED_MAX_SIZE);
    }

    /**
     * A heap in the shared memory of Windows, to be found by a name. It lives as long as somebody has it open, also for reading
     * alone: {@link HeapBuilder#remove} has nothing to remove and returns false. All of {@link HeapBuilder#maxSize} is promised by
     * the system when the heap is made, so {@value #PROMISED_MAX_SIZE} bytes are the default there.
     * {@link HeapBuilder#permissions} mean nothing: who may open it is said at {@link WindowsSharedMemory}.
     *
     * <p>An empty file {@code %ProgramData%\OffsetHeap\.offsetheap-windows-NUMBER} has the heap's locks. It must not be deleted:
     * then the heap is not opened any more. It goes with the heap; what a process that was killed has left may be deleted.
     *
     * <p>Elsewhere than on Windows each method of the builder that makes, opens or removes a heap throws
     * {@link UnsupportedOperationException}. It has never run on Windows.
     *
     * @param name as for {@link WindowsSharedMemory}, with {@code Local\} or {@code Global\} before it or nothing
     * @throws IllegalArgumentException if the name is not such a one
     */
    public static HeapBuilder windows(String name) {
        return new HeapBuilder(WindowsSharedMemory.location(name)).maxSize(PROMISED_MAX_SIZE);
    }

    /**
     * A heap in memory that has no name. It can be created, not opened: another process of the same user, such as a child
     * that this one starts, opens its {@link #path} as a {@link #file}, as long as this one has it open. It is gone with the
     * last process that has it open.
     */
    public static HeapBuilder anonymous() {
        return new HeapBuilder(AnonymousSharedMemory.location());
    }

    /**
     * A heap in memory of this process, which nobody else can open, not even this process a second time. It can be created,
     * and nothing else; it is gone when it is closed and nothing refers to it any more.
     */
    public static HeapBuilder onHeap() {
        return new HeapBuilder(ProcessMemory.fresh("memory of this process"));
    }

    /**
     * A heap in a region that this process has mapped, of whatever object. {@link HeapBuilder#create} overwrites what is
     * there, unless that is a heap; {@link HeapBuilder#openOrCreate} makes one where the first 4 KiB are zeros. The heap can
     * grow as far as the region, rounded down to 64 KiB. It has no name to remove and no path.
     *
     * <p>It is for one process at a time, because such memory has no locks that others meet. In this process it may be open
     * any number of times, also over several regions of the same bytes. A second process is refused when it finds the entry
     * of one that runs; not if both come at the same moment, not if the one cannot see the other's process, as across
     * containers, and not if the other opens the object itself, as a {@link #file} or the like: then the heap is damaged.
     * What a process that died has left half done the next one finishes.
     *
     * <p>The region cannot be closed as long as the heap is open. Its object must have memory for all of it: in the hole of a
     * file, on a full file system and a system that cannot be asked before, a store is a fault.
     *
     * @param region begins at a multiple of 4 KiB; {@link HeapBuilder#openReadOnly} alone takes one that is read-only
     * @throws IllegalArgumentException if it begins elsewhere, or has less than 256 KiB
     * @throws IllegalStateException if it is closed
     */
    public static HeapBuilder over(MappedRegion region) {
        return new HeapBuilder(ProcessMemory.of(region)).maxSize(region.size() & -REGION_UNIT);
    }

    // ---- named objects

    /**
     * Constructs an object under a new name.
     *
     * @param name any non-empty text of at most 1,024 bytes in UTF-8
     * @throws io.offsetheap.error.NameExistsException if the name is taken; that object is not touched
     * @throws OutOfSegmentMemoryException if there is no room; nothing has changed then
     */
    public <T> T construct(String name, SharedType<T> type) {
        return constructNamed(name, type, 1, null);
    }

    /**
     * Constructs an object of {@code length} elements, or bytes, as its type counts. See {@link #construct(String, SharedType)}.
     *
     * @throws IllegalArgumentException if the type has no object of that length
     */
    public <T> T construct(String name, SharedType<T> type, long length) {
        return constructNamed(name, type, length, null);
    }

    /**
     * Constructs an object and fills it before anybody else can see it.
     *
     * @param initializer is given the object; it may read the heap, but another write to it is an {@link
     *     IllegalStateException}, so a container starts empty. What it throws reaches the caller, and nothing remains.
     */
    public <T> T construct(String name, SharedType<T> type, Consumer<? super T> initializer) {
        return constructNamed(name, type, 1, Objects.requireNonNull(initializer, "initializer"));
    }

    /** {@link #construct(String, SharedType, Consumer)} with a length. */
    public <T> T construct(String name, SharedType<T> type, long length, Consumer<? super T> initializer) {
        return constructNamed(name, type, length, Objects.requireNonNull(initializer, "initializer"));
    }

    private <T> T constructNamed(
            String name, SharedType<T> type, long length, @Nullable Consumer<? super T> initializer) {
        attachment.checkWritable();
        try {
            return attachment.names().construct(name, type, length, initializer);
        } finally {
            memory.keepMapped();
        }
    }

    /**
     * Finds an object by name. Waits while somebody else runs a section, see {@link #atomically(Supplier)}.
     *
     * @throws io.offsetheap.error.TypeMismatchException if it has another type; the message shows both
     * @throws io.offsetheap.error.LockTimeoutException on a heap opened for reading alone, if the section lasts a second
     */
    public <T> Optional<T> find(String name, SharedType<T> type) {
        attachment.lanes().checkOpen();
        try {
            return attachment.names().find(name, type);
        } finally {
            memory.keepMapped();
        }
    }

    /**
     * A reference to an object, by its name.
     *
     * @throws io.offsetheap.error.TypeMismatchException if it has another type; the message shows both
     */
    public <T> Optional<OffsetRef<T>> findRef(String name, SharedType<T> type) {
        attachment.lanes().checkOpen();
        try {
            return attachment.names().findRef(name, type);
        } finally {
            memory.keepMapped();
        }
    }

    /**
     * Finds an object, or constructs it. Any number of processes may do so at once: one constructs it, and all get the same.
     *
     * @throws io.offsetheap.error.TypeMismatchException if it exists with another type
     */
    public <T> T findOrConstruct(String name, SharedType<T> type) {
        return findOrConstructNamed(name, type, 1, null);
    }

    /**
     * Finds an object of {@code length} elements, or bytes, as its type counts, or constructs it.
     *
     * @throws io.offsetheap.error.TypeMismatchException if it exists with another type or another length
     */
    public <T> T findOrConstruct(String name, SharedType<T> type, long length) {
        return findOrConstructNamed(name, type, length, null);
    }

    /**
     * Finds an object, or constructs and fills it.
     *
     * @param initializer as for {@link #construct(String, SharedType, Consumer)}. When several construct at once, each calls
     *     its own, and one object is kept.
     */
    public <T> T findOrConstruct(String name, SharedType<T> type, Consumer<? super T> initializer) {
        return findOrConstructNamed(name, type, 1, Objects.requireNonNull(initializer, "initializer"));
    }

    /** {@link #findOrConstruct(String, SharedType, Consumer)} with a length. */
    public <T> T findOrConstruct(String name, SharedType<T> type, long length, Consumer<? super T> initializer) {
        return findOrConstructNamed(name, type, length, Objects.requireNonNull(initializer, "initializer"));
    }

    private <T> T findOrConstructNamed(
            String name, SharedType<T> type, long length, @Nullable Consumer<? super T> initializer) {
        attachment.checkWritable();
        try {
            return attachment.names().findOrConstruct(name, type, length, initializer);
        } finally {
            memory.keepMapped();
        }
    }

    /**
     * Destroys the object of a name, whatever its type. Handles to it are dead from then on. The memory of a large
     * container comes back step by step, and not before the writes that run meanwhile are over; {@link #trim} brings it
     * back at once if they are.
     *
     * @return false if there is no such object
     */
    public boolean destroy(String name) {
        attachment.checkWritable();
        try {
            return attachment.names().destroy(name);
        } finally {
            memory.keepMapped();
        }
    }

    /**
     * All named objects, in no particular order. Each iteration is weakly consistent: a name present throughout appears
     * exactly once, one constructed or destroyed meanwhile appears or not.
     */
    public Iterable<NamedObject> names() {
        attachment.lanes().checkOpen();
        return this::nameIterator;
    }

    private Iterator<NamedObject> nameIterator() {
        attachment.lanes().checkOpen();
        return attachment.names().iterator();
    }

    /** Counts what the heap knows by name. Walks all of it; exact when nobody writes. */
    public NameStats nameStats() {
        attachment.lanes().checkOpen();
        NameStats stats = attachment.names().stats();
        memory.keepMapped();
        return stats;
    }

    /**
     * Runs a function during which nobody else changes names or finds one: others see all that it has done with names, or
     * nothing of it. They wait meanwhile, as does who constructs an object without a name, whose initializer may look for one;
     * what else does not go by name, such as a map that is already at hand, waits for nobody. Others are all that work through
     * another instance, also in this thread, which would wait for itself.
     *
     * <p>The function may use the heap as at any other place, {@code atomically} included, in this thread. It is no
     * transaction: what it has done stays when it throws, or when its process dies; then the others go on with what they find.
     *
     * @return what the function returns
     * @throws IllegalStateException if an operation in the function failed in a way that cost the thread its section, and the
     *     function did not let the exception through; or from inside a function of another operation
     */
    public <R> R atomically(Supplier<R> function) {
        Objects.requireNonNull(function, "function");
        attachment.checkWritable();
        try {
            return attachment.names().atomically(function);
        } finally {
            memory.keepMapped();
        }
    }

    /** {@link #atomically(Supplier)} without a result. */
    public void atomically(Runnable function) {
        Objects.requireNonNull(function, "function");
        this.<@Nullable Void>atomically(() -> {
            function.run();
            return null;
        });
    }

    // ---- singletons: objects whose type is their name

    /**
     * The one object of a type that has no name but its type; constructed, if there is none. It has nothing to do with
     * objects of that type that have names of their own.
     */
    public <T> T singleton(SharedType<T> type) {
        return findOrConstructSingleton(type, null);
    }

    /** {@link #singleton(SharedType)}, filled when it is constructed, as by {@link #findOrConstruct(String, SharedType, Consumer)}. */
    public <T> T singleton(SharedType<T> type, Consumer<? super T> initializer) {
        return findOrConstructSingleton(type, Objects.requireNonNull(initializer, "initializer"));
    }

    private <T> T findOrConstructSingleton(SharedType<T> type, @Nullable Consumer<? super T> initializer) {
        attachment.checkWritable();
        try {
            return attachment.names().singleton(type, initializer);
        } finally {
            memory.keepMapped();
        }
    }

    /** Finds the singleton of a type. */
    public <T> Optional<T> findSingleton(SharedType<T> type) {
        attachment.lanes().checkOpen();
        try {
            return attachment.names().findSingleton(type);
        } finally {
            memory.keepMapped();
        }
    }

    /** Destroys the singleton of a type, as {@link #destroy(String)}. Returns false if there is none. */
    public boolean destroySingleton(SharedType<?> type) {
        attachment.checkWritable();
        try {
            return attachment.names().destroySingleton(type);
        } finally {
            memory.keepMapped();
        }
    }

    // ---- objects without a name

    /**
     * Constructs an object that only references lead to.
     *
     * <p>Nobody but the caller knows it until a reference to it stands in an object that others find: a death in between
     * leaks it.
     *
     * @throws OutOfSegmentMemoryException if there is no room; nothing has changed then
     */
    public <T> OffsetRef<T> construct(SharedType<T> type) {
        return constructAnonymous(type, 1, null);
    }

    /** {@link #construct(SharedType)} of {@code length} elements, or bytes, as its type counts. */
    public <T> OffsetRef<T> construct(SharedType<T> type, long length) {
        return constructAnonymous(type, length, null);
    }

    /** {@link #construct(SharedType)}, filled as by {@link #construct(String, SharedType, Consumer)}. */
    public <T> OffsetRef<T> construct(SharedType<T> type, Consumer<? super T> initializer) {
        return constructAnonymous(type, 1, Objects.requireNonNull(initializer, "initializer"));
    }

    /** {@link #construct(SharedType, Consumer)} with a length. */
    public <T> OffsetRef<T> construct(SharedType<T> type, long length, Consumer<? super T> initializer) {
        return constructAnonymous(type, length, Objects.requireNonNull(initializer, "initializer"));
    }

    private <T> OffsetRef<T> constructAnonymous(
            SharedType<T> type, long length, @Nullable Consumer<? super T> initializer) {
        attachment.checkWritable();
        try {
            return attachment.anonymous().construct(type, length, initializer);
        } finally {
            memory.keepMapped();
        }
    }

    /**
     * A reference to the object that begins at an offset, named or not.
     *
     * @throws IllegalArgumentException if no object of the type begins there
     */
    public <T> OffsetRef<T> refAt(SharedType<T> type, long offset) {
        attachment.lanes().checkOpen();
        try {
            return attachment.anonymous().at(type, offset);
        } finally {
            memory.keepMapped();
        }
    }

    /**
     * Destroys the object that a reference leads to, as {@link #destroy(String)}. One that has a name loses it as well; the
     * name is looked for among all names, because objects do not know theirs. What the object refers to is not touched.
     *
     * @throws IllegalStateException if it has been destroyed already
     * @throws IllegalArgumentException if the reference is to an object of another heap
     */
    public void destroy(OffsetRef<?> ref) {
        attachment.checkWritable();
        try {
            attachment.anonymous().destroy(ref);
        } finally {
            memory.keepMapped();
        }
    }

    // ---- raw blocks

    /**
     * Allocates a block. See {@link io.offsetheap.alloc.BlockAllocator#allocate(long)} for what a death between this call
     * and the caller's own store of the offset leaks, and {@link #allocateInto} for what does not.
     */
    public long allocate(long size) {
        attachment.checkWritable();
        long block = attachment.blocks().allocate(size);
        memory.keepMapped();
        return block;
    }

    /** Allocates a block at a multiple of {@code alignment}, a power of two. */
    public long allocate(long size, long alignment) {
        attachment.checkWritable();
        long block = attachment.blocks().allocate(size, alignment);
        memory.keepMapped();
        return block;
    }

    /** Like {@link #allocate(long)}, but empty instead of an exception when there is no room. */
    public OptionalLong tryAllocate(long size) {
        try {
            return OptionalLong.of(allocate(size));
        } catch (OutOfSegmentMemoryException e) {
            return OptionalLong.empty();
        }
    }

    /** Allocates a block and links it in one commit. See {@link io.offsetheap.alloc.BlockAllocator#allocateInto}. */
    public long allocateInto(long cell, long size, BlockInitializer initializer) {
        attachment.checkWritable();
        long block = attachment.blocks().allocateInto(cell, size, initializer);
        memory.keepMapped();
        return block;
    }

    /** Frees a block. See {@link io.offsetheap.alloc.BlockAllocator#free}. */
    public void free(long block) {
        attachment.checkWritable();
        attachment.blocks().free(block);
        memory.keepMapped();
    }

    /** Bytes that may be used of a block. */
    public long usableSize(long block) {
        attachment.lanes().checkOpen();
        long size = attachment.blocks().usableSize(block);
        memory.keepMapped();
        return size;
    }

    /**
     * A block's usable bytes as Chronicle Bytes that cannot grow. See {@link Views} for what a view is and is not.
     *
     * @return cleared bytes: they write from position 0 on; {@link Bytes#readLimitToCapacity} makes all of them readable
     * @throws IllegalArgumentException if no block that is in use begins there
     * @throws UnsupportedOperationException on a heap that is open read-only
     */
    public Bytes<Void> bytes(long block) {
        attachment.checkWritable();
        return Views.bytes(memory, block, usableSize(block));
    }

    /**
     * A block's usable bytes as an Agrona buffer, for instance for the codecs of SBE. See {@link Views}.
     *
     * @throws IllegalArgumentException if no block that is in use begins there, or one of 2 GiB or more
     * @throws UnsupportedOperationException on a heap that is open read-only, and without the option of the JVM that Agrona
     *     needs: the message names it
     */
    public UnsafeBuffer buffer(long block) {
        attachment.checkWritable();
        return Views.buffer(memory, block, usableSize(block));
    }

    /** Loads and stores by offset, for blocks that the caller has allocated. */
    public SegmentMemory memory() {
        attachment.lanes().checkOpen();
        return memory;
    }

    // ---- the heap

    /**
     * Keeps a lane for the calling thread until the pin is closed, so that its operations need not lease one each. For hot
     * loops; a heap has a limited number of lanes, see {@link io.offsetheap.error.OutOfLanesException}.
     *
     * @throws IllegalStateException if the thread has a pin already
     */
    public LanePin pin() {
        attachment.checkWritable();
        return new LanePin(this, attachment.lanes().pin());
    }

    void unpin(LanePin pin) {
        attachment.lanes().unpin(pin.lane());
        if (attachment.lanes().isClosed() && attachment.close()) {
            detach();
        }
    }

    /**
     * Lengthens the heap ahead of use.
     *
     * @param bytes at least so many more are backed by memory afterwards
     * @throws OutOfSegmentMemoryException if that passes {@link #maxSize} or the file system has no room
     */
    public void grow(long bytes) {
        attachment.checkWritable();
        attachment.blocks().grow(bytes);
        memory.keepMapped();
    }

    /** Returns all memory that lanes and half-used structures hold back to the page heap. */
    public void trim() {
        attachment.checkWritable();
        attachment.blocks().trim();
        memory.keepMapped();
    }

    /** What the heap holds. Exact when nobody writes. */
    public AllocatorStats stats() {
        attachment.lanes().checkOpen();
        AllocatorStats stats = attachment.blocks().stats();
        memory.keepMapped();
        return stats;
    }

    /**
     * Checks that all structures of the heap agree with each other. Never writes. Exact when nobody writes; otherwise it
     * may report what was changing under its eyes.
     */
    public HeapReport verify() {
        attachment.lanes().checkOpen();
        HeapReport report = attachment.verify();
        memory.keepMapped();
        return report;
    }

    /**
     * What another process can open the heap by, as a {@link #file}: also shared memory, and memory without a name.
     *
     * @throws UnsupportedOperationException if the heap is in memory that no path leads to
     */
    public Path path() {
        attachment.lanes().checkOpen();
        return file.path();
    }

    /** The most the heap can grow to, in bytes, as it was made. */
    public long maxSize() {
        attachment.lanes().checkOpen();
        return attachment.geometry().maxSize;
    }

    /** Whether the heap was opened for reading alone. */
    public boolean isReadOnly() {
        attachment.lanes().checkOpen();
        return memory.isReadOnly();
    }

    /**
     * Refuses further calls, waits for those that run, and detaches. The mapping itself goes when nothing refers to it any
     * more, so that no late reader can fault. Idempotent.
     */
    @Override
    public void close() {
        if (attachment.close()) {
            detach();
        }
    }

    private void detach() {
        if (detached.compareAndSet(false, true)) {
            if (!memory.isReadOnly()) {
                opener.detach(file, attachment);
            }
            file.close();
        }
        memory.keepMapped();
    }

    Attachment attachment() {
        return attachment;
    }

    @Override
    public String toString() {
        return memory.name();
    }
}
