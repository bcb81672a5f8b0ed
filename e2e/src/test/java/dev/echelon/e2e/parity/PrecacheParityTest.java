package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.Ref.action;
import static dev.echelon.e2e.parity.Ref.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 10: pre-caching, driven by nothing but the statuses of views. */
class PrecacheParityTest extends ParityCase {

    static final String SELECTED = "ClustersSelected=True ClusterSelectionCompleted: All selected clusters are valid";
    static final String VALIDATED = "Validated=True ValidationCompleted: Completed validation";
    static final String SPEC_VALID =
            "PrecacheSpecValid=True PrecacheSpecIsWellFormed: Precaching spec is valid and consistent";
    private static final List<String> VIEWS = List.of(
            "view-precache-namespace", "view-precache-spec-configmap", "view-precache-service-acct",
            "view-precache-cluster-role-binding", "view-precache-job");
    private static final List<String> DEPENDENCIES = List.of(
            "view-precache-spec-configmap", "view-precache-service-acct", "view-precache-cluster-role-binding");

    /** A policy that wants a platform image and an operator. */
    static Ref software(Stage stage, String namespace, Map<String, String> compliant) {
        return software(stage, namespace, "software", compliant);
    }

    static Ref software(Stage stage, String namespace, String name, Map<String, String> compliant) {
        return stage.policy(namespace, name, "", Stage.template(name, """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: config.openshift.io/v1
                      kind: ClusterVersion
                      metadata: {name: version}
                      spec: {channel: stable-4.14, desiredUpdate: {version: 4.14.3, image: "quay.io/release@sha256:aaaa"}}
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: operators.coreos.com/v1alpha1
                      kind: CatalogSource
                      metadata: {name: operators, namespace: openshift-marketplace}
                      spec: {image: registry.example.com/index:v1}
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: operators.coreos.com/v1alpha1
                      kind: Subscription
                      metadata: {name: ptp, namespace: openshift-ptp}
                      spec: {name: ptp-operator, channel: stable}
                """), compliant);
    }

