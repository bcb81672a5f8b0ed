package dev.echelon.deploy;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.strimzi.api.kafka.model.kafka.Kafka;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Helm chart, rendered by Helm itself. */
class ChartTest {

    @ParameterizedTest
    @CsvSource({",single-node", "values-highly-available.yaml,highly-available"})
    void theChartAndKustomizeInstallTheSame(String values, String overlay) throws Exception {
        Manifests.kustomizeMissing().ifPresent(reason -> System.out.println("skipped: " + reason));
        assumeTrue(Manifests.kustomizeMissing().isEmpty());
        // Helm makes the namespace when it is told to, and takes CRDs from a folder of their own.
        Map<String, JsonNode> kustomized = byTitle(Manifests.kustomize(overlay).stream()
                .filter(object -> !object.path("kind").asText().matches("Namespace|CustomResourceDefinition"))
                .toList());

        assertThat(byTitle(Manifests.chart(Optional.ofNullable(values)))).isEqualTo(kustomized);
    }

    @Test
    void whatTheValuesSayIsRendered() throws Exception {
        List<JsonNode> objects = Manifests.documents(new Helm(Manifests.DEPLOY.resolve("chart"))
                .template()
                .withName("e")
                .withNamespace("rollouts")
                .set("image.prefix", "registry.example.com/a/")
                .set("image.tag", "v7")
                .set("replicas.scheduler", 5)
                .set("kafka.strimzi", false)
                .set("kafka.bootstrapServers", "kafka.example.com:9093")
                .set("networkPolicies", false)
                .set("resources.scheduler.limits.memory", "3Gi")
                .call());

        assertThat(objects).allSatisfy(object -> assertThat(Manifests.typed(object)).isNotNull());
        assertThat(Manifests.ofType(objects, Kafka.class)).isEmpty();
        assertThat(objects).noneMatch(object -> object.path("kind").asText().equals("NetworkPolicy"));
        Deployment scheduler = Manifests.ofType(objects, Deployment.class).stream()
                .filter(each -> each.getMetadata().getName().equals("scheduler"))
                .findFirst()
                .orElseThrow();
        assertThat(scheduler.getMetadata().getNamespace()).isEqualTo("rollouts");
        assertThat(scheduler.getSpec().getReplicas()).isEqualTo(5);
        var container = scheduler.getSpec().getTemplate().getSpec().getContainers().getFirst();
        assertThat(container.getImage()).isEqualTo("registry.example.com/a/scheduler:v7");
        assertThat(container.getResources().getLimits().get("memory").toString()).isEqualTo("3Gi");
        assertThat(Manifests.ofType(objects, ClusterRoleBinding.class)).isNotEmpty().allSatisfy(binding ->
                assertThat(binding.getSubjects().getFirst().getNamespace()).isEqualTo("rollouts"));
        assertThat(objects.toString()).contains("bootstrap-servers=kafka.example.com:9093");
    }

    @Test
    void aValueThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new Helm(Manifests.DEPLOY.resolve("chart"))
                        .template()
                        .set("kafka.nodes", 2)
                        .call())
                .hasMessageContaining("nodes");
        assertThatThrownBy(() -> new Helm(Manifests.DEPLOY.resolve("chart"))
                        .template()
                        .set("replica.scheduler", 2)
                        .call())
                .hasMessageContaining("replica");
    }

    private static Map<String, JsonNode> byTitle(List<JsonNode> objects) {
        return objects.stream().collect(toMap(Manifests::title, object -> object, (one, _) -> {
            throw new IllegalStateException(Manifests.title(one) + " is there twice");
        }, TreeMap::new));
    }
}
