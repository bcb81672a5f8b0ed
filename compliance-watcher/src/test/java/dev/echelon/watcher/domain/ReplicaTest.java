package dev.echelon.watcher.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract 3.1. */
class ReplicaTest {

    private static final PolicyKey ROOT = new PolicyKey("ztp", "du.config");

    @Test
    void theRootIsInTheNameUpToTheFirstDot() {
        assertThat(Replica.rootOf("ztp.du.config", Map.of())).contains(ROOT);
    }

    @Test
    void aNameWithoutADotAndALeftOverCopyCountForNothing() {
        assertThat(Replica.rootOf("ztp", Map.of())).isEmpty();
        assertThat(Replica.rootOf("ztp.du", Map.of(Replica.ROLLOUT_LABEL, ""))).isEmpty();
    }

    @Test
    void theLabelKeyMakesAReplicaWhateverItsValue() {
        assertThat(Replica.isReplicated(Map.of(Replica.ROOT_POLICY_LABEL, ""))).isTrue();
        assertThat(Replica.isReplicated(Map.of("root-policy", "x"))).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"enforce, true", "ENFORCE, true", "inform, false"})
    void enforceIsComparedInAnyCase(String action, boolean enforce) {
        assertThat(Replica.read("sno1", ROOT, Map.of("remediationAction", action)).enforce()).isEqualTo(enforce);
    }

    @Test
    void aHubTemplateIsFoundAnywhereInAnObjectDefinitionAndNowhereElse() {
        assertThat(withTemplate(Map.of("objectDefinition", Map.of("spec", List.of("a {{hub .x hub}}"))))
                        .badHubTemplate())
                .isTrue();
        assertThat(withTemplate(Map.of("objectDefinition", Map.of("{{hubkey", 1))).badHubTemplate()).isTrue();
        assertThat(withTemplate(Map.of("objectDefinition", Map.of("a", "{{ hub"))).badHubTemplate()).isFalse();
        assertThat(withTemplate(Map.of("extraDependencies", "{{hub")).badHubTemplate()).isFalse();
        assertThat(Replica.read("sno1", ROOT, Map.of()).badHubTemplate()).isFalse();
    }

    private static Replica withTemplate(Map<String, Object> template) {
        return Replica.read("sno1", ROOT, Map.of("policy-templates", List.of(template)));
    }
}
