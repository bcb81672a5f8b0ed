package dev.echelon.e2e;

import dev.echelon.hubfixture.AnyCertificate;
import dev.echelon.hubfixture.RealHub;
import dev.echelon.standalone.client.KubeHttp;
import io.fabric8.kubernetes.client.Config;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;

/** Plain HTTP access to a test hub whose certificate nobody vouches for, as its kubeconfig says. */
public final class HubAccess {

    private HubAccess() {}

    public static KubeHttp asAdministrator(RealHub hub) {
        return with(token(hub.client().getConfiguration()), hub);
    }

    /** As one of the hub's further users. */
    static KubeHttp as(String user, RealHub hub) {
        return with(Optional.of(user + "-token"), hub);
    }

    private static KubeHttp with(Optional<String> token, RealHub hub) {
        return new KubeHttp(
                URI.create(hub.client().getConfiguration().getMasterUrl()),
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(AnyCertificate.context())
                        .build(),
                token);
    }

    static String administratorsToken(RealHub hub) {
        return token(hub.client().getConfiguration()).orElseThrow();
    }

    private static Optional<String> token(Config config) {
        // Where a kubeconfig has a token, fabric8 keeps it as the automatic one.
        return Optional.ofNullable(config.getOauthToken()).or(() -> Optional.ofNullable(config.getAutoOAuthToken()));
    }
}
