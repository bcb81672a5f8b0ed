package dev.echelon.watcher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * To whoever is about to widen this: the domain is what the hub means to an upgrade, and is tested by the thousand in
 * milliseconds because it knows Java and the contract only. If it needs another import, something belongs to an edge.
 */
@AnalyzeClasses(packages = "dev.echelon.watcher", importOptions = ImportOption.DoNotIncludeTests.class)
class FenceTest {

    @ArchTest
    static final ArchRule DOMAIN_KNOWS_JAVA_AND_THE_CONTRACT_ONLY = classes()
            .that()
            .resideInAPackage("..watcher.domain..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "dev.echelon.watcher.domain..",
                    "dev.echelon.contract",
                    "dev.echelon.contract.observation..",
                    "dev.echelon.contract.resource..");

    @ArchTest
    static final ArchRule ONLY_THE_KUBE_EDGE_KNOWS_HOW_TO_LOOK_AT_THE_HUB = classes()
            .that()
            .resideInAnyPackage("..watcher.kafka..", "..watcher.config..", "..watcher.health..", "..watcher.domain..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("io.fabric8..");
}
