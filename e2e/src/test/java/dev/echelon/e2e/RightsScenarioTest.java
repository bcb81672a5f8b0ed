package dev.echelon.e2e;

import static dev.echelon.e2e.ShippedInstallation.MANIFESTS;
import static dev.echelon.e2e.ShippedInstallation.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.e2e.HubAudit.Request;
import dev.echelon.e2e.ShippedRights.Right;
import dev.echelon.hubfixture.RealHub;
import dev.echelon.simulator.scenario.ScenarioReader;
import dev.echelon.standalone.client.KubeHttp;
import dev.echelon.standalone.demo.Walkthrough;
import java.io.PrintStream;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Each service under the account, and with exactly the rights, that the manifests give it, on a hub and a broker that
 * enforce them. First every feature that needs the hub comes true with these rights; then the hub's audit log tells
 * whether they are more than what was needed; then what they do not have in them is refused.
 */
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class RightsScenarioTest {

    /** Rights that no request of these scenarios needs, and why they are given all the same. */
    private static final Map<String, String> NEEDED_ELSEWHERE = Map.of(
            "cgu-api: update managedclusters/finalizers.cluster.open-cluster-management.io",
            "the admission OwnerReferencesPermissionEnforcement, which OpenShift has, asks for it when the automatic"
                    + " ClusterGroupUpgrade blocks its owner's deletion; nobody sends such a request",
            "spoke-executor: update managedclusters/finalizers.cluster.open-cluster-management.io",
            "as for cgu-api, with the ConfigMap of accelerated ZTP",
            "cgu-api: list namespaces", "only where a namespace is missing, which this hub never says; see LateHubIT",
            "cgu-api: watch namespaces", "as list");

    private static final String SUBSCRIPTION = """
            apiVersion: operators.coreos.com/v1alpha1
            kind: Subscription
            metadata: {name: ptp, namespace: openshift-ptp}
            spec: {name: ptp-operator, channel: %s, installPlanApproval: Manual}
            """;

    @TempDir
    private static Path folder;

    private static ShippedInstallation echelon;
    private static KubeHttp hub;
    private static FeatureStage stage;

    /** One feature; they run side by side, each with clusters and names of its own. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Feature {}

    @BeforeAll
    static void install() throws Exception {
        RealHub.missing().ifPresent(reason -> System.out.println("skipped: " + reason));
        assumeTrue(RealHub.missing().isEmpty(), () -> RealHub.missing().orElseThrow());
        assumeTrue(System.getenv("HUB_KUBECONFIG") == null, "a given hub does not know the services' tokens");
        echelon = ShippedInstallation.prepare(folder);
        echelon.launch(Map.of(
                "PRECACHE_IMG", "registry.example.com/pre-cache:test",
                "RECOVERY_IMG", "registry.example.com/recovery:test",
                "AZTP_IMG", "registry.example.com/aztp:test",
                // On a busy machine a scheduler that has just been started takes its time.
                "ECHELON_API_PATIENCE", "60s"));
        echelon.simulate(ScenarioReader.shipped("walkthrough").atSpeed(10));
        echelon.awaitReady();
        hub = HubAccess.asAdministrator(echelon.hub());
        stage = new FeatureStage(echelon, hub);
    }

    @AfterAll
    static void remove() throws Exception {
        if (echelon != null) {
            echelon.close();
        }
    }

    @Nested
    @Order(1)
    class TheRightsSuffice {

        @Feature
        void forTheWalkthroughByRestAndForItsEnd() throws Exception {
            new Walkthrough(
                            new PrintStream(Files.newOutputStream(folder.resolve("walkthrough.txt")), true),
                            false,
                            echelon.api(),
                            hub,
                            Map.of("sno1", echelon.spoke("sno1"), "sno2", echelon.spoke("sno2")),
                            echelon.kafka(),
                            Duration.ofSeconds(120))
                    .run();
            String cgu = FeatureStage.cguPath("ztp-policies", "update-europe-snos");
            assertThat(hub.get(cgu).at("/status/status").has("completedAt")).isTrue();
            echelon.api().delete(cgu);
            stage.awaitGone(cgu);
        }

        @Feature
        void forLabelsAnnotationsSelectorsAndBlockingAndEvents() throws Exception {
            stage.clusters("label", "label-1", "label-2");
            stage.settings("label", "settings", "");
            stage.awaitCompliance("label", "settings", "NonCompliant", 2);
            hub.merge(FeatureStage.clusterPath("label-1"), "{\"metadata\":{\"labels\":{\"old\":\"x\"}}}");
            stage.apply("""
                    apiVersion: cluster.open-cluster-management.io/v1beta1
                    kind: Placement
                    metadata: {name: label-settings-placement-kuttl, namespace: label}
                    spec: {predicates: []}
                    ---
                    apiVersion: policy.open-cluster-management.io/v1
                    kind: PlacementBinding
                    metadata: {name: label-settings-placement-kuttl, namespace: label}
                    placementRef: {apiGroup: cluster.open-cluster-management.io, kind: Placement, name: none}
                    subjects: [{apiGroup: policy.open-cluster-management.io, kind: Policy, name: none}]
                    """);
            stage.cgu("after-label", """
                    clusterLabelSelectors: [{matchLabels: {rights: label}}]
                    managedPolicies: [settings]
                    blockingCRs: [{name: label, namespace: label}]
                    remediationStrategy: {maxConcurrency: 2, timeout: 60}
                    """);
            stage.awaitCondition("after-label", "Progressing", "MissingBlockingCR");
            stage.cgu("label", """
                    clusterLabelSelectors: [{matchLabels: {rights: label}}]
                    managedPolicies: [settings]
                    remediationStrategy: {maxConcurrency: 1, timeout: 60}
                    actions:
                      beforeEnable:
                        addClusterLabels: {running: ""}
                        deleteClusterLabels: {old: ""}
                        addClusterAnnotations: {example.com/note: running}
                      afterCompletion:
                        addClusterLabels: {done: "yes"}
                        removeClusterLabels: [running]
                        removeClusterAnnotations: [example.com/note]
                    """);

            stage.awaitCondition("label", "Succeeded", "Completed");
            stage.awaitCondition("after-label", "Succeeded", "Completed");

            JsonNode metadata = hub.get(FeatureStage.clusterPath("label-1")).path("metadata");
            assertThat(metadata.at("/labels/done").asText()).isEqualTo("yes");
            assertThat(metadata.path("labels").has("running")).isFalse();
            assertThat(metadata.path("labels").has("old")).isFalse();
            assertThat(metadata.path("annotations").has("example.com/note")).isFalse();
            stage.awaitTrue("the events of the rollout",
                    () -> hub.get("/apis/events.k8s.io/v1/namespaces/label/events").findValuesAsText("reason")
                            .containsAll(List.of("CguCreated", "CguStarted", "CguSuccess")));
        }

        @Feature
        void forManifestWorksAlsoWhereTheOneBeforeIsStillBeingDeleted() throws Exception {
            stage.clusters("work", "work-1", "work-2");
            stage.apply("""
                    apiVersion: work.open-cluster-management.io/v1alpha1
                    kind: ManifestWorkReplicaSet
                    metadata: {name: site, namespace: work}
                    spec:
                      manifestWorkTemplate:
                        workload:
                          manifests:
                            - apiVersion: v1
                              kind: ConfigMap
                              metadata: {name: site, namespace: default}
                              data: {from: work}
                      placementRefs: [{name: nowhere}]
                    """);
            try (FeatureStage.Leaving before = stage.leaving("""
                    apiVersion: work.open-cluster-management.io/v1
                    kind: ManifestWork
                    metadata: {name: work.site-kuttl, namespace: work-1}
                    spec: {workload: {manifests: []}}
                    """)) {
                stage.cgu("work", """
                        clusters: [work-1, work-2]
                        manifestWorkTemplates: [site]
                        remediationStrategy: {maxConcurrency: 1, timeout: 60}
                        """);
                before.awaitRead();
            }
            stage.awaitCondition("work", "Succeeded", "Completed");
            assertThat(hub.get(FeatureStage.WORKS + "/namespaces/work-2/manifestworks").path("items")).isEmpty();
        }

        @Feature
        void forInstallPlansAlsoWhereTheirNamesAreTaken() throws Exception {
            stage.clusters("oper", "oper-1");
            KubeHttp spoke = echelon.spoke("oper-1");
            echelon.simulator().spoke("oper-1").neverComply("operators");
            spoke.create("/api/v1/namespaces", "{apiVersion: v1, kind: Namespace, metadata: {name: openshift-ptp}}");
            String operators = "/apis/operators.coreos.com/v1alpha1/namespaces/openshift-ptp/";
            spoke.create(operators + "subscriptions", SUBSCRIPTION.formatted("stable"));
            stage.awaitTrue("a plan that waits", () -> !spoke.get(operators + "installplans").path("items").isEmpty());
            String plan = spoke.get(operators + "installplans").at("/items/0/metadata/name").asText();
            stage.policy("oper", "operators", "", SUBSCRIPTION.formatted("stable"));
            stage.awaitCompliance("oper", "operators", "NonCompliant", 1);
            stage.apply("""
                    apiVersion: view.open-cluster-management.io/v1beta1
                    kind: ManagedClusterView
                    metadata: {name: oper-oper-subscription-ptp-kuttl, namespace: oper-1}
                    spec: {scope: {resource: ConfigMap, name: none, namespace: default}}
                    """);
            try (FeatureStage.Leaving before = stage.leaving("""
                    apiVersion: action.open-cluster-management.io/v1beta1
                    kind: ManagedClusterAction
                    metadata: {name: %s, namespace: oper-1}
                    spec: {actionType: Delete, kube: {resource: configmap, name: none, namespace: default}}
                    """.formatted(plan))) {
                stage.cgu("oper", """
                        clusters: [oper-1]
                        managedPolicies: [operators]
                        remediationStrategy: {maxConcurrency: 1, timeout: 60}
                        """);
                before.awaitRead();
            }
            stage.awaitTrue("the plan to be approved",
                    () -> spoke.get(operators + "installplans/" + plan).at("/spec/approved").asBoolean());
            echelon.simulator().spoke("oper-1").heal();

            stage.awaitCondition("oper", "Succeeded", "Completed");
        }

        @Feature
        void forPreCachingWithAConfigAndOverridesAndItsCleaningUp() throws Exception {
            stage.clusters("cache", "cache-1");
            stage.policy("cache", "software", "", """
                    apiVersion: config.openshift.io/v1
                    kind: ClusterVersion
                    metadata: {name: version}
                    spec: {channel: stable-4.12, desiredUpdate: {version: 4.12.5, image: "quay.io/release@sha256:aaaa"}}
                    """);
            stage.awaitCompliance("cache", "software", "NonCompliant", 1);
            stage.apply("""
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: cluster-group-upgrade-overrides, namespace: cache}
                    data: {excludePrecachePatterns: aws}
                    ---
                    apiVersion: ran.openshift.io/v1alpha1
                    kind: PreCachingConfig
                    metadata: {name: more, namespace: cache}
                    spec: {additionalImages: ["registry.example.com/tool:1"]}
                    """);
            stage.cgu("cache", """
                    enable: false
                    preCaching: true
                    preCachingConfigRef: {name: more}
                    clusters: [cache-1]
                    managedPolicies: [software]
                    remediationStrategy: {maxConcurrency: 1, timeout: 60}
                    """);
            stage.awaitCondition("cache", "PrecachingSuceeded", "PrecachingCompleted");
            JsonNode spec = hub.get(FeatureStage.cguPath("cache", "cache")).at("/status/precaching/spec");
            assertThat(spec.path("additionalImages").path(0).asText()).isEqualTo("registry.example.com/tool:1");
            assertThat(spec.path("excludePrecachePatterns").path(0).asText()).isEqualTo("aws");

            hub.delete(FeatureStage.cguPath("cache", "cache"));
            stage.awaitGone(FeatureStage.cguPath("cache", "cache"));
        }

        @Feature
        void forANewlyInstalledCluster() throws Exception {
            stage.clusters("fresh", "fresh-1");
            stage.settings("fresh", "later", "ran.openshift.io/ztp-deploy-wave: \"10\"");
            stage.settings("fresh", "early", "ran.openshift.io/ztp-deploy-wave: \"1\"");
            stage.awaitCompliance("fresh", "later", "NonCompliant", 1);
            stage.awaitCompliance("fresh", "early", "NonCompliant", 1);

            hub.merge(FeatureStage.clusterPath("fresh-1"), "{\"metadata\":{\"labels\":{\"ztp-done\":null}}}");

            stage.awaitTrue("fresh-1 to be done", () -> hub.get(FeatureStage.clusterPath("fresh-1"))
                    .at("/metadata/labels").has("ztp-done"));
            JsonNode cgu = hub.get(FeatureStage.cguPath("ztp-install", "fresh-1"));
            assertThat(cgu.at("/spec/managedPolicies").valueStream().map(JsonNode::asText))
                    .containsExactly("early", "later");
            assertThat(hub.get(FeatureStage.clusterPath("fresh-1")).at("/metadata/labels").has("ztp-running"))
                    .isFalse();
        }

        @Feature
        void forAClusterThatIsBeingInstalled() throws Exception {
            stage.policy("young", "draft", "", SUBSCRIPTION.formatted("fast"));
            stage.apply("""
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: young-1}
                    ---
                    apiVersion: cluster.open-cluster-management.io/v1
                    kind: ManagedCluster
                    metadata: {name: young-1, labels: {name: young-1, rights: young, accelerated-ztp: full}}
                    spec: {hubAcceptsClient: true}
                    status:
                      conditions:
                      - type: HubAcceptedManagedCluster
                        status: "True"
                        reason: HubClusterAdminAccepted
                        message: Accepted by hub cluster admin
                        lastTransitionTime: "2025-01-10T08:00:00Z"
                    """);
            String configMap = "/api/v1/namespaces/young-1/configmaps/young-1-aztp";
            // Only a change of the cluster is a reason to look at its policies.
            stage.awaitTrue("a ConfigMap with what its policy wants",
                    () -> stage.touched("young-1") && stage.dataSays(configMap, "fast"));
            stage.policy("young", "draft", "", SUBSCRIPTION.formatted("slow"));
            stage.awaitTrue("a ConfigMap with what it wants now",
                    () -> stage.touched("young-1") && stage.dataSays(configMap, "slow"));
            hub.delete(FeatureStage.policyPath("young", "draft"));
            stage.awaitTrue("no ConfigMap where there is no policy",
                    () -> stage.touched("young-1") && hub.find(configMap).isEmpty());
        }
    }

    @Nested
    @Order(2)
    class TheRightsAreUsed {

        @Test
        void andNothingWasRefused() throws Exception {
            assertThat(echelon.refused()).isEmpty();
            for (String service : SERVICES) {
                assertThat(echelon.output(service)).as(service).doesNotContainIgnoringCase("forbidden")
                        .doesNotContain(" 403").doesNotContain("AuthorizationException");
            }
        }

        @Test
        void eachOfThemByTheServiceThatHasIt() throws Exception {
            List<Request> requests = echelon.audit().requests();
            TreeSet<String> unused = new TreeSet<>();
            for (String service : SERVICES) {
                for (Right right : ShippedRights.of(MANIFESTS, service)) {
                    if (requests.stream().noneMatch(right::isUsedBy)) {
                        unused.add(right.toString());
                    }
                }
            }
            assertThat(unused).isEqualTo(new TreeSet<>(NEEDED_ELSEWHERE.keySet()));
        }

        @Test
        void notByTheScheduler() throws Exception {
            assertThat(ShippedRights.objects(MANIFESTS, "scheduler")).isEmpty();
            assertThat(echelon.audit().requests())
                    .filteredOn(request -> request.user().equals(ShippedRights.account("scheduler")))
                    .isEmpty();
        }

        @Test
        void forALeaseOfEachServiceThatHasALeader() throws Exception {
            Map<String, String> holders = new TreeMap<>();
            hub.get("/apis/coordination.k8s.io/v1/namespaces/echelon/leases").path("items").forEach(lease ->
                    holders.put(lease.at("/metadata/name").asText(), lease.at("/spec/holderIdentity").asText()));
            assertThat(holders).containsOnlyKeys("cgu-api", "compliance-watcher").doesNotContainValue("");
        }
    }

    @Nested
    @Order(3)
    class TheRightsEnd {

        /** All that a service can change on the hub, outside of the installation's own namespace. */
        @Test
        void whereTheArchitectureSays() throws Exception {
            assertThat(stage.changes("cgu-api")).containsExactlyInAnyOrder(
                    "create clustergroupupgrades.ran.openshift.io",
                    "patch clustergroupupgrades.ran.openshift.io",
                    "delete clustergroupupgrades.ran.openshift.io",
                    "patch clustergroupupgrades/status.ran.openshift.io",
                    "create namespaces",
                    "create tokenreviews.authentication.k8s.io",
                    "create subjectaccessreviews.authorization.k8s.io");
            assertThat(stage.changes("compliance-watcher")).isEmpty();
            assertThat(stage.changes("scheduler")).isEmpty();
            assertThat(stage.changes("spoke-executor")).containsExactlyInAnyOrder(
                    "create managedclusterviews.view.open-cluster-management.io",
                    "patch managedclusterviews.view.open-cluster-management.io",
                    "delete managedclusterviews.view.open-cluster-management.io",
                    "create managedclusteractions.action.open-cluster-management.io",
                    "delete managedclusteractions.action.open-cluster-management.io",
                    "create placements.cluster.open-cluster-management.io",
                    "patch placements.cluster.open-cluster-management.io",
                    "delete placements.cluster.open-cluster-management.io",
                    "create placementbindings.policy.open-cluster-management.io",
                    "patch placementbindings.policy.open-cluster-management.io",
                    "delete placementbindings.policy.open-cluster-management.io",
                    "patch managedclusters.cluster.open-cluster-management.io",
                    "create manifestworks.work.open-cluster-management.io",
                    "delete manifestworks.work.open-cluster-management.io",
                    "create events.events.k8s.io",
                    "create configmaps",
                    "update configmaps",
                    "delete configmaps");
        }

        @Test
        void beforeWhatIsNotAServicesMatter() throws Exception {
            String placements = FeatureStage.CLUSTERS + "beta1/namespaces/default/placements";
            String actions = "/apis/action.open-cluster-management.io/v1beta1/namespaces/sno1/managedclusteractions";
            String policies = "/apis/policy.open-cluster-management.io/v1/namespaces/default/policies";
            String cluster = FeatureStage.clusterPath("sno1");
            String label = "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}";
            KubeHttp api = stage.as("cgu-api");
            KubeHttp watcher = stage.as("compliance-watcher");
            KubeHttp executor = stage.as("spoke-executor");

            stage.assertForbidden(() -> api.create(placements, "{}"));
            stage.assertForbidden(() -> api.create(actions, "{}"));
            stage.assertForbidden(() -> api.create(policies, "{}"));
            stage.assertForbidden(() -> api.merge(cluster, label));
            stage.assertForbidden(() -> watcher.merge(cluster, label));
            stage.assertForbidden(() -> watcher.create(placements, "{}"));
            stage.assertForbidden(() -> watcher.get("/api/v1/configmaps"));
            stage.assertForbidden(() -> executor.delete(cluster));
            stage.assertForbidden(() -> executor.delete(FeatureStage.cguPath("label", "label")));
            stage.assertForbidden(() -> executor.create(policies, "{}"));
            stage.assertForbidden(() -> stage.as("scheduler").get(cluster));
            for (String service : SERVICES) {
                stage.assertForbidden(() -> stage.as(service).get("/api/v1/namespaces/default/secrets"));
            }
            assertThat(watcher.get(FeatureStage.CLUSTERS + "/managedclusters").path("items")).isNotEmpty();
        }

        @Test
        void atTheLeaseOfTheServiceItself() throws Exception {
            String leases = "/apis/coordination.k8s.io/v1/namespaces/echelon/leases/";
            for (String service : SERVICES) {
                for (String lease : List.of("cgu-api", "compliance-watcher")) {
                    if (service.equals(lease)) {
                        assertThat(stage.as(service).get(leases + lease).path("kind").asText()).isEqualTo("Lease");
                    } else {
                        stage.assertForbidden(() -> stage.as(service).get(leases + lease));
                        stage.assertForbidden(() -> stage.as(service).merge(leases + lease, "{}"));
                    }
                }
            }
        }
    }
}
