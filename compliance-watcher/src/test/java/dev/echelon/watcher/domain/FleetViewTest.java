package dev.echelon.watcher.domain;

import static dev.echelon.watcher.Upgrades.beforeStart;
import static dev.echelon.watcher.Upgrades.completed;
import static dev.echelon.watcher.Upgrades.deleting;
import static dev.echelon.watcher.Upgrades.inProgress;
import static dev.echelon.watcher.Upgrades.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.watcher.QuestionsAsked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetViewTest {

    private static final CguId CGU = new CguId("ns", "cu");
    private static final PolicyKey POLICY = new PolicyKey("ztp", "p");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Set<CguId> concerned = new LinkedHashSet<>();
    private final FleetView view = new FleetView(concerned::add, new QuestionsAsked());

    @ParameterizedTest(name = "root {0}, replica {1}, foreign binding {2}: enforced {3}")
    @CsvSource({
        "inform,  inform,  false, false",
        "inform,  enforce, false, false",
        "inform,  enforce, true,  true",
        "inform,  inform,  true,  false",
        "enforce, enforce, false, true",
        "enforce, inform,  false, true"
    })
    void aReplicaInEnforceIsBelievedOnlyWithTheRootOrAForeignBinding(
            String root, String replica, boolean binding, boolean enforced) {
        clusters("a");
        root(POLICY, root, Map.of("a", "NonCompliant"));
        view.apply(new HubChange.ReplicaSeen(new Replica("a", POLICY, replica.equals("enforce"), false)));
        if (binding) {
            view.apply(new HubChange.BindingSeen(new PolicyKey("ztp", "theirs"), Set.of("p")));
        }
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));

        ObservedPolicy policy = fleet().policies().getFirst();
        assertThat(policy.enforced()).isEqualTo(enforced);
        assertThat(policy.namespaces()).isEqualTo(enforced ? List.of() : List.of("ztp"));
    }

    @Test
    void aBindingInAnotherNamespaceEnforcesNothingHere() {
        clusters("a");
        root(POLICY, "inform", Map.of());
        view.apply(new HubChange.ReplicaSeen(new Replica("a", POLICY, true, false)));
        view.apply(new HubChange.BindingSeen(new PolicyKey("elsewhere", "theirs"), Set.of("p")));
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));

        assertThat(fleet().policies().getFirst().enforced()).isFalse();
    }

    @Test
    void aRootThatIsReplicatedToNoSelectedClusterIsNotFound() {
        clusters("a", "b");
        root(POLICY, "inform", Map.of("a", "NonCompliant"));
        view.apply(new HubChange.ReplicaSeen(new Replica("b", POLICY, false, false)));
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));

        assertThat(fleet().policies()).containsExactly(new ObservedPolicy("p", List.of(), false, null));
    }

    @Test
    void aNameInTwoNamespacesIsReportedWithBothAndNoRoot() {
        clusters("a", "b");
        root(POLICY, "inform", Map.of());
        view.apply(new HubChange.ReplicaSeen(new Replica("a", POLICY, false, false)));
        view.apply(new HubChange.ReplicaSeen(new Replica("b", new PolicyKey("abc", "p"), false, false)));
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a", "b"), List.of("p"))));

        assertThat(fleet().policies()).containsExactly(new ObservedPolicy("p", List.of("abc", "ztp"), false, null));
    }

    @Test
    void aHubTemplateThatWasNotResolvedIsADefectOfTheRoot() {
        clusters("a");
        root(POLICY, "inform", Map.of());
        view.apply(new HubChange.ReplicaSeen(new Replica("a", POLICY, false, true)));
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));

        assertThat(fleet().policies().getFirst().root().defect()).startsWith("policy has hub template error");
    }

    @Test
    void policiesAreReportedOnceEachInTheOrderOfTheSpec() {
        clusters("a");
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("q", "p", "q"))));

        assertThat(fleet().policies()).extracting(ObservedPolicy::name).containsExactly("q", "p");
    }

    @Test
    void anUpgradeIsToldOnlyWhatIsNews() {
        clusters("a");
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));
        fleet();

        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));
        view.apply(new HubChange.ClusterSeen("a", Map.of("heart", "beat")));
        root(new PolicyKey("ztp", "other"), "inform", Map.of("a", "Compliant"));
        assertThat(concerned).isEmpty();

        // It is looked at, because the name is the upgrade's; but without a replica there is no news.
        root(POLICY, "inform", Map.of("a", "Compliant"));
        assertThat(concerned).containsExactly(CGU);
        assertThat(view.observe(CGU, NOW)).isEmpty();
    }

    @Test
    void aNewGenerationIsToldEvenIfNothingElseIsNews() {
        clusters("a");
        view.apply(beforeStart("ns", "cu", 1, spec(List.of("a"), List.of("p"))));
        fleet();

        view.apply(beforeStart("ns", "cu", 2, spec(List.of("a"), List.of("p"))));

        assertThat(fleet().generation()).isEqualTo(2);
    }

    @Test
    void afterTheStartOnlyThePlanCountsAndNotTheSelectors() {
        clusters("a", "b", "c");
        root(POLICY, "inform", Map.of("a", "NonCompliant", "b", "NonCompliant"));
        view.apply(running(List.of("a", "b")));
        assertThat(compliance().clusters()).containsOnlyKeys("a", "b");

        view.apply(new HubChange.ClusterGone("a"));
        root(POLICY, "inform", Map.of("a", "Compliant", "b", "NonCompliant", "c", "Compliant"));

        assertThat(compliance().clusters()).isEqualTo(Map.of("a", Map.of("p", Compliance.COMPLIANT)));
    }

    @Test
    void aPolicyOfTheSameNameInAnotherNamespaceConcernsNobodyInProgress() {
        clusters("a");
        root(POLICY, "inform", Map.of("a", "NonCompliant"));
        view.apply(running(List.of("a")));
        compliance();

        root(new PolicyKey("other", "p"), "inform", Map.of("a", "Compliant"));

        assertThat(concerned).isEmpty();
    }

    @Test
    void aRootThatIsGoneIsLeftOutAndOneWithoutStatusIsNonCompliant() {
        clusters("a");
        root(POLICY, "inform", Map.of("a", "Compliant"));
        view.apply(running(List.of("a")));
        compliance();

        view.apply(new HubChange.RootPolicyGone(POLICY));
        assertThat(compliance().clusters()).isEqualTo(Map.of("a", Map.of()));

        root(POLICY, "inform", null);
        assertThat(compliance().clusters()).isEqualTo(Map.of("a", Map.of("p", Compliance.NON_COMPLIANT)));
    }

    @Test
    void anUpgradeThatEndedOrIsDeletedOrGoneIsToldNothing() {
        clusters("a");
        ClusterGroupUpgrade waiting = beforeStart("ns", "cu", 1, spec(List.of("a"), List.of()));
        ClusterGroupUpgrade done = completed("ns", "cu", spec(List.of("a"), List.of()));
        for (ClusterGroupUpgrade end : List.of(done, deleting(waiting))) {
            view.apply(waiting);
            view.apply(end);
            assertThat(view.observe(CGU, NOW)).isEmpty();
        }
        view.apply(waiting);
        view.forget(CGU);
        assertThat(view.observe(CGU, NOW)).isEmpty();
        assertThat(view.upgrades()).isZero();
    }

    @Test
    void aLargePlanIsToldInParts() {
        List<String> plan = IntStream.range(0, 2_500).mapToObj(i -> "c" + i).toList();
        view.apply(running(plan));

        List<Integer> sizes = new ArrayList<>();
        Set<String> clusters = new HashSet<>();
        while (!concerned.isEmpty()) {
            ComplianceSnapshot part = compliance();
            sizes.add(part.clusters().size());
            clusters.addAll(part.clusters().keySet());
        }

        assertThat(sizes).containsExactly(1_000, 1_000, 500);
        assertThat(clusters).hasSize(2_500);
    }

    @Test
    void theSoakOfAPolicyIsToldInTheRolloutAndAgainWhenItIsAnother() {
        view.apply(new HubChange.RootPolicySeen(POLICY, soaking(90)));
        view.apply(running(List.of("a", "b")));
        assertThat(compliance().soakSeconds()).containsExactly(Map.entry("p", 90));

        view.apply(new HubChange.RootPolicySeen(POLICY, soaking(30)));
        ComplianceSnapshot again = compliance();
        assertThat(again.soakSeconds()).containsExactly(Map.entry("p", 30));
        assertThat(again.clusters()).containsOnlyKeys("a", "b");

        view.apply(new HubChange.RootPolicySeen(POLICY, soaking(null)));
        assertThat(compliance().soakSeconds()).isEmpty();
    }

    private static RootPolicyReading soaking(Integer seconds) {
        return new RootPolicyReading(
                PolicyInspection.inspect(Map.of("remediationAction", "inform"), text -> null),
                seconds,
                ComplianceReading.read(null));
    }

    @Test
    void oneInProgressWithoutAPlanIsLookedAtAsBeforeItsStart() {
        clusters("a");
        view.apply(inProgress("ns", "cu", spec(List.of("a"), List.of("p")), List.of(), List.of()));

        assertThat(fleet().selection().clusters()).containsExactly("a");
    }

    @Test
    void aChangeConcernsOnlyThoseThatLookAtTheClusterAndThePolicy() {
        List<String> fleet = IntStream.range(0, 1_000).mapToObj(i -> "c" + i).toList();
        clusters(fleet.toArray(String[]::new));
        root(POLICY, "inform", Map.of("c7", "NonCompliant"));
        for (String cluster : fleet) {
            view.apply(beforeStart("ns", "of-" + cluster, 1, spec(List.of(cluster), List.of("p"))));
        }
        concerned.forEach(cgu -> view.observe(cgu, NOW));
        concerned.clear();

        root(POLICY, "inform", Map.of("c7", "Compliant"));

        assertThat(concerned).containsExactly(new CguId("ns", "of-c7"));
    }

    private FleetSnapshot fleet() {
        return observed(FleetSnapshot.class);
    }

    private ComplianceSnapshot compliance() {
        return observed(ComplianceSnapshot.class);
    }

    private <T extends Observation> T observed(Class<T> type) {
        assertThat(concerned).containsExactly(CGU);
        concerned.clear();
        List<T> observations = view.observe(CGU, NOW).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
        assertThat(observations).hasSize(1);
        return observations.getFirst();
    }

    private ClusterGroupUpgrade running(List<String> plan) {
        return inProgress(
                "ns", "cu", spec(plan, List.of("p")), List.of(plan), List.of(new PolicyRef("p", "ztp")));
    }

    private void clusters(String... names) {
        for (String name : names) {
            view.apply(new HubChange.ClusterSeen(name, Map.of()));
        }
    }

    private void root(PolicyKey policy, String action, Map<String, String> compliance) {
        view.apply(new HubChange.RootPolicySeen(
                policy,
                new RootPolicyReading(
                        PolicyInspection.inspect(Map.of("remediationAction", action), text -> null),
                        null,
                        ComplianceReading.read(compliance == null
                                ? null
                                : compliance.entrySet().stream()
                                        .map(e -> new ComplianceReading.Entry(e.getKey(), e.getValue()))
                                        .toList()))));
    }
}
