package dev.echelon.executor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.PolicyPlacement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 5: what is written, and above all what is not. */
class EnforcementTest {

    private static final CguId CGU = new CguId("upgrades", "du");

    @Test
    void whatIsRightIsNotTouched() {
        PolicyPlacement policy = policy("p1", "du-p1-x", List.of("sno1"));
        List<SeenObject> right = List.of(
                seen(Enforcement.placement(CGU, policy)), seen(Enforcement.binding(CGU, policy)));

        assertThat(Enforcement.enforce(intent(policy), right)).isEmpty();
    }

    @Test
    void fieldsThatTheHubHasAddedDoNotMatter() {
        PolicyPlacement policy = policy("p1", "du-p1-x", List.of("sno1"));
        HubObject placement = Enforcement.placement(CGU, policy);
        Map<String, Object> content = new HashMap<>(placement.content());
        content.put("status", Map.of("numberOfSelectedClusters", 1));
        SeenObject withStatus = new SeenObject(placement.kind(), "ztp", placement.name(), "1", "7", false,
                placement.labels(), placement.annotations(), content);

        assertThat(Enforcement.enforce(intent(policy), List.of(withStatus, seen(Enforcement.binding(CGU, policy)))))
                .isEmpty();
    }

    @Test
    void onlyThePlacementWhoseClustersChangeIsWritten() {
        PolicyPlacement first = policy("p1", "du-p1-x", List.of("sno1"));
        PolicyPlacement second = policy("p2", "du-p2-x", List.of());
        List<SeenObject> existing = List.of(
                seen(Enforcement.placement(CGU, first)), seen(Enforcement.binding(CGU, first)),
                seen(Enforcement.placement(CGU, second)), seen(Enforcement.binding(CGU, second)));

        List<Change> changes = Enforcement.enforce(
                intent(policy("p1", "du-p1-x", List.of("sno1", "sno2")), second), existing);

        assertThat(changes).singleElement().isEqualTo(new Change.Align(
                Enforcement.placement(CGU, policy("p1", "du-p1-x", List.of("sno1", "sno2")))));
    }

    @Test
    void anObjectThatIsBeingDeletedIsNotRight() {
        PolicyPlacement policy = policy("p1", "du-p1-x", List.of());
        HubObject placement = Enforcement.placement(CGU, policy);
        SeenObject going = new SeenObject(placement.kind(), "ztp", placement.name(), "1", "7", true,
                placement.labels(), placement.annotations(), placement.content());

        assertThat(Enforcement.enforce(intent(policy), List.of(going, seen(Enforcement.binding(CGU, policy)))))
                .containsExactly(new Change.Align(placement));
    }

    @Test
    void staleDuplicatesAndPoliciesThatLeftAreDeletedInAllNamespaces() {
        PolicyPlacement policy = policy("p1", "du-p1-new", List.of());
        SeenObject duplicate = seen(Enforcement.placement(CGU, policy("p1", "du-p1-old", List.of())));
        SeenObject left = seen(Enforcement.binding(
                CGU, new PolicyPlacement("other-ns", "p9", "du-p9-placement", "du-p9-x", List.of())));

        List<Change> changes = Enforcement.enforce(intent(policy), List.of(
                seen(Enforcement.placement(CGU, policy)), seen(Enforcement.binding(CGU, policy)), duplicate, left));

        assertThat(changes).containsExactlyInAnyOrder(
                new Change.Delete(HubKind.PLACEMENT, "ztp", "du-p1-old"),
                new Change.Delete(HubKind.BINDING, "other-ns", "du-p9-x"));
    }

    @Test
    void stoppingDeletesBindingsFirstAndOnlyInTheNamedNamespaces() {
        PolicyPlacement here = policy("p1", "du-p1-x", List.of("sno1"));
        PolicyPlacement elsewhere = new PolicyPlacement("other-ns", "p2", "d", "du-p2-x", List.of());

        List<Change> changes = Enforcement.stop(new Intent.StopEnforcing(CGU, "uid/stop/1", List.of("ztp")), List.of(
                seen(Enforcement.placement(CGU, here)), seen(Enforcement.binding(CGU, here)),
                seen(Enforcement.placement(CGU, elsewhere))));

        assertThat(changes).containsExactly(
                new Change.Delete(HubKind.BINDING, "ztp", "du-p1-x"),
                new Change.Delete(HubKind.PLACEMENT, "ztp", "du-p1-x"));
    }

    @Test
    void theOwnerIsTheCguOfBothLabels() {
        Map<String, String> labels = Enforcement.placement(CGU, policy("p1", "x", List.of())).labels();

        assertThat(CguLabels.owner(labels)).contains(CGU);
        assertThat(CguLabels.owner(Map.of(CguLabels.CGU, "du"))).isEmpty();
    }

    private static Intent.EnforcePolicies intent(PolicyPlacement... policies) {
        return new Intent.EnforcePolicies(CGU, "uid/enforce/1", 1, List.of(policies));
    }

    private static PolicyPlacement policy(String name, String safeName, List<String> clusters) {
        return new PolicyPlacement("ztp", name, "du-" + name + "-placement", safeName, clusters);
    }

    private static SeenObject seen(HubObject object) {
        return new SeenObject(object.kind(), object.namespace(), object.name(), "1", "7", false,
                object.labels(), object.annotations(), object.content());
    }
}
