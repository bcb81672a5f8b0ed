package dev.echelon.api.ztp;

import static dev.echelon.api.fixture.Patience.await;

import dev.echelon.hubfixture.RealHub;
import dev.echelon.simulator.SimulatedHub;
import dev.echelon.simulator.api.HubKinds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A hub with the kinds of ACM and nothing on it, and what its users do there. */
final class ZtpTestHub implements AutoCloseable {

    /** Whose hub it is. A test must pass on both. */
    enum Kind {
        SIMULATED,
        API_SERVER;

        Optional<String> missing() {
            return this == API_SERVER ? RealHub.ownMissing() : Optional.empty();
        }
    }

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final Optional<RealHub> real;
    private final AutoCloseable hub;
    private final KubernetesClient client;

    private ZtpTestHub(Optional<RealHub> real, AutoCloseable hub, KubernetesClient client) {
        this.real = real;
        this.hub = hub;
        this.client = client;
    }

    static ZtpTestHub start(Kind kind) {
        return switch (kind) {
            case SIMULATED -> {
                SimulatedHub hub = SimulatedHub.start();
                yield new ZtpTestHub(Optional.empty(), hub, hub.client());
            }
            case API_SERVER -> {
                RealHub hub = RealHub.start()
                        .withHubCrds(file -> file.contains("managedclusters") || file.contains("policies"))
                        .withEchelonCrds();
                yield new ZtpTestHub(Optional.of(hub), hub, hub.client());
            }
        };
    }

    KubernetesClient client() {
        return client;
    }

    Config config() {
        return client.getConfiguration();
    }

    RealHub real() {
        return real.orElseThrow();
    }

    /** Gives the kind of clusters back to a hub that it was taken from. */
    void installClusters() {
        real.ifPresentOrElse(
                api -> api.withHubCrds(file -> file.contains("managedclusters.yaml")),
                () -> apply(HubKinds.definition("managedclusters").toString()));
    }

    /**
     * Leaves nothing on the hub of what a test put there, or had put there, but namespaces: a hub empties one that is
     * deleted some time after it is gone, and perhaps made again.
     */
    void clear() {
        var kinds = List.of(
                client.genericKubernetesResources(AutomaticCguIT.CGUS),
                client.genericKubernetesResources("policy.open-cluster-management.io/v1", "Policy"),
                client.genericKubernetesResources(AutomaticCguIT.CLUSTERS));
        for (var kind : kinds) {
            kind.inAnyNamespace().list().getItems().stream()
                    .filter(object -> !object.getFinalizers().isEmpty())
                    .forEach(held -> client.resource(held).edit(object -> {
                        object.getMetadata().setFinalizers(List.of());
                        return object;
                    }));
            kind.inAnyNamespace().delete();
        }
        await("an empty hub").until(() ->
                kinds.stream().allMatch(kind -> kind.inAnyNamespace().list().getItems().isEmpty()));
    }

    void apply(String yaml) {
        client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items()
                .forEach(item -> client.resource(item).createOr(NonDeletingOperation::update));
    }

    /** @param labels as YAML, in braces */
    void cluster(String name, String labels) {
        apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %1$s}
                ---
                apiVersion: cluster.open-cluster-management.io/v1
                kind: ManagedCluster
                metadata: {name: %1$s, labels: %2$s}
                spec: {hubAcceptsClient: true}
                """.formatted(name, labels));
    }

    void condition(String cluster, String status) {
        cluster(cluster).subresource("status").patch(MERGE, """
                {"status": {"conditions": [{"type": "ManagedClusterConditionAvailable", "status": "%s",
                  "reason": "Test", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}
                """.formatted(status));
    }

    void available(String cluster, String labels) {
        cluster(cluster, labels);
        condition(cluster, "True");
    }

    /** @param patch of the metadata, as JSON */
    void patch(String cluster, String patch) {
        cluster(cluster).patch(MERGE, "{\"metadata\": " + patch + "}");
    }

    void policy(String cluster, String name, String wave, String action, String moreLabels) {
        apply("""
                apiVersion: policy.open-cluster-management.io/v1
                kind: Policy
                metadata:
                  name: %2$s
                  namespace: %1$s
                  labels: {policy.open-cluster-management.io/root-policy: %2$s%5$s}
                  annotations: {%3$s}
                spec: {disabled: false, remediationAction: %4$s, policy-templates: []}
                """.formatted(
                        cluster, name, wave == null ? "" : "ran.openshift.io/ztp-deploy-wave: '" + wave + "'", action,
                        moreLabels));
    }

    void policy(String cluster, String name, String wave) {
        policy(cluster, name, wave, "inform", "");
    }

    Optional<GenericKubernetesResource> cgu(String name) {
        return Optional.ofNullable(client.genericKubernetesResources(AutomaticCguIT.CGUS)
                .inNamespace("ztp-install")
                .withName(name)
                .get());
    }

    List<String> cgus() {
        return client.genericKubernetesResources(AutomaticCguIT.CGUS).inAnyNamespace().list().getItems().stream()
                .map(cgu -> cgu.getMetadata().getName())
                .sorted()
                .toList();
    }

    GenericKubernetesResource awaitCgu(String name) {
        await("the ClusterGroupUpgrade of " + name)
                .until(() -> cgu(name).isPresent());
        return cgu(name).orElseThrow();
    }

    private Resource<GenericKubernetesResource> cluster(String name) {
        return client.genericKubernetesResources(AutomaticCguIT.CLUSTERS).withName(name);
    }

    @Override
    public void close() {
        if (real.isEmpty()) {
            client.close();
        }
        try {
            hub.close();
        } catch (Exception e) {
            throw new IllegalStateException("the hub did not stop", e);
        }
    }
}
