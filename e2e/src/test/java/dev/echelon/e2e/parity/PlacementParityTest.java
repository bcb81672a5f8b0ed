package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.PrecacheParityTest.SELECTED;
import static dev.echelon.e2e.parity.PrecacheParityTest.VALIDATED;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 5.4: a Placement that cannot select. */
class PlacementParityTest extends ParityCase {

    @Test
    void aNamespaceWithoutASetBindingIsSaidUntilItHasOne() {
        Ref cgu = Ref.cgu("bind", "bind");
        Ref placement = Ref.placement("bind", "bind-settings-placement-kuttl");
        stage.clusters("bind-a", "bind-b");
        stage.policy("bind", "settings", Map.of("bind-a", "NonCompliant", "bind-b", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: bind, namespace: bind, annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}}
                spec:
                  clusters: [bind-a, bind-b]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 1}
                """);
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=True InProgress: Remediating non-compliant policies");

        satisfied(placement, "False", "NoManagedClusterSetBindings");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, "Progressing=True WaitingForPlacement: Placement"
                + " \"bind-settings-placement-kuttl\" in namespace \"bind\" cannot select clusters: No valid"
                + " ManagedClusterSetBindings found in placement namespace. Create a ManagedClusterSetBinding for the"
                + " \"default\" ManagedClusterSet in the policy namespace.");

        satisfied(placement, "False", "NoManagedClusterMatched");
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=True InProgress: Remediating non-compliant policies");
    }

    private void satisfied(Ref placement, String status, String reason) {
        stage.patchStatus(placement, """
                status:
                  numberOfSelectedClusters: 0
                  conditions:
                    - {type: PlacementSatisfied, status: "%s", reason: %s, message: No valid ManagedClusterSetBindings found in placement namespace, lastTransitionTime: "2025-01-10T08:00:00Z"}
                """.formatted(status, reason));
    }
}
