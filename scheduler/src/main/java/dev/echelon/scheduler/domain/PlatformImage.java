package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.PlatformRequest;
import dev.echelon.contract.observation.TemplateObject.ClusterVersion;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The platform version that a list of policies asks for (contract 3.5), and its image: the one that they name, else
 * what their update graph answers.
 */
final class PlatformImage {

    private final List<ObservedPolicy> policies;
    private final List<ClusterVersion> versions;

    PlatformImage(List<ObservedPolicy> policies) {
        this.policies = policies;
        this.versions = policies.stream()
                .flatMap(policy -> policy.root().objects().stream())
                .filter(ClusterVersion.class::isInstance)
                .map(ClusterVersion.class::cast)
                .toList();
    }

    /** What can be said of the image. */
    sealed interface Finding {}

    /** @param image empty where no policy asks for a version, or none can be known and none is needed */
    record Known(String image) implements Finding {}

    /** The update graph has not answered yet. */
    record Awaited() implements Finding {}

    /** @param text in the words of the condition's message */
    record Problem(String text) implements Finding {}

    /**
     * @param preCaching whether the image has to be known, so that templates in the version are not good enough
     * @param graph what update graphs have answered
     */
    Finding find(boolean preCaching, List<GraphAnswer> graph) {
        Optional<String> problem = problem(preCaching);
        if (problem.isPresent()) {
            return new Problem(problem.get());
        }
        Optional<PlatformRequest> request = PlatformRequest.of(policies);
        if (request.isEmpty()) {
            return new Known(first(ClusterVersion::image));
        }
        return graph.stream()
                .filter(answer -> answer.request().equals(request.get()))
                .findFirst()
                .<Finding>map(answer ->
                        answer.error().isEmpty() ? new Known(answer.image()) : new Problem(answer.error()))
                .orElseGet(Awaited::new);
    }

    /** What is wrong with the policies themselves; empty when nothing is. */
    private Optional<String> problem(boolean preCaching) {
        if (policies.stream().anyMatch(policy -> policy.root().lacksObject())) {
            return Optional.of("[stripPolicy] can't find any objectDefinition");
        }
        if (texts().contains("placeholder")) {
            return Optional.of("templating cluster version fields not supported");
        }
        Optional<String> conflict = conflict("upstream", ClusterVersion::upstream)
                .or(() -> conflict("channel", ClusterVersion::channel))
                .or(() -> conflict("version", ClusterVersion::version))
                .or(() -> conflict("image", ClusterVersion::image));
        if (conflict.isPresent() || versions.isEmpty() || !first(ClusterVersion::image).isEmpty()) {
            return conflict;
        }
        List<String> wanted = List.of(
                first(ClusterVersion::upstream), first(ClusterVersion::channel), first(ClusterVersion::version));
        if (wanted.contains("")) {
            return Optional.of(
                    "policy with ClusterVersion must have upstream, channel, and version when image is not provided");
        }
        return preCaching && wanted.stream().anyMatch(PlatformRequest::isTemplate)
                ? Optional.of("templatized ClusterVersion fields not supported with precaching")
                : Optional.empty();
    }

    /** Two different values of one field; empty when there are none. */
    private Optional<String> conflict(String field, Function<ClusterVersion, String> value) {
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
}
