package dev.echelon.scheduler.domain;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguSpec.AfterCompletion;
import dev.echelon.contract.resource.CguSpec.BeforeEnable;
import dev.echelon.contract.result.Result;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Labels and annotations that a rollout changes on ManagedClusters (contract 8): on all clusters of the plan when it
 * starts, and on each cluster when it complies with everything, whether it was worked on or not. What changes nothing
 * is not asked for. What was asked for is waited for at the end, and is not taken back when the CGU is deleted.
 */
final class Actions {

    private Actions() {}

    /** The actions after completion where they change clusters, not only say what happens to the enforcing objects. */
    static Optional<AfterCompletion> afterCompletion(CguSpec spec) {
        return Optional.ofNullable(spec.actions())
                .map(CguSpec.Actions::afterCompletion)
                .filter(actions -> changesClusters(
                        actions.addClusterLabels(),
                        actions.deleteClusterLabels(),
                        actions.removeClusterLabels(),
                        actions.addClusterAnnotations(),
                        actions.removeClusterAnnotations()));
    }

    /** The rollout starts on these clusters. */
    static void beforeEnable(Draft draft, Collection<String> clusters) {
        Optional<BeforeEnable> wanted = Optional.ofNullable(draft.upgrade().request().spec().actions())
                .map(CguSpec.Actions::beforeEnable)
                .filter(actions -> changesClusters(
                        actions.addClusterLabels(),
                        actions.deleteClusterLabels(),
                        actions.removeClusterLabels(),
                        actions.addClusterAnnotations(),
                        actions.removeClusterAnnotations()));
        wanted.ifPresent(actions -> clusters.forEach(cluster -> ask(
                draft,
                new Intent.Relabel(
                        draft.progress().id(),
                        IntentId.labelsBefore(draft.progress().uid(), cluster),
                        cluster,
                        false,
                        actions.addClusterLabels(),
                        removals(actions.deleteClusterLabels(), actions.removeClusterLabels()),
                        actions.addClusterAnnotations(),
                        actions.removeClusterAnnotations()))));
    }

    /** This cluster complies with everything. */
    static void afterCompletion(Draft draft, String cluster) {
        draft.progress().afterCompletion().ifPresent(actions -> ask(
                draft,
                new Intent.Relabel(
                        draft.progress().id(),
                        IntentId.labelsAfter(draft.progress().uid(), cluster),
                        cluster,
                        true,
                        actions.addClusterLabels(),
                        removals(actions.deleteClusterLabels(), actions.removeClusterLabels()),
                        actions.addClusterAnnotations(),
                        actions.removeClusterAnnotations())));
    }

    static void done(Draft draft, Result.Relabeled result) {
        boolean awaited = draft.state()
                .spoke(result.cluster())
                .filter(spoke -> spoke.relabels().contains(result.intentId()))
                .isPresent();
        if (awaited) {
            boolean afterwards =
                    result.intentId().equals(IntentId.labelsAfter(draft.progress().uid(), result.cluster()));
            draft.emit(new Fact.ClusterRelabeled(result.cluster(), result.intentId(), afterwards));
            draft.settle(Intent.spokeKey(
                    draft.progress().id(),
                    result.cluster(),
                    afterwards ? Aspect.LABELS_AFTER : Aspect.LABELS_BEFORE));
        }
    }

    private static void ask(Draft draft, Intent.Relabel intent) {
        draft.emit(new Fact.RelabelRequested(intent.cluster(), intent.id()));
        draft.want(intent);
    }

    private static boolean changesClusters(
            Map<String, String> addLabels,
            Map<String, String> deleteLabels,
            List<String> removeLabels,
            Map<String, String> addAnnotations,
            List<String> removeAnnotations) {
        return !(addLabels.isEmpty()
                && deleteLabels.isEmpty()
                && removeLabels.isEmpty()
                && addAnnotations.isEmpty()
                && removeAnnotations.isEmpty());
    }

    /** Of the deprecated map only the keys matter. */
    private static List<String> removals(Map<String, String> deleted, List<String> removed) {
        List<String> keys = new ArrayList<>(new TreeSet<>(deleted.keySet()));
        keys.addAll(removed);
        return keys;
    }
}
