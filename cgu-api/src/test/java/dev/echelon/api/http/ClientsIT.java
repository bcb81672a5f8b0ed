package dev.echelon.api.http;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.CguId;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.resource.ConditionReason;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock clients against the API, with nothing else running. */
class ClientsIT {

    private static RunningApi api;
    private static AnsweringScheduler scheduler;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        KafkaSettings kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        api = new RunningApi(kafka, TestConfig.DEFAULT);
    }

    @AfterAll
    static void stop() {
        api.close();
        scheduler.close();
    }

    @Test
    void kubectlAppliesPatchesShowsAndDeletes() throws IOException, InterruptedException {
        Path manifest = Files.writeString(folder.resolve("cgu.yaml"), """
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: by-kubectl, namespace: ztp-policies}
                spec:
                  enable: false
                  clusters: [sno1, sno2]
                  remediationStrategy: {maxConcurrency: 2}
                """);

        assertThat(kubectl("apply", "-f", manifest.toString()))
                .isEqualTo("clustergroupupgrade.ran.openshift.io/by-kubectl created");
        assertThat(kubectl("apply", "-f", manifest.toString()))
                .isEqualTo("clustergroupupgrade.ran.openshift.io/by-kubectl unchanged");
        Files.writeString(manifest, Files.readString(manifest).replace("maxConcurrency: 2", "maxConcurrency: 1"));
        assertThat(kubectl("apply", "-f", manifest.toString()))
                .isEqualTo("clustergroupupgrade.ran.openshift.io/by-kubectl configured");
        scheduler.show(new CguId("ztp-policies", "by-kubectl"),
                ResourceIT.status(ConditionReason.NOT_ENABLED, Instant.now()));
        await("the state").until(() -> kubectl("get", "cgu", "-A").contains("NotEnabled"));
        assertThat(kubectl("get", "cgu", "-A", "--no-headers"))
                .matches("ztp-policies +by-kubectl +\\d+s +NotEnabled +Not enabled");
        assertThat(kubectl("-n", "ztp-policies", "patch", "cgu", "by-kubectl", "--type", "merge", "-p",
                "{\"spec\":{\"enable\":true}}"))
                .isEqualTo("clustergroupupgrade.ran.openshift.io/by-kubectl patched");
        assertThat(kubectl("-n", "ztp-policies", "get", "cgu", "by-kubectl", "-o", "jsonpath={.spec.enable}"))
                .isEqualTo("true");
        assertThat(kubectl("explain", "cgu.spec.remediationStrategy.timeout"))
                .contains("Minutes for the whole upgrade.");
        assertThat(kubectl("-n", "ztp-policies", "delete", "cgu", "by-kubectl", "--timeout", "20s"))
                .contains("deleted");
        assertThat(kubectl("get", "cgu", "-A")).isEqualTo("No resources found");
    }

    @Test
    void kubectlIsToldWhatIsWrong() throws IOException, InterruptedException {
        Path manifest = Files.writeString(folder.resolve("cgu.yaml"), """
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: wrong, namespace: ztp-policies}
                spec: {enable: "no", clustrs: [sno1]}
                """);

        assertThat(kubectl("create", "-f", manifest.toString())).contains("unknown field \"spec.clustrs\"");
        assertThat(kubectl("create", "--validate=false", "-f", manifest.toString()))
                .contains("spec.remediationStrategy: Required value")
                .contains("spec.enable in body must be of type boolean");
    }

    @Test
    void theFabric8ClientEditsAndFollows() {
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder().withMasterUrl(api.url()).withNamespace("fabric8").build())
                .build()) {
            var cgus = client.genericKubernetesResources("ran.openshift.io/v1alpha1", "ClusterGroupUpgrade");
            List<String> seen = new CopyOnWriteArrayList<>();
            try (SharedIndexInformer<GenericKubernetesResource> informer =
                    cgus.inNamespace("fabric8").inform(new Sayings(seen))) {
                GenericKubernetesResource cgu = new GenericKubernetesResource();
                cgu.setApiVersion("ran.openshift.io/v1alpha1");
                cgu.setKind("ClusterGroupUpgrade");
                cgu.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder().withName("edited").build());
                cgu.setAdditionalProperty("spec", Map.of("remediationStrategy", Map.of("maxConcurrency", 1)));
                cgus.inNamespace("fabric8").resource(cgu).create();
                cgus.inNamespace("fabric8").withName("edited").edit(one -> {
                    one.getMetadata().setLabels(Map.of("team", "ran"));
                    return one;
                });
                cgus.inNamespace("fabric8").withName("edited").delete();

                await("all changes").untilAsserted(() -> assertThat(seen)
                        .containsExactly("added {}", "updated {team=ran}", "updated {team=ran}", "deleted {team=ran}"));
            }
        }
    }

    private record Sayings(List<String> seen) implements ResourceEventHandler<GenericKubernetesResource> {
        @Override
        public void onAdd(GenericKubernetesResource cgu) {
            seen.add("added " + labels(cgu));
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
            seen.add("updated " + labels(after));
        }

        @Override
        public void onDelete(GenericKubernetesResource cgu, boolean unknown) {
            seen.add("deleted " + labels(cgu));
        }

        private static Map<String, String> labels(GenericKubernetesResource cgu) {
            return cgu.getMetadata().getLabels() == null ? Map.of() : cgu.getMetadata().getLabels();
        }
    }

    private String kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl", "--server", api.url(), "--cache-dir",
                folder.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("KUBECONFIG", folder.resolve("none").toString());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            String reason = "kubectl is not on the PATH: " + e.getMessage();
            System.out.println("skipped: " + reason);
            Assumptions.abort(reason);
            throw e;
        }
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return said.strip();
    }
}
