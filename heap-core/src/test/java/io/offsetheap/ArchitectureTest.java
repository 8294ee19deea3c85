/*
 * Copyright 2026 the OffsetHeap authors. SPDX-License-Identifier: Apache-2.0
 */
package io.offsetheap;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which package of heap-core may use which, and who may touch raw memory and native calls. */
class ArchitectureTest {
    /** From the top down; a package may use those behind it, never one before it. */
    private static final List<String> TOP_DOWN = List.of(
            "",
            ".verify",
            ".flyweight",
            ".object",
            ".alloc",
            ".lane",
            ".layout",
            ".view",
            ".memory",
            ".region",
            ".error");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.offsetheap");

    @Test
    void thereAreClassesToCheck() {
        assertFalse(CLASSES.isEmpty());
    }

    @Test
    void noPackageUsesOneAboveIt() {
        for (int i = 1; i < TOP_DOWN.size(); i++) {
            var above = new ArrayList<String>();
            for (String name : TOP_DOWN.subList(0, i)) {
                above.add("io.offsetheap" + name);
            }
            noClasses()
                    .that()
                    .resideInAPackage("io.offsetheap" + TOP_DOWN.get(i) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(above.toArray(String[]::new))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    /**
     * Not meant are {@code chronicle.core.io}, the exceptions and reference counts that every store of Bytes has, and the one
     * class of {@code region} that asks where a buffer lies and neither loads nor stores.
     */
    @Test
    void onlyTheMemoryPackageTouchesRawMemory() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.offsetheap.memory..")
                .and()
                .doNotHaveFullyQualifiedName("io.offsetheap.region.JvmMemory")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("net.openhft.chronicle.core", "sun.misc..", "jdk.internal..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void onlyTheRegionPackageMakesNativeCalls() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.offsetheap.region..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "com.kenai.jffi..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theCoreDoesNotKnowTheModulesOnTopOfIt() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.offsetheap.collections..", "io.offsetheap.examples..")
                .check(CLASSES);
    }
}
