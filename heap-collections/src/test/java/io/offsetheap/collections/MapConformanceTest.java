/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap.collections;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.offsetheap.object.Codecs;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Stream;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What {@code java.util} says of a map, by Guava's suites: all their tests for a {@link
 * java.util.concurrent.ConcurrentMap} that is written to, that knows no null, no order and no serial form, and whose
 * iterators remove and are weakly consistent.
 */
class MapConformanceTest {
    private static final Mappings MAPPINGS = Mappings.ofSharedMemory(1, 256 << 20);

    /** A new map for each test, all in one heap. */
    private static final class Maps extends TestStringMapGenerator {
        private int made;

        @Override
        protected Map<String, String> create(Map.Entry<String, String>[] entries) {
            SharedHashMap<String, String> map =
                    MAPPINGS.heap(0).construct("map-" + made++, SharedHashMap.type(Codecs.UTF8, Codecs.UTF8));
            for (Map.Entry<String, String> entry : entries) {
                map.put(entry.getKey(), entry.getValue());
            }
            return map;
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

    private static Stream<DynamicNode> tests(TestSuite suite) {
        return Collections.list(suite.tests()).stream()
                .map(test -> test instanceof TestSuite part
                        ? DynamicContainer.dynamicContainer(part.getName(), tests(part))
                        : DynamicTest.dynamicTest(((TestCase) test).getName(), ((TestCase) test)::runBare));
    }
}