    private Ref cgu(String name, boolean enable, String clusters) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s}
                spec:
                  enable: %2$s
                  preCaching: true
                  clusters: [%3$s]
                  managedPolicies: [software]
                  remediationStrategy: {maxConcurrency: 5, timeout: 240}
                """.formatted(name, enable, clusters));
        return Ref.cgu(name, name);
    }

    private void awaitState(Ref cgu, String cluster, String state) {
        stage.awaits(cgu, "status: {precaching: {status: {%s: %s}}}".formatted(cluster, state));
    }

    /** Plays the spoke up to a running job. */
    static void runJob(Stage stage, String cluster) {
        stage.done(action(cluster, "precache-ns-delete"));
        stage.done(action(cluster, "precache-crb-delete"));
        stage.notFound(view(cluster, "view-precache-namespace"));
        DEPENDENCIES.forEach(name -> stage.seen(view(cluster, name), "{}"));
        stage.notFound(view(cluster, "view-precache-job"));
        // Who sees the action may answer the view at once: it was made before, and stays.
        stage.awaitThere(action(cluster, "precache-job-create"));
        stage.seen(view(cluster, "view-precache-job"), "status: {active: 1}");
    }

    @Test
    void eachStateIsSeenAndTheFixedObjectsAreAsPublished() {
        stage.clusters("pc-a");
        software(stage, "pc", Map.of("pc-a", "NonCompliant"));
        Ref cgu = cgu("pc", false, "pc-a");

        stage.awaitConditions(cgu, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=False InProgress: Precaching in progress for 1 clusters");
        stage.awaits(cgu, """
                status:
                  precaching:
                    spec:
                      platformImage: quay.io/release@sha256:aaaa
                      operatorsIndexes: ["registry.example.com/index:v1"]
                      operatorsPackagesAndChannels: ["ptp-operator:stable"]
                      spaceRequired: "35"
                    status: {pc-a: PreparingToStart}
                """);
        stage.awaits("""
                kind: ManagedClusterView
                metadata: {name: view-precache-namespace, namespace: pc-a, labels: null, annotations: null}
                spec: {scope: {resource: namespaces, name: openshift-talo-pre-cache, namespace: null}}
                ---
                kind: ManagedClusterAction
                metadata: {name: precache-ns-delete, namespace: pc-a, labels: null}
                spec: {actionType: Delete, kube: {resource: namespace, name: openshift-talo-pre-cache}}
                ---
                kind: ManagedClusterAction
                metadata: {name: precache-crb-delete, namespace: pc-a, labels: null}
                spec: {actionType: Delete, kube: {resource: clusterrolebinding, name: pre-cache-crb}}
                """);

        stage.seen(view("pc-a", "view-precache-namespace"), "{}");
        stage.notFound(view("pc-a", "view-precache-namespace"));
        // Nobody carries the deletes out: they stay, and are not waited for for ever.
        awaitState(cgu, "pc-a", "Starting");
        stage.awaitThere(action("pc-a", "precache-ns-delete"));
        stage.awaitThere(action("pc-a", "precache-crb-delete"));
        stage.awaits("""
                kind: ManagedClusterView
                metadata: {name: view-precache-spec-configmap, namespace: pc-a}
                spec: {scope: {resource: configmap, name: pre-cache-spec, namespace: openshift-talo-pre-cache, updateIntervalSeconds: 30}}
                ---
                kind: ManagedClusterView
                metadata: {name: view-precache-service-acct, namespace: pc-a}
                spec: {scope: {resource: serviceaccounts, name: pre-cache-agent, namespace: openshift-talo-pre-cache, updateIntervalSeconds: 30}}
                ---
                kind: ManagedClusterView
                metadata: {name: view-precache-cluster-role-binding, namespace: pc-a}
                spec: {scope: {resource: clusterrolebinding, name: pre-cache-crb, namespace: null, updateIntervalSeconds: 30}}
                ---
                kind: ManagedClusterAction
                metadata: {name: precache-ns-create, namespace: pc-a}
                spec:
                  actionType: Create
                  kube:
                    resource: namespace
                    template:
                      apiVersion: v1
                      kind: Namespace
                      metadata:
                        name: openshift-talo-pre-cache
                        labels: {pod-security.kubernetes.io/enforce: privileged}
                        annotations: {workload.openshift.io/allowed: management}
                ---
                kind: ManagedClusterAction
                metadata: {name: precache-sa-create, namespace: pc-a}
                spec:
                  actionType: Create
                  kube:
                    resource: serviceaccount
                    template: {kind: ServiceAccount, metadata: {name: pre-cache-agent, namespace: openshift-talo-pre-cache}}
                ---
                kind: ManagedClusterAction
                metadata: {name: precache-crb-create, namespace: pc-a}
                spec:
                  actionType: Create
                  kube:
                    resource: clusterrolebinding
                    template:
                      kind: ClusterRoleBinding
                      metadata: {name: pre-cache-crb}
                      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
                      subjects: [{kind: ServiceAccount, name: pre-cache-agent, namespace: openshift-talo-pre-cache}]
                ---
                kind: ManagedClusterAction
                metadata: {name: precache-spec-cm-create, namespace: pc-a}
                spec:
                  actionType: Create
                  kube:
                    resource: configmap
                    template:
                      kind: ConfigMap
                      metadata: {name: pre-cache-spec, namespace: openshift-talo-pre-cache}
                      data:
                        platform.image: quay.io/release@sha256:aaaa
                        operators.indexes: registry.example.com/index:v1
                        operators.packagesAndChannels: ptp-operator:stable
                        excludePrecachePatterns: ""
                        additionalImages: ""
                        spaceRequired: "35"
                """);

        DEPENDENCIES.forEach(name -> stage.seen(view("pc-a", name), "{}"));
        stage.awaits("""
                kind: ManagedClusterView
                metadata: {name: view-precache-job, namespace: pc-a}
                spec: {scope: {resource: jobs, name: pre-cache, namespace: openshift-talo-pre-cache, updateIntervalSeconds: 30}}
                """);
        assertThat(stage.isThere(action("pc-a", "precache-job-create"))).isFalse();
        stage.notFound(view("pc-a", "view-precache-job"));
        stage.awaits("""
                kind: ManagedClusterAction
                metadata: {name: precache-job-create, namespace: pc-a}
                spec:
                  actionType: Create
                  kube:
                    resource: job
                    namespace: openshift-talo-pre-cache
                    template:
                      apiVersion: batch/v1
                      kind: Job
                      metadata:
                        name: pre-cache
                        namespace: openshift-talo-pre-cache
                        annotations: {target.workload.openshift.io/management: '{"effect":"PreferredDuringScheduling"}'}
                      spec:
                        activeDeadlineSeconds: 14400
                        backoffLimit: 0
                        template:
                          spec:
                            restartPolicy: Never
                            serviceAccountName: pre-cache-agent
                            priorityClassName: system-cluster-critical
                            dnsPolicy: ClusterFirst
                            schedulerName: default-scheduler
                            containers:
                              - name: pre-cache-container
                                image: registry.example.com/pre-cache:1
                                command: [/bin/bash, -c]
                                args: [/opt/precache/precache.sh]
                                env:
                                  - {name: config_volume_path, value: /tmp/precache/config}
                                  - {name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                                securityContext: {privileged: true, runAsUser: 0}
                                terminationMessagePath: /dev/termination-log
                                terminationMessagePolicy: File
                """);
        stage.awaits(view("pc-a", "view-precache-job"), "status: null");
        awaitState(cgu, "pc-a", "Starting");

        stage.seen(view("pc-a", "view-precache-job"), "status: {active: 1}");
        awaitState(cgu, "pc-a", "Active");
        DEPENDENCIES.forEach(name -> stage.awaitGone(view("pc-a", name)));
        stage.awaitGone(view("pc-a", "view-precache-namespace"));
        stage.awaitConditions(cgu, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=False InProgress: Precaching in progress for 1 clusters");

        stage.seen(view("pc-a", "view-precache-job"), "status: {active: 0, succeeded: 1}");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=True PrecachingCompleted: Precaching is completed for all clusters",
                "Progressing=False NotEnabled: Not enabled");
        awaitState(cgu, "pc-a", "Succeeded");
        VIEWS.forEach(name -> stage.awaitGone(view("pc-a", name)));
        stage.awaitThere(action("pc-a", "precache-ns-delete"));
        stage.awaitThere(action("pc-a", "precache-crb-delete"));
    }

    @Test
    void clustersThatFailAreLeftOutAndTheRolloutCompletesWithoutThem() {
        stage.clusters("pp-a", "pp-b", "pp-c", "pp-d");
        Ref policy = software(stage, "pp", Map.of(
                "pp-a", "NonCompliant", "pp-b", "NonCompliant", "pp-c", "NonCompliant", "pp-d", "Compliant"));
        Ref cgu = cgu("pp", true, "pp-a, pp-b, pp-c, pp-d");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=False InProgress: Precaching in progress for 3 clusters");
        assertThat(stage.isThere(view("pp-d", "view-precache-namespace"))).isFalse();
        List.of("pp-a", "pp-b", "pp-c").forEach(cluster -> {
            runJob(stage, cluster);
            awaitState(cgu, cluster, "Active");
        });

        stage.seen(view("pp-b", "view-precache-job"),
                "status: {conditions: [{type: Failed, status: \"True\", reason: DeadlineExceeded}]}");
        awaitState(cgu, "pp-b", "PrecacheTimeout");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=False InProgress: Precaching in progress for 2 clusters");
        stage.seen(view("pp-c", "view-precache-job"),
                "status: {conditions: [{type: Failed, status: \"True\", reason: BackoffLimitExceeded}]}");
        awaitState(cgu, "pp-c", "UnrecoverableError");
        stage.seen(view("pp-a", "view-precache-job"), "status: {succeeded: 1}");

        stage.awaitConditions(cgu, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=True PartiallyDone: Precaching failed for 2 clusters",
                "Progressing=True InProgress: Remediating non-compliant policies");
        stage.awaits(cgu, """
                status:
                  remediationPlan: [[pp-a]]
                  clusters: [{name: pp-d, state: complete}]
                  precaching: {status: {pp-a: Succeeded, pp-b: PrecacheTimeout, pp-c: UnrecoverableError}}
                """);
        assertThat(stage.isThere(view("pp-b", "view-precache-job"))).isTrue();

        stage.comply(policy, "pp-a", "Compliant");
        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
        stage.awaitGone(view("pp-b", "view-precache-job"), view("pp-c", "view-precache-job"),
                action("pp-b", "precache-job-create"), action("pp-b", "precache-ns-create"));
        stage.awaitThere(action("pp-b", "precache-ns-delete"));
    }

    @Test
    void allFailedIsSaidAndTheCguStaysThere() {
        stage.clusters("pf-a");
        software(stage, "pf", Map.of("pf-a", "NonCompliant"));
        Ref cgu = cgu("pf", false, "pf-a");
        runJob(stage, "pf-a");
        awaitState(cgu, "pf-a", "Active");

        stage.seen(view("pf-a", "view-precache-job"),
                "status: {conditions: [{type: Failed, status: \"True\", reason: BackoffLimitExceeded}]}");

        stage.awaitConditions(cgu, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=False Failed: Precaching failed for all clusters");
    }

    @Test
    void aViewThatFailsIsFinalAtOnceWhereTheCguIsEnabled() {
        stage.clusters("pv-a", "pv-b");
        software(stage, "pv", Map.of("pv-a", "NonCompliant", "pv-b", "NonCompliant"));
        Ref cgu = cgu("pv", true, "pv-a, pv-b");
        runJob(stage, "pv-a");
        awaitState(cgu, "pv-a", "Active");

        stage.awaitThere(view("pv-a", "view-precache-job"));
        stage.patchStatus(view("pv-a", "view-precache-job"), """
                status:
                  conditions:
                    - {type: Processing, status: "False", reason: GetResourceFailed, message: "the server is on fire", lastTransitionTime: "2025-01-10T09:00:00Z"}
                """);

        awaitState(cgu, "pv-a", "UnrecoverableError");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=False InProgress: Precaching in progress for 1 clusters");
    }

    @Test
    void aSpokeThatIsAwayForAMomentGoesOnWhereTheCguIsEnabledToo() {
        stage.clusters("pw-a");
        software(stage, "pw", Map.of("pw-a", "NonCompliant"));
        Ref cgu = cgu("pw", true, "pw-a");
        runJob(stage, "pw-a");
        awaitState(cgu, "pw-a", "Active");

        available("pw-a", "Unknown");
        // What the executor knows of the spoke by now, it knows with the other one's state.
        stage.patchStatus(view("pw-a", "view-precache-job"), "status: {result: {status: {active: 1, ready: 0}}}");
        available("pw-a", "True");
        stage.seen(view("pw-a", "view-precache-job"), "status: {succeeded: 1}");

        stage.awaitConditions(cgu, SELECTED, VALIDATED, SPEC_VALID,
                "PrecachingSuceeded=True PrecachingCompleted: Precaching is completed for all clusters",
                "Progressing=True InProgress: Remediating non-compliant policies");
    }

    private void available(String cluster, String status) {
        stage.patchStatus(Ref.cluster(cluster), """
                status:
                  conditions:
                    - {type: ManagedClusterConditionAvailable, status: "%s", reason: Lease, message: lease, lastTransitionTime: "2025-01-10T09:00:00Z"}
                """.formatted(status));
    }

    @Test
    void aSoftwareSpecWithoutSoftwareIsRefused() {
        stage.clusters("pn-a");
        stage.policy("pn", "software", Map.of("pn-a", "NonCompliant"));
        Ref cgu = cgu("pn", true, "pn-a");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "PrecacheSpecValid=False PrecacheSpecIncomplete: Precaching spec"
                + " is incomplete: inconsistent precaching configuration: no software spec provided");
    }

    @Test
    void indexesWithoutPackagesAreRefused() {
        stage.clusters("pi-a");
        stage.policy("pi", "software", "", Stage.template("software", """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: operators.coreos.com/v1alpha1
                      kind: CatalogSource
                      metadata: {name: operators, namespace: openshift-marketplace}
                      spec: {image: registry.example.com/index:v1}
                """), Map.of("pi-a", "NonCompliant"));
        Ref cgu = cgu("pi", true, "pi-a");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "PrecacheSpecValid=False PrecacheSpecIncomplete: Precaching spec"
                + " is incomplete: inconsistent precaching configuration: olm index provided, but no packages");
    }
}
