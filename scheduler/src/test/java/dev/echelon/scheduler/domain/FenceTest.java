package dev.echelon.scheduler.domain;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * You are about to let the domain know something else than java and the contract. Think again: what it needs from outside
 * is a value in an input or an argument, what it wants outside is a fact or an intent. If it really cannot be said that
 * way, the model is wrong, not this fence.
 */
class FenceTest {

    private static final JavaClasses DOMAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.echelon.scheduler.domain");

    @Test
    void theDomainKnowsJavaAndTheContractOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "dev.echelon.scheduler.domain..",
                        "dev.echelon.contract",
                        "dev.echelon.contract.audit..",
                        "dev.echelon.contract.command..",
                        "dev.echelon.contract.intent..",
                        "dev.echelon.contract.observation..",
                        "dev.echelon.contract.resource..",
                        "dev.echelon.contract.result..")
                .check(DOMAIN);
    }

    @Test
    void theDomainDoesNotLookAtTheClock() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(DOMAIN);
    }
}
