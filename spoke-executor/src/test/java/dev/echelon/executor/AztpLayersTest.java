package dev.echelon.executor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What is handed over by accelerated ZTP is decided without a hub. */
class AztpLayersTest {

    @Test
    void theDomainOfAcceleratedZtpKnowsOnlyJavaAndTheExecutorsDomain() {
        classes().that().resideInAPackage("..executor.aztp.domain..")
                .should().onlyDependOnClassesThat().resideInAnyPackage(
                        "java..", "dev.echelon.executor.aztp.domain..", "dev.echelon.executor.domain..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.echelon.executor"));
    }
}
