package dev.echelon.api.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.config.AuthConfig;
import dev.echelon.contract.Json;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.TokenBuckets;
import dev.echelon.kubeapi.User;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Tokens that the hub knows, by its TokenReview. Answers are kept by the token's hash: no token stays in memory. */
final class ReviewedTokens implements Tokens {

    private static final String PATH = "/apis/authentication.k8s.io/v1/tokenreviews";
    private static final int ADDRESSES = 10_000;

    private final HubReviews hub;
    private final List<String> audiences;
    private final ShortMemory<String, Optional<User>> memory;
    private final TokenBuckets newTokens;

    ReviewedTokens(HubReviews hub, AuthConfig config, InstantSource clock, LongSupplier nanoTime) {
        this.hub = hub;
        this.audiences = config.tokenReview().audiences().orElse(List.of());
        Duration known = config.cache().known();
        Duration unknown = config.cache().unknown();
        this.memory = new ShortMemory<>(config.cache().size(), user -> user.isPresent() ? known : unknown, clock);
        double perSecond = config.tokenReview().perSecond();
        this.newTokens = new TokenBuckets(perSecond, (int) Math.max(1, 5 * perSecond), ADDRESSES, nanoTime);
    }

    @Override
    public Optional<User> owner(String token, String from) {
        return memory.get(Hashes.sha256(token), () -> {
            Optional<Duration> wait = newTokens.spend(from);
            if (wait.isPresent()) {
                throw ApiException.tooManyRequests("Too many new tokens from " + from + ", please try again later.",
                        wait.get());
            }
            return review(token);
        });
    }

    private Optional<User> review(String token) {
        ObjectNode review = Json.mapper().createObjectNode();
        review.put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenReview");
        ObjectNode spec = review.putObject("spec").put("token", token);
        if (!audiences.isEmpty()) {
            ArrayNode wanted = spec.putArray("audiences");
            audiences.forEach(wanted::add);
        }
        JsonNode status = hub.ask("TokenReview", PATH, review);
        if (!status.path("authenticated").asBoolean() || !isForUs(texts(status.path("audiences")))) {
            return Optional.empty();
        }
        JsonNode user = status.path("user");
        Map<String, List<String>> extra = new HashMap<>();
        user.path("extra").properties().forEach(field -> extra.put(field.getKey(), texts(field.getValue())));
        String name = user.path("username").asText();
        return name.isEmpty()
                ? Optional.empty()
                : Optional.of(new User(name, user.path("uid").asText(), texts(user.path("groups")), extra));
    }

    /** A hub that knows no audiences names none, and then has not looked at them. */
    private boolean isForUs(List<String> found) {
        return audiences.isEmpty() || found.stream().anyMatch(audiences::contains);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
