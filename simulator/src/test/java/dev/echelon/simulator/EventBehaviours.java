package dev.echelon.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.CoreEvents;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An event is one object, which two groups show, each under its own names. */
abstract class EventBehaviours {
    private KubernetesClient client;
    private HubUser user;

    /** A new client; the test closes it. */
    abstract KubernetesClient client();

    /** Whether the server lets events be selected by what they are about; says so where it does not. */
    abstract boolean selectsByObject(KubernetesClient hub);

    @BeforeEach
    void connect() {
        client = client();
        user = new HubUser(client);
    }

    @AfterEach
    void disconnect() {
        user.delete(CoreEvents.KIND, "default", "told-1");
        user.delete(CoreEvents.KIND, "default", "told-2");
        client.close();
    }

    @Test
    void whatIsWrittenInOneGroupIsReadInTheOther() {
        user.create(event("told-1", "cgu-a"));

        JsonNode core = user.get(CoreEvents.CORE_KIND, "default", "told-1");
        JsonNode kept = user.get(CoreEvents.KIND, "default", "told-1");

        assertThat(core.path("apiVersion").asText()).isEqualTo("v1");
        assertThat(core.path("message").asText()).isEqualTo("it began");
        assertThat(core.at("/involvedObject/name").asText()).isEqualTo("cgu-a");
        assertThat(core.path("reportingComponent").asText()).isEqualTo("ClusterGroupUpgrade");
        assertThat(core.at("/related/name").asText()).isEqualTo("sno1");
        assertThat(core.has("note") || core.has("regarding") || core.has("reportingController")).isFalse();
        assertThat(kept.path("note").asText()).isEqualTo("it began");
        assertThat(core.at("/metadata/resourceVersion")).isEqualTo(kept.at("/metadata/resourceVersion"));

        client.v1().events().inNamespace("default").resource(old("told-2", "cgu-a")).create();

        JsonNode older = user.get(CoreEvents.KIND, "default", "told-2");
        assertThat(older.path("note").asText()).isEqualTo("it goes on");
        assertThat(older.path("deprecatedCount").asInt()).isEqualTo(3);
        assertThat(older.at("/deprecatedSource/component").asText()).isEqualTo("test");
        assertThat(older.path("deprecatedFirstTimestamp").asText()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void theCoreGroupSelectsByTheObjectThatAnEventIsAbout() {
        assumeTrue(selectsByObject(client));
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Watch watch = client.v1().events().inNamespace("default")
                .withField("involvedObject.name", "cgu-b")
                .watch(recorder(seen))) {
            user.create(event("told-1", "cgu-a"));
            user.create(event("told-2", "cgu-b"));
            await("the watch").atMost(Duration.ofSeconds(60)).until(() -> !seen.isEmpty());

            assertThat(client.v1().events().inNamespace("default")
                            .withField("involvedObject.name", "cgu-b")
                            .withField("involvedObject.kind", "ClusterGroupUpgrade")
                            .withField("involvedObject.uid", "uid-of-cgu-b")
                            .list()
                            .getItems())
                    .extracting(found -> found.getMetadata().getName())
                    .containsExactly("told-2");

            client.v1().events().inNamespace("default").withName("told-2").delete();

            await("the deletion").atMost(Duration.ofSeconds(60)).until(() -> seen.size() == 2);
            assertThat(seen).containsExactly("ADDED told-2", "DELETED told-2");
        }
    }

    private static Watcher<Event> recorder(List<String> seen) {
        return new Watcher<>() {
            @Override
            public void eventReceived(Action action, Event event) {
                seen.add(action + " " + event.getMetadata().getName());
            }

            @Override
            public void onClose(WatcherException cause) {
                seen.add("closed: " + cause.getMessage());
            }
        };
    }

    private static String event(String name, String cgu) {
        return """
                apiVersion: events.k8s.io/v1
                kind: Event
                metadata: {name: %s, namespace: default}
                eventTime: "2026-01-01T00:00:00.000000Z"
                type: Normal
                reason: CguStarted
                action: Begin
                note: it began
                regarding: {apiVersion: ran.openshift.io/v1alpha1, kind: ClusterGroupUpgrade, namespace: default,
                  name: %s, uid: uid-of-%s}
                related: {apiVersion: cluster.open-cluster-management.io/v1, kind: ManagedCluster, name: sno1}
                reportingController: ClusterGroupUpgrade
                reportingInstance: test
                """.formatted(name, cgu, cgu);
    }

    private Event old(String name, String cgu) {
        JsonNode event = Json.parseYaml("""
                apiVersion: v1
                kind: Event
                metadata: {name: %s, namespace: default}
                firstTimestamp: "2026-01-01T00:00:00Z"
                lastTimestamp: "2026-01-01T00:00:05Z"
                count: 3
                type: Normal
                reason: CguStarted
                message: it goes on
                source: {component: test}
                involvedObject: {apiVersion: ran.openshift.io/v1alpha1, kind: ClusterGroupUpgrade, namespace: default,
                  name: %s}
                """.formatted(name, cgu).getBytes(StandardCharsets.UTF_8));
        return client.getKubernetesSerialization().unmarshal(event.toString(), Event.class);
    }
}
