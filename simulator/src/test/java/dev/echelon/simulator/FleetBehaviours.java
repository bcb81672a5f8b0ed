package dev.echelon.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.simulator.api.HubKinds;
import dev.echelon.simulator.api.SpokeKinds;
import dev.echelon.simulator.scenario.Scenario;
import dev.echelon.simulator.scenario.ScenarioReader;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ACM and the spokes do, on whatever hub. The walkthrough's fleet, ten times as quick. */
abstract class FleetBehaviours {
    static final String POLICY = "europe-snos-upgrade-version-412-5";
    static final String REPLICA = "ztp-policies." + POLICY;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Simulator simulator;
    private HubUser hub;

    abstract HubTarget target() throws Exception;

    @BeforeEach
    void startTheWalkthrough() throws Exception {
        Scenario scenario = ScenarioReader.shipped("walkthrough").atSpeed(10);
        simulator = Simulator.start(scenario, target());
        hub = new HubUser(simulator.client());
    }

    @AfterEach
    void stop() {
        if (hub != null) {
            hub.close();
            simulator.close();
            leaveNothingBehind();
        }
    }

    /** Where the hub lives on: the next test finds it as this one did. Nobody is at work on it any more. */
    void leaveNothingBehind() {}

    @Test
    void policyCoversTheClustersThatItsPlacementSelects() {
        awaitCompliance(Map.of("sno2", "NonCompliant"));

        label("sno1");

        awaitCompliance(Map.of("sno1", "NonCompliant", "sno2", "NonCompliant"));
        ObjectNode replica = hub.get(HubKinds.POLICY, "sno1", REPLICA);
        assertThat(replica.at("/metadata/labels/policy.open-cluster-management.io~1root-policy").asText())
                .isEqualTo(REPLICA);
        assertThat(replica.at("/spec/remediationAction").asText()).isEqualTo("inform");
        assertThat(root().at("/status/compliant").asText()).isEqualTo("NonCompliant");
    }

