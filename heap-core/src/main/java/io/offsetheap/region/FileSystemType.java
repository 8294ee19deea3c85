/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.region;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What matters here about the type of a file system, the magic number that {@code statfs} returns. Stateless. */
final class FileSystemType {
    private static final long TMPFS = 0x0102_1994L;
    private static final long RAMFS = 0x8584_58f6L;
    private static final long HUGETLBFS = 0x9584_58f6L;

    private static final Pattern UNSHAREABLE =
            Pattern.compile("nfs.*|9p|.*fuse.*|cifs|smb.*|afs|afpfs|webdav|ceph|lustre|coda|vboxsf");

    private FileSystemType() {}

    /** Whether a file there is memory and nothing else, so that it ends with the machine. */
    static boolean isMemory(long type) {
        return type == TMPFS || type == RAMFS || type == HUGETLBFS;
    }

    /** {@link #isMemory(long)}, by the name that the JDK tells. */
    static boolean isMemory(String name) {
        return name.equals("tmpfs") || name.equals("ramfs") || name.equals("hugetlbfs");
    }

    /**
     * Whether it takes memory until the machine has none: where Linux keeps memory without a name, and tmpfs mounted so.
     *
     * @param blocks how many blocks the file system has
     */
    static boolean isUnlimitedMemory(long type, long blocks) {
        return isMemory(type) && blocks == 0;
    }

    /**
     * The name of a file system whose mappings are not one memory for all who map the file, because other machines or a
     * server of its own take part; {@code null} for all others.
     */
    static @Nullable String unshareable(long type) {
        if (type == 0x6969L) {
            return "NFS";
        } else if (type == 0x0102_1997L) {
            return "9p";
        } else if (type == 0x6573_5546L) {
            return "FUSE";
        } else if (type == 0xff53_4d42L || type == 0xfe53_4d42L || type == 0x517bL) {
            return "CIFS/SMB";
        } else if (type == 0x5346_414fL || type == 0x6b41_4653L) {
            return "AFS";
        } else if (type == 0x00c3_6400L) {
            return "Ceph";
        } else if (type == 0x0bd0_0bd0L) {
            return "Lustre";
        } else if (type == 0x7372_7545L) {
            return "Coda";
        } else if (type == 0x786f_4256L) {
            return "vboxsf";
        }
        return null;
    }

    /** {@link #unshareable(long)}, by the name that the JDK tells. */
    static @Nullable String unshareable(String name) {
        return UNSHAREABLE.matcher(name.toLowerCase(Locale.ROOT)).matches() ? name : null;
    }

    /** What who wants a segment there is told. */
    static String refusal(String fileSystem, String segment) {
        return "processes that map a file of this file system do not all see the same memory, use a local disk or"
                + " shared memory: fileSystem=" + fileSystem + " segment=" + segment;
    }
}
