package dev.echelon.executor.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.HubObject;
import dev.echelon.executor.domain.SeenObject;
import dev.echelon.executor.work.HubException;
import dev.echelon.hubfixture.RealHub;
import dev.echelon.simulator.SimulatedHub;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a change does to a hub that is not as the cache has it. */
class LiveHubIT {

    private static final HubObject VIEW = new HubObject(HubKind.VIEW, "sno1", "view", Map.of(
            "spec", Map.of("scope", Map.of("resource", "jobs", "name", "job", "namespace", "jobs"))));

    @Test
    void aViewThatWasAnsweredSinceItWasSeenIsNotMadeAnewOnTheSimulatedHub() {
        try (SimulatedHub hub = SimulatedHub.start(); KubernetesClient client = hub.client()) {
            aViewThatWasAnsweredSinceItWasSeenIsNotMadeAnew(client);
        }
    }

    @Test
    void aViewThatWasAnsweredSinceItWasSeenIsNotMadeAnewOnARealHub() {
        Optional<String> missing = RealHub.missing();
        assumeTrue(missing.isEmpty(), () -> "skipped: " + missing.orElseThrow());
        try (RealHub hub = RealHub.start().withHubCrds(file -> file.contains("_managedclusterviews"))) {
            aViewThatWasAnsweredSinceItWasSeenIsNotMadeAnew(hub.client());
        }
    }

    private static void aViewThatWasAnsweredSinceItWasSeenIsNotMadeAnew(KubernetesClient client) {
        client.namespaces()
                .resource(new NamespaceBuilder().withNewMetadata().withName("sno1").endMetadata().build())
                .create();
        HubWriter writer = new HubWriter(client, 1, Duration.ofSeconds(60));
        HubCache cache = new HubCache();
        LiveHub hub = new LiveHub(cache, writer);
        hub.apply(new Change.Ensure(VIEW));
        SeenObject seen = cache.get(HubKind.VIEW, "sno1", "view").orElseThrow();
        // As if somebody had answered it: the cache hears of that only later.
        SeenObject answered = writer.patch(HubKind.VIEW, "sno1", "view",
                Map.of("metadata", Map.of("annotations", Map.of("example.com/answer", "found")))).orElseThrow();

        assertThatThrownBy(() -> hub.apply(new Change.Recreate(VIEW)))
                .isInstanceOfSatisfying(HubException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(409);
                    assertThat(refused.isRefusal()).as("told as a refusal").isFalse();
                });
        assertThat(writer.read(HubKind.VIEW, "sno1", "view")).map(SeenObject::uid).contains(seen.uid());

        cache.seen(answered);
        hub.apply(new Change.Recreate(VIEW));

        assertThat(cache.get(HubKind.VIEW, "sno1", "view")).map(SeenObject::uid).isPresent().get()
                .isNotEqualTo(seen.uid());
        assertThat(writer.read(HubKind.VIEW, "sno1", "view"))
                .isEqualTo(cache.get(HubKind.VIEW, "sno1", "view"));
    }
}
