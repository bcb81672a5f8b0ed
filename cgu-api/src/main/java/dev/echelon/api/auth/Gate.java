package dev.echelon.api.auth;

import dev.echelon.api.config.AuthConfig.PlainHttp;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.Authenticator;
import dev.echelon.kubeapi.User;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Lets a request in by its bearer token. A request that has none is let in, as that of nobody in particular, only where
 * reads without TLS are open to everybody on this machine.
 */
final class Gate implements Authenticator {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");
    /** No token is that long; a longer text is not worth a look. */
    private static final int LONGEST = 16 * 1024;

    private final Tokens tokens;
    private final PlainHttp plainHttp;

    Gate(Tokens tokens, PlainHttp plainHttp) {
        this.tokens = tokens;
        this.plainHttp = plainHttp;
    }

    @Override
    public User authenticate(HttpServerRequest request) {
        boolean plain = !request.isSSL();
        if (plain && plainHttp == PlainHttp.REFUSE) {
            throw ApiException.forbidden("the API takes requests over TLS only; use its https port, or set"
                    + " echelon.api.auth.plain-http=allow where TLS ends in front of it");
        }
        if (plain && plainHttp == PlainHttp.OPEN_READS) {
            requireLoopback(request);
        }
        if (request.headers().names().stream().anyMatch(Gate::asksToBeSomebodyElse)) {
            // To go on as the sender would give more rights than were asked for.
            throw ApiException.forbidden("impersonation is not supported");
        }
        Optional<String> token = bearer(request.headers().getAll("Authorization"));
        if (token.isEmpty() && plain && plainHttp == PlainHttp.OPEN_READS) {
            return User.ANONYMOUS;
        }
        return token.flatMap(sent -> tokens.owner(sent, address(request))).orElseThrow(ApiException::unauthorized);
    }

    /**
     * A page from anywhere can send a browser to a name that it has made to lead to this machine. Then that name is
     * what the request names.
     */
    private static void requireLoopback(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        if (authority == null || !isLoopback(authority.host())) {
            throw ApiException.forbidden("without TLS this API answers requests to 127.0.0.1 and localhost only");
        }
        for (String origin : request.headers().getAll("Origin")) {
            if (!isLoopback(host(origin))) {
                throw ApiException.forbidden("this API answers no pages from elsewhere");
            }
        }
    }

    private static String host(String origin) {
        try {
            return Optional.ofNullable(URI.create(origin).getHost()).orElse("");
        } catch (IllegalArgumentException _) {
            return "";
        }
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.contains(host.toLowerCase(Locale.ROOT));
    }

    private static boolean asksToBeSomebodyElse(String header) {
        return header.regionMatches(true, 0, "Impersonate-", 0, "Impersonate-".length());
    }

    /** @throws ApiException 401 where something else than one bearer token was sent */
    private static Optional<String> bearer(List<String> headers) {
        if (headers.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = headers.getFirst().strip().split(" +");
        boolean fits = headers.size() == 1
                && parts.length == 2
                && parts[0].equalsIgnoreCase("Bearer")
                && parts[1].length() <= LONGEST;
        if (!fits) {
            throw ApiException.unauthorized();
        }
        return Optional.of(parts[1]);
    }

    private static String address(HttpServerRequest request) {
        return request.remoteAddress() == null ? "" : String.valueOf(request.remoteAddress().hostAddress());
    }
}
