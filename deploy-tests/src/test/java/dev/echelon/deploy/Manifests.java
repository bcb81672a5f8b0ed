package dev.echelon.deploy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What is installed on a hub, rendered as its installer renders it. */
final class Manifests {

    static final Path DEPLOY = Path.of("..", "deploy");
    static final String NAMESPACE = "echelon";
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** The types whose fields are all that an object may have. */
    private static final Map<String, Class<?>> TYPES = Map.ofEntries(
            Map.entry("v1 ConfigMap", ConfigMap.class),
            Map.entry("v1 Namespace", Namespace.class),
            Map.entry("v1 Service", Service.class),
            Map.entry("v1 ServiceAccount", ServiceAccount.class),
            Map.entry("apps/v1 Deployment", Deployment.class),
            Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
            Map.entry("rbac.authorization.k8s.io/v1 ClusterRole", ClusterRole.class),
            Map.entry("rbac.authorization.k8s.io/v1 ClusterRoleBinding", ClusterRoleBinding.class),
            Map.entry("rbac.authorization.k8s.io/v1 Role", Role.class),
            Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class),
            Map.entry("apiextensions.k8s.io/v1 CustomResourceDefinition", CustomResourceDefinition.class),
            Map.entry("monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class),
            Map.entry("monitoring.coreos.com/v1 PrometheusRule", PrometheusRule.class),
            Map.entry("kafka.strimzi.io/v1 Kafka", Kafka.class),
            Map.entry("kafka.strimzi.io/v1 KafkaNodePool", KafkaNodePool.class),
            Map.entry("kafka.strimzi.io/v1 KafkaTopic", KafkaTopic.class),
            Map.entry("kafka.strimzi.io/v1 KafkaUser", KafkaUser.class));

    /**
     * The classes keep what they do not know; here that is an error, as it is for an API server with strict validation.
     */
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });

    private Manifests() {}

    /** Why kustomize cannot be run here; empty where it can. */
    static Optional<String> kustomizeMissing() {
        try {
            Process process = new ProcessBuilder("kubectl", "version", "--client").redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return text.matches("(?s).*Kustomize Version: v[5-9].*")
                    ? Optional.empty()
                    : Optional.of("needs a kubectl with kustomize 5 or newer; this one says: " + text.strip());
        } catch (IOException e) {
            return Optional.of("needs kubectl on the PATH, which has kustomize in it");
        }
    }

    /** An overlay, by {@code kubectl kustomize}. */
    static List<JsonNode> kustomize(String overlay) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("kustomize", ".err");
        Process process = new ProcessBuilder(
                        "kubectl", "kustomize", DEPLOY.resolve("kustomize/overlays").resolve(overlay).toString())
                .redirectError(errors.toFile())
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("kubectl kustomize " + overlay + ": " + Files.readString(errors));
        }
        Files.delete(errors);
        return documents(text);
    }

    /** The chart with a file of values beside it, or with its defaults. */
    static List<JsonNode> chart(Optional<String> valuesFile) throws IOException {
        var command = new Helm(DEPLOY.resolve("chart")).template().withName("echelon").withNamespace(NAMESPACE);
        valuesFile.ifPresent(file -> command.withValuesFile(DEPLOY.resolve("chart").resolve(file)));
        return documents(command.call());
    }

    /** All documents of a YAML text that are not empty. */
    static List<JsonNode> documents(String yaml) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            values.forEachRemaining(document -> {
                if (document != null && document.isObject()) {
                    documents.add(document);
                }
            });
        }
        return documents;
    }

    /** @throws IllegalArgumentException when the object has a field or a value that its kind does not have */
    static Object typed(JsonNode object) {
        String kind = object.path("apiVersion").asText() + " " + object.path("kind").asText();
        Class<?> type = TYPES.get(kind);
        if (type == null) {
            throw new IllegalArgumentException("there is no kind " + kind);
        }
        return STRICT.convertValue(object, type);
    }

    static <T> List<T> ofType(List<JsonNode> objects, Class<T> type) {
        return objects.stream().map(Manifests::typed).filter(type::isInstance).map(type::cast).toList();
    }

    /** For messages and for comparing: kind and name. */
    static String title(JsonNode object) {
        return object.path("kind").asText() + " " + object.path("metadata").path("name").asText();
    }
}
