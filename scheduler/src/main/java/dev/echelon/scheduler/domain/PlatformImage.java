package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.TemplateObject.ClusterVersion;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The platform version that a list of policies asks for (contract 3.5).
 *
 * <p>Update graphs are not looked up yet. Nothing but pre-caching needs the image, so a policy that names a version
 * without an image is fine without pre-caching, and with it the condition says what to do.
 */
final class PlatformImage {

    private final List<ClusterVersion> versions;
    private final boolean lacksObject;

    private PlatformImage(List<ClusterVersion> versions, boolean lacksObject) {
        this.versions = versions;
        this.lacksObject = lacksObject;
    }

    static PlatformImage of(List<ObservedPolicy> policies) {
        return new PlatformImage(
                policies.stream()
                        .flatMap(policy -> policy.root().objects().stream())
                        .filter(ClusterVersion.class::isInstance)
                        .map(ClusterVersion.class::cast)
                        .toList(),
                policies.stream().anyMatch(policy -> policy.root().lacksObject()));
    }

    /** The release image, or empty when none is named. */
    String image() {
        return first(ClusterVersion::image);
    }

    /** What is wrong, in the words of the condition's message; empty when nothing is. */
    Optional<String> problem(boolean preCaching) {
        if (lacksObject) {
            return Optional.of("[stripPolicy] can't find any objectDefinition");
        }
        if (texts().contains("placeholder")) {
            return Optional.of("templating cluster version fields not supported");
        }
        Optional<String> conflict = conflict("upstream", ClusterVersion::upstream)
                .or(() -> conflict("channel", ClusterVersion::channel))
                .or(() -> conflict("version", ClusterVersion::version))
                .or(() -> conflict("image", ClusterVersion::image));
        if (conflict.isPresent() || versions.isEmpty() || !image().isEmpty()) {
            return conflict;
        }
        List<String> wanted = List.of(
                first(ClusterVersion::upstream), first(ClusterVersion::channel), first(ClusterVersion::version));
        if (wanted.contains("")) {
            return Optional.of(
                    "policy with ClusterVersion must have upstream, channel, and version when image is not provided");
        }
        if (!preCaching) {
            return Optional.empty();
        }
        if (wanted.stream().anyMatch(PlatformImage::isTemplate)) {
            return Optional.of("templatized ClusterVersion fields not supported with precaching");
        }
        return Optional.of("unable to request update graph on url " + wanted.get(0) + "?channel=" + wanted.get(1)
                + ": this version does not look up update graphs; give spec.desiredUpdate.image in the policy");
    }

    /** Two different values of one field; empty when there are none. */
    Optional<String> conflict(String field, Function<ClusterVersion, String> value) {
        long distinct = versions.stream()
                .map(value)
                .filter(text -> !text.isEmpty())
                .distinct()
                .count();
        return distinct > 1
                ? Optional.of("platform image defined more then once with conflicting " + field + " values")
                : Optional.empty();
    }

    private String first(Function<ClusterVersion, String> value) {
        return versions.stream()
                .map(value)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private List<String> texts() {
        return versions.stream()
                .flatMap(version ->
                        Stream.of(version.upstream(), version.channel(), version.version(), version.image()))
                .toList();
    }

    private static boolean isTemplate(String text) {
        int open = text.indexOf("{{");
        return open >= 0 && text.indexOf("}}", open) >= 0;
    }
}
