package dev.echelon.api.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who may use the API. What is not said is the strict choice. */
@ConfigMapping(prefix = "echelon.api.auth")
public interface AuthConfig {

    /** How it is found out who sends a request. */
    enum Mode {
        /** The hub says whose token it is, and what its user may do. */
        TOKEN_REVIEW,
        /** An OpenID Connect provider has signed the token; the hub says what its user may do. */
        OIDC,
        /** One token, in a file; who has it may do everything. */
        LOCAL,
        /** Everybody may do everything. */
        NONE
    }

    /** What is done with a request that came without TLS. */
    enum PlainHttp {
        /** It is refused. */
        REFUSE,
        /** Reading is open to everybody on this machine, as long as the request names the machine as such. */
        OPEN_READS,
        /** As one with TLS: for where TLS ends in front of this service. */
        ALLOW
    }

    /** See {@link Mode}. */
    @WithDefault("token-review")
    Mode mode();

    /** See {@link PlainHttp}; by default {@code open-reads} in the mode {@code local}, else {@code refuse}. */
    Optional<PlainHttp> plainHttp();

    /** How long the hub's answers hold, and how many are kept. */
    Cache cache();

    /** What the mode {@code token-review} needs. */
    TokenReview tokenReview();

    /** What the mode {@code oidc} needs. */
    Oidc oidc();

    /** What the mode {@code local} needs. */
    Local local();

    /** The hub's answers in memory. */
    interface Cache {

        /** How long a token that was found good is not asked for again. */
        @WithDefault("60s")
        Duration known();

        /** How long a token that was found bad is not asked for again. */
        @WithDefault("10s")
        Duration unknown();

        /** How long a right that was found is not asked for again. */
        @WithDefault("30s")
        Duration allowed();

        /** How long a right that was not found is not asked for again. */
        @WithDefault("5s")
        Duration denied();

        /** Answers of each of the two kinds that are kept. */
        @WithDefault("10000")
        int size();
    }

    /** Tokens that the hub knows. */
    interface TokenReview {

        /** Audiences of which a token must name one; without any, it must be for the hub's API server itself. */
        Optional<List<String>> audiences();

        /** Tokens not seen before that one address may send per second; each is a question to the hub. */
        @WithDefault("20")
        double perSecond();
    }

    /** Tokens that an OpenID Connect provider has signed. */
    interface Oidc {

        /** The provider; its {@code /.well-known/openid-configuration} says where its keys are. */
        Optional<String> issuer();

        /** The audience that a token must name: Echelon's client id at the provider. */
        Optional<String> audience();

        /** The claim that is the user's name. */
        @WithDefault("sub")
        String usernameClaim();

        /** Comes before the user's name. */
        Optional<String> usernamePrefix();

        /** The claim that lists the user's groups. */
        @WithDefault("groups")
        String groupsClaim();

        /** Comes before the name of each group. */
        Optional<String> groupsPrefix();

        /** Certificates, in PEM, of whoever vouches for the provider's; the JVM's own by default. */
        Optional<Path> caFile();
    }

    /** One token for all. */
    interface Local {

        /** The file that has the token. */
        Optional<Path> tokenFile();

        /** The name of the user who sends it. */
        @WithDefault("local-admin")
        String user();
    }
}
