package dev.echelon.api.auth;

import dev.echelon.api.config.AuthConfig;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.User;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodeValidator;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.UnresolvableKeyException;

/**
 * Tokens that an OpenID Connect provider has signed: JWTs by one of its keys, from it, for us, and not expired. As on a
 * hub with the same provider, names that Kubernetes keeps for itself ({@code system:}) are nobody's.
 */
final class OidcTokens implements Tokens {

    private static final Logger LOG = Logger.getLogger(OidcTokens.class);
    private static final String RESERVED = "system:";
    private static final int SKEW_SECONDS = 30;
    /** Signatures by the provider's private keys: neither none at all, nor by a secret that both sides know. */
    private static final AlgorithmConstraints ALGORITHMS = new AlgorithmConstraints(
            ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512);

    private final AuthConfig.Oidc config;
    private final String issuer;
    private final String audience;
    private final OidcKeys keys;
    private final InstantSource clock;

    /** @throws IllegalArgumentException where issuer or audience is not configured */
    OidcTokens(AuthConfig.Oidc config, InstantSource clock) {
        this.config = config;
        this.issuer = required(config.issuer(), "issuer");
        this.audience = required(config.audience(), "audience");
        this.keys = new OidcKeys(issuer, config.caFile());
        this.clock = clock;
    }

    private static String required(Optional<String> value, String key) {
        return value.orElseThrow(() ->
                new IllegalArgumentException("echelon.api.auth.mode=oidc needs echelon.api.auth.oidc." + key));
    }

    @Override
    public Optional<User> owner(String token, String from) {
        try {
            JwtClaims claims = new JwtConsumerBuilder()
                    .setVerificationKeyResolver(keys.resolver())
                    .setJwsAlgorithmConstraints(ALGORITHMS)
                    .setExpectedIssuer(issuer)
                    .setExpectedAudience(audience)
                    .setRequireExpirationTime()
                    .setRequireSubject()
                    .setAllowedClockSkewInSeconds(SKEW_SECONDS)
                    .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                    .build()
                    .processToClaims(token);
            return user(claims);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InvalidJwtException e) {
            if (e.getCause() instanceof UnresolvableKeyException unresolved
                    && unresolved.getCause() instanceof IOException unreachable) {
                throw unreachable(unreachable);
            }
            // Codes only: the message has what is in the token.
            LOG.debugf("token refused: codes=%s", e.getErrorDetails().stream()
                    .map(ErrorCodeValidator.Error::getErrorCode)
                    .toList());
            return Optional.empty();
        }
    }

    private ApiException unreachable(IOException e) {
        LOG.warnf("requests to the API are refused: issuer=%s reason=%s", issuer, e.getMessage());
        return ApiException.unavailable("nobody is let in now: the OpenID Connect provider's keys cannot be read");
    }

    private Optional<User> user(JwtClaims claims) {
        try {
            String name = claims.getStringClaimValue(config.usernameClaim());
            if (name == null || name.isEmpty()) {
                return Optional.empty();
            }
            String full = config.usernamePrefix().orElse("") + name;
            // An address that nobody has confirmed is whatever its user has typed.
            boolean unconfirmed = config.usernameClaim().equals("email")
                    && claims.hasClaim("email_verified")
                    && !Boolean.TRUE.equals(claims.getClaimValue("email_verified"));
            if (full.startsWith(RESERVED) || unconfirmed) {
                return Optional.empty();
            }
            List<String> groups = new ArrayList<>(List.of(RESERVED + "authenticated"));
            groups(claims).stream()
                    .map(group -> config.groupsPrefix().orElse("") + group)
                    .filter(group -> !group.startsWith(RESERVED))
                    .forEach(groups::add);
            return Optional.of(new User(full, "", groups, Map.of()));
        } catch (MalformedClaimException _) {
            return Optional.empty();
        }
    }

    private List<String> groups(JwtClaims claims) {
        return switch (claims.getClaimValue(config.groupsClaim())) {
            case String one -> List.of(one);
            case List<?> many -> many.stream().filter(String.class::isInstance).map(String.class::cast).toList();
            case null, default -> List.of();
        };
    }
}
