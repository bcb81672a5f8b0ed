package dev.echelon.e2e;

import dev.echelon.hubfixture.RealHub;
import dev.echelon.standalone.client.KubeHttp;
import io.fabric8.kubernetes.client.Config;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Plain HTTP access to a test hub whose certificate nobody vouches for, as its kubeconfig says. */
public final class HubAccess {

    private HubAccess() {}

    public static KubeHttp asAdministrator(RealHub hub) throws GeneralSecurityException {
        return with(token(hub.client().getConfiguration()), hub);
    }

    /** As one of the hub's further users. */
    static KubeHttp as(String user, RealHub hub) throws GeneralSecurityException {
        return with(Optional.of(user + "-token"), hub);
    }

    private static KubeHttp with(Optional<String> token, RealHub hub) throws GeneralSecurityException {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {new Anybody()}, null);
        return new KubeHttp(
                URI.create(hub.client().getConfiguration().getMasterUrl()),
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build(),
                token);
    }

    static String administratorsToken(RealHub hub) {
        return token(hub.client().getConfiguration()).orElseThrow();
    }

    private static Optional<String> token(Config config) {
        // Where a kubeconfig has a token, fabric8 keeps it as the automatic one.
        return Optional.ofNullable(config.getOauthToken()).or(() -> Optional.ofNullable(config.getAutoOAuthToken()));
    }

    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
