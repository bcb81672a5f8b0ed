package dev.echelon.api.hub;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.CguApi;
import dev.echelon.api.fixture.Requests;
import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.kubeapi.InMemoryStore;
import dev.echelon.kubeapi.KubeApi;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.WriteOptions;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.hubclient.HubClients;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hub where things are missing at first: it is in memory, and refuses what has no namespace, as a real one does. */
class LateHubIT {

    private static final ResourceKind NAMESPACE = ResourceKind.clusterScoped("v1", "Namespace", "namespaces");
    private static final ResourceKind CRD =
            ResourceKind.clusterScoped("apiextensions.k8s.io/v1", "CustomResourceDefinition",
                    "customresourcedefinitions");
    private static final WriteOptions TEST = WriteOptions.by("test");
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/late/clustergroupupgrades";

    private final Vertx vertx = Vertx.vertx();
    private final InMemoryStore store = new InMemoryStore(Clock.systemUTC(), 1_000, true);
    private final Requests requests = new Requests();
    private ObjectNode definition;
    private ResourceKind cgu;
    private KubeApi hub;
    private KubernetesClient client;
    private AnsweringScheduler scheduler;
    private RunningApi api;
    private HubMirror mirror;

    @BeforeEach
    void start() throws Exception {
        definition = definition();
        cgu = ResourceKind.fromCrd(definition);
        hub = KubeApi.builder().kinds(store, NAMESPACE, CRD).build();
        Router router = Router.router(vertx);
        hub.mount(router, "");
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        client = HubClients.counted(
                new ConfigBuilder().withMasterUrl("http://127.0.0.1:" + server.actualPort()).build(),
                CguApi.SERVICE,
                requests.metrics(),
                _ -> {});
        KafkaSettings kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        api = new RunningApi(kafka, TestConfig.DEFAULT, service -> {
            mirror = new HubMirror(
                    service.table(),
                    service.desk(),
                    client,
                    () -> true,
                    TestConfig.DEFAULT.statusInterval(),
                    Clock.systemUTC());
            mirror.start();
        });
    }

    @AfterEach
    void stop() {
        mirror.close();
        client.close();
        api.close();
        scheduler.close();
        vertx.close();
    }

    @Test
    void aCguWaitsForTheCrdAndForItsNamespace() {
        assertThat(api.post(CGUS, cgu("waiting")).status()).isEqualTo(201);
        await("the hub was looked at").until(() -> mirror.problem().isEmpty());
        assertThat(requests.sent()).isEmpty();

        hub.serve(store, cgu);
        store.create(CRD, definition, TEST);

        await("it is told what is missing").untilAsserted(() -> assertThat(mirror.problem())
                .contains("no namespace on the hub for [late/waiting]; they are created there when it appears"));
        assertThat(store.list(cgu, Optional.empty()).items()).isEmpty();

        store.create(NAMESPACE, namespace("late"), TEST);

        await("the CR").until(() -> store.get(cgu, "late", "waiting").isPresent());
        await("nothing is missing any more").until(() -> mirror.problem().isEmpty());
        assertThat(requests.sent()).as("no polling for either")
                .containsOnly("create " + ClusterGroupUpgrade.PLURAL)
                .hasSize(2);
    }

    private static ObjectNode definition() throws IOException {
        return (ObjectNode) Json.parseYaml(
                Files.readAllBytes(Path.of("..", "deploy", "crds", "ran.openshift.io_clustergroupupgrades.yaml")));
    }

    private static ObjectNode namespace(String name) {
        ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
        namespace.putObject("metadata").put("name", name);
        return namespace;
    }

    private static String cgu(String name) {
        return "{\"apiVersion\":\"ran.openshift.io/v1alpha1\",\"kind\":\"ClusterGroupUpgrade\",\"metadata\":{\"name\":\""
                + name + "\"},\"spec\":{\"remediationStrategy\":{\"maxConcurrency\":1}}}";
    }
}
