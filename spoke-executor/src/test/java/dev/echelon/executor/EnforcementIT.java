package dev.echelon.executor;

import static dev.echelon.executor.TestHub.BINDINGS;
import static dev.echelon.executor.TestHub.PLACEMENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.PolicyPlacement;
import dev.echelon.contract.result.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** The enforcing objects on both hubs (contract 5). */
class EnforcementIT extends OnEachHub {

    private static final String CGU_LABEL = "openshift-cluster-group-upgrades/clusterGroupUpgrade";
    private static final String NAMESPACE_LABEL = "openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace";

    @BeforeParameterizedClassInvocation
    static void startExecutor() {
        fixture.hub().namespace("ztp");
        fixture.hub().namespace("shape-ns");
        fixture.startExecutor();
    }

    @Test
    void aPolicyGetsAPlacementAndABindingOfThePublishedShape() {
        CguId cgu = ExecutorFixture.cgu("shape");
        fixture.scheduler().want(new Intent.EnforcePolicies(cgu, "uid-shape/enforce/1", 1, List.of(
                placement("shape-ns", "p1", "shape-p1-placement-abcde", List.of("sno1", "sno2")))));

        Result.Enforced enforced = awaitEnforced(cgu, 1);

        assertThat(enforced.placements()).containsExactly("shape-p1-placement-abcde");
        assertThat(enforced.placementBindings()).containsExactly("shape-p1-placement-abcde");
        var placement = fixture.hub().find(PLACEMENTS, "shape-ns", "shape-p1-placement-abcde").orElseThrow();
        assertThat(placement.getMetadata().getLabels()).isEqualTo(Map.of(
                "app", "openshift-cluster-group-upgrades",
                CGU_LABEL, "shape",
                NAMESPACE_LABEL, "upgrades",
                "openshift-cluster-group-upgrades/forPolicy", "p1",
                "velero.io/exclude-from-backup", "true"));
        assertThat(placement.getMetadata().getAnnotations()).isEqualTo(Map.of(
                "cluster-group-upgrades-operator/rname", "shape-ns/shape-p1-placement"));
        assertThat(placement.<Object>get("spec")).isEqualTo(Map.of(
                "predicates", List.of(Map.of("requiredClusterSelector", Map.of("labelSelector", Map.of(
                        "matchExpressions", List.of(Map.of(
                                "key", "name", "operator", "In", "values", List.of("sno1", "sno2"))))))),
                "tolerations", List.of(
                        Map.of("key", "cluster.open-cluster-management.io/unavailable", "operator", "Exists"),
                        Map.of("key", "cluster.open-cluster-management.io/unreachable", "operator", "Exists"))));
        var binding = fixture.hub().find(BINDINGS, "shape-ns", "shape-p1-placement-abcde").orElseThrow();
        assertThat(binding.getMetadata().getLabels()).isEqualTo(Map.of(
                "app", "openshift-cluster-group-upgrades",
                CGU_LABEL, "shape",
                NAMESPACE_LABEL, "upgrades",
                "velero.io/exclude-from-backup", "true"));
        assertThat(binding.getMetadata().getAnnotations()).isEqualTo(placement.getMetadata().getAnnotations());
        assertThat(binding.<Object>get("subFilter")).isEqualTo("restricted");
        assertThat(binding.<Object>get("bindingOverrides")).isEqualTo(Map.of("remediationAction", "enforce"));
        assertThat(binding.<Object>get("placementRef")).isEqualTo(Map.of(
                "apiGroup", "cluster.open-cluster-management.io", "kind", "Placement",
                "name", "shape-p1-placement-abcde"));
        assertThat(binding.<Object>get("subjects")).isEqualTo(List.of(Map.of(
                "apiGroup", "policy.open-cluster-management.io", "kind", "Policy", "name", "p1")));
    }

    @Test
    void aNewBatchCostsOneRequestForEachPlacementThatDiffers() {
        CguId cgu = ExecutorFixture.cgu("frugal");
        fixture.scheduler().want(enforce(cgu, 1, List.of(), List.of()));
        awaitEnforced(cgu, 1);
        Map<String, Integer> before = fixture.requests();

        fixture.scheduler().want(enforce(cgu, 2, List.of("sno1"), List.of()));
        awaitEnforced(cgu, 2);
        fixture.scheduler().want(enforce(cgu, 3, List.of("sno1"), List.of("sno1")));
        awaitEnforced(cgu, 3);

        assertThat(requestsSince(before)).isEqualTo(Map.of("patch placements", 2));
    }

    @Test
    void intentsThatComeTogetherAreCarriedOutAsTheNewest() {
        CguId cgu = ExecutorFixture.cgu("coalesced");
        fixture.scheduler().want(enforce(cgu, 1, List.of(), List.of()));
        awaitEnforced(cgu, 1);
        Map<String, Integer> before = fixture.requests();

        for (int revision = 2; revision <= 40; revision++) {
            fixture.scheduler().want(enforce(cgu, revision, List.of("sno" + revision), List.of()));
        }
        awaitEnforced(cgu, 40);

        assertThat(requestsSince(before).get("patch placements")).isLessThan(20);
        assertThat(values("coalesced-p1-placement-abcde")).containsExactly("sno40");
    }

