package dev.echelon.hubclient;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes clients of the hub. */
public final class HubClients {

    /** Doubled up to 32 times by the client. */
    private static final int RECONNECT_MILLIS = 200;

    /** How far apart two tries to watch a kind are at most: so soon a hub, or a kind, that was away is found again. */
    public static final Duration LONGEST_PAUSE = Duration.ofSeconds(7);

    private HubClients() {}

    /**
     * A client of its own, so that its requests are counted as the service's and no retry hides in it. What it watches
     * is taken up again for ever. Of a hub that is away {@link HubContact} tells.
     *
     * @param hub where the hub is and who we are there
     * @param own what this client has otherwise
     * @param interceptors that see the requests, too
     */
    public static KubernetesClient counted(
            Config hub,
            String service,
            MeterRegistry metrics,
            Consumer<ConfigBuilder> own,
            Interceptor... interceptors) {
        ConfigBuilder config = new ConfigBuilder(hub)
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval(RECONNECT_MILLIS)
                .withWatchReconnectLimit(-1);
        own.accept(config);
        List<Interceptor> all = new ArrayList<>(List.of(interceptors));
        all.add(new HubRequestCounter(service, metrics));
        all.add(HubContact.with(hub.getMasterUrl()));
        return new KubernetesClientBuilder()
                .withConfig(config.build())
                .withHttpClientFactory(TellingHttp.factory(HttpClientUtils.getHttpClientFactory(), all))
                .withHttpClientBuilderConsumer(builder -> {
                    for (int i = 0; i < all.size(); i++) {
                        builder.addOrReplaceInterceptor("echelon-" + i, all.get(i));
                    }
                })
                .build();
    }
}
