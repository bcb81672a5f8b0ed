package dev.echelon.api.hub;

import static dev.echelon.api.fixture.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.CguApi;
import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.Requests;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.hubclient.HubClients;
import dev.echelon.hubfixture.RealHub;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A mirror on a real API server, with the CRDs that are shipped; each test has its own log and namespace. */
abstract class HubMirrorFixture {

    static RealHub hub;
    private static int tests;

    String namespace;
    private KafkaSettings kafka;
    AnsweringScheduler scheduler;
    RunningApi api;
    private KubernetesClient client;
    private HubMirror mirror;
    final Requests requests = new Requests();

    @BeforeAll
    static void startHub() {
        RealHub.missing().ifPresent(reason -> {
            System.out.println("skipped: " + reason);
            Assumptions.abort(reason);
        });
        hub = RealHub.start().withEchelonCrds();
    }

    @AfterAll
    static void stopHub() {
        if (hub != null) {
            hub.close();
        }
    }

    @BeforeEach
    void start() {
        // Each test has its own log; CRs that an earlier one left must not be taken into it.
        cgusOnHub().inAnyNamespace().list().getItems().forEach(cr -> cgusOnHub()
                .inNamespace(cr.getMetadata().getNamespace())
                .withName(cr.getMetadata().getName())
                .edit(left -> {
                    left.getMetadata().setFinalizers(List.of());
                    return left;
                }));
        cgusOnHub().inAnyNamespace().delete();
        await("an empty hub").until(() -> cgusOnHub().inAnyNamespace().list().getItems().isEmpty());
        namespace = "mirror-" + ++tests;
        hub.apply("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + namespace + "\"}}");
        kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        startService();
    }

    void startService() {
        api = new RunningApi(kafka, TestConfig.DEFAULT, service -> {
            client = HubClients.counted(hub.client().getConfiguration(), CguApi.SERVICE, requests.metrics(), _ -> {});
            mirror = new HubMirror(
                    service.table(),
                    service.desk(),
                    client,
                    () -> true,
                    TestConfig.DEFAULT.statusInterval(),
                    Clock.systemUTC());
            mirror.start();
        });
        await("the hub is mirrored").until(() -> mirror.problem().isEmpty());
    }

    void stopService() {
        mirror.close();
        client.close();
        api.close();
    }

    @AfterEach
    void stop() {
        if (scheduler != null) {
            stopService();
            scheduler.close();
        }
    }

    static MixedOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            cgusOnHub() {
        return hub.client().genericKubernetesResources(ClusterGroupUpgrade.API_VERSION, ClusterGroupUpgrade.KIND);
    }

    static GenericKubernetesResource cgu(String namespace, String name) {
        return cgusOnHub().inNamespace(namespace).withName(name).get();
    }

    GenericKubernetesResource create(String json) {
        return cgusOnHub()
                .inNamespace(namespace)
                .resource(hub.client().getKubernetesSerialization().unmarshal(json, GenericKubernetesResource.class))
                .create();
    }

    String cgus() {
        return "/apis/ran.openshift.io/v1alpha1/namespaces/" + namespace + "/clustergroupupgrades";
    }

    static String cgu(String name, boolean enable) {
        return "{\"apiVersion\":\"ran.openshift.io/v1alpha1\",\"kind\":\"ClusterGroupUpgrade\",\"metadata\":{\"name\":\""
                + name + "\"},\"spec\":{\"enable\":" + enable
                + ",\"clusters\":[\"sno1\"],\"remediationStrategy\":{\"maxConcurrency\":1}}}";
    }

    ClusterGroupUpgrade awaitInLog(String name) {
        await(name + " in the log").until(() -> stored(name) != null);
        await(name + " is mirrored").until(() -> api.service().table().get(new CguId(namespace, name)).isPresent());
        return stored(name);
    }

    ClusterGroupUpgrade stored(String name) {
        return scheduler.state(new CguId(namespace, name));
    }

    CguStatus statusOnHub(String name) {
        try {
            return HubObject.of((ObjectNode) Json.mapper()
                            .readTree(hub.client().getKubernetesSerialization().asJson(cgu(namespace, name))))
                    .status();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static Condition condition(ConditionReason reason) {
        return new Condition(
                reason.type().wire(), reason.status(), reason.reason(), reason.with(), Instant.ofEpochSecond(1_700_000_000));
    }

    static CguStatus status(int concurrency, List<Condition> conditions) {
        return new CguStatus(
                null, null, concurrency, conditions, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** The watch may lag behind what a request has told; then exactly this has been seen, in this order. */
    static void awaitSeen(List<String> seen, String... reasons) {
        await("the last one").until(() -> !seen.isEmpty() && seen.getLast().equals(reasons[reasons.length - 1]));
        assertThat(seen.stream().distinct().toList()).containsExactly(reasons);
    }

    static Watcher<GenericKubernetesResource> reasons(List<String> seen) {
        return new Watcher<>() {
            @Override
            public void eventReceived(Action action, GenericKubernetesResource cr) {
                List<Map<String, String>> conditions = cr.get("status", "conditions");
                seen.add(conditions == null
                        ? ""
                        : String.join(" ", conditions.stream().map(c -> c.get("reason")).toList()));
            }

            @Override
            public void onClose(WatcherException cause) {
                seen.add("watch closed: " + cause.getMessage());
            }
        };
    }
}
