package dev.echelon.contract.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/** Overrides for pre-caching (contract 1.4). The kind has no status. */
@JsonPropertyOrder({"apiVersion", "kind", "metadata", "spec"})
public record PreCachingConfig(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

    public static final String KIND = "PreCachingConfig";
    public static final String PLURAL = "precachingconfigs";

    /** No field is required or defaulted. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Spec(
            @JsonPropertyDescription("Images to pull beside those that the policies name.")
                    List<String> additionalImages,
            @JsonPropertyDescription("Basic regular expressions; release images that match one are not pulled.")
                    List<String> excludePrecachePatterns,
            @JsonPropertyDescription("Values to use in place of those that the policies name.") Overrides overrides,
            @JsonPropertyDescription("Free space that pre-caching needs, for example 45 GiB.") String spaceRequired) {}

    /** Only {@code operatorsPackagesAndChannels} is honoured; the others are deprecated and ignored. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Overrides(
            @JsonPropertyDescription("Deprecated and ignored.") List<String> operatorsIndexes,
            @JsonPropertyDescription("Entries of the form package:channel.") List<String> operatorsPackagesAndChannels,
            @JsonPropertyDescription("Deprecated and ignored.") String platformImage,
            @JsonPropertyDescription("Deprecated and ignored.") String preCacheImage) {}
}
