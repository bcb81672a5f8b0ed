package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.Ref.action;
import static dev.echelon.e2e.parity.Ref.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 14: a CGU may be deleted in any state, and leaves nothing behind. */
class DeletionParityTest extends ParityCase {

    private Ref cgu(String name, String cluster, String policy, String more) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s, annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}}
                spec:
                  clusters: [%2$s]
                  managedPolicies: [%3$s]
                  remediationStrategy: {maxConcurrency: 1}
                """.formatted(name, cluster, policy) + more.indent(2));
        return Ref.cgu(name, name);
    }

    @Test
    void theFinalizerIsThereBeforeAnythingElse() {
        stage.rootPolicy("fin", "settings", "", Stage.template("settings"));
        Ref cgu = cgu("fin", "nobody", "settings", "enable: false");

        stage.awaits(cgu, """
                metadata: {finalizers: [ran.openshift.io/cleanup-finalizer]}
                status: {conditions: [{reason: ClusterNotFound}]}
                """);
    }

    @Test
    void whileItCannotSelectItsClusters() {
        stage.rootPolicy("del-sel", "settings", "", Stage.template("settings"));
        Ref cgu = cgu("del-sel", "nobody", "settings", "");
        stage.awaits(cgu, "status: {conditions: [{reason: ClusterNotFound}]}");

        stage.delete(cgu);

        stage.awaitGone(cgu);
    }

    @Test
    void whileItIsNotEnabled() {
        stage.clusters("del-off-a");
        stage.policy("del-off", "settings", Map.of("del-off-a", "NonCompliant"));
        Ref cgu = cgu("del-off", "del-off-a", "settings", "enable: false");
        stage.awaits(cgu, "status: {placements: [del-off-settings-placement-kuttl]}");

        stage.delete(cgu);

        stage.awaitGone(cgu);
        assertThat(stage.isThere(Ref.placement("del-off", "del-off-settings-placement-kuttl"))).isFalse();
        assertThat(stage.isThere(Ref.binding("del-off", "del-off-settings-placement-kuttl"))).isFalse();
    }

    @Test
    void whileItPrecachesTheViewsAndCreateActionsGoAndTheSpokeIsToldToCleanUp() {
        stage.clusters("del-pre-a");
        PrecacheParityTest.software(stage, "del-pre", Map.of("del-pre-a", "NonCompliant"));
        Ref cgu = cgu("del-pre", "del-pre-a", "software", "preCaching: true");
        PrecacheParityTest.runJob(stage, "del-pre-a");
        stage.awaits(cgu, "status: {precaching: {status: {del-pre-a: Active}}}");

        stage.delete(cgu);

        stage.awaitGone(cgu);
        for (String name : new String[] {"view-precache-namespace", "view-precache-spec-configmap",
                "view-precache-service-acct", "view-precache-cluster-role-binding", "view-precache-job"}) {
            assertThat(stage.isThere(view("del-pre-a", name))).as(name).isFalse();
        }
        for (String name : new String[] {"precache-ns-create", "precache-sa-create", "precache-crb-create",
                "precache-spec-cm-create", "precache-job-create"}) {
            assertThat(stage.isThere(action("del-pre-a", name))).as(name).isFalse();
        }
        assertThat(stage.isThere(action("del-pre-a", "precache-ns-delete"))).isTrue();
        assertThat(stage.isThere(action("del-pre-a", "precache-crb-delete"))).isTrue();
    }

    @Test
    void whileItBacksUp() {
        stage.clusters("del-bak-a");
        stage.policy("del-bak", "settings", Map.of("del-bak-a", "NonCompliant"));
        Ref cgu = cgu("del-bak", "del-bak-a", "settings", "backup: true");
        stage.seen(view("del-bak-a", "view-backup-namespace"), "{}");
        stage.awaitThere(action("del-bak-a", "backup-job-create"));

        stage.delete(cgu);

        stage.awaitGone(cgu);
        assertThat(stage.isThere(view("del-bak-a", "view-backup-namespace"))).isFalse();
        assertThat(stage.isThere(view("del-bak-a", "view-backup-job"))).isFalse();
        assertThat(stage.isThere(action("del-bak-a", "backup-job-create"))).isFalse();
        assertThat(stage.isThere(action("del-bak-a", "backup-ns-delete"))).isTrue();
    }

    @Test
    void whileTheRolloutRuns() {
        stage.clusters("del-run-a");
        stage.policy("del-run", "settings", Map.of("del-run-a", "NonCompliant"));
        Ref cgu = cgu("del-run", "del-run-a", "settings", "");
        stage.awaits(Ref.placement("del-run", "del-run-settings-placement-kuttl"), """
                spec: {predicates: [{requiredClusterSelector: {labelSelector: {matchExpressions: [{values: [del-run-a]}]}}}]}
                """);

        stage.delete(cgu);

        stage.awaitGone(cgu);
        assertThat(stage.isThere(Ref.placement("del-run", "del-run-settings-placement-kuttl"))).isFalse();
    }

    @Test
    void afterItsEndWhatWasKeptGoes() {
        stage.clusters("del-end-a");
        Ref policy = stage.policy("del-end", "settings", Map.of("del-end-a", "NonCompliant"));
        Ref cgu = cgu("del-end", "del-end-a", "settings", "actions: {afterCompletion: {deleteObjects: false}}");
        stage.awaits(cgu, "status: {status: {currentBatch: 1}}");
        stage.comply(policy, "del-end-a", "Compliant");
        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
        assertThat(stage.isThere(Ref.placement("del-end", "del-end-settings-placement-kuttl"))).isTrue();

        stage.delete(cgu);

        stage.awaitGone(cgu);
        assertThat(stage.isThere(Ref.placement("del-end", "del-end-settings-placement-kuttl"))).isFalse();
    }

    @Test
    void aNewCguOfTheSameNameBeginsAnew() {
        stage.clusters("del-anew-a");
        Ref policy = stage.policy("del-anew", "settings", Map.of("del-anew-a", "Compliant"));
        Ref cgu = cgu("del-anew", "del-anew-a", "settings", "");
        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
        stage.delete(cgu);
        stage.awaitGone(cgu);
        stage.comply(policy, "del-anew-a", "NonCompliant");

        cgu("del-anew", "del-anew-a", "settings", "");

        stage.awaits(cgu, """
                status:
                  clusters: null
                  status: {currentBatch: 1, completedAt: null}
                """);
    }
}
