package dev.echelon.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.echelon.api.fixture.MutableClock;
import dev.echelon.api.fixture.Settings;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.User;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens of an OpenID Connect provider whose keys the test has made. */
class OidcTokensTest {

    private static final String AUDIENCE = "echelon";

    private static final MutableClock clock = new MutableClock();
    private static HttpServer provider;
    private static String issuer;
    private static PublicJsonWebKey rsa;
    private static PublicJsonWebKey ec;
    private static PublicJsonWebKey foreign;
    private static volatile String keys;

    @BeforeAll
    static void start() throws IOException, JoseException {
        rsa = named(RsaJwkGenerator.generateJwk(2048), "rsa");
        ec = named(EcJwkGenerator.generateJwk(EllipticCurves.P256), "ec");
        foreign = named(EcJwkGenerator.generateJwk(EllipticCurves.P256), "ec");
        keys = new JsonWebKeySet(rsa).toJson();
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://127.0.0.1:" + provider.getAddress().getPort() + "/realm";
        serve("/realm/.well-known/openid-configuration",
                () -> "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + issuer + "/keys\"}");
        serve("/realm/keys", () -> keys);
        provider.start();
    }

    @AfterAll
    static void stop() {
        provider.stop(0);
    }

    private static <K extends PublicJsonWebKey> K named(K key, String id) {
        key.setKeyId(id);
        return key;
    }

    private static void serve(String path, java.util.function.Supplier<String> body) {
        provider.createContext(path, exchange -> {
            byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private static OidcTokens tokens(String... more) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "echelon.api.auth.oidc.issuer", issuer, "echelon.api.auth.oidc.audience", AUDIENCE));
        for (int i = 0; i < more.length; i += 2) {
            properties.put("echelon.api.auth.oidc." + more[i], more[i + 1]);
        }
        return new OidcTokens(Settings.auth(properties).oidc(), clock);
    }

    private static Optional<User> owner(OidcTokens tokens, String token) {
        return tokens.owner(token, "127.0.0.1");
    }

