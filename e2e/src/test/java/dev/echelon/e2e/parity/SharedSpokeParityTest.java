package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.PrecacheParityTest.SELECTED;
import static dev.echelon.e2e.parity.PrecacheParityTest.SPEC_VALID;
import static dev.echelon.e2e.parity.PrecacheParityTest.VALIDATED;
import static dev.echelon.e2e.parity.Ref.view;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 17 row 8: two CGUs on one spoke. */
class SharedSpokeParityTest extends ParityCase {

    private static final String CACHED =
            "PrecachingSuceeded=True PrecachingCompleted: Precaching is completed for all clusters";
    private static final String NOT_ENABLED = "Progressing=False NotEnabled: Not enabled";

    private Ref cgu(String name) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata:
                  name: %1$s
                  namespace: both
                  annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}
                spec:
                  enable: false
                  preCaching: true
                  clusters: [both-a]
                  managedPolicies: [%1$s]
                  remediationStrategy: {maxConcurrency: 1}
                """.formatted(name));
        return Ref.cgu("both", name);
    }

    private void awaitState(Ref cgu, String state) {
        stage.awaits(cgu, "status: {precaching: {status: {both-a: %s}}}".formatted(state));
    }

    private void awaitEnforced(String policy, String values) {
        stage.awaits(Ref.placement("both", policy + "-" + policy + "-placement-kuttl"), """
                spec:
                  predicates:
                    - requiredClusterSelector: {labelSelector: {matchExpressions: [{key: name, values: %s}]}}
                """.formatted(values));
    }

    @Test
    void itIsPrecachedForOneAfterTheOtherAndEnforcedSideBySide() {
        stage.clusters("both-a");
        Ref firstPolicy = PrecacheParityTest.software(stage, "both", "first", Map.of("both-a", "NonCompliant"));
        Ref secondPolicy = PrecacheParityTest.software(stage, "both", "second", Map.of("both-a", "NonCompliant"));
        Ref first = cgu("first");
        awaitState(first, "PreparingToStart");
        Ref second = cgu("second");
        stage.awaitConditions(second, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=False InProgress: Precaching in progress for 1 clusters");
        awaitState(second, "NotStarted");

        PrecacheParityTest.runJob(stage, "both-a");
        awaitState(first, "Active");
        awaitState(second, "NotStarted");
        stage.seen(view("both-a", "view-precache-job"), "status: {succeeded: 1}");
        stage.awaitConditions(first, SELECTED, VALIDATED, SPEC_VALID, CACHED, NOT_ENABLED);
        awaitState(second, "PreparingToStart");
        PrecacheParityTest.runJob(stage, "both-a");
        awaitState(second, "Active");
        stage.seen(view("both-a", "view-precache-job"), "status: {succeeded: 1}");
        stage.awaitConditions(second, SELECTED, VALIDATED, SPEC_VALID, CACHED, NOT_ENABLED);

        stage.patch(first, "spec: {enable: true}");
        awaitEnforced("first", "[both-a]");
        stage.patch(second, "spec: {enable: true}");
        awaitEnforced("second", "[both-a]");
        stage.comply(secondPolicy, "both-a", "Compliant");
        stage.awaitTrue("the end", () -> stage.get(second).at("/status/status").has("completedAt"));
        awaitEnforced("first", "[both-a]");
        stage.comply(firstPolicy, "both-a", "Compliant");
        stage.awaitTrue("the end", () -> stage.get(first).at("/status/status").has("completedAt"));
    }
}
