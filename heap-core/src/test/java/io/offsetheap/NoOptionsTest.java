/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import io.offsetheap.process.NoOptionsContract;

class NoOptionsTest implements NoOptionsContract {}
