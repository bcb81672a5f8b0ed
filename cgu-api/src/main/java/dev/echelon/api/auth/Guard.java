package dev.echelon.api.auth;

import dev.echelon.api.config.AuthConfig;
import dev.echelon.api.config.AuthConfig.PlainHttp;
import dev.echelon.api.config.LimitsConfig;
import dev.echelon.kubeapi.AccessCheck;
import dev.echelon.kubeapi.AccessCheck.Access;
import dev.echelon.kubeapi.Authenticator;
import dev.echelon.kubeapi.KubeApi;
import dev.echelon.kubeapi.TrafficLimits;
import dev.echelon.kubeapi.User;
import io.fabric8.kubernetes.client.Config;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Who gets in, what they may do, and how much of it: one of the modes of {@link AuthConfig}, put together. */
public final class Guard implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Guard.class);
    private static final Set<String> READS = Set.of("get", "list", "watch");

    private final Authenticator authenticator;
    private final AccessCheck access;
    private final Optional<TrafficLimits> limits;
    private final Optional<HubReviews> hub;

    private Guard(
            Authenticator authenticator, AccessCheck access, Optional<TrafficLimits> limits, Optional<HubReviews> hub) {
        this.authenticator = authenticator;
        this.access = access;
        this.limits = limits;
        this.hub = hub;
    }

    /** Everybody may do everything, as often as they like. */
    public static Guard none() {
        return new Guard(_ -> User.ANONYMOUS, _ -> {}, Optional.empty(), Optional.empty());
    }

    /**
     * As configured.
     *
     * @param hub asked for in the modes that need one
     * @param clock when answers are forgotten, and tokens expire
     * @param nanoTime as {@link System#nanoTime()}, for limits
     * @throws IllegalArgumentException where something that the mode needs is not configured
     */
    public static Guard of(
            AuthConfig config, LimitsConfig limits, Supplier<Config> hub, InstantSource clock, LongSupplier nanoTime) {
        TrafficLimits traffic = new TrafficLimits(
                limits.requestsPerSecond(), limits.burst(), limits.watchesPerUser(), limits.watches(), nanoTime);
        return switch (config.mode()) {
            case NONE -> {
                LOG.warn("everybody may do everything: echelon.api.auth.mode=none");
                yield new Guard(_ -> User.ANONYMOUS, _ -> {}, Optional.of(traffic), Optional.empty());
            }
            case LOCAL -> new Guard(
                    new Gate(new LocalToken(config.local()), config.plainHttp().orElse(PlainHttp.OPEN_READS)),
                    Guard::anonymousMayRead,
                    Optional.of(traffic),
                    Optional.empty());
            case TOKEN_REVIEW -> {
                HubReviews reviews = new HubReviews(hub.get());
                yield reviewed(new ReviewedTokens(reviews, config, clock, nanoTime), reviews, config, traffic, clock);
            }
            case OIDC -> reviewed(
                    new OidcTokens(config.oidc(), clock), new HubReviews(hub.get()), config, traffic, clock);
        };
    }

    private static Guard reviewed(
            Tokens tokens, HubReviews reviews, AuthConfig config, TrafficLimits traffic, InstantSource clock) {
        PlainHttp plain = config.plainHttp().orElse(PlainHttp.REFUSE);
        if (plain == PlainHttp.OPEN_READS) {
            throw new IllegalArgumentException(
                    "echelon.api.auth.plain-http=open-reads goes with echelon.api.auth.mode=local only");
        }
        return new Guard(
                new Gate(tokens, plain),
                new ReviewedAccess(reviews, config, clock),
                Optional.of(traffic),
                Optional.of(reviews));
    }

    private static void anonymousMayRead(Access access) {
        if (access.user().equals(User.ANONYMOUS) && !READS.contains(access.verb())) {
            throw access.refusal("a write needs the local token");
        }
    }

    /** Puts it in front of an API. */
    public void protect(KubeApi.Builder api) {
        api.identity(authenticator).access(access);
        limits.ifPresent(api::limits);
    }

    /** Why nobody can be let in at present; empty where they can. */
    public Optional<String> problem() {
        return hub.flatMap(HubReviews::problem);
    }

    @Override
    public void close() {
        hub.ifPresent(HubReviews::close);
    }
}
