package dev.echelon.api.domain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.echelon.contract.Json;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The part of a ClusterGroupUpgrade that users decide on, the same on the hub and in the log: two that mean the same
 * are equal and have the same {@link #fingerprint()}.
 *
 * <p>Annotations that only concern one side are left out: Echelon's own and kubectl's memory of what it applied where.
 * Fields of the spec that this version does not know are left out too, because the hub's schema drops them.
 */
public record Wanted(CguSpec spec, SortedMap<String, String> labels, SortedMap<String, String> annotations) {

    /** The prefix of Echelon's own annotations. */
    public static final String OWN_PREFIX = "echelon.dev/";

    /** On the CR: the fingerprint of what Echelon last wrote there or took from there. */
    public static final String MIRRORED = OWN_PREFIX + "mirrored-spec";

    /** On the resource in the log: {@code hub} where it was created on the hub. */
    public static final String ORIGIN = OWN_PREFIX + "origin";

    /** The value of {@link #ORIGIN}. */
    public static final String ORIGIN_HUB = "hub";

    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final int FINGERPRINT_BYTES = 16;
    private static final ObjectWriter CANONICAL =
            Json.mapper().writer().with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    public Wanted {
        spec = withoutUnknown(spec);
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        annotations = shared(annotations);
    }

    /** What is wanted of this resource. */
    public static Wanted of(ClusterGroupUpgrade cgu) {
        return new Wanted(
                cgu.spec(),
                new TreeMap<>(cgu.metadata().labels()),
                new TreeMap<>(cgu.metadata().annotations()));
    }

    /** Whether an annotation concerns both sides. */
    public static boolean isShared(String annotation) {
        return !annotation.startsWith(OWN_PREFIX) && !annotation.equals(LAST_APPLIED);
    }

    /** Text that is the same for all that mean the same, and differs otherwise: 32 hexadecimal digits. */
    public String fingerprint() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(CANONICAL.writeValueAsBytes(this));
            return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException | JsonProcessingException e) {
            throw new IllegalStateException("cannot take a fingerprint of a ClusterGroupUpgrade's spec", e);
        }
    }

    private static SortedMap<String, String> shared(Map<String, String> annotations) {
        SortedMap<String, String> shared = new TreeMap<>(annotations);
        shared.keySet().removeIf(key -> !isShared(key));
        return Collections.unmodifiableSortedMap(shared);
    }

    private static CguSpec withoutUnknown(CguSpec spec) {
        return spec.unknown().isEmpty()
                ? spec
                : new CguSpec(
                        spec.actions(),
                        spec.backup(),
                        spec.batchTimeoutAction(),
                        spec.blockingCRs(),
                        spec.clusterLabelSelectors(),
                        spec.clusterSelector(),
                        spec.clusters(),
                        spec.enable(),
                        spec.managedPolicies(),
                        spec.manifestWorkTemplates(),
                        spec.preCaching(),
                        spec.preCachingConfigRef(),
                        spec.remediationStrategy(),
                        null);
    }
}