    @Test
    void enforcedPolicyUpgradesTheSpokesAndBecomesCompliant() {
        label("sno1");
        awaitCompliance(Map.of("sno1", "NonCompliant", "sno2", "NonCompliant"));
        HubUser spoke = user("sno1");
        TreeSet<String> messages = new TreeSet<>();

        hub.create(Enforcement.of(POLICY, "sno1", "sno2"));

        await("upgrade of sno1").atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            messages.add(progressing(spoke));
            return progressing(spoke).equals("Cluster version is 4.12.5");
        });
        assertThat(messages).contains(
                "Working towards 4.12.5: 213 of 829 done (25% complete), waiting on config-operator, machine-api");
        awaitCompliance(Map.of("sno1", "Compliant", "sno2", "Compliant"));
        assertThat(root().at("/status/compliant").asText()).isEqualTo("Compliant");
        assertThat(simulator.spoke("sno2").version()).isEqualTo("4.12.5");
        assertThat(hub.get(HubKinds.POLICY, "sno1", REPLICA).at("/spec/remediationAction").asText())
                .isEqualTo("enforce");

        hub.delete(HubKinds.PLACEMENT_BINDING, "ztp-policies", "enforcing");

        await("replica informs again").atMost(PATIENCE).until(() -> hub.get(HubKinds.POLICY, "sno1", REPLICA)
                .at("/spec/remediationAction").asText().equals("inform"));
        spoke.close();
    }

    @Test
    void restrictedBindingEnforcesOnlyWhatAnotherOneSelects() {
        awaitCompliance(Map.of("sno2", "NonCompliant"));

        hub.create(Enforcement.of(POLICY, "sno1", "sno2"));

        await("sno2 enforced").atMost(PATIENCE).until(() -> hub.get(HubKinds.POLICY, "sno2", REPLICA)
                .at("/spec/remediationAction").asText().equals("enforce"));
        assertThat(hub.find(HubKinds.POLICY, "sno1", REPLICA)).isEmpty();
    }

    @Test
    void placementSaysWhyItSelectsNothing() {
        awaitPlacement("ztp-policies", "europe-snos-upgrade-placement", "AllDecisionsScheduled");

        hub.create("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: unbound}
                ---
                apiVersion: cluster.open-cluster-management.io/v1beta1
                kind: Placement
                metadata: {name: nowhere, namespace: unbound}
                spec: {}
                """);

        awaitPlacement("unbound", "nowhere", "NoManagedClusterSetBindings");
    }

    @Test
    void viewShowsWhatIsOnTheSpokeAndFollowsIt() {
        hub.create(view("view-precache-namespace", "namespaces", "openshift-talo-pre-cache", ""));
        awaitView("view-precache-namespace", "False", "GetResourceFailed",
                "failed to get resource with err: namespaces \"openshift-talo-pre-cache\" not found");

        hub.create(action("precache-ns-create", "namespace", """
                apiVersion: v1
                kind: Namespace
                metadata: {name: openshift-talo-pre-cache}
                """));

        awaitView("view-precache-namespace", "True", "GetResourceProcessing", "Watching resources successfully");
        await("action done").atMost(PATIENCE).until(() -> hub.get(HubKinds.ACTION, "sno1", "precache-ns-create")
                .at("/status/conditions/0/reason").asText().equals("ActionDone"));
        await("finished action removed").atMost(PATIENCE).until(() ->
                hub.find(HubKinds.ACTION, "sno1", "precache-ns-create").isEmpty());

        hub.create("""
                apiVersion: action.open-cluster-management.io/v1beta1
                kind: ManagedClusterAction
                metadata: {name: precache-ns-delete, namespace: sno1}
                spec:
                  actionType: Delete
                  kube: {resource: namespace, name: openshift-talo-pre-cache}
                """);

        await("namespace seen terminating").atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() ->
                hub.get(HubKinds.VIEW, "sno1", "view-precache-namespace").at("/status/result/status/phase").asText()
                        .equals("Terminating"));
        awaitView("view-precache-namespace", "False", "GetResourceFailed",
                "failed to get resource with err: namespaces \"openshift-talo-pre-cache\" not found");
    }

    @Test
    void failedActionSaysWhy() {
        hub.create(action("precache-job-create", "job", """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: pre-cache, namespace: openshift-talo-pre-cache}
                """));

        await("failed action").atMost(PATIENCE).untilAsserted(() -> {
            ObjectNode condition = (ObjectNode) hub.get(HubKinds.ACTION, "sno1", "precache-job-create")
                    .withArray("/status/conditions").get(0);
            assertThat(condition).isNotNull();
            assertThat(condition.path("status").asText()).isEqualTo("False");
            assertThat(condition.path("reason").asText()).isEqualTo("CreateResourceFailed");
            assertThat(condition.path("message").asText())
                    .isEqualTo("failed to handle Create action with err: "
                            + "namespaces \"openshift-talo-pre-cache\" not found");
        });
    }

    @Test
    void precacheJobPullsItsImagesAndIsShownInItsView() {
        startPrecache();
        HubUser spoke = user("sno1");

        await("job active").atMost(PATIENCE).until(() -> jobView().at("/status/active").asInt() == 1);
        await("job succeeded").atMost(PATIENCE).until(() -> jobView().at("/status/succeeded").asInt() == 1);

        List<String> log = spoke.text("/api/v1/namespaces/openshift-talo-pre-cache/pods/" + pod(spoke) + "/log")
                .lines().toList();
        assertThat(log).hasSize(187);
        assertThat(log.getFirst())
                .matches("upgrades\\.pre-cache \\S+\\+00:00 DEBUG Release index image processing done");
        assertThat(log.get(185)).matches("upgrades\\.pre-cache \\S+ DEBUG Pulling quay.io/openshift-release-dev/"
                + "ocp-v4.0-art-dev@sha256:[0-9a-f]{64} \\[183/183]");
        assertThat(log.getLast()).endsWith("DEBUG Image pre-cache done");
        spoke.close();
    }

    @Test
    void jobFailsAsToldAndTheViewSaysSo() {
        simulator.spoke("sno1").exceedDeadline("pre-cache", Duration.ofSeconds(2));

        startPrecache();

        await("job failed").atMost(PATIENCE).until(() -> jobView().at("/status/conditions/0/reason").asText()
                .equals("DeadlineExceeded"));
        assertThat(jobView().at("/status/conditions/0/type").asText()).isEqualTo("Failed");
        assertThat(jobView().at("/status").has("active")).isFalse();
    }

    @Test
    void spokeThatIsOfflineIsFoundOutAndSaysNothingUntilItComesBack() {
        awaitAvailable("sno1", "True");
        simulator.spoke("sno1").goOffline();
        awaitAvailable("sno1", "Unknown");
        hub.create(view("view-nodes", "nodes", "openshift-master-0", ""));
        hub.create(view("view-elsewhere", "sno2", "nodes", "sno2.5g-deployment.lab", ""));
        await("the other spoke answers").atMost(PATIENCE).until(() -> hub.get(HubKinds.VIEW, "sno2", "view-elsewhere")
                .at("/status/conditions/0/status").asText().equals("True"));
        assertThat(hub.get(HubKinds.VIEW, "sno1", "view-nodes").has("status")).isFalse();

        simulator.spoke("sno1").comeBack();

        awaitAvailable("sno1", "True");
        awaitView("view-nodes", "True", "GetResourceProcessing", "Watching resources successfully");
    }

    @Test
    void spokeThatNeverCompliesStaysNonCompliantUntilItIsHealed() {
        simulator.spoke("sno2").neverComply(POLICY);
        label("sno1");
        awaitCompliance(Map.of("sno1", "NonCompliant", "sno2", "NonCompliant"));

        hub.create(Enforcement.of(POLICY, "sno1", "sno2"));

        awaitCompliance(Map.of("sno1", "Compliant", "sno2", "NonCompliant"));
        assertThat(simulator.spoke("sno2").version()).isEqualTo("4.12.3");

        simulator.spoke("sno2").heal();

        awaitCompliance(Map.of("sno1", "Compliant", "sno2", "Compliant"));
    }

    @Test
    void manifestWorkIsAppliedReportedAndTakenAway() {
        hub.create("""
                apiVersion: work.open-cluster-management.io/v1
                kind: ManifestWork
                metadata: {name: tuning, namespace: sno1}
                spec:
                  workload:
                    manifests:
                      - apiVersion: v1
                        kind: ConfigMap
                        metadata: {name: tuning, namespace: default}
                        data: {profile: low-latency}
                  manifestConfigs:
                    - resourceIdentifier: {group: "", resource: configmaps, name: tuning, namespace: default}
                      feedbackRules:
                        - type: JSONPaths
                          jsonPaths: [{name: profile, path: .data.profile}]
                """);

        await("work reported").atMost(PATIENCE).untilAsserted(() -> {
            ObjectNode work = hub.get(HubKinds.MANIFEST_WORK, "sno1", "tuning");
            assertThat(work.at("/status/conditions/1/type").asText()).isEqualTo("Available");
            assertThat(work.at("/status/conditions/1/status").asText()).isEqualTo("True");
            assertThat(work.at("/status/resourceStatus/manifests/0/statusFeedback/values/0/fieldValue/string").asText())
                    .isEqualTo("low-latency");
            assertThat(work.at("/status/resourceStatus/manifests/0/conditions/2/type").asText())
                    .isEqualTo("StatusFeedbackSynced");
            assertThat(work.at("/status/resourceStatus/manifests/0/conditions/2/status").asText()).isEqualTo("True");
        });
        hub.delete(HubKinds.MANIFEST_WORK, "sno1", "tuning");
        await("object gone").atMost(PATIENCE).until(() ->
                simulator.spoke("sno1").objects().get(SpokeKinds.CONFIG_MAP, "default", "tuning").isEmpty());
    }

    @Test
    void operatorWaitsForTheApprovalOfItsInstallPlanAndIsThenUpgraded() {
        hub.create("""
                apiVersion: view.open-cluster-management.io/v1beta1
                kind: ManagedClusterView
                metadata: {name: view-ptp, namespace: sno1}
                spec: {scope: {resource: Subscription.operators.coreos.com, name: ptp, namespace: openshift-ptp}}
                """);
        hub.create(action("ptp-ns", "namespace", """
                apiVersion: v1
                kind: Namespace
                metadata: {name: openshift-ptp}
                """));
        hub.create(action("ptp-subscription", "subscription", """
                apiVersion: operators.coreos.com/v1alpha1
                kind: Subscription
                metadata: {name: ptp, namespace: openshift-ptp}
                spec: {name: ptp-operator, channel: stable, installPlanApproval: Manual}
                """));
        await("upgrade pending").atMost(PATIENCE).until(() -> subscription().at("/status/state").asText()
                .equals("UpgradePending"));
        String plan = subscription().at("/status/installplan/name").asText();
        hub.create(view("view-plan", "InstallPlan", plan, "openshift-ptp"));
        awaitView("view-plan", "True", "GetResourceProcessing", "Watching resources successfully");
        ObjectNode waiting = hub.get(HubKinds.VIEW, "sno1", "view-plan").withObject("/status/result");
        assertThat(waiting.at("/spec/approval").asText()).isEqualTo("Manual");
        assertThat(waiting.at("/spec/approved").asBoolean()).isFalse();

        hub.create("""
                apiVersion: action.open-cluster-management.io/v1beta1
                kind: ManagedClusterAction
                metadata: {name: %1$s, namespace: sno1}
                spec:
                  actionType: Update
                  kube:
                    resource: installplan
                    namespace: openshift-ptp
                    template:
                      apiVersion: operators.coreos.com/v1alpha1
                      kind: InstallPlan
                      metadata: {name: %1$s, resourceVersion: "%2$s"}
                      spec: {approval: Manual, approved: true, clusterServiceVersionNames: [ptp-operator.v-stable]}
                """.formatted(plan, waiting.at("/metadata/resourceVersion").asText()));

        await("upgraded").atMost(PATIENCE).until(() -> subscription().at("/status/state").asText()
                .equals("AtLatestKnown"));
        assertThat(subscription().at("/status/installedCSV").asText()).isEqualTo("ptp-operator.v-stable");
    }

    private ObjectNode subscription() {
        return simulator.spoke("sno1").objects().get(SpokeKinds.SUBSCRIPTION, "openshift-ptp", "ptp")
                .orElseGet(dev.echelon.kubeapi.json.Json::object);
    }

    private void startPrecache() {
        hub.create(view("view-precache-job", "jobs", "pre-cache", "openshift-talo-pre-cache"));
        hub.create(action("precache-ns-create", "namespace", """
                apiVersion: v1
                kind: Namespace
                metadata: {name: openshift-talo-pre-cache}
                """));
        hub.create(action("precache-spec-cm-create", "configmap", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: pre-cache-spec, namespace: openshift-talo-pre-cache}
                data:
                  platform.image: infra.5g-deployment.lab:8443/openshift/release-images@sha256:\
                fd65cebce150bac3c622e30e7f762d3173575ae3541b3a7648819cb63e9b63a4
                """));
        hub.create(action("precache-job-create", "job", """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: pre-cache, namespace: openshift-talo-pre-cache}
                spec:
                  backoffLimit: 0
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [{name: pre-cache-container, image: example.lab/pre-cache:1}]
                """));
    }

    private ObjectNode jobView() {
        return hub.get(HubKinds.VIEW, "sno1", "view-precache-job").withObject("/status/result");
    }

    private static String pod(HubUser spoke) {
        return dev.echelon.kubeapi.json.Json.parse(spoke.text(
                "/api/v1/namespaces/openshift-talo-pre-cache/pods?labelSelector=job-name%3Dpre-cache").getBytes(
                java.nio.charset.StandardCharsets.UTF_8)).at("/items/0/metadata/name").asText();
    }

    private HubUser user(String spoke) {
        return new HubUser(new KubernetesClientBuilder().withConfig(new ConfigBuilder(Config.empty())
                .withMasterUrl(simulator.spokeUrl(spoke)).build()).build());
    }

    private void label(String cluster) {
        hub.merge(HubKinds.MANAGED_CLUSTER, "", cluster,
                "metadata: {labels: {du-zone: europe, logicalGroup: active}}");
    }

    private ObjectNode root() {
        return hub.get(HubKinds.POLICY, "ztp-policies", POLICY);
    }

    private static String progressing(HubUser spoke) {
        return spoke.get(SpokeKinds.CLUSTER_VERSION, "", "version").at("/status/conditions").valueStream()
                .filter(c -> c.path("type").asText().equals("Progressing")).findFirst().orElseThrow()
                .path("message").asText();
    }

    private void awaitCompliance(Map<String, String> wanted) {
        await("compliance " + wanted).atMost(PATIENCE).untilAsserted(() -> {
            Map<String, String> found = new TreeMap<>();
            root().at("/status/status").forEach(entry ->
                    found.put(entry.path("clustername").asText(), entry.path("compliant").asText()));
            assertThat(found).isEqualTo(wanted);
        });
    }

    private void awaitPlacement(String namespace, String name, String reason) {
        await("placement " + name).atMost(PATIENCE).untilAsserted(() ->
                assertThat(hub.get(HubKinds.PLACEMENT, namespace, name).at("/status/conditions").valueStream()
                        .filter(c -> c.path("type").asText().equals("PlacementSatisfied"))
                        .map(c -> c.path("reason").asText())).containsExactly(reason));
    }

    private void awaitAvailable(String cluster, String status) {
        await(cluster + " availability " + status).atMost(PATIENCE).untilAsserted(() ->
                assertThat(hub.get(HubKinds.MANAGED_CLUSTER, "", cluster).at("/status/conditions").valueStream()
                        .filter(c -> c.path("type").asText().equals("ManagedClusterConditionAvailable"))
                        .map(c -> c.path("status").asText())).containsExactly(status));
    }

    private void awaitView(String name, String status, String reason, String message) {
        await("view " + name).atMost(PATIENCE).untilAsserted(() -> {
            ObjectNode view = hub.get(HubKinds.VIEW, "sno1", name);
            assertThat(view.at("/status/conditions/0/status").asText()).isEqualTo(status);
            assertThat(view.at("/status/conditions/0/reason").asText()).isEqualTo(reason);
            assertThat(view.at("/status/conditions/0/message").asText()).isEqualTo(message);
        });
    }

    private static String view(String name, String resource, String object, String namespace) {
        return view(name, "sno1", resource, object, namespace);
    }

    private static String view(String name, String cluster, String resource, String object, String namespace) {
        return """
                apiVersion: view.open-cluster-management.io/v1beta1
                kind: ManagedClusterView
                metadata: {name: %s, namespace: %s}
                spec: {scope: {resource: %s, name: %s%s}}
                """.formatted(name, cluster, resource, object, namespace.isEmpty() ? "" : ", namespace: " + namespace);
    }

    private static String action(String name, String resource, String template) {
        return """
                apiVersion: action.open-cluster-management.io/v1beta1
                kind: ManagedClusterAction
                metadata: {name: %s, namespace: sno1}
                spec:
                  actionType: Create
                  kube:
                    resource: %s
                    template:
                """.formatted(name, resource) + template.indent(6);
    }
}
