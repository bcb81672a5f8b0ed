package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import dev.echelon.standalone.client.KubeHttp;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a feature needs on the hub, and what it waits for there: as the administrator, by the hub's API. */
record FeatureStage(ShippedInstallation echelon, KubeHttp hub) {

    static final String CLUSTERS = "/apis/cluster.open-cluster-management.io/v1";
    static final String WORKS = "/apis/work.open-cluster-management.io/v1";

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final List<String> CHANGES = List.of("create", "update", "patch", "delete", "deletecollection");

    static String clusterPath(String name) {
        return CLUSTERS + "/managedclusters/" + name;
    }

    static String cguPath(String namespace, String name) {
        return "/apis/ran.openshift.io/v1alpha1/namespaces/" + namespace + "/clustergroupupgrades/" + name;
    }

    static String policyPath(String namespace, String name) {
        return "/apis/policy.open-cluster-management.io/v1/namespaces/" + namespace + "/policies/" + name;
    }

    void apply(String yaml) {
        echelon.hub().apply(yaml);
    }

    /** Spokes that were installed long ago, with the label {@code rights} of this value. */
    void clusters(String group, String... names) {
        for (String name : names) {
            echelon.simulator().add(new SpokeSpec(
                    name,
                    Map.of("name", name, "rights", group, "ztp-done", ""),
                    "4.12.3",
                    1_500_000_000,
                    name + ".example.lab"));
        }
    }

