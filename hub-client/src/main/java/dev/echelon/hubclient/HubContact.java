package dev.echelon.hubclient;

import dev.echelon.contract.telemetry.Outage;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether the hub answers, as all requests of this process to it show. It is away where it cannot be reached, and where
 * it knows none of us (401): both are told of in one line, whoever asked for what.
 */
public final class HubContact implements Interceptor {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Outage outage;

    private HubContact(Outage outage) {
        this.outage = outage;
    }

    /** The one with the hub that this client talks to. */
    public static HubContact of(KubernetesClient client) {
        return with(client.getMasterUrl().toString());
    }

    /** The one with the hub at this address. */
    static HubContact with(String url) {
        return new HubContact(Outage.of(
                "the hub " + url.replaceFirst("/$", ""),
                "it is asked again, at least every " + HubClients.LONGEST_PAUSE.toSeconds() + " s",
                PATIENCE));
    }

    /** That the hub is away, and why; empty where it is not. */
    public Optional<String> problem() {
        return outage.problem();
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (response.code() != HttpURLConnection.HTTP_UNAUTHORIZED) {
            outage.answered();
        }
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        failed(failure);
    }

    /**
     * A request failed.
     *
     * @return whether that is because the hub is away, which is told of here, so that nobody else has to
     */
    public boolean failed(Throwable failure) {
        boolean away = HubFailures.isAway(failure);
        if (away) {
            outage.failed(() -> HubFailures.inWords(failure));
        }
        return away;
    }
}
