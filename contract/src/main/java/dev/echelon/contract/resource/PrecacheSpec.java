package dev.echelon.contract.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a spoke has to pull (contract 10.2, 10.3).
 *
 * @param platformImage the release image, or empty
 * @param spaceRequired whole GiB, as decimal text
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PrecacheSpec(
        List<String> additionalImages,
        List<String> excludePrecachePatterns,
        List<String> operatorsIndexes,
        List<String> operatorsPackagesAndChannels,
        String platformImage,
        String spaceRequired) {

    public PrecacheSpec {
        additionalImages = orEmpty(additionalImages);
        excludePrecachePatterns = orEmpty(excludePrecachePatterns);
        operatorsIndexes = orEmpty(operatorsIndexes);
        operatorsPackagesAndChannels = orEmpty(operatorsPackagesAndChannels);
        platformImage = platformImage == null ? "" : platformImage;
        spaceRequired = spaceRequired == null ? "" : spaceRequired;
    }

    private static List<String> orEmpty(List<String> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}