    @Test
    void whatSomebodyElseChangesIsPutRight() {
        CguId cgu = ExecutorFixture.cgu("drift");
        fixture.scheduler().want(enforce(cgu, 1, List.of("sno1"), List.of()));
        awaitEnforced(cgu, 1);

        fixture.hub().client().genericKubernetesResources(PLACEMENTS)
                .inNamespace("ztp").withName("drift-p1-placement-abcde").delete();

        await("the placement is there again").atMost(Duration.ofSeconds(120)).until(() ->
                fixture.hub().find(PLACEMENTS, "ztp", "drift-p1-placement-abcde").isPresent());
        assertThat(values("drift-p1-placement-abcde")).containsExactly("sno1");
    }

    @Test
    void aStaleDuplicateIsDeletedAndOneOfTheRightNameIsAdopted() {
        CguId cgu = ExecutorFixture.cgu("stale");
        fixture.scheduler().want(new Intent.EnforcePolicies(cgu, "uid-stale/enforce/1", 1, List.of(
                placement("ztp", "p1", "stale-p1-placement-old", List.of("sno1")))));
        awaitEnforced(cgu, 1);

        fixture.scheduler().want(new Intent.EnforcePolicies(cgu, "uid-stale/enforce/1", 2, List.of(
                placement("ztp", "p1", "stale-p1-placement-new", List.of("sno1")))));
        awaitEnforced(cgu, 2);

        assertThat(fixture.hub().names(PLACEMENTS, "ztp")).contains("stale-p1-placement-new")
                .doesNotContain("stale-p1-placement-old");
        assertThat(fixture.hub().names(BINDINGS, "ztp")).contains("stale-p1-placement-new")
                .doesNotContain("stale-p1-placement-old");
    }

    @Test
    void stoppingDeletesOnlyThisCgusObjects() {
        CguId stopped = ExecutorFixture.cgu("stopped");
        CguId other = ExecutorFixture.cgu("other");
        fixture.scheduler().want(enforce(stopped, 1, List.of("sno1"), List.of()));
        fixture.scheduler().want(enforce(other, 1, List.of("sno1"), List.of()));
        awaitEnforced(stopped, 1);
        awaitEnforced(other, 1);

        fixture.scheduler().want(new Intent.StopEnforcing(stopped, "uid-stopped/stop/1", List.of("ztp")));
        fixture.scheduler().awaitResult("the enforcement has stopped", Result.EnforcementStopped.class,
                result -> result.cgu().equals(stopped));

        assertThat(fixture.hub().names(PLACEMENTS, "ztp"))
                .contains("other-p1-placement-abcde").noneMatch(name -> name.startsWith("stopped-"));
        assertThat(fixture.hub().names(BINDINGS, "ztp"))
                .contains("other-p1-placement-abcde").noneMatch(name -> name.startsWith("stopped-"));
    }

    @Test
    void aPoisonRecordGoesToTheDeadLettersAndTheNextOneIsCarriedOut() {
        CguId cgu = ExecutorFixture.cgu("poison");
        fixture.scheduler().write(Intent.hubKey(cgu), "{\"schemaVersion\": 1, \"intent\": 7}".getBytes());
        fixture.scheduler().want(enforce(cgu, 1, List.of(), List.of()));

        awaitEnforced(cgu, 1);

        await("the dead letter").atMost(Duration.ofSeconds(120)).untilAsserted(() ->
                assertThat(fixture.scheduler().deadLetters()).anyMatch(letter ->
                        letter.toString().contains(Intent.hubKey(cgu))));
    }

    private static Intent.EnforcePolicies enforce(CguId cgu, long revision, List<String> first, List<String> second) {
        return new Intent.EnforcePolicies(cgu, "uid-" + cgu.name() + "/enforce/1", revision, List.of(
                placement("ztp", "p1", cgu.name() + "-p1-placement-abcde", first),
                placement("ztp", "p2", cgu.name() + "-p2-placement-abcde", second)));
    }

    private static PolicyPlacement placement(String namespace, String policy, String safeName, List<String> clusters) {
        return new PolicyPlacement(
                namespace, policy, safeName.substring(0, safeName.lastIndexOf('-')), safeName, clusters);
    }

    private static Result.Enforced awaitEnforced(CguId cgu, long revision) {
        return fixture.scheduler().awaitResult("revision " + revision + " of " + cgu + " enforced",
                Result.Enforced.class, result -> result.cgu().equals(cgu) && result.revision() == revision);
    }

    private static List<String> values(String placement) {
        return fixture.hub().find(PLACEMENTS, "ztp", placement).orElseThrow().get(
                "spec", "predicates", 0, "requiredClusterSelector", "labelSelector", "matchExpressions", 0, "values");
    }

    private static Map<String, Integer> requestsSince(Map<String, Integer> before) {
        Map<String, Integer> since = new java.util.TreeMap<>(fixture.requests());
        before.forEach((request, count) -> since.merge(request, -count, Integer::sum));
        since.values().removeIf(count -> count == 0);
        return since;
    }
}
