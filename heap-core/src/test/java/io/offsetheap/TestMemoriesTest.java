/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.offsetheap.memory.SegmentMemory;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The memories of the tests watch every way into the segment: none that is added to {@link SegmentMemory} is forgotten. */
class TestMemoriesTest {
    private static boolean isStore(Method method) {
        return method.getName().matches("(put|compareAndSet|copyFrom|zero).*");
    }

    private static boolean isLoad(Method method) {
        return method.getName().matches("(get|peek(Long|Matches)$|copyTo).*");
    }

    @Test
    void theCrashingOneCountsEveryStore() {
        overrides(CrashingMemory.class, TestMemoriesTest::isStore);
    }

    @Test
    void thePreemptedOneStopsAtEveryLoadAndKnowsEveryStore() {
        overrides(PreemptedMemory.class, method -> isStore(method) || isLoad(method));
    }

    private static void overrides(Class<? extends SegmentMemory> memory, Predicate<Method> wanted) {
        List<Method> accesses = Arrays.stream(SegmentMemory.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isFinal(method.getModifiers()))
                .filter(wanted)
                .toList();
        assertFalse(accesses.isEmpty());
        List<String> forgotten = new ArrayList<>();
        for (Method access : accesses) {
            try {
                memory.getDeclaredMethod(access.getName(), access.getParameterTypes());
            } catch (NoSuchMethodException e) {
                forgotten.add(access.toString());
            }
        }
        assertEquals(List.of(), forgotten);
    }
}
