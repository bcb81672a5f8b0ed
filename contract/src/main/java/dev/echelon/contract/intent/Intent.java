package dev.echelon.contract.intent;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.echelon.contract.CguId;
import dev.echelon.contract.resource.PrecacheSpec;
import java.time.Instant;
import java.util.List;

/**
 * What should be true on the hub and the spokes. The newest intent of a {@linkplain #key() key} replaces the one before;
 * carrying one out twice, or again after a crash, gives the same hub. A tombstone says that nothing is wanted of that
 * key any more and that all of it is settled.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Intent.Precache.class, name = "Precache"),
    @JsonSubTypes.Type(value = Intent.Backup.class, name = "Backup"),
    @JsonSubTypes.Type(value = Intent.CleanSpoke.class, name = "CleanSpoke"),
    @JsonSubTypes.Type(value = Intent.EnforcePolicies.class, name = "EnforcePolicies"),
    @JsonSubTypes.Type(value = Intent.StopEnforcing.class, name = "StopEnforcing")
})
public sealed interface Intent {

    CguId cgu();

    /** Names what is wanted: uid of the CGU, step and where needed a number. A result names the intent it answers. */
    String id();

    /** The Kafka key; only the part before the bar decides the partition. */
    @JsonIgnore
    String key();

    /** An intent about one spoke. */
    sealed interface ForSpoke extends Intent {
        String cluster();

        @Override
        @JsonIgnore
        default String key() {
            return cluster() + "|" + cgu().key();
        }
    }

    /** An intent about objects of the CGU on the hub that are not one spoke's. */
    sealed interface ForHub extends Intent {
        @Override
        @JsonIgnore
        default String key() {
            return hubKey(cgu());
        }
    }

    /** The key of the hub-wide intents of a CGU. A spoke cannot be named so: its name would have to contain a slash. */
    static String hubKey(CguId cgu) {
        return "hub/" + cgu.key() + "|" + cgu.key();
    }

    /** The key of a CGU's intents for one spoke. */
    static String spokeKey(CguId cgu, String cluster) {
        return cluster + "|" + cgu.key();
    }

    /**
     * The spoke should have the images (contract 10.4 to 10.6).
     *
     * @param timeoutMinutes the job's deadline
     * @param enabled whether the CGU is enabled: then an error is final (contract 10.4, error rule)
     * @param clusters how many clusters the CGU pre-caches, which sets how often a view is refreshed (contract 10.5); 0
     *     where the writer did not say
     */
    record Precache(
            CguId cgu,
            String id,
            String cluster,
            PrecacheSpec spec,
            int timeoutMinutes,
            boolean enabled,
            int clusters)
            implements ForSpoke {
        public Precache(
                CguId cgu, String id, String cluster, PrecacheSpec spec, int timeoutMinutes, boolean enabled) {
            this(cgu, id, cluster, spec, timeoutMinutes, enabled, 0);
        }
    }

    /**
     * The spoke should have a backup (contract 11).
     *
     * @param startedAt when the hub-side clock started; 1200 s later the spoke has timed out
     */
    record Backup(CguId cgu, String id, String cluster, Instant startedAt) implements ForSpoke {}

    /**
     * Left-overs of an unsuccessful or cancelled pre-cache or backup should be gone from the hub and the spoke
     * (contract 10.7).
     */
    record CleanSpoke(CguId cgu, String id, String cluster, boolean precache, boolean backup) implements ForSpoke {}

    /**
     * One Placement and one PlacementBinding per policy should exist and enforce the policy on exactly these clusters
     * (contract 5). Objects of this CGU that are not listed should be gone from the policies' namespaces.
     *
     * @param revision grows with every change; a result names the revision that it reached
     */
    record EnforcePolicies(CguId cgu, String id, long revision, List<PolicyPlacement> placements) implements ForHub {
        public EnforcePolicies {
            placements = placements == null ? List.of() : List.copyOf(placements);
        }
    }

    /** No Placement and no PlacementBinding of this CGU should exist in these namespaces (contract 5.3, 14). */
    record StopEnforcing(CguId cgu, String id, List<String> namespaces) implements ForHub {
        public StopEnforcing {
            namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
        }
    }

    /**
     * The enforcement of one policy.
     *
     * @param desiredName the name before it was made safe, which the {@code rname} annotation shows
     * @param safeName the name of both objects (contract 5.2)
     * @param clusters on which the policy is enforced now; empty until remediation
     */
    record PolicyPlacement(
            String policyNamespace, String policyName, String desiredName, String safeName, List<String> clusters) {
        public PolicyPlacement {
            clusters = clusters == null ? List.of() : List.copyOf(clusters);
        }
    }
}
