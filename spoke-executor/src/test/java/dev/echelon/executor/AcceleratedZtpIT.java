package dev.echelon.executor;

import static dev.echelon.executor.TestHub.CLUSTERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.echelon.executor.aztp.AcceleratedZtp;
import dev.echelon.executor.aztp.domain.AztpSettings;
import dev.echelon.hubclient.HubRequestCounter;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Accelerated ZTP on both hubs (ZTP contract 8). */
@ParameterizedClass(name = "{0}")
@EnumSource(TestHub.Kind.class)
class AcceleratedZtpIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final AztpSettings SETTINGS = new AztpSettings(
            "registry.example/aztp:1", AztpSettings.DEFAULT_NAME, AztpSettings.DEFAULT_NAMESPACE);

    private static TestHub hub;

    private SimpleMeterRegistry metrics;
    private AcceleratedZtp aztp;

    @Parameter
    private TestHub.Kind kind;

    @BeforeParameterizedClassInvocation
    static void begin(TestHub.Kind kind) {
        assumeTrue(kind.missing().isEmpty(), () -> "skipped: " + kind.missing().orElseThrow());
        hub = TestHub.start(kind);
        if (kind == TestHub.Kind.API_SERVER) {
            hub.real().withHubCrds(file -> file.contains("_policies_"));
        }
        hub.namespace("ztp-install");
    }

    @AfterParameterizedClassInvocation
    static void end() {
        if (hub != null) {
            hub.close();
            hub = null;
        }
    }

    private void start(AztpSettings settings) {
        metrics = new SimpleMeterRegistry();
        aztp = new AcceleratedZtp(hub.config(), settings, metrics, InstantSource.system());
        aztp.start();
        await("it watches").atMost(PATIENCE).until(() -> aztp.problems().isEmpty());
    }

    @AfterEach
    void stop() {
        if (aztp != null) {
            aztp.close();
        }
        hub.client().genericKubernetesResources(CLUSTERS).delete();
    }

    @Test
    void aClusterThatIsBeingInstalledGetsItsConfigMapAndKeepsItUpToDate() {
        cluster("young", "full");
        policy("young", "first", "web");
        start(SETTINGS);

        ConfigMap written = awaitConfigMap("young");

        assertThat(written.getData()).hasSize(6);
        assertThat(written.getMetadata().getOwnerReferences()).singleElement().satisfies(owner -> {
            assertThat(owner.getKind()).isEqualTo("ManagedCluster");
            assertThat(owner.getName()).isEqualTo("young");
            assertThat(owner.getController()).isTrue();
        });
        String inner = written.getData().get("configmap-ztp-profile-ztp-post-provision.yaml");
        assertThat(inner).startsWith("apiVersion: ");
        String text = read(inner).get("data") instanceof Map<?, ?> data
                ? String.valueOf(data.get("service-default-web.yaml"))
                : "";
        assertThat(read(text)).isEqualTo(Map.of(
                "apiVersion", "v1", "kind", "Service", "metadata", Map.of("name", "web", "namespace", "default"),
                "spec", Map.of("port", 80), "status", Map.of()));

        policy("young", "second", "api");
        heartbeat("young", "1");

        await("the second policy is in it").atMost(PATIENCE).until(() ->
                configMap("young").orElseThrow().getData().toString().contains("service-default-api.yaml"));
    }

    @Test
    void nothingIsWrittenWhereNothingDiffers() {
        cluster("steady", "");
        policy("steady", "first", "web");
        start(SETTINGS);
        String version = awaitConfigMap("steady").getMetadata().getResourceVersion();
        double lists = requests("list", "policies");

        heartbeat("steady", "1");

        await("it was looked at").atMost(PATIENCE).until(() -> requests("list", "policies") > lists);
        cluster("marker", "");
        policy("marker", "first", "web");
        heartbeat("marker", "1");
        awaitConfigMap("marker");
        assertThat(configMap("steady").orElseThrow().getMetadata().getResourceVersion()).isEqualTo(version);
        assertThat(requests("update", "configmaps") + requests("delete", "configmaps")).isZero();
    }

    @Test
    void withoutChildPoliciesTheOldConfigMapGoes() {
        cluster("emptied", "");
        policy("emptied", "first", "web");
        start(SETTINGS);
        awaitConfigMap("emptied");

        hub.client().resource(policyYaml("emptied", "first", "web")).delete();
        heartbeat("emptied", "1");

        await("it is gone").atMost(PATIENCE).until(() -> configMap("emptied").isEmpty());
        assertThat(aztp.problems()).isEmpty();
    }

    @Test
    void aClusterWithAnotherClaimOrNoneGetsNoConfigMap() {
        cluster("unlabelled", null);
        cluster("local-cluster", "");
        cluster("available", "");
        condition("available", "ManagedClusterConditionAvailable", "True");
        cluster("has-cgu", "");
        apply("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: has-cgu, namespace: ztp-install}
                spec: {remediationStrategy: {maxConcurrency: 1}}
                """);
        List<String> none = List.of("unlabelled", "local-cluster", "available", "has-cgu");
        none.forEach(cluster -> policy(cluster, "first", "web"));
        start(SETTINGS);
        none.forEach(cluster -> heartbeat(cluster, "1"));
        cluster("wanted", "");
        policy("wanted", "first", "web");
        heartbeat("wanted", "1");

        awaitConfigMap("wanted");

        await("the CGU was looked for").atMost(PATIENCE)
                .until(() -> requests("get", "clustergroupupgrades") >= 2);
        assertThat(none).allSatisfy(cluster -> assertThat(configMap(cluster)).isEmpty());
    }

    @Test
    void aClusterThatWasJustCreatedAndHasNoConditionsYetGetsItsConfigMap() {
        hub.namespace("fresh");
        policy("fresh", "first", "web");
        start(SETTINGS);
        apply("""
                apiVersion: cluster.open-cluster-management.io/v1
                kind: ManagedCluster
                metadata: {name: fresh, labels: {accelerated-ztp: ""}}
                spec: {hubAcceptsClient: false}
                """);

        assertThat(awaitConfigMap("fresh").getData()).hasSize(2);
    }

    @Test
    void aMissingImageIsToldAndTheOldConfigMapStays() {
        cluster("imageless", "");
        policy("imageless", "first", "web");
        start(SETTINGS);
        String version = awaitConfigMap("imageless").getMetadata().getResourceVersion();
        aztp.close();

        aztp = new AcceleratedZtp(
                hub.config(), new AztpSettings("", "n", "ns"), new SimpleMeterRegistry(), InstantSource.system());
        aztp.start();

        await("the error is told").atMost(PATIENCE).untilAsserted(() -> assertThat(aztp.problems())
                .containsEntry("imageless", "aztp failure: can't retrieve aztp image pull spec"));
        assertThat(configMap("imageless").orElseThrow().getMetadata().getResourceVersion()).isEqualTo(version);
    }

    private static Map<?, ?> read(String yaml) {
        return hub.client().getKubernetesSerialization().unmarshal(yaml, Map.class);
    }

    private double requests(String verb, String resource) {
        return metrics.find(HubRequestCounter.METER).tag("verb", verb).tag("resource", resource).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static ConfigMap awaitConfigMap(String cluster) {
        await("the ConfigMap of " + cluster).atMost(PATIENCE).until(() -> configMap(cluster).isPresent());
        return configMap(cluster).orElseThrow();
    }

    private static Optional<ConfigMap> configMap(String cluster) {
        return Optional.ofNullable(hub.client().configMaps().inNamespace(cluster).withName(cluster + "-aztp").get());
    }

    /** @param variant the value of the label; null for none */
    private static void cluster(String name, String variant) {
        hub.cluster(name, false);
        if (variant != null) {
            hub.client().genericKubernetesResources(CLUSTERS).withName(name)
                    .patch(MERGE, "{\"metadata\": {\"labels\": {\"accelerated-ztp\": \"" + variant + "\"}}}");
        }
        condition(name, "ManagedClusterConditionAvailable", "Unknown");
    }

    /** The cluster stays accepted, and gets this condition. */
    private static void condition(String cluster, String type, String status) {
        hub.patchStatus(CLUSTERS, null, cluster, """
                {"status": {"conditions": [
                  {"type": "HubAcceptedManagedCluster", "status": "True", "reason": "Test", "message": "",
                   "lastTransitionTime": "2026-01-01T00:00:00Z"},
                  {"type": "%s", "status": "%s", "reason": "Test", "message": "",
                   "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}
                """.formatted(type, status));
    }

    private static void heartbeat(String cluster, String value) {
        hub.client().genericKubernetesResources(CLUSTERS).withName(cluster)
                .patch(MERGE, "{\"metadata\": {\"annotations\": {\"beat\": \"" + value + "\"}}}");
    }

    private static void policy(String cluster, String name, String service) {
        apply(policyYaml(cluster, name, service));
    }

    private static String policyYaml(String cluster, String name, String service) {
        return """
                apiVersion: policy.open-cluster-management.io/v1
                kind: Policy
                metadata:
                  name: ztp.%2$s
                  namespace: %1$s
                  labels: {policy.open-cluster-management.io/root-policy: ztp.%2$s}
                spec:
                  disabled: false
                  remediationAction: inform
                  policy-templates:
                  - objectDefinition:
                      apiVersion: policy.open-cluster-management.io/v1
                      kind: ConfigurationPolicy
                      metadata: {name: config}
                      spec:
                        object-templates:
                        - complianceType: musthave
                          objectDefinition:
                            apiVersion: v1
                            kind: Service
                            metadata: {name: %3$s, namespace: default}
                            spec: {port: 80}
                """.formatted(cluster, name, service);
    }

    private static void apply(String yaml) {
        hub.client().load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).items()
                .forEach(item -> hub.client().resource(item).createOr(NonDeletingOperation::update));
    }
}