    private static JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setAudience(AUDIENCE);
        claims.setSubject("jane");
        claims.setExpirationTime(NumericDate.fromSeconds(clock.instant().getEpochSecond() + 300));
        return claims;
    }

    private static String signed(PublicJsonWebKey key, String algorithm, JwtClaims claims) throws JoseException {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(key.getPrivateKey());
        signature.setKeyIdHeaderValue(key.getKeyId());
        signature.setAlgorithmHeaderValue(algorithm);
        return signature.getCompactSerialization();
    }

    @Test
    void aGoodTokenIsItsSubjects() throws JoseException {
        JwtClaims claims = claims();
        claims.setStringListClaim("groups", "upgraders", "system:masters");

        assertThat(owner(tokens(), signed(rsa, "RS256", claims))).hasValue(
                new User("jane", "", List.of("system:authenticated", "upgraders"), Map.of()));
    }

    @Test
    void nameAndGroupsComeFromTheClaimsThatAreConfiguredBehindTheirPrefixes() throws JoseException {
        JwtClaims claims = claims();
        claims.setStringClaim("preferred_username", "jdoe");
        claims.setStringListClaim("roles", "a", "b");

        OidcTokens tokens = tokens("username-claim", "preferred_username", "username-prefix", "oidc:",
                "groups-claim", "roles", "groups-prefix", "oidc:");

        assertThat(owner(tokens, signed(rsa, "PS256", claims))).hasValue(
                new User("oidc:jdoe", "", List.of("system:authenticated", "oidc:a", "oidc:b"), Map.of()));
    }

    @Test
    void aKeyThatTheProviderChangesToIsFound() throws JoseException {
        OidcTokens tokens = tokens();
        assertThat(owner(tokens, signed(rsa, "RS256", claims()))).isPresent();

        // Not known yet: a key that nobody has is looked for, and then refused.
        assertThat(owner(tokens(), signed(ec, "ES256", claims()))).isEmpty();
        String before = keys;
        keys = new JsonWebKeySet(rsa, ec).toJson();
        try {
            assertThat(owner(tokens(), signed(ec, "ES256", claims()))).isPresent();
            assertThat(owner(tokens(), signed(foreign, "ES256", claims()))).isEmpty();
        } finally {
            keys = before;
        }
    }

    record Bad(String name, Token token) {
        interface Token {
            String make() throws JoseException;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Bad with(String name, Consumer<JwtClaims> change) {
        return new Bad(name, () -> {
            JwtClaims claims = claims();
            change.accept(claims);
            return signed(rsa, "RS256", claims);
        });
    }

    static Stream<Bad> bad() {
        return Stream.of(
                with("expired", claims -> claims.setExpirationTime(
                        NumericDate.fromSeconds(clock.instant().getEpochSecond() - 31))),
                with("not valid yet", claims -> claims.setNotBefore(
                        NumericDate.fromSeconds(clock.instant().getEpochSecond() + 60))),
                with("valid for ever", claims -> claims.unsetClaim("exp")),
                with("for somebody else", claims -> claims.setAudience("other")),
                with("for nobody in particular", claims -> claims.unsetClaim("aud")),
                with("from somebody else", claims -> claims.setIssuer("https://x.example")),
                with("of nobody", claims -> claims.unsetClaim("sub")),
                with("of one of Kubernetes' own", claims -> claims.setSubject("system:admin")),
                new Bad("signed by a stranger", () ->
                        signed(named(RsaJwkGenerator.generateJwk(2048), "rsa"), "RS256", claims())),
                new Bad("changed after it was signed", () -> {
                    String[] parts = signed(rsa, "RS256", claims()).split("\\.");
                    JwtClaims other = claims();
                    other.setSubject("boss");
                    return parts[0] + "." + java.util.Base64.getUrlEncoder().withoutPadding()
                            .encodeToString(other.toJson().getBytes(StandardCharsets.UTF_8)) + "." + parts[2];
                }),
                new Bad("signed with the public key as a secret", () -> {
                    JsonWebSignature signature = new JsonWebSignature();
                    signature.setPayload(claims().toJson());
                    signature.setKey(new HmacKey(rsa.getPublicKey().getEncoded()));
                    signature.setKeyIdHeaderValue("rsa");
                    signature.setAlgorithmHeaderValue("HS256");
                    return signature.getCompactSerialization();
                }),
                new Bad("not signed", () -> {
                    JsonWebSignature signature = new JsonWebSignature();
                    signature.setPayload(claims().toJson());
                    signature.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.NO_CONSTRAINTS);
                    signature.setAlgorithmHeaderValue("none");
                    return signature.getCompactSerialization();
                }),
                new Bad("no JWT", () -> "viewer-token"),
                new Bad("dots", () -> ".."));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadTokenIsNobodys(Bad bad) throws JoseException {
        assertThat(owner(tokens(), bad.token().make())).isEmpty();
    }

    @Test
    void aTokenExpiresWhileItIsUsed() throws JoseException {
        OidcTokens tokens = tokens();
        String token = signed(rsa, "RS256", claims());
        assertThat(owner(tokens, token)).isPresent();

        clock.pass(Duration.ofSeconds(331));

        assertThat(owner(tokens, token)).isEmpty();
    }

    @Test
    void anAddressThatNobodyHasConfirmedIsNoName() throws JoseException {
        JwtClaims claims = claims();
        claims.setStringClaim("email", "boss@x.example");
        claims.setClaim("email_verified", false);

        assertThat(owner(tokens("username-claim", "email"), signed(rsa, "RS256", claims))).isEmpty();
    }

    @Test
    void aProviderThatIsAwayIsToldAsSuch() throws JoseException {
        String token = signed(rsa, "RS256", claims());
        OidcTokens tokens = new OidcTokens(Settings.auth(Map.of(
                        "echelon.api.auth.oidc.issuer", "http://127.0.0.1:1/realm",
                        "echelon.api.auth.oidc.audience", AUDIENCE))
                .oidc(), clock);

        assertThatThrownBy(() -> owner(tokens, token))
                .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(503))
                .hasMessageContaining("the OpenID Connect provider's keys cannot be read");
    }

    @Test
    void aProviderWithoutTlsAnywhereElseIsRefused() {
        assertThatThrownBy(() -> tokens("issuer", "http://id.x.example"))
                .hasMessageContaining("must be an https URL");
        assertThatThrownBy(() -> new OidcTokens(Settings.auth(Map.of()).oidc(), clock))
                .hasMessage("echelon.api.auth.mode=oidc needs echelon.api.auth.oidc.issuer");
    }
}
