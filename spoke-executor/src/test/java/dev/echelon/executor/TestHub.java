package dev.echelon.executor;

import static org.awaitility.Awaitility.await;

import dev.echelon.hubfixture.RealHub;
import dev.echelon.simulator.SimulatedHub;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A hub with all CRDs that the executor needs and nothing on it: a real API server, or the simulator's. */
final class TestHub implements AutoCloseable {

    /** Whose hub it is. A test must pass on both. */
    enum Kind {
        API_SERVER,
        SIMULATED;

        /** Why there can be no such hub here; empty where there can. */
        Optional<String> missing() {
            return switch (this) {
                case SIMULATED -> Optional.empty();
                case API_SERVER -> RealHub.ownMissing();
            };
        }
    }

    static final ResourceDefinitionContext VIEWS =
            context("view.open-cluster-management.io", "v1beta1", "ManagedClusterView", true);
    static final ResourceDefinitionContext ACTIONS =
            context("action.open-cluster-management.io", "v1beta1", "ManagedClusterAction", true);
    static final ResourceDefinitionContext PLACEMENTS =
            context("cluster.open-cluster-management.io", "v1beta1", "Placement", true);
    static final ResourceDefinitionContext BINDINGS =
            context("policy.open-cluster-management.io", "v1", "PlacementBinding", true);
    static final ResourceDefinitionContext CLUSTERS =
            context("cluster.open-cluster-management.io", "v1", "ManagedCluster", false);
    static final ResourceDefinitionContext WORKS =
            context("work.open-cluster-management.io", "v1", "ManifestWork", true);
    static final ResourceDefinitionContext TEMPLATES =
            context("work.open-cluster-management.io", "v1alpha1", "ManifestWorkReplicaSet", true);
    static final ResourceDefinitionContext UPGRADES =
            context("ran.openshift.io", "v1alpha1", "ClusterGroupUpgrade", true);
    static final ResourceDefinitionContext EVENTS = context("events.k8s.io", "v1", "Event", true);

    private static final List<String> NEEDED = List.of(
            "managedclusterviews", "managedclusteractions", "managedclusters", "placements", "placementbindings",
            "manifestworks", "manifestworkreplicasets");

    private final Optional<RealHub> real;
    private final AutoCloseable server;
    private final KubernetesClient client;

    private TestHub(RealHub hub) {
        this.real = Optional.of(hub);
        this.server = hub;
        this.client = hub.client();
    }

    private TestHub(SimulatedHub hub) {
        this.real = Optional.empty();
        this.server = hub;
        this.client = hub.client();
    }

    static TestHub start(Kind kind) {
        return switch (kind) {
            case SIMULATED -> new TestHub(SimulatedHub.start());
            case API_SERVER ->
                new TestHub(RealHub.start("nobody").withHubCrds(TestHub::isNeeded).withEchelonCrds());
        };
    }

    KubernetesClient client() {
        return client;
    }

    Config config() {
        return client.getConfiguration();
    }

    /** The one that can be killed and run again. */
    RealHub real() {
        return real.orElseThrow();
    }

    /** Makes a namespace, where it is not there yet. */
    void namespace(String name) {
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
                .createOr(NonDeletingOperation::update);
    }

    /** A ManagedCluster that says whether it is available, and its namespace. */
    void cluster(String name, boolean available) {
        namespace(name);
        GenericKubernetesResource cluster = new GenericKubernetesResourceBuilder()
                .withApiVersion("cluster.open-cluster-management.io/v1")
                .withKind("ManagedCluster")
                .withNewMetadata().withName(name).addToLabels("name", name).endMetadata()
                .addToAdditionalProperties("spec", Map.of("hubAcceptsClient", true))
                .build();
        client.genericKubernetesResources(CLUSTERS).resource(cluster).createOr(NonDeletingOperation::update);
        patchStatus(CLUSTERS, null, name, """
                {"status": {"version": {}, "conditions": [{"type": "ManagedClusterConditionAvailable", "status": "%s",
                  "reason": "Test", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}
                """.formatted(available ? "True" : "Unknown"));
    }

    /**
     * Merges into an object's status with one request; the client's own patch would read it first.
     *
     * @param namespace null for a kind without namespaces
     * @return the HTTP status
     */
    int patchStatus(ResourceDefinitionContext kind, String namespace, String name, String patch) {
        String path = "/apis/" + kind.getGroup() + "/" + kind.getVersion()
                + (namespace == null ? "" : "/namespaces/" + namespace)
                + "/" + kind.getPlural() + "/" + name + "/status";
        HttpClient http = client.getHttpClient();
        String base = client.getMasterUrl().toString().replaceFirst("/$", "");
        return http.sendAsync(http.newHttpRequestBuilder().uri(base + path)
                        .timeout(60, TimeUnit.SECONDS)
                        .patch("application/merge-patch+json", patch).build(), byte[].class)
                .join()
                .code();
    }

    Optional<GenericKubernetesResource> find(ResourceDefinitionContext kind, String namespace, String name) {
        return Optional.ofNullable(
                client.genericKubernetesResources(kind).inNamespace(namespace).withName(name).get());
    }

    /** The names of the objects of a kind in a namespace, sorted. */
    List<String> names(ResourceDefinitionContext kind, String namespace) {
        return client.genericKubernetesResources(kind).inNamespace(namespace).list().getItems().stream()
                .map(object -> object.getMetadata().getName())
                .sorted()
                .toList();
    }

    /**
     * Takes a kind from the hub.
     *
     * @return gives it back
     */
    Runnable uninstall(ResourceDefinitionContext kind) {
        var definitions = client.apiextensions().v1().customResourceDefinitions();
        CustomResourceDefinition definition = definitions.withName(kind.getPlural() + "." + kind.getGroup()).get();
        definitions.resource(definition).delete();
        await("the hub has no " + kind.getPlural()).atMost(Duration.ofSeconds(60)).until(() -> !serves(kind));
        definition.getMetadata().setResourceVersion(null);
        definition.getMetadata().setUid(null);
        definition.setStatus(null);
        return () -> {
            definitions.resource(definition).create();
            await("the hub serves " + kind.getPlural()).atMost(Duration.ofSeconds(60)).until(() -> serves(kind));
        };
    }

    private boolean serves(ResourceDefinitionContext kind) {
        try {
            client.genericKubernetesResources(kind).inAnyNamespace().list();
            return true;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private static boolean isNeeded(String file) {
        return NEEDED.stream()
                .anyMatch(needed -> file.contains("_" + needed + ".") || file.contains("_" + needed + "_"));
    }

    private static ResourceDefinitionContext context(String group, String version, String kind, boolean namespaced) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(kind)
                .withPlural(kind.toLowerCase(java.util.Locale.ROOT) + "s")
                .withNamespaced(namespaced)
                .build();
    }

    @Override
    public void close() {
        if (real.isEmpty()) {
            client.close();
        }
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException("the hub did not stop", e);
        }
    }
}
