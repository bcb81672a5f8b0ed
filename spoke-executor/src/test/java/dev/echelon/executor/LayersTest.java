package dev.echelon.executor;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.echelon.contract.telemetry.Traces;
import org.junit.jupiter.api.Test;

/**
 * Which package may know what. Before you widen a rule: what {@code domain} decides and what {@code work} orders is
 * tested without a hub and without a broker, and that only holds as long as neither needs one. {@link Traces} is
 * allowed beside the domain: it needs neither, and does nothing where nobody wants traces.
 */
class LayersTest {

    private static final JavaClasses EXECUTOR = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.echelon.executor");

    @Test
    void theDomainKnowsOnlyJavaAndTheContract() {
        classes().that().resideInAPackage("..executor.domain..")
                .should().onlyDependOnClassesThat().resideInAnyPackage(
                        "java..", "dev.echelon.executor.domain..", "dev.echelon.contract",
                        "dev.echelon.contract.intent..", "dev.echelon.contract.result..",
                        "dev.echelon.contract.resource..", "dev.echelon.contract.audit..")
                .check(EXECUTOR);
    }

    @Test
    void theWorkersKnowNeitherKafkaNorTheHubsClient() {
        classes().that().resideInAPackage("..executor.work..")
                .should().onlyDependOnClassesThat(resideInAnyPackage(
                        "java..", "dev.echelon.executor.work..", "dev.echelon.executor.domain..",
                        "dev.echelon.contract", "dev.echelon.contract.intent..", "dev.echelon.contract.result..",
                        "dev.echelon.contract.audit..", "io.opentelemetry..")
                        .or(equivalentTo(Traces.class)))
                .check(EXECUTOR);
    }

    @Test
    void theEdgesDoNotKnowEachOther() {
        noClasses().that().resideInAPackage("..executor.kube..")
                .should().dependOnClassesThat().resideInAnyPackage(
                        "..executor.kafka..", "dev.echelon.contract.kafka..", "org.apache.kafka..")
                .check(EXECUTOR);
        noClasses().that().resideInAPackage("..executor.kafka..")
                .should().dependOnClassesThat().resideInAnyPackage("..executor.kube..", "io.fabric8..")
                .check(EXECUTOR);
    }
}
