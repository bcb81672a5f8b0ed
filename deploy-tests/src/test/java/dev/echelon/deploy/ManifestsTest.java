package dev.echelon.deploy;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.echelon.contract.Topic;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import io.strimzi.api.kafka.model.user.KafkaUserAuthorizationSimple;
import io.strimzi.api.kafka.model.user.acl.AclOperation;
import io.strimzi.api.kafka.model.user.acl.AclRule;
import io.strimzi.api.kafka.model.user.acl.AclRuleTopicResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kustomize renders is valid, and says of Kafka, metrics and CRDs what the code says. */
class ManifestsTest {

    private static final Set<String> SERVICES =
            Set.of("cgu-api", "compliance-watcher", "scheduler", "spoke-executor");

    @BeforeEach
    void kustomizeIsThere() {
        Manifests.kustomizeMissing().ifPresent(reason -> System.out.println("skipped: " + reason));
        assumeTrue(Manifests.kustomizeMissing().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"single-node", "highly-available"})
    void everyObjectHasOnlyWhatItsKindKnows(String overlay) throws Exception {
        List<JsonNode> objects = Manifests.kustomize(overlay);
        assertThat(objects).isNotEmpty().allSatisfy(object ->
                assertThat(Manifests.typed(object)).as(Manifests.title(object)).isNotNull());
        assertThat(Manifests.ofType(objects, Deployment.class))
                .extracting(deployment -> deployment.getMetadata().getName())
                .containsExactlyInAnyOrderElementsOf(SERVICES);
    }

