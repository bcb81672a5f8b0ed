package dev.echelon.contract.observation;

import dev.echelon.contract.observation.TemplateObject.ClusterVersion;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The question that policies with a ClusterVersion put to an update graph where they name no image (contract 3.5):
 * which image is this version in this channel?
 */
public record PlatformRequest(String upstream, String channel, String version) {

    /**
     * The question that these policies raise together; empty when they name an image, lack a part of the question, or
     * have a template in it, so that nobody has to be asked. The first value that is set counts: conflicts are reported
     * elsewhere.
     */
    public static Optional<PlatformRequest> of(List<ObservedPolicy> policies) {
        if (!first(policies, ClusterVersion::image).isEmpty()) {
            return Optional.empty();
        }
        PlatformRequest request = new PlatformRequest(
                first(policies, ClusterVersion::upstream),
                first(policies, ClusterVersion::channel),
                first(policies, ClusterVersion::version));
        return request.canBeAsked() ? Optional.of(request) : Optional.empty();
    }

    /** Whether a text is still a template, or stood for one. */
    public static boolean isTemplate(String text) {
        int open = text.indexOf("{{");
        return text.equals("placeholder") || open >= 0 && text.indexOf("}}", open) >= 0;
    }

    private boolean canBeAsked() {
        return List.of(upstream, channel, version).stream().noneMatch(text -> text.isEmpty() || isTemplate(text));
    }

    private static String first(List<ObservedPolicy> policies, Function<ClusterVersion, String> value) {
        return policies.stream()
                .filter(policy -> policy.root() != null)
                .flatMap(policy -> policy.root().objects().stream())
                .filter(ClusterVersion.class::isInstance)
                .map(ClusterVersion.class::cast)
                .map(value)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }
}
