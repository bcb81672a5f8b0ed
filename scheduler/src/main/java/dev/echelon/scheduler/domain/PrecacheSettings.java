package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.resource.PreCachingConfig;
import dev.echelon.contract.resource.PreCachingConfig.Overrides;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the hub says of pre-caching beside the policies (contract 10.3). For each value the PreCachingConfig goes
 * first, the overrides ConfigMap second, and what the policies or the defaults say last; an empty value is none.
 *
 * @param packagesAndChannels empty where the policies decide
 * @param spaceRequired whole GiB
 */
record PrecacheSettings(
        List<String> packagesAndChannels,
        List<String> excludePatterns,
        List<String> additionalImages,
        String spaceRequired) {

    private static final String PACKAGES_KEY = "operators.packagesAndChannels";
    private static final String EXCLUDE_KEY = "excludePrecachePatterns";
    private static final String SPACE_KEY = "precache.spaceRequired";
    private static final String DEFAULT_SPACE = "35 GiB";

    private static final PreCachingConfig.Spec NO_CONFIG = new PreCachingConfig.Spec(null, null, null, null);

    /** What reading them came to. */
    sealed interface Reading {}

    record Readable(PrecacheSettings settings) implements Reading {}

    /** @param error in the words that the condition shows */
    record Unreadable(String error) implements Reading {}

    static Reading read(PrecacheInputs inputs) {
        if (!inputs.error().isEmpty()) {
            return new Unreadable(inputs.error());
        }
        PreCachingConfig.Spec config = Optional.ofNullable(inputs.config()).orElse(NO_CONFIG);
        String space = Stream.of(config.spaceRequired(), inputs.overrides().get(SPACE_KEY), DEFAULT_SPACE)
                .filter(text -> text != null && !text.isEmpty())
                .findFirst()
                .orElseThrow();
        return switch (SpaceRequired.read(space)) {
            case SpaceRequired.Unreadable(String error) -> new Unreadable(error);
            case SpaceRequired.Space(String gib) ->
                new Readable(new PrecacheSettings(
                        first(
                                Optional.ofNullable(config.overrides())
                                        .map(Overrides::operatorsPackagesAndChannels),
                                inputs.overrides().get(PACKAGES_KEY)),
                        first(
                                Optional.ofNullable(config.excludePrecachePatterns()),
                                inputs.overrides().get(EXCLUDE_KEY)),
                        Optional.ofNullable(config.additionalImages()).orElse(List.of()),
                        gib));
        };
    }

    private static List<String> first(Optional<List<String>> config, String override) {
        return config.filter(list -> !list.isEmpty()).orElseGet(() -> lines(override));
    }

    private static List<String> lines(String text) {
        return text == null
                ? List.of()
                : text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}
