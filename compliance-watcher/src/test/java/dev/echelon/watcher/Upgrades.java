package dev.echelon.watcher;

import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguSpec.BlockingCr;
import dev.echelon.contract.resource.CguSpec.ConfigRef;
import dev.echelon.contract.resource.CguSpec.RemediationStrategy;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.resource.LabelSelector;
import dev.echelon.contract.resource.ObjectMeta;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** ClusterGroupUpgrades in the stages that the watcher tells apart. */
public final class Upgrades {

    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

    private Upgrades() {}

    public static CguSpec spec(List<String> clusters, List<LabelSelector> selectors, List<String> policies) {
        return new CguSpec(
                null, null, null, null, selectors, null, clusters, null, policies, null, null, null,
                new RemediationStrategy(null, 2, null), null);
    }

    public static CguSpec spec(List<String> clusters, List<String> policies) {
        return spec(clusters, List.of(), policies);
    }

    /** As given, and it waits for these first. */
    public static CguSpec blockedBy(CguSpec spec, BlockingCr... blockers) {
        return new CguSpec(
                null, null, null, List.of(blockers), spec.clusterLabelSelectors(), null, spec.clusters(), null,
                spec.managedPolicies(), spec.manifestWorkTemplates(), spec.preCaching(), spec.preCachingConfigRef(),
                spec.remediationStrategy(), null);
    }

    /** As given, and it pre-caches. */
    public static CguSpec precaching(CguSpec spec, ConfigRef config) {
        return new CguSpec(
                null, null, null, spec.blockingCRs(), spec.clusterLabelSelectors(), null, spec.clusters(), null,
                spec.managedPolicies(), spec.manifestWorkTemplates(), true, config, spec.remediationStrategy(), null);
    }

    /** Rolls out manifest works. */
    public static CguSpec works(List<String> clusters, List<String> templates) {
        return new CguSpec(
                null, null, null, null, null, null, clusters, null, null, templates, null, null,
                new RemediationStrategy(null, 2, null), null);
    }

    public static LabelSelector label(String key, String value) {
        return new LabelSelector(null, Map.of(key, value));
    }

    public static ClusterGroupUpgrade beforeStart(String namespace, String name, long generation, CguSpec spec) {
        return new ClusterGroupUpgrade(metadata(namespace, name, generation, null), spec, CguStatus.EMPTY);
    }

    public static ClusterGroupUpgrade inProgress(
            String namespace, String name, CguSpec spec, List<List<String>> plan, List<PolicyRef> policies) {
        return new ClusterGroupUpgrade(
                metadata(namespace, name, 1, null),
                spec,
                status(List.of(condition(ConditionReason.REMEDIATING)), plan, policies));
    }

    public static ClusterGroupUpgrade completed(String namespace, String name, CguSpec spec) {
        return new ClusterGroupUpgrade(
                metadata(namespace, name, 1, null),
                spec,
                status(
                        List.of(condition(ConditionReason.PROGRESS_COMPLETED), condition(ConditionReason.SUCCEEDED)),
                        List.of(List.of("a")),
                        List.of()));
    }

    /** It has timed out, after some clusters had completed and others had not. */
    public static ClusterGroupUpgrade timedOut(
            String namespace, String name, CguSpec spec, List<String> complete, List<String> timedOut) {
        List<ClusterState> clusters = new ArrayList<>();
        complete.forEach(cluster -> clusters.add(new ClusterState(null, null, cluster, "complete")));
        timedOut.forEach(cluster -> clusters.add(new ClusterState(null, null, cluster, "timedout")));
        return new ClusterGroupUpgrade(
                metadata(namespace, name, 1, null),
                spec,
                new CguStatus(
                        null,
                        clusters,
                        null,
                        List.of(condition(ConditionReason.TIMED_OUT)),
                        null, null, null, null, null, null, null, null, null, null, null));
    }

    public static ClusterGroupUpgrade annotated(ClusterGroupUpgrade cgu, Map<String, String> annotations) {
        ObjectMeta given = cgu.metadata();
        return new ClusterGroupUpgrade(
                new ObjectMeta(
                        given.name(), given.namespace(), given.uid(), given.resourceVersion(), given.generation(),
                        given.creationTimestamp(), given.deletionTimestamp(), null, annotations, null),
                cgu.spec(),
                cgu.status());
    }

    public static ClusterGroupUpgrade deleting(ClusterGroupUpgrade cgu) {
        return new ClusterGroupUpgrade(
                metadata(cgu.metadata().namespace(), cgu.metadata().name(), cgu.metadata().generation() + 1, THEN),
                cgu.spec(),
                cgu.status());
    }

    private static ObjectMeta metadata(String namespace, String name, long generation, Instant deletion) {
        return new ObjectMeta(
                name, namespace, "uid-of-" + name, "1", generation, THEN, deletion, null, null, null);
    }

    private static CguStatus status(List<Condition> conditions, List<List<String>> plan, List<PolicyRef> policies) {
        return new CguStatus(
                null, null, null, conditions, null, null, null, policies, null, null, null, null, plan, null, null);
    }

    private static Condition condition(ConditionReason reason) {
        return new Condition(reason.type().wire(), reason.status(), reason.reason(), reason.with(), THEN);
    }
}