    @Test
    void aFieldThatIsMisspeltIsNoticed() throws Exception {
        List<JsonNode> misspelt = Manifests.documents("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: x}
                spec: {template: {spec: {containers: [{name: x, redinessProbe: {}}]}}}
                ---
                apiVersion: kafka.strimzi.io/v1
                kind: KafkaTopic
                metadata: {name: x}
                spec: {partition: 1}
                """);
        assertThat(misspelt).hasSize(2).allSatisfy(object -> assertThatThrownBy(() -> Manifests.typed(object))
                .hasMessageContaining("Unrecognized field"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"single-node", "highly-available"})
    void everyPodMeetsTheRestrictedStandard(String overlay) throws Exception {
        for (Deployment deployment : Manifests.ofType(Manifests.kustomize(overlay), Deployment.class)) {
            PodSpec pod = deployment.getSpec().getTemplate().getSpec();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            for (Container container : pod.getContainers()) {
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
                assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(container.getResources().getLimits()).containsKey("memory");
                assertThat(container.getStartupProbe().getHttpGet().getPath()).isEqualTo("/q/health/started");
                assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/q/health/live");
                assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/q/health/ready");
            }
        }
    }

    /** The system tests run under the base's roles as they stand; the chart's are compared with the overlays'. */
    @ParameterizedTest
    @ValueSource(strings = {"single-node", "highly-available"})
    void theRightsAreThoseThatTheSystemTestsRunUnder(String overlay) throws Exception {
        List<JsonNode> base = new ArrayList<>();
        for (String service : SERVICES) {
            Path manifest = Manifests.DEPLOY.resolve("kustomize/base").resolve(service + ".yaml");
            base.addAll(rights(Manifests.documents(Files.readString(manifest))));
        }
        assertThat(rights(Manifests.kustomize(overlay))).containsExactlyInAnyOrderElementsOf(base);
    }

    private static List<JsonNode> rights(List<JsonNode> objects) {
        return objects.stream().filter(object -> object.path("apiVersion").asText().startsWith("rbac.")).toList();
    }

    @Test
    void theCrdsAreThoseThatAreGenerated() throws Exception {
        Map<String, JsonNode> rendered = Manifests.kustomize("single-node").stream()
                .filter(object -> object.path("kind").asText().equals("CustomResourceDefinition"))
                .collect(toMap(Manifests::title, object -> object));
        try (Stream<Path> files = Files.list(Manifests.DEPLOY.resolve("crds"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".yaml")).toList()) {
                JsonNode crd = Manifests.documents(Files.readString(file)).getFirst();
                assertThat(rendered.remove(Manifests.title(crd))).isEqualTo(crd);
            }
        }
        assertThat(rendered).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"single-node", "highly-available"})
    void theTopicsAreThoseOfTheCatalogue(String overlay) throws Exception {
        Map<String, KafkaTopic> topics = Manifests.ofType(Manifests.kustomize(overlay), KafkaTopic.class).stream()
                .collect(toMap(topic -> topic.getMetadata().getName(), topic -> topic));
        for (Topic topic : Topic.values()) {
            KafkaTopic made = topics.remove(topic.topicName(Topic.DEFAULT_PREFIX));
            assertThat(made).as("KafkaTopic of " + topic).isNotNull();
            assertThat(made.getSpec().getPartitions()).isEqualTo(topic.partitions());
            Map<String, String> config = new TreeMap<>();
            made.getSpec().getConfig().forEach((name, value) -> config.put(name, String.valueOf(value)));
            assertThat(config).as(topic + "'s configuration").isEqualTo(new TreeMap<>(topic.config()));
            assertThat(made.getSpec().getReplicas()).isEqualTo(overlay.equals("single-node") ? 1 : 3);
        }
        assertThat(topics).isEmpty();
    }

    @Test
    void eachServiceMayReadAndWriteWhatTheArchitectureSays() throws Exception {
        Map<String, Arrows> documented = Arrows.documented();
        Map<String, Arrows> allowed = new TreeMap<>();
        for (KafkaUser user : Manifests.ofType(Manifests.kustomize("single-node"), KafkaUser.class)) {
            allowed.put(user.getMetadata().getName(), Arrows.allowed(user));
        }
        assertThat(allowed).isEqualTo(documented);
    }

    @Test
    void alertsAndDashboardNameMetricsThatThereAre() throws Exception {
        Set<String> there = metersInTheCode();
        List<JsonNode> objects = Manifests.kustomize("single-node");
        Set<String> asked = new TreeSet<>();
        Manifests.ofType(objects, PrometheusRule.class).forEach(rule -> rule.getSpec().getGroups().forEach(group ->
                group.getRules().forEach(each -> asked.addAll(metricsIn(each.getExpr().getStrVal())))));
        ConfigMap dashboard = Manifests.ofType(objects, ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().equals("echelon-dashboard"))
                .findFirst()
                .orElseThrow();
        JsonNode read = new ObjectMapper().readTree(dashboard.getData().get("echelon.json"));
        read.path("panels").forEach(panel -> panel.path("targets")
                .forEach(target -> asked.addAll(metricsIn(target.path("expr").asText()))));
        assertThat(asked).hasSizeGreaterThan(8).allSatisfy(metric -> assertThat(there)
                .as(metric)
                .contains(metric.replaceAll("_(total|count|sum)$", "").replaceAll("_seconds$", "")));
    }

    private static Set<String> metricsIn(String expression) {
        return Pattern.compile("\\bechelon_[a-z_]+").matcher(expression).results()
                .map(found -> found.group())
                .collect(toCollection(TreeSet::new));
    }

    /** As Prometheus would call them, without the endings that it gives. */
    private static Set<String> metersInTheCode() throws IOException {
        Set<String> meters = new TreeSet<>();
        // What the services share is counted in modules of their own.
        for (String service : Stream.concat(SERVICES.stream(), Stream.of("hub-client", "service")).toList()) {
            try (Stream<Path> files = Files.walk(Path.of("..", service, "src", "main", "java"))) {
                for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    Pattern.compile("\"(echelon\\.[a-z.]+)\"").matcher(Files.readString(file)).results()
                            .forEach(found -> meters.add(found.group(1).replace('.', '_')));
                }
            }
        }
        return meters;
    }

    /** What a service reads and writes, by the topics' names without prefix. */
    private record Arrows(Set<String> reads, Set<String> writes) {

        private static final Set<String> TOPICS = Stream.of(Topic.values())
                .map(topic -> topic.topicName(""))
                .collect(toCollection(TreeSet::new));

        /** The table in the architecture: {@code | `service` | verb | reads | writes |}. */
        static Map<String, Arrows> documented() throws IOException {
            Map<String, Arrows> services = new TreeMap<>();
            for (String line : Files.readAllLines(Path.of("..", "docs", "architecture.md"))) {
                String[] cells = line.split("\\|");
                String service = cells.length < 5 ? "" : cells[1].strip().replace("`", "");
                if (SERVICES.contains(service)) {
                    Set<String> writes = topicsIn(cells[4]);
                    // "All of them write to dead-letters what they cannot process."
                    writes.add(Topic.DEAD_LETTERS.topicName(""));
                    services.put(service, new Arrows(topicsIn(cells[3]), writes));
                }
            }
            return services;
        }

        static Arrows allowed(KafkaUser user) {
            Arrows arrows = new Arrows(new TreeSet<>(), new TreeSet<>());
            var rules = ((KafkaUserAuthorizationSimple) user.getSpec().getAuthorization()).getAcls();
            for (AclRule rule : rules) {
                if (rule.getResource() instanceof AclRuleTopicResource topic
                        && topic.getName().startsWith(Topic.DEFAULT_PREFIX)) {
                    String name = topic.getName().substring(Topic.DEFAULT_PREFIX.length());
                    if (rule.getOperations().contains(AclOperation.READ)) {
                        arrows.reads.add(name);
                    }
                    if (rule.getOperations().contains(AclOperation.WRITE)) {
                        arrows.writes.add(name);
                    }
                }
            }
            return arrows;
        }

        private static Set<String> topicsIn(String cell) {
            return Pattern.compile("`([a-z-]+)`").matcher(cell).results()
                    .map(found -> found.group(1))
                    .filter(TOPICS::contains)
                    .collect(toCollection(TreeSet::new));
        }
    }
}
