/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.ListTestSuiteBuilder;
import com.google.common.collect.testing.SetTestSuiteBuilder;
import com.google.common.collect.testing.TestStringListGenerator;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.TestStringSetGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.ListFeature;
import com.google.common.collect.testing.features.MapFeature;
import com.google.common.collect.testing.features.SetFeature;
import com.google.common.collect.testing.testers.CollectionClearTester;
import com.google.common.collect.testing.testers.ListAddAtIndexTester;
import com.google.common.collect.testing.testers.ListRemoveAtIndexTester;
import io.offsetheap.object.Codecs;
import io.offsetheap.object.SharedType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What {@code java.util} says, by Guava's suites: all their tests for a {@link java.util.concurrent.ConcurrentMap} and a
 * {@link java.util.Set} that are written to, that know no null, no order and no serial form, and whose iterators remove and
 * are weakly consistent.
 */
class ConformanceTest {
    private static final Mappings MAPPINGS = Mappings.ofSharedMemory(1, 256 << 20);

    private static int made;

    /** A new object for each test, all in one heap. */
    private static <T> T construct(SharedType<T> type) {
        return MAPPINGS.heap(0).construct("object-" + made++, type);
    }

    private static final class Maps extends TestStringMapGenerator {
        @Override
        protected Map<String, String> create(Map.Entry<String, String>[] entries) {
            SharedHashMap<String, String> map = construct(SharedHashMap.type(Codecs.UTF8, Codecs.UTF8));
            for (Map.Entry<String, String> entry : entries) {
                map.put(entry.getKey(), entry.getValue());
            }
            return map;
        }
    }

    private static final class Sets extends TestStringSetGenerator {
        @Override
        protected Set<String> create(String[] elements) {
            SharedSet<String> set = construct(SharedSet.type(Codecs.UTF8));
            set.addAll(Arrays.asList(elements));
            return set;
        }
    }

    private static final class Lists extends TestStringListGenerator {
        @Override
        protected List<String> create(String[] elements) {
            SharedVector<String> vector = construct(SharedVector.type(Codecs.UTF8));
            vector.addAll(Arrays.asList(elements));
            return vector;
        }
    }

    @AfterAll
    static void close() {
        MAPPINGS.close();
    }

    @TestFactory
    Stream<DynamicNode> isWhatJavaSaysOfAConcurrentMap() {
        TestSuite suite = ConcurrentMapTestSuiteBuilder.using(new Maps())
                .named("SharedHashMap")
                .withFeatures(
                        MapFeature.GENERAL_PURPOSE, CollectionFeature.SUPPORTS_ITERATOR_REMOVE, CollectionSize.ANY)
                .createTestSuite();
        return tests(suite);
    }

    @TestFactory
    Stream<DynamicNode> isWhatJavaSaysOfASet() {
        TestSuite suite = SetTestSuiteBuilder.using(new Sets())
                .named("SharedSet")
                .withFeatures(SetFeature.GENERAL_PURPOSE, CollectionSize.ANY)
                .createTestSuite();
        return tests(suite);
    }

    /** A vector that is added to at its end, set, and removed from at its end, which no feature of the suites stands for. */
    @TestFactory
    Stream<DynamicNode> isWhatJavaSaysOfAList() throws NoSuchMethodException {
        TestSuite suite = ListTestSuiteBuilder.using(new Lists())
                .named("SharedVector")
                .withFeatures(ListFeature.SUPPORTS_SET, CollectionFeature.SUPPORTS_ADD, CollectionSize.ANY)
                // These want a list that does not add or remove everywhere, to do so nowhere.
                .suppressing(
                        ListAddAtIndexTester.class.getMethod("testAddAtIndex_unsupportedNotPresent"),
                        CollectionClearTester.class.getMethod("testClear_unsupported"),
                        ListRemoveAtIndexTester.class.getMethod("testRemoveAtIndex_unsupported"))
                .createTestSuite();
        return tests(suite);
    }

    private static Stream<DynamicNode> tests(TestSuite suite) {
        return Collections.list(suite.tests()).stream()
                .map(test -> test instanceof TestSuite part
                        ? DynamicContainer.dynamicContainer(part.getName(), tests(part))
                        : DynamicTest.dynamicTest(((TestCase) test).getName(), ((TestCase) test)::runBare));
    }
}
