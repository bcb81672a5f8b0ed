package dev.echelon.api.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import dev.echelon.hubfixture.RealHub;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped CRDs, as a real API server understands them. */
class CrdOnHubIT {

    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/default/clustergroupupgrades";

    private static RealHub hub;

    @BeforeAll
    static void start() {
        RealHub.missing().ifPresent(reason -> {
            System.out.println("skipped: " + reason);
            Assumptions.abort(reason);
        });
        hub = RealHub.start().withEchelonCrds();
    }

    @AfterAll
    static void stop() {
        if (hub != null) {
            hub.close();
        }
    }

    @Test
    void defaultsAreSetAndUnknownFieldsArePruned() {
        GenericKubernetesResource cgu = create("ClusterGroupUpgrade", """
                {"apiVersion":"ran.openshift.io/v1alpha1","kind":"ClusterGroupUpgrade","metadata":{"name":"defaults"},
                 "spec":{"clustrs":["a"],"actions":{"afterCompletion":{}},"remediationStrategy":{"maxConcurrency":0}}}""");

        assertThat(cgu.<Object>get("spec")).isEqualTo(Map.of(
                "actions", Map.of("afterCompletion", Map.of("deleteObjects", true)),
                "backup", false,
                "enable", true,
                "preCaching", false,
                "remediationStrategy", Map.of("maxConcurrency", 0, "timeout", 240)));
    }

    @Test
    void onlyTheStrategyIsRequired() {
        assertThatThrownBy(() -> create("ClusterGroupUpgrade", """
                {"apiVersion":"ran.openshift.io/v1alpha1","kind":"ClusterGroupUpgrade","metadata":{"name":"none"},
                 "spec":{"clusters":["a"]}}"""))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("spec.remediationStrategy: Required value");
        assertThat(create("PreCachingConfig", """
                {"apiVersion":"ran.openshift.io/v1alpha1","kind":"PreCachingConfig","metadata":{"name":"all"},
                 "spec":{"spaceRequired":"45 GiB","overrides":{"operatorsPackagesAndChannels":["a: b"]}}}""")
                .<String>get("spec", "spaceRequired")).isEqualTo("45 GiB");
    }

    @Test
    void aWholeStatusIsStoredAndTheTableShowsItsLastCondition() throws IOException {
        GenericKubernetesResource cgu = create("ClusterGroupUpgrade", """
                {"apiVersion":"ran.openshift.io/v1alpha1","kind":"ClusterGroupUpgrade","metadata":{"name":"shown"},
                 "spec":{"remediationStrategy":{"maxConcurrency":1}}}""");
        JsonNode status = Json.mapper().readTree("""
                {"computedMaxConcurrency":2,"remediationPlan":[["a"],["b","c"]],
                 "managedPoliciesForUpgrade":[{"name":"p","namespace":"n"}],"managedPoliciesNs":{"p":"n"},
                 "clusters":[{"name":"a","state":"complete"},
                   {"name":"b","state":"timedout","currentManifestWork":{"name":"w","status":{"any":{"thing":[1]}}}}],
                 "conditions":[
                   {"type":"Validated","status":"True","reason":"ValidationCompleted","message":"Completed validation",
                    "lastTransitionTime":"2026-01-01T10:00:00Z"},
                   {"type":"Progressing","status":"False","reason":"NotEnabled","message":"Not enabled",
                    "lastTransitionTime":"2026-01-01T10:00:01Z"}],
                 "status":{"startedAt":"2026-01-01T10:00:00Z","currentBatch":1,
                   "currentBatchRemediationProgress":{"a":{"state":"InProgress","policyIndex":0}}}}""");
        cgu.setAdditionalProperty("status", Json.mapper().convertValue(status, Map.class));
        hub.client().resource(cgu).inNamespace("default").updateStatus();

        JsonNode stored = Json.mapper().readTree(hub.client().raw(CGUS + "/shown"));
        assertThat(stored.path("status")).isEqualTo(status);
        JsonNode table = Json.mapper().readTree(table("shown"));
        assertThat(table.path("columnDefinitions").findValuesAsText("name"))
                .containsExactly("Name", "Age", "State", "Details");
        assertThat(List.of(table.at("/rows/0/cells/2").asText(), table.at("/rows/0/cells/3").asText()))
                .containsExactly("NotEnabled", "Not enabled");
    }

    private static String table(String name) {
        try {
            return hub.client().getHttpClient()
                    .sendAsync(
                            hub.client().getHttpClient().newHttpRequestBuilder()
                                    .uri(hub.client().getMasterUrl() + CGUS.substring(1) + "/" + name)
                                    .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                                    .build(),
                            String.class)
                    .get()
                    .body();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GenericKubernetesResource create(String kind, String json) {
        return hub.client()
                .genericKubernetesResources("ran.openshift.io/v1alpha1", kind)
                .inNamespace("default")
                .resource(hub.client().getKubernetesSerialization().unmarshal(json, GenericKubernetesResource.class))
                .create();
    }
}
