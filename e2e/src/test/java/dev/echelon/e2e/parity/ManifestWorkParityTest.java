package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.PrecacheParityTest.SELECTED;
import static dev.echelon.e2e.parity.Ref.work;

import org.junit.jupiter.api.Test;

/** Contract 13: rollouts of manifest works. */
class ManifestWorkParityTest extends ParityCase {

    private static final String VALIDATED = "Validated=True ValidationCompleted: Completed validation";

    private void template(String namespace, String name, String annotations) {
        stage.create("""
                apiVersion: work.open-cluster-management.io/v1alpha1
                kind: ManifestWorkReplicaSet
                metadata: {name: %2$s, namespace: %1$s, annotations: {%3$s}}
                spec:
                  manifestWorkTemplate:
                    workload:
                      manifests:
                        - apiVersion: v1
                          kind: ConfigMap
                          metadata: {name: %2$s, namespace: default}
                          data: {from: %2$s}
                  placementRefs: [{name: nowhere}]
                """.formatted(namespace, name, annotations));
    }

    private Ref cgu(String name, String clusters, String templates) {
        return cgu(name, clusters, templates, "");
    }

    private Ref cgu(String name, String clusters, String templates, String more) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s, annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}}
                spec:
                  clusters: [%2$s]
                  manifestWorkTemplates: [%3$s]
                  remediationStrategy: {maxConcurrency: 1, timeout: 1}
                """.formatted(name, clusters, templates) + more.indent(2));
        return Ref.cgu(name, name);
    }

    private void available(Ref work) {
        stage.awaitThere(work);
        stage.patchStatus(work, """
                status:
                  conditions:
                    - {type: Applied, status: "True", reason: AppliedManifestWorkComplete, message: "", lastTransitionTime: "2025-01-10T08:00:00Z"}
                    - {type: Available, status: "True", reason: ResourcesAvailable, message: "", lastTransitionTime: "2025-01-10T08:00:00Z"}
                """);
    }

    @Test
    void missingTemplatesAreNamedWithoutATrailingSpace() {
        stage.clusters("mwm-a");
        template("mwm", "one", "");
        Ref cgu = cgu("mwm", "mwm-a", "none, one, nil");

        stage.awaitConditions(cgu, SELECTED,
                "Validated=False NotAllManifestTemplatesExist: Missing manifest templates: [none nil]");
    }

    @Test
    void oneWorkAfterTheOtherIsRolledOutClusterByCluster() {
        stage.clusters("mw-a", "mw-b");
        template("mw", "one", "openshift-cluster-group-upgrades/expectedValues: "
                + "'[{\"manifestIndex\":0,\"name\":\"isReady\",\"value\":\"True\"}]'");
        template("mw", "two", "");
        Ref cgu = cgu("mw", "mw-a, mw-b", "one, two");

        stage.awaitConditions(cgu, SELECTED, VALIDATED, "Progressing=True InProgress: Rolling out manifestworks");
        stage.awaits(cgu, """
                status:
                  remediationPlan: [[mw-a], [mw-b]]
                  status:
                    currentBatch: 1
                    currentBatchRemediationProgress: {mw-a: {state: InProgress, manifestWorkIndex: 0, policyIndex: null}}
                  safeResourceNames: {/mw.one: mw.one-kuttl}
                """);
        stage.awaits("""
                kind: ManifestWork
                metadata:
                  name: mw.one-kuttl
                  namespace: mw-a
                  labels:
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: mw
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: mw
                  annotations:
                    openshift-cluster-group-upgrades/expectedValues: '[{"manifestIndex":0,"name":"isReady","value":"True"}]'
                spec:
                  workload:
                    manifests:
                      - {apiVersion: v1, kind: ConfigMap, metadata: {name: one, namespace: default}, data: {from: one}}
                """);
        available(work("mw-a", "mw.one-kuttl"));
        stage.patchStatus(work("mw-a", "mw.one-kuttl"), """
                status:
                  resourceStatus:
                    manifests:
                      - resourceMeta: {ordinal: 0, group: "", version: v1, kind: ConfigMap, resource: configmaps, name: one, namespace: default}
                        conditions:
                          - {type: Applied, status: "True", reason: A, message: "", lastTransitionTime: "2025-01-10T08:00:00Z"}
                          - {type: Available, status: "True", reason: A, message: "", lastTransitionTime: "2025-01-10T08:00:00Z"}
                          - {type: StatusFeedbackSynced, status: "True", reason: A, message: "", lastTransitionTime: "2025-01-10T08:00:00Z"}
                        statusFeedback: {values: [{name: isReady, fieldValue: {type: String, string: "True"}}]}
                """);

        stage.awaits(cgu, """
                status:
                  status: {currentBatchRemediationProgress: {mw-a: {state: InProgress, manifestWorkIndex: 1}}}
                """);
        stage.awaitThere(work("mw-a", "mw.two-kuttl"));
        stage.awaitGone(work("mw-a", "mw.one-kuttl"));
        stage.awaits(work("mw-a", "mw.two-kuttl"),
                "metadata: {annotations: {openshift-cluster-group-upgrades/expectedValues: \"\"}}");
        available(work("mw-a", "mw.two-kuttl"));

        stage.awaits(cgu, """
                status:
                  status: {currentBatch: 2, currentBatchRemediationProgress: {mw-b: {state: InProgress, manifestWorkIndex: 0}}}
                  clusters: [{name: mw-a, state: complete}]
                """);
        stage.awaitGone(work("mw-a", "mw.two-kuttl"));
        stage.awaitThere(work("mw-b", "mw.one-kuttl"));
    }

    @Test
    void aClusterWhoseWorkTakesTooLongIsListedWithTheWorkAndTheRolloutSucceeds() {
        stage.clusters("mwt-a", "mwt-b");
        template("mwt", "one", "");
        Ref cgu = cgu("mwt", "mwt-a, mwt-b", "one");
        Ref work = work("mwt-a", "mwt.one-kuttl");
        stage.awaitThere(work);
        stage.patchStatus(work, """
                status:
                  resourceStatus:
                    manifests:
                      - resourceMeta: {ordinal: 0, group: "", version: v1, kind: ConfigMap, resource: configmaps, name: one, namespace: default}
                        conditions:
                          - {type: Applied, status: "True", reason: A, message: "", lastTransitionTime: "2025-01-10T08:00:00Z"}
                          - {type: Available, status: "False", reason: B, message: broken, lastTransitionTime: "2025-01-10T08:00:00Z"}
                        statusFeedback: {values: [{name: isReady, fieldValue: {type: String, string: "False"}}]}
                """);

        stage.awaitsLong(cgu, "status: {status: {currentBatch: 2}}");
        stage.awaits(cgu, """
                status:
                  clusters:
                    - name: mwt-a
                      state: timedout
                      currentPolicy: null
                      currentManifestWork:
                        name: one
                        status:
                          manifests:
                            - resourceMeta: {ordinal: 0, kind: ConfigMap, name: one}
                              conditions: [{type: Applied, status: "True"}, {type: Available, status: "False", message: broken}]
                              statusFeedback: null
                """);
        stage.awaitGone(work);
        available(work("mwt-b", "mwt.one-kuttl"));
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: All manifestworks rolled out successfully on all clusters",
                "Succeeded=True Completed: All manifestworks rolled out successfully on all clusters");
        stage.awaits(cgu, "status: {clusters: [{name: mwt-a, state: timedout}, {name: mwt-b, state: complete}]}");
        stage.awaitGone(work("mwt-b", "mwt.one-kuttl"));
    }

    @Test
    void abortHasItsOwnWordsAndKeptWorksStay() {
        stage.clusters("mwk-a", "mwk-b");
        template("mwk", "one", "");
        Ref cgu = cgu("mwk", "mwk-a, mwk-b", "one", """
                batchTimeoutAction: Abort
                actions: {afterCompletion: {deleteObjects: false}}
                """);
        stage.awaitThere(work("mwk-a", "mwk.one-kuttl"));

        stage.awaitConditionsLong(cgu, SELECTED, VALIDATED,
                "Progressing=False TimedOut: Manifestwork rollout took too long on some clusters",
                "Succeeded=False TimedOut: Manifestwork rollout took too long on some clusters");
        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
        stage.awaits(cgu, "status: {clusters: [{name: mwk-a, state: timedout, currentManifestWork: {name: one}}]}");
        stage.awaitThere(work("mwk-a", "mwk.one-kuttl"));
    }
}
