/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.process;

import java.io.IOException;
import java.util.List;

/** File systems that exist for one process alone, and vanish with it. */
final class Mounts {
    private Mounts() {}

    /** What runs a command where a preparation has mounted something. */
    static List<String> prefix(String preparation) {
        return List.of("unshare", "-m", "sh", "-c", preparation + " && exec \"$@\"", "sh");
    }

    /** Whether this user may prepare it. */
    static boolean work(String preparation) throws InterruptedException {
        try {
            return new ProcessBuilder("unshare", "-m", "sh", "-c", preparation)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }
}
