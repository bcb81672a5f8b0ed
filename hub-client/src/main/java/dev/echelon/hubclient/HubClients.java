package dev.echelon.hubclient;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;

/** Makes clients of the hub. */
public final class HubClients {

    private static final String COUNTER = "echelon-hub-requests";

    private HubClients() {}

    /**
     * A client of its own, so that its requests are counted as the service's and no retry hides in it.
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
        ConfigBuilder config = new ConfigBuilder(hub).withRequestRetryBackoffLimit(0);
        own.accept(config);
        return new KubernetesClientBuilder()
                .withConfig(config.build())
                .withHttpClientBuilderConsumer(builder -> {
                    builder.addOrReplaceInterceptor(COUNTER, new HubRequestCounter(service, metrics));
                    for (int i = 0; i < interceptors.length; i++) {
                        builder.addOrReplaceInterceptor(COUNTER + "-" + i, interceptors[i]);
                    }
                })
                .build();
    }
}
