package dev.echelon.api.auth;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jose4j.http.Response;
import org.jose4j.http.SimpleResponse;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;

/**
 * A provider's keys: found through its discovery document when first needed, kept for as long as the provider says,
 * read again when a token names one that is not among them, and used on for a while when the provider is away.
 */
final class OidcKeys {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration AGAIN_AT_MOST_EVERY = Duration.ofSeconds(10);
    private static final Duration USED_ON = Duration.ofHours(1);

    private final String issuer;
    private final HttpClient client;
    private VerificationKeyResolver resolver;
    private IOException failure;
    private long failedAt;

    /** @throws IllegalArgumentException where the issuer is no URL of a host, or the file has no certificates */
    OidcKeys(String issuer, Optional<Path> caFile) {
        this.issuer = issuer;
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
        caFile.ifPresent(file -> builder.sslContext(trusting(file)));
        this.client = builder.build();
        requireSafe(issuer);
    }

    /** @throws IOException where the provider cannot be reached, or says what cannot be */
    synchronized VerificationKeyResolver resolver() throws IOException {
        if (resolver != null) {
            return resolver;
        }
        // While one request waits for a provider that is away, others queue up: they need not wait as long, one by one.
        if (failure != null && System.nanoTime() - failedAt < PATIENCE.toNanos()) {
            throw failure;
        }
        try {
            resolver = discover();
            return resolver;
        } catch (IOException e) {
            failure = e;
            failedAt = System.nanoTime();
            throw e;
        }
    }

    private VerificationKeyResolver discover() throws IOException {
        String location = issuer.replaceAll("/$", "") + "/.well-known/openid-configuration";
        JsonNode document = Json.mapper().readTree(get(location).getBody());
        if (!document.path("issuer").asText().equals(issuer)) {
            throw new IOException(location + " is of another issuer");
        }
        String keys = document.path("jwks_uri").asText();
        try {
            requireSafe(keys);
        } catch (IllegalArgumentException e) {
            throw new IOException("jwks_uri of " + location + ": " + e.getMessage(), e);
        }
        HttpsJwks source = new HttpsJwks(keys);
        source.setSimpleHttpGet(this::get);
        source.setRefreshReprieveThreshold(AGAIN_AT_MOST_EVERY.toMillis());
        source.setRetainCacheOnErrorDuration(USED_ON.toSeconds());
        return new HttpsJwksVerificationKeyResolver(source);
    }

    /** Keys that came without TLS are anybody's, but for those from this machine. */
    private static void requireSafe(String url) {
        URI uri = URI.create(url);
        boolean here = "http".equals(uri.getScheme())
                && List.of("127.0.0.1", "localhost", "[::1]").contains(String.valueOf(uri.getHost()));
        if (uri.getHost() == null || !"https".equals(uri.getScheme()) && !here) {
            throw new IllegalArgumentException("the OpenID Connect provider must be an https URL, found " + url);
        }
    }

    private SimpleResponse get(String location) throws IOException {
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(location)).timeout(PATIENCE).build(), BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(location + " answered " + response.statusCode());
            }
            return new Response(response.statusCode(), "", response.headers().map(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("echelon.api.auth.oidc.ca-file: cannot use " + file, e);
        }
    }
}
