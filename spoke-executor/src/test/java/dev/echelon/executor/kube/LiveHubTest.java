package dev.echelon.executor.kube;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.HubObject;
import dev.echelon.executor.work.HubException;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the hub answers to single requests, where it matters which. */
class LiveHubTest {

    @Test
    void whatIsInTheWayWhenItIsCreatedAndGoneWhenItIsReadIsNotTakenForCreated() throws Exception {
        HttpServer hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/", exchange -> {
            boolean create = exchange.getRequestMethod().equals("POST");
            byte[] answer = """
                    {"kind": "Status", "apiVersion": "v1", "reason": "%s", "details": {"name": "settings"}}"""
                    .formatted(create ? "AlreadyExists" : "NotFound")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(create ? 409 : 404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        hub.start();
        try (var client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + hub.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build()) {
            LiveHub live = new LiveHub(new HubCache(), new HubWriter(client, 1, Duration.ofSeconds(30)));
            HubObject work = new HubObject(HubKind.WORK, "spoke", "settings", Map.of(), Map.of(), Map.of());

            assertThatThrownBy(() -> live.apply(new Change.Ensure(work))).isInstanceOf(HubException.class);
        } finally {
            hub.stop(0);
        }
    }
}
