package dev.echelon.contract.intent;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.echelon.contract.CguId;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.contract.result.SpokeState;
import java.time.Instant;
import java.util.List;
import java.util.Map;

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
    @JsonSubTypes.Type(value = Intent.Relabel.class, name = "Relabel"),
    @JsonSubTypes.Type(value = Intent.RollOutWork.class, name = "RollOutWork"),
    @JsonSubTypes.Type(value = Intent.ApproveInstallPlans.class, name = "ApproveInstallPlans"),
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

        /** Which of the things that a CGU may want of a spoke at the same time this is. */
        @JsonIgnore
        Aspect aspect();

        @Override
        @JsonIgnore
        default String key() {
            return spokeKey(cgu(), cluster(), aspect());
        }
    }

    /** What a CGU may want of a spoke at the same time, each under a key of its own. */
    enum Aspect {
        /** The pre-cache, then its clean-up. */
        PRECACHE(""),
        /** The backup, then its clean-up. */
        BACKUP("|backup"),
        /** Labels and annotations before the rollout. */
        LABELS_BEFORE("|labels-before"),
        /** Labels and annotations after it. */
        LABELS_AFTER("|labels-after"),
        /** The ManifestWork that is current. */
        WORK("|work"),
        /** The install plans that are to be approved. */
        INSTALL_PLANS("|install-plans");

        private final String suffix;

        Aspect(String suffix) {
            this.suffix = suffix;
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

    /** The key of a CGU's intents of one aspect for one spoke. */
    static String spokeKey(CguId cgu, String cluster, Aspect aspect) {
        return cluster + "|" + cgu.key() + aspect.suffix;
    }

    /**
     * Whether an intent may lie under this key: under its own, or, what is about a backup, under the key of the
     * pre-cache, which all jobs of a CGU on a spoke shared in earlier versions. There it holds until that key is written
     * again.
     */
    static boolean mayLieUnder(String key, Intent intent) {
        boolean ofJob = switch (intent) {
            case Backup _, CleanSpoke _ -> true;
            case Precache _, Relabel _, RollOutWork _, ApproveInstallPlans _, EnforcePolicies _, StopEnforcing _ ->
                false;
        };
        return key.equals(intent.key())
                || ofJob
                        && intent instanceof ForSpoke spoke
                        && key.equals(spokeKey(intent.cgu(), spoke.cluster(), Aspect.PRECACHE));
    }

    /**
     * The spoke should have the images (contract 10.4 to 10.6).
     *
     * @param timeoutMinutes the job's deadline
     * @param enabled whether the CGU is enabled: then an error is final (contract 10.4, error rule)
     * @param clusters how many clusters the CGU pre-caches, which sets how often a view is refreshed (contract 10.5); 0
     *     where the writer did not say
     * @param known the state that the spoke's pre-cache is known to be in; null where it begins. A job that somebody else
     *     began goes on from there
     */
    record Precache(
            CguId cgu,
            String id,
            String cluster,
            PrecacheSpec spec,
            int timeoutMinutes,
            boolean enabled,
            int clusters,
            SpokeState known)
            implements ForSpoke {
        public Precache(
                CguId cgu, String id, String cluster, PrecacheSpec spec, int timeoutMinutes, boolean enabled) {
            this(cgu, id, cluster, spec, timeoutMinutes, enabled, 0);
        }

        public Precache(
                CguId cgu,
                String id,
                String cluster,
                PrecacheSpec spec,
                int timeoutMinutes,
                boolean enabled,
                int clusters) {
            this(cgu, id, cluster, spec, timeoutMinutes, enabled, clusters, null);
        }

        @Override
        public Aspect aspect() {
            return Aspect.PRECACHE;
        }
    }

    /**
     * The spoke should have a backup (contract 11).
     *
     * @param startedAt when the hub-side clock started; 1200 s later the spoke has timed out
     * @param known as in {@link Precache}
     */
    record Backup(CguId cgu, String id, String cluster, Instant startedAt, SpokeState known) implements ForSpoke {
        public Backup(CguId cgu, String id, String cluster, Instant startedAt) {
            this(cgu, id, cluster, startedAt, null);
        }

        @Override
        public Aspect aspect() {
            return Aspect.BACKUP;
        }
    }

    /**
     * Left-overs of an unsuccessful or cancelled pre-cache or backup should be gone from the hub and the spoke
     * (contract 10.7). It takes the place of the job that it cleans up after, as a new job of that kind takes its
     * place.
     *
     * @param precache whether it is about the pre-cache
     * @param backup whether it is about the backup; in intents of earlier versions one may be about both
     */
    record CleanSpoke(CguId cgu, String id, String cluster, boolean precache, boolean backup) implements ForSpoke {
        @Override
        public Aspect aspect() {
            return precache ? Aspect.PRECACHE : Aspect.BACKUP;
        }
    }

    /**
     * The ManagedCluster should have these labels and annotations, and not those (contract 8): set first, removed then, so
     * that removal wins. One write; a cluster that is no ManagedCluster is done. Answered with
     * {@link dev.echelon.contract.result.Result.Relabeled}. The two aspects of one cluster are carried out in the order
     * in which they were asked.
     *
     * @param afterwards whether these are the actions after completion; else those before the start
     */
    record Relabel(
            CguId cgu,
            String id,
            String cluster,
            boolean afterwards,
            Map<String, String> addLabels,
            List<String> removeLabels,
            Map<String, String> addAnnotations,
            List<String> removeAnnotations)
            implements ForSpoke {
        public Relabel {
            addLabels = addLabels == null ? Map.of() : Map.copyOf(addLabels);
            removeLabels = removeLabels == null ? List.of() : List.copyOf(removeLabels);
            addAnnotations = addAnnotations == null ? Map.of() : Map.copyOf(addAnnotations);
            removeAnnotations = removeAnnotations == null ? List.of() : List.copyOf(removeAnnotations);
        }

        @Override
        public Aspect aspect() {
            return afterwards ? Aspect.LABELS_AFTER : Aspect.LABELS_BEFORE;
        }
    }

    /**
     * Of this CGU's ManifestWorks exactly this one should be on the spoke (contract 13.2, 13.3): others of it are deleted, and
     * this one is made when they are really gone, and made again when it vanishes. Answered with
     * {@link dev.echelon.contract.result.Result.WorkSettled} when it is there, or when none is wanted and the
     * deletion of all is asked for.
     *
     * @param work null when none is wanted
     */
    record RollOutWork(CguId cgu, String id, String cluster, Work work) implements ForSpoke {
        @Override
        public Aspect aspect() {
            return Aspect.WORK;
        }
    }

    /**
     * A ManifestWork. Its spec and its annotation with the expected values are the template's, as the hub has them when
     * it is made.
     *
     * @param template the ManifestWorkReplicaSet in the CGU's namespace
     * @param safeName the work's name (contract 5.2)
     */
    record Work(String template, String safeName) {}

    /**
     * Manual install plans that these Subscriptions wait for should be approved (contract 12), as long as this is wanted. With no
     * Subscription: the views of this CGU on the spoke should be gone, which is answered with
     * {@link dev.echelon.contract.result.Result.ApprovalsStopped}.
     *
     * @param dropActions with no Subscription: whether its actions should be gone, too (contract 7.6)
     */
    record ApproveInstallPlans(
            CguId cgu, String id, String cluster, List<SubscriptionView> subscriptions, boolean dropActions)
            implements ForSpoke {
        public ApproveInstallPlans {
            subscriptions = subscriptions == null ? List.of() : List.copyOf(subscriptions);
        }

        @Override
        public Aspect aspect() {
            return Aspect.INSTALL_PLANS;
        }
    }

    /**
     * A Subscription to look at, with the view that shows it.
     *
     * @param desiredName the view's name before it was made safe, which the {@code rname} annotation shows
     * @param safeName the view's name
     */
    record SubscriptionView(
            String apiVersion, String namespace, String name, String desiredName, String safeName) {}

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
