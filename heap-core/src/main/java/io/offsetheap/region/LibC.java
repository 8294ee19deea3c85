/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import com.kenai.jffi.ArrayFlags;
import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The calls of the C library that this package needs, and nothing on top of them: results are the C results, and
 * {@link #errno()} is the error of the last call of this thread.
 *
 * <p>Thread-safe. The native library is loaded when it is asked for first; where it cannot be, or the system property {@code
 * offsetheap.native} is {@code false}, {@link #get()} throws an {@link UnsupportedOperationException}, each time, and never a
 * linkage error.
 */
final class LibC {
    /*
     * jffi is the layer below jnr-ffi. It is used directly because jnr-ffi generates the classes behind an interface
     * when it is loaded, which more than doubles the time until the first call and is felt in every short-lived command
     * line tool. The price is this class: each function names its C types once, in its Call.
     *
     * All constants are those of Linux on a 64-bit processor. The few that differ between processors depend on ARM.
     */
    private static final String PROPERTY = "offsetheap.native";

    private static final boolean WANTED = !System.getProperty(PROPERTY, "").equals("false");

    private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int EINVAL = 22;
    static final int EIDRM = 43;
    static final int EFBIG = 27;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    private static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    static final int O_TMPFILE = 0x400000 | O_DIRECTORY;

    static final int MFD_CLOEXEC = 1;

    static final int IPC_PRIVATE = 0;
    static final int IPC_CREAT = 0x200;
    static final int IPC_EXCL = 0x400;
    static final int SHM_RDONLY = 0x1000;
    private static final int IPC_RMID = 0;
    private static final int IPC_STAT = 2;
    private static final int SHMID_DS_SIZE = 256;
    private static final int SHMID_DS_LENGTH_OFFSET = 48;

    static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int AT_EMPTY_PATH = 0x1000;

    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;
    static final int MAP_PRIVATE = 2;
    static final int MAP_FIXED = 0x10;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;
    static final int MAP_FIXED_NOREPLACE = 0x100000;
    static final int MS_ASYNC = 1;
    static final int MS_SYNC = 4;
    static final int MADV_DONTFORK = 10;
    static final int MADV_POPULATE_WRITE = 23;
    static final long MAP_FAILED = -1;

    static final int F_OFD_GETLK = 36;
    static final int F_OFD_SETLK = 37;
    static final short F_RDLCK = 0;
    static final short F_WRLCK = 1;
    static final short F_UNLCK = 2;

    private static final int STATX_SIZE = 256;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_MODE_OFFSET = 28;
    private static final int STATX_INODE_OFFSET = 32;
    private static final int STATX_LENGTH_OFFSET = 40;
    private static final int STATX_DEVICE_OFFSET = 136;

    private static final int STATFS_SIZE = 256;
    private static final int STATFS_BLOCKS_OFFSET = 16;

    private static final int FLOCK_SIZE = 32;
    private static final int FLOCK_TYPE_OFFSET = 0;
    private static final int FLOCK_WHENCE_OFFSET = 2;
    private static final int FLOCK_START_OFFSET = 8;
    private static final int FLOCK_LENGTH_OFFSET = 16;
    private static final int FLOCK_PID_OFFSET = 24;
    private static final short SEEK_SET = 0;

    /** How the JVM itself writes file names as bytes. */
    private static final Charset FILE_NAMES = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private static final int IN = ArrayFlags.IN | ArrayFlags.NULTERMINATE;

    /** What {@code statx} tells about a file. */
    record FileStatus(int mode, long device, long inode, long length) {
        private static final int TYPE_MASK = 0xf000;
        private static final int REGULAR = 0x8000;

        boolean isRegularFile() {
            return (mode & TYPE_MASK) == REGULAR;
        }

        boolean isSameFileAs(FileStatus other) {
            return device == other.device && inode == other.inode;
        }
    }

    /** A file system: its magic number, and how many blocks it has. */
    record FileSystem(long type, long blocks) {}

    /** {@code struct flock}: a lock that is wanted, or the one that is in its way. */
    record FileLock(short type, long start, long length, int pid) {}

    private final Invoker invoker = Invoker.getInstance();
    private final LastError lastError = LastError.getInstance();

    private final Call open = new Call("open", Type.SINT32, Type.POINTER, Type.SINT32, Type.SINT32);
    private final Call close = new Call("close", Type.SINT32, Type.SINT32);
    private final Call memfdCreate = new Call("memfd_create", Type.SINT32, Type.POINTER, Type.SINT32);
    private final Call fchmod = new Call("fchmod", Type.SINT32, Type.SINT32, Type.SINT32);
    private final Call linkat =
            new Call("linkat", Type.SINT32, Type.SINT32, Type.POINTER, Type.SINT32, Type.POINTER, Type.SINT32);
    private final Call unlink = new Call("unlink", Type.SINT32, Type.POINTER);
    private final Call statx =
            new Call("statx", Type.SINT32, Type.SINT32, Type.POINTER, Type.SINT32, Type.SINT32, Type.POINTER);
    private final Call fstatfs = new Call("fstatfs", Type.SINT32, Type.SINT32, Type.POINTER);
    private final Call pread = new Call("pread", Type.SINT64, Type.SINT32, Type.POINTER, Type.SINT64, Type.SINT64);
    private final Call pwrite = new Call("pwrite", Type.SINT64, Type.SINT32, Type.POINTER, Type.SINT64, Type.SINT64);
    private final Call ftruncate = new Call("ftruncate", Type.SINT32, Type.SINT32, Type.SINT64);
    private final Call fallocate =
            new Call("fallocate", Type.SINT32, Type.SINT32, Type.SINT32, Type.SINT64, Type.SINT64);
    private final Call fsync = new Call("fsync", Type.SINT32, Type.SINT32);
    private final Call fcntl = new Call("fcntl", Type.SINT32, Type.SINT32, Type.SINT32, Type.POINTER);
    private final Call mmap = new Call(
            "mmap", Type.SINT64, Type.POINTER, Type.SINT64, Type.SINT32, Type.SINT32, Type.SINT32, Type.SINT64);
    private final Call munmap = new Call("munmap", Type.SINT32, Type.POINTER, Type.SINT64);
    private final Call msync = new Call("msync", Type.SINT32, Type.POINTER, Type.SINT64, Type.SINT32);
    private final Call madvise = new Call("madvise", Type.SINT32, Type.POINTER, Type.SINT64, Type.SINT32);
    private final Call ftok = new Call("ftok", Type.SINT32, Type.POINTER, Type.SINT32);
    private final Call shmget = new Call("shmget", Type.SINT32, Type.SINT32, Type.SINT64, Type.SINT32);
    private final Call shmat = new Call("shmat", Type.SINT64, Type.SINT32, Type.POINTER, Type.SINT32);
    private final Call shmctl = new Call("shmctl", Type.SINT32, Type.SINT32, Type.SINT32, Type.POINTER);

    private LibC() {}

    /** Whether there are native calls. Loads the native library when nobody has yet, unless it is not wanted. */
    static boolean isAvailable() {
        return WANTED && Holder.LIB_C != null;
    }

    /** Loads the native library when nobody has yet. */
    static LibC get() {
        if (!WANTED) {
            throw new UnsupportedOperationException("this needs native calls, which -D" + PROPERTY + "=false forbids");
        }
        LibC libC = Holder.LIB_C;
        if (libC == null) {
            throw new UnsupportedOperationException(
                    "this needs native calls, and they need Linux on amd64 or aarch64, and a temporary folder that allows"
                            + " executable files or -Djffi.boot.library.path: os.name=" + System.getProperty("os.name")
                            + " os.arch=" + System.getProperty("os.arch"),
                    Holder.FAILURE);
        }
        return libC;
    }

    private static final class Holder {
        static final @Nullable LibC LIB_C;
        static final @Nullable Throwable FAILURE;

        static {
            LibC libC = null;
            Throwable failure = null;
            try {
                if (isSupported()) {
                    libC = new LibC();
                }
            } catch (LinkageError | RuntimeException e) {
                LoggerFactory.getLogger(LibC.class)
                        .warn("no native calls, shared memory is files of java.io.tmpdir instead", e);
                failure = e;
            }
            LIB_C = libC;
            FAILURE = failure;
        }

        private static boolean isSupported() {
            String processor = System.getProperty("os.arch", "");
            return System.getProperty("os.name", "").equals("Linux")
                    && (processor.equals("amd64") || processor.equals("aarch64"));
        }
    }

    /** The error number of the last call that this thread made and that failed. */
    int errno() {
        return lastError.get();
    }

    int open(Path path, int flags, int mode) {
        return open(path.toString(), flags, mode);
    }

    int open(String path, int flags, int mode) {
        var arguments = open.arguments();
        putString(arguments, path);
        arguments.putInt(flags);
        arguments.putInt(mode);
        return open.invokeInt(arguments);
    }

    int close(int descriptor) {
        var arguments = close.arguments();
        arguments.putInt(descriptor);
        return close.invokeInt(arguments);
    }

    /** A descriptor of a new file in memory; the text is what the system shows for it, and no name. */
    int memfdCreate(String text, int flags) {
        var arguments = memfdCreate.arguments();
        putString(arguments, text);
        arguments.putInt(flags);
        return memfdCreate.invokeInt(arguments);
    }

    int fchmod(int descriptor, int mode) {
        var arguments = fchmod.arguments();
        arguments.putInt(descriptor);
        arguments.putInt(mode);
        return fchmod.invokeInt(arguments);
    }

    /** Gives the file that {@code existing} leads to, through symbolic links, one more name. */
    int link(String existing, Path name) {
        var arguments = linkat.arguments();
        arguments.putInt(AT_FDCWD);
        putString(arguments, existing);
        arguments.putInt(AT_FDCWD);
        putString(arguments, name.toString());
        arguments.putInt(AT_SYMLINK_FOLLOW);
        return linkat.invokeInt(arguments);
    }

    int unlink(Path path) {
        var arguments = unlink.arguments();
        putString(arguments, path.toString());
        return unlink.invokeInt(arguments);
    }

    /** The status of the file that {@code path} leads to; {@code null} on failure. */
    @Nullable
    FileStatus status(Path path) {
        return status(AT_FDCWD, path.toString(), 0);
    }

    /** The status of an open file; {@code null} on failure. */
    @Nullable
    FileStatus status(int descriptor) {
        return status(descriptor, "", AT_EMPTY_PATH);
    }

    private @Nullable FileStatus status(int directory, String path, int flags) {
        byte[] result = new byte[STATX_SIZE];
        var arguments = statx.arguments();
        arguments.putInt(directory);
        putString(arguments, path);
        arguments.putInt(flags);
        arguments.putInt(STATX_BASIC_STATS);
        arguments.putArray(result, 0, result.length, ArrayFlags.OUT);
        if (statx.invokeInt(arguments) != 0) {
            return null;
        }
        ByteBuffer status = ByteBuffer.wrap(result).order(ByteOrder.nativeOrder());
        return new FileStatus(
                Short.toUnsignedInt(status.getShort(STATX_MODE_OFFSET)),
                status.getLong(STATX_DEVICE_OFFSET),
                status.getLong(STATX_INODE_OFFSET),
                status.getLong(STATX_LENGTH_OFFSET));
    }

    /** What {@code statfs} tells about the file system of an open file; {@code null} on failure. */
    @Nullable
    FileSystem fileSystem(int descriptor) {
        byte[] result = new byte[STATFS_SIZE];
        var arguments = fstatfs.arguments();
        arguments.putInt(descriptor);
        arguments.putArray(result, 0, result.length, ArrayFlags.OUT);
        if (fstatfs.invokeInt(arguments) != 0) {
            return null;
        }
        ByteBuffer status = ByteBuffer.wrap(result).order(ByteOrder.nativeOrder());
        return new FileSystem(status.getLong(0) & 0xffff_ffffL, status.getLong(STATFS_BLOCKS_OFFSET));
    }

    long pread(int descriptor, byte[] target, int from, int count, long position) {
        var arguments = pread.arguments();
        arguments.putInt(descriptor);
        arguments.putArray(target, from, count, ArrayFlags.OUT);
        arguments.putLong(count);
        arguments.putLong(position);
        return pread.invokeLong(arguments);
    }

    long pwrite(int descriptor, byte[] source, int count, long position) {
        var arguments = pwrite.arguments();
        arguments.putInt(descriptor);
        arguments.putArray(source, 0, count, ArrayFlags.IN);
        arguments.putLong(count);
        arguments.putLong(position);
        return pwrite.invokeLong(arguments);
    }

    int ftruncate(int descriptor, long length) {
        var arguments = ftruncate.arguments();
        arguments.putInt(descriptor);
        arguments.putLong(length);
        return ftruncate.invokeInt(arguments);
    }

    /** The system call, not {@code posix_fallocate}: that one stores bytes itself where the file system cannot do it. */
    int fallocate(int descriptor, long position, long length) {
        var arguments = fallocate.arguments();
        arguments.putInt(descriptor);
        arguments.putInt(0);
        arguments.putLong(position);
        arguments.putLong(length);
        return fallocate.invokeInt(arguments);
    }

    int fsync(int descriptor) {
        var arguments = fsync.arguments();
        arguments.putInt(descriptor);
        return fsync.invokeInt(arguments);
    }

    /** {@code F_OFD_SETLK} of one byte: takes or releases a lock of the open file description, without waiting. */
    int setLock(int descriptor, short type, long position) {
        return fcntl(descriptor, F_OFD_SETLK, newFlock(type, position));
    }

    /** {@code F_OFD_GETLK}: a lock that keeps this one byte from being locked, type unlocked when none; null on failure. */
    @Nullable
    FileLock getLock(int descriptor, short type, long position) {
        byte[] flock = newFlock(type, position);
        if (fcntl(descriptor, F_OFD_GETLK, flock) != 0) {
            return null;
        }
        ByteBuffer found = ByteBuffer.wrap(flock).order(ByteOrder.nativeOrder());
        return new FileLock(
                found.getShort(FLOCK_TYPE_OFFSET),
                found.getLong(FLOCK_START_OFFSET),
                found.getLong(FLOCK_LENGTH_OFFSET),
                found.getInt(FLOCK_PID_OFFSET));
    }

    private static byte[] newFlock(short type, long position) {
        byte[] flock = new byte[FLOCK_SIZE];
        ByteBuffer.wrap(flock)
                .order(ByteOrder.nativeOrder())
                .putShort(FLOCK_TYPE_OFFSET, type)
                .putShort(FLOCK_WHENCE_OFFSET, SEEK_SET)
                .putLong(FLOCK_START_OFFSET, position)
                .putLong(FLOCK_LENGTH_OFFSET, 1);
        return flock;
    }

    private int fcntl(int descriptor, int command, byte[] flock) {
        var arguments = fcntl.arguments();
        arguments.putInt(descriptor);
        arguments.putInt(command);
        arguments.putArray(flock, 0, flock.length, ArrayFlags.IN | ArrayFlags.OUT);
        return fcntl.invokeInt(arguments);
    }

    /** The address, or {@link #MAP_FAILED}. */
    long mmap(long address, long length, int protection, int flags, int descriptor, long position) {
        var arguments = mmap.arguments();
        arguments.putAddress(address);
        arguments.putLong(length);
        arguments.putInt(protection);
        arguments.putInt(flags);
        arguments.putInt(descriptor);
        arguments.putLong(position);
        return mmap.invokeLong(arguments);
    }

    int munmap(long address, long length) {
        var arguments = munmap.arguments();
        arguments.putAddress(address);
        arguments.putLong(length);
        return munmap.invokeInt(arguments);
    }

    int msync(long address, long length, int flags) {
        var arguments = msync.arguments();
        arguments.putAddress(address);
        arguments.putLong(length);
        arguments.putInt(flags);
        return msync.invokeInt(arguments);
    }

    int madvise(long address, long length, int advice) {
        var arguments = madvise.arguments();
        arguments.putAddress(address);
        arguments.putLong(length);
        arguments.putInt(advice);
        return madvise.invokeInt(arguments);
    }

    /** The key that a file and a number stand for; -1 on failure. */
    int ftok(Path path, int number) {
        var arguments = ftok.arguments();
        putString(arguments, path.toString());
        arguments.putInt(number);
        return ftok.invokeInt(arguments);
    }

    int shmget(int key, long size, int flags) {
        var arguments = shmget.arguments();
        arguments.putInt(key);
        arguments.putLong(size);
        arguments.putInt(flags);
        return shmget.invokeInt(arguments);
    }

    /** The address, or {@link #MAP_FAILED}. */
    long shmat(int id, long address, int flags) {
        var arguments = shmat.arguments();
        arguments.putInt(id);
        arguments.putAddress(address);
        arguments.putInt(flags);
        return shmat.invokeLong(arguments);
    }

    /** The size of XSI shared memory in bytes; -1 on failure. */
    long shmSize(int id) {
        byte[] result = new byte[SHMID_DS_SIZE];
        if (shmctl(id, IPC_STAT, result) != 0) {
            return -1;
        }
        return ByteBuffer.wrap(result).order(ByteOrder.nativeOrder()).getLong(SHMID_DS_LENGTH_OFFSET);
    }

    int shmRemove(int id) {
        return shmctl(id, IPC_RMID, new byte[SHMID_DS_SIZE]);
    }

    private int shmctl(int id, int command, byte[] status) {
        var arguments = shmctl.arguments();
        arguments.putInt(id);
        arguments.putInt(command);
        arguments.putArray(status, 0, status.length, ArrayFlags.OUT);
        return shmctl.invokeInt(arguments);
    }

    private static void putString(HeapInvocationBuffer arguments, String text) {
        byte[] bytes = text.getBytes(FILE_NAMES);
        arguments.putArray(bytes, 0, bytes.length, IN);
    }

    /** An error number as people read it, for messages. */
    static String describe(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM (operation not permitted)";
            case ENOENT -> "ENOENT (no such file or directory)";
            case EINTR -> "EINTR (interrupted)";
            case 5 -> "EIO (input/output error)";
            case ENXIO -> "ENXIO (no such device)";
            case 9 -> "EBADF (bad descriptor)";
            case EAGAIN -> "EAGAIN (try again)";
            case ENOMEM -> "ENOMEM (not enough memory or address space)";
            case EACCES -> "EACCES (permission denied)";
            case EEXIST -> "EEXIST (file exists)";
            case 19 -> "ENODEV (the file system cannot map files)";
            case ENOTDIR -> "ENOTDIR (not a directory)";
            case EISDIR -> "EISDIR (is a directory)";
            case EINVAL -> "EINVAL (invalid argument)";
            case 23 -> "ENFILE (too many open files in the system)";
            case 24 -> "EMFILE (too many open files in this process)";
            case EFBIG -> "EFBIG (file too large)";
            case ENOSPC -> "ENOSPC (no space left on device)";
            case EROFS -> "EROFS (read-only file system)";
            case 36 -> "ENAMETOOLONG (file name too long)";
            case 37 -> "ENOLCK (no locks available)";
            case ENOSYS -> "ENOSYS (not known to this kernel)";
            case 40 -> "ELOOP (too many symbolic links)";
            case EIDRM -> "EIDRM (removed)";
            case EOPNOTSUPP -> "EOPNOTSUPP (not supported by the file system)";
            case EDQUOT -> "EDQUOT (disk quota exceeded)";
            default -> Integer.toString(errno);
        };
    }

    /** One C function. */
    private final class Call {
        private final long address;
        private final CallContext context;

        Call(String name, Type result, Type... parameters) {
            address = Library.getDefault().getSymbolAddress(name);
            if (address == 0) {
                throw new UnsatisfiedLinkError("the C library has no such function: name=" + name);
            }
            context = CallContext.getCallContext(result, parameters, CallingConvention.DEFAULT, true);
        }

        HeapInvocationBuffer arguments() {
            return new HeapInvocationBuffer(context);
        }

        int invokeInt(HeapInvocationBuffer arguments) {
            return invoker.invokeInt(context, address, arguments);
        }

        long invokeLong(HeapInvocationBuffer arguments) {
            return invoker.invokeLong(context, address, arguments);
        }
    }
}