    /** An inform policy that wants the object, in the group's namespace, for the clusters of the group. */
    void policy(String group, String name, String annotations, String object) {
        apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %1$s}
                ---
                apiVersion: policy.open-cluster-management.io/v1
                kind: Policy
                metadata: {name: %2$s, namespace: %1$s, annotations: {%3$s}}
                spec:
                  remediationAction: inform
                  disabled: false
                  policy-templates:
                  - objectDefinition:
                      apiVersion: policy.open-cluster-management.io/v1
                      kind: ConfigurationPolicy
                      metadata: {name: %2$s-config}
                      spec:
                        remediationAction: inform
                        severity: low
                        object-templates:
                        - complianceType: musthave
                          objectDefinition:
                %4$s
                ---
                apiVersion: cluster.open-cluster-management.io/v1beta1
                kind: Placement
                metadata: {name: %2$s, namespace: %1$s}
                spec: {predicates: [{requiredClusterSelector: {labelSelector: {matchLabels: {rights: %1$s}}}}]}
                ---
                apiVersion: policy.open-cluster-management.io/v1
                kind: PlacementBinding
                metadata: {name: %2$s, namespace: %1$s}
                placementRef: {apiGroup: cluster.open-cluster-management.io, kind: Placement, name: %2$s}
                subjects: [{apiGroup: policy.open-cluster-management.io, kind: Policy, name: %2$s}]
                """.formatted(group, name, annotations, object.indent(12).stripTrailing()));
    }

    /** As {@link #policy}, for a ConfigMap of the policy's name that says {@code mode: fast}. */
    void settings(String group, String name, String annotations) {
        policy(group, name, annotations, """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: %s, namespace: default}
                data: {mode: fast}
                """.formatted(name));
    }

    /** A ClusterGroupUpgrade in the namespace of its name, whose objects have names that are known. */
    void cgu(String name, String spec) {
        apply("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata:
                  name: %1$s
                  namespace: %1$s
                  annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}
                spec:
                """.formatted(name) + spec.indent(2));
    }

    /** Gives the cluster an annotation that it did not have. */
    boolean touched(String cluster) throws IOException, InterruptedException {
        hub.merge(clusterPath(cluster), """
                {"metadata": {"annotations": {"example.com/touched": "%s"}}}""".formatted(Instant.now()));
        return true;
    }

    /** Whether there is a ConfigMap at the path that has the word in its data. */
    boolean dataSays(String path, String word) throws IOException, InterruptedException {
        return hub.find(path).filter(map -> map.path("data").toString().contains(word)).isPresent();
    }

    void awaitCompliance(String namespace, String policy, String compliance, int clusters) {
        awaitTrue("policy " + policy + " to be " + compliance, () -> hub.get(policyPath(namespace, policy))
                .at("/status/status")
                .findValuesAsText("compliant")
                .stream()
                .filter(compliance::equals)
                .count() == clusters);
    }

    /** Waits for the reason of a condition of the CGU of this name. */
    void awaitCondition(String cgu, String type, String reason) {
        await(cgu + " to be " + type + " with " + reason).atMost(PATIENCE).until(
                () -> hub.get(cguPath(cgu, cgu)).at("/status/conditions"),
                conditions -> conditions.valueStream().anyMatch(condition ->
                        condition.path("type").asText().equals(type)
                                && condition.path("reason").asText().equals(reason)));
    }

    void awaitGone(String path) {
        awaitTrue(path + " to be gone", () -> hub.find(path).isEmpty());
    }

    void awaitTrue(String what, Callable<Boolean> soNow) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(soNow);
    }

    /** Makes an object that is being deleted, and stays until the result is closed. */
    Leaving leaving(String yaml) {
        GenericKubernetesResource object = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
        object.getMetadata().setFinalizers(List.of("example.com/held"));
        echelon.hub().client().resource(object).create();
        echelon.hub().client().resource(object).delete();
        return new Leaving(object);
    }

    /** An object that is held by a finalizer. */
    final class Leaving implements AutoCloseable {
        private final GenericKubernetesResource object;

        private Leaving(GenericKubernetesResource object) {
            this.object = object;
        }

        /** Waits until spoke-executor has found it in its way. */
        void awaitRead() {
            awaitTrue("spoke-executor to read " + object.getMetadata().getName(),
                    () -> echelon.audit().requests().stream().anyMatch(request ->
                            request.user().equals(ShippedRights.account("spoke-executor"))
                                    && request.verb().equals("get")
                                    && request.name().equals(object.getMetadata().getName())
                                    && request.namespace().equals(object.getMetadata().getNamespace())));
        }

        @Override
        public void close() {
            echelon.hub().client().resource(object).edit(held -> {
                held.getMetadata().setFinalizers(List.of());
                return held;
            });
        }
    }

    /** The hub, with the service's own token. */
    KubeHttp as(String service) throws GeneralSecurityException {
        return HubAccess.as(ShippedRights.account(service), echelon.hub());
    }

    void assertForbidden(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IOException.class).hasMessageContaining(" answered 403");
    }

    /**
     * Each way in which the hub lets the service change something in a namespace like any other, as {@code verb
     * resource.group}; of all resources that the hub serves.
     */
    Set<String> changes(String service) throws IOException, InterruptedException {
        List<Resource> resources = new ArrayList<>();
        for (JsonNode resource : hub.get("/api/v1").path("resources")) {
            resources.add(new Resource("", resource.path("name").asText()));
        }
        for (JsonNode group : hub.get("/apis").path("groups")) {
            String name = group.path("name").asText();
            for (JsonNode version : group.path("versions")) {
                hub.get("/apis/" + version.path("groupVersion").asText()).path("resources")
                        .forEach(resource -> resources.add(new Resource(name, resource.path("name").asText())));
            }
        }
        Set<String> changes = new ConcurrentSkipListSet<>();
        resources.parallelStream().distinct().forEach(resource -> CHANGES.stream()
                .filter(verb -> may(service, verb, resource))
                .forEach(verb -> changes.add(verb + " " + resource)));
        return changes;
    }

    private record Resource(String group, String name) {

        @Override
        public String toString() {
            return group.isEmpty() ? name : name + "." + group;
        }
    }

    private boolean may(String service, String verb, Resource resource) {
        String[] parts = resource.name().split("/", 2);
        try {
            return hub.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", """
                    apiVersion: authorization.k8s.io/v1
                    kind: SubjectAccessReview
                    spec:
                      user: %s
                      resourceAttributes:
                        {verb: %s, group: "%s", resource: %s, subresource: "%s", namespace: anywhere, name: any}
                    """.formatted(
                            ShippedRights.account(service),
                            verb,
                            resource.group(),
                            parts[0],
                            parts.length > 1 ? parts[1] : ""))
                    .at("/status/allowed")
                    .asBoolean();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
