/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
/**
 * Laws of blocks, mappers and offsets, as properties over models in plain Java. Open {@link io.offsetheap.laws.AllocatorLaws}
 * first, then {@link io.offsetheap.laws.History}; {@link io.offsetheap.laws.AllocatorReport} compares allocators.
 *
 * <table>
 * <caption>Laws that do not fit as they stand</caption>
 * <tr><th>Law</th><th>What holds instead, and why</th></tr>
 * <tr><td>C-001 to C-006</td><td>Whether a heap is empty is {@code rawBlocks == 0} of its verifier. Balances are compared
 *     after {@code trim}: freed blocks stay in the stock of a lane, and an empty run stays with its class.</td></tr>
 * <tr><td>C-007</td><td>A free gives back what its allocation took after {@code trim}: the first block of a run brings the
 *     run's header with it.</td></tr>
 * <tr><td>C-008</td><td>The overhead is not fixed: it is the headers and ends of the runs there are. With it, the balance is
 *     exact at every step.</td></tr>
 * <tr><td>C-012</td><td>What a refusal leaves unchanged is what a user sees. It may drain stocks, and give empty runs
 *     back.</td></tr>
 * <tr><td>C-014, C-015</td><td>{@code largestFree} speaks of whole pages, to which growth adds. A smaller request may still
 *     find a cell when it is 0.</td></tr>
 * <tr><td>C-019</td><td>For offsets. The bytes differ by identity, time and process.</td></tr>
 * <tr><td>C-022</td><td>Struck: blocks are allocated one by one.</td></tr>
 * <tr><td>C-023</td><td>For named bytes, the one type with a length.</td></tr>
 * <tr><td>C-034</td><td>Holds as it stands for {@code largestFree} less the alignment. That this is 90 % of the room follows
 *     from 64 KiB of room on, which the tiniest segment does not have.</td></tr>
 * <tr><td>C-035</td><td>One bound for all sizes and alignments: when aligned blocks and then any others have filled a heap,
 *     70 % of its room is usable. The worst are classes of which a run of a small heap holds two or three cells: they
 *     waste a quarter of it.</td></tr>
 * <tr><td>C-040 to C-042, C-044, C-046, C-047</td><td>For spans, after {@code trim}. C-042 and C-044 are invariants of the
 *     verifier, which speaks after every step. The smallest remainder is a page, so nothing is left unsplit.</td></tr>
 * <tr><td>C-043</td><td>For tagged blocks, see {@code FirstFitAllocatorTest}; others have no header. What the page table says
 *     of spans is an invariant of the verifier.</td></tr>
 * <tr><td>C-045</td><td>First fit takes the lowest hole. A request for pages takes a span of the first bin that has a long enough
 *     one.</td></tr>
 * <tr><td>C-070</td><td>Struck: free memory is not zeroed on demand.</td></tr>
 * <tr><td>C-071</td><td>{@code freeSpans} counts spans of the page heap. Cells and stocked blocks are free, too, but no
 *     spans.</td></tr>
 * <tr><td>C-088</td><td>Growth is seen by all at once; nobody is refused.</td></tr>
 * <tr><td>C-150 to C-152</td><td>Offsets are plain {@code long}s and their arithmetic is that of the language. What is left
 *     to say is that 0 is no block, and that every access outside the heap is refused.</td></tr>
 * <tr><td>C-154</td><td>Follows: an offset does not depend on where it is stored.</td></tr>
 * </table>
 */
@NullMarked
package io.offsetheap.laws;

import org.jspecify.annotations.NullMarked;
