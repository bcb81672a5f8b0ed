package dev.echelon.scheduler.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.audit.HubEvent;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.scheduler.domain.Fact.BatchCompleted;
import dev.echelon.scheduler.domain.Fact.BatchStarted;
import dev.echelon.scheduler.domain.Fact.BatchTimedOut;
import dev.echelon.scheduler.domain.Fact.ClusterCompleted;
import dev.echelon.scheduler.domain.Fact.ClusterStarted;
import dev.echelon.scheduler.domain.Fact.CommandAccepted;
import dev.echelon.scheduler.domain.Fact.Completed;
import dev.echelon.scheduler.domain.Fact.Failed;
import dev.echelon.scheduler.domain.Fact.Started;
import dev.echelon.scheduler.domain.Fact.TimedOut;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells facts as Kubernetes events (contract 15), with the texts and annotations that upstream's clients read. Each is
 * told once, where upstream repeats some in every pass.
 */
final class HubEvents {

    /** Keys and values of an object's annotations together, in bytes. */
    static final int ANNOTATIONS_LIMIT = 262_144;

    static final int NOTE_LIMIT = 1024;

    private static final String PREFIX = "cgu.openshift.io/";
    private static final String TRUNCATED = PREFIX + "truncated";

    private HubEvents() {}

    /** The event of a fact; empty where there is none. Those of conditions are told apart, see {@link #ofFailure}. */
    static Optional<HubEvent> of(Fact fact, CguId cgu) {
        String subject = "ClusterGroupUpgrade " + cgu.name();
        return switch (fact) {
            case CommandAccepted accepted when accepted.created() ->
                event("CguCreated", "BuildingRemediationPlan", "New ClusterGroupUpgrade found: " + cgu.name())
                        .text("event-type", "global")
                        .build();
            case Started(_, int clusters, int batches) ->
                event("CguStarted", "RemediationStarted", subject + " started remediating policies")
                        .text("event-type", "global")
                        .text("total-clusters-count", clusters)
                        .text("total-batches-count", batches)
                        .build();
            case BatchStarted(int batch, _, List<String> clusters, int total) ->
                event(
                                "CguStarted",
                                "RemediationInBatchStarted",
                                subject + ": batch index " + batch + " upgrade started")
                        .batch(clusters, total)
                        .build();
            case BatchCompleted(int batch, List<String> clusters, int total, _) ->
                event(
                                "CguSuccess",
                                "RemediationInBatchCompleted",
                                subject + ": all clusters in the batch index " + batch
                                        + " are compliant with managed policies")
                        .batch(clusters, total)
                        .build();
            case BatchTimedOut timedOut when timedOut.canary() || timedOut.clusters().isEmpty() -> Optional.empty();
            case BatchTimedOut(int batch, List<String> clusters, int size, int total, _, _, _) ->
                warning(
                                "CguTimedout",
                                "RemediationInBatchTimeout",
                                subject + ": some clusters in the batch index " + batch
                                        + " timed out remediating policies")
                        .text("event-type", "batch")
                        .list("timedout-clusters", clusters.stream().sorted().toList())
                        .text("timedout-clusters-count", clusters.size())
                        .text("batch-clusters-count", size)
                        .text("total-clusters-count", total)
                        .build();
            case ClusterStarted(String cluster, _) ->
                event(
                                "CguStarted",
                                "RemediationInClusterStarted",
                                subject + ": cluster " + cluster + " upgrade started")
                        .cluster(cluster)
                        .build();
            case ClusterCompleted(String cluster, _) ->
                event(
                                "CguSuccess",
                                "RemediationInClusterCompleted",
                                subject + ": cluster " + cluster + " upgrade finished successfully")
                        .cluster(cluster)
                        .build();
            case Completed(_, int total) ->
                event("CguSuccess", "RemediationCompleted", subject + " succeeded remediating policies")
                        .text("event-type", "global")
                        .text("total-clusters-count", total)
                        .build();
            case TimedOut(_, List<String> clusters, int total) -> ended(subject, clusters, total);
            case Failed(_, List<String> clusters, int total) -> ended(subject, clusters, total);
            case Fact _ -> Optional.empty();
        };
    }

    /**
     * The event of a validation that failed; empty where its condition, with the same message, stands already.
     *
     * @param before the conditions before it
     */
    static Optional<HubEvent> ofFailure(
            ValidationFailure failure, Condition condition, List<Condition> before, CguId cgu) {
        boolean told = before.stream()
                .anyMatch(known -> known.type().equals(condition.type())
                        && known.message().equals(condition.message()));
        if (told || !isOfValidation(condition)) {
            return Optional.empty();
        }
        return switch (failure.kind()) {
            case MISSING_CLUSTERS ->
                onHold(cgu, "missing clusters", "missing-clusters", failure.names())
                        .text("missing-clusters-count", failure.names().size())
                        .build();
            case MISSING_POLICIES ->
                onHold(cgu, "missing policies", "missing-policies", failure.names()).build();
            case INVALID_POLICIES ->
                onHold(cgu, "invalid policies", "invalid-policies", failure.names()).build();
            case AMBIGUOUS_POLICIES ->
                onHold(cgu, "ambiguous policies", "ambiguous-policies", failure.names()).build();
            case MISSING_TEMPLATES ->
                warning("CguValidationFailure", "RemediationOnHoldDueToValidationFailure", "").build();
        };
    }

    private static boolean isOfValidation(Condition condition) {
        return condition.type().equals(ConditionReason.Type.CLUSTERS_SELECTED.wire())
                || condition.type().equals(ConditionReason.Type.VALIDATED.wire());
    }

    private static Optional<HubEvent> ended(String subject, List<String> timedOut, int total) {
        return warning("CguTimedout", "RemediationTimeout", subject + " timed-out remediating policies")
                .text("event-type", "global")
                .list("timedout-clusters", timedOut)
                .text("timedout-clusters-count", timedOut.size())
                .text("total-clusters-count", total)
                .build();
    }

    private static Builder onHold(CguId cgu, String what, String key, List<String> names) {
        return warning(
                        "CguValidationFailure",
                        "RemediationOnHoldDueToValidationFailure",
                        "ClusterGroupUpgrade " + cgu.name() + ": validation failure (" + what + "): "
                                + String.join(",", names))
                .list(key, names);
    }

    private static Builder event(String reason, String action, String note) {
        return new Builder("Normal", reason, action, note);
    }

    private static Builder warning(String reason, String action, String note) {
        return new Builder("Warning", reason, action, note);
    }

    /** The longest beginning of a text that has so many bytes, and no half of a character. */
    static String cut(String text, int limit) {
        if (bytes(text) <= limit) {
            return text;
        }
        int used = 0;
        int end = 0;
        while (end < text.length()) {
            int next = text.offsetByCodePoints(end, 1);
            int size = bytes(text.substring(end, next));
            if (used + size > limit) {
                break;
            }
            used += size;
            end = next;
        }
        return text.substring(0, end);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** An event in the making; at most one of its annotations is a list. */
    private static final class Builder {
        private final String type;
        private final String reason;
        private final String action;
        private final String note;
        private final Map<String, String> annotations = new LinkedHashMap<>();
        private String listKey;
        private List<String> list = List.of();
        private String cluster = "";

        Builder(String type, String reason, String action, String note) {
            this.type = type;
            this.reason = reason;
            this.action = action;
            this.note = cut(note, NOTE_LIMIT);
        }

        Builder text(String key, Object value) {
            annotations.put(PREFIX + key, value.toString());
            return this;
        }

        Builder list(String key, List<String> values) {
            listKey = PREFIX + key;
            list = values;
            annotations.put(listKey, String.join(",", values));
            return this;
        }

        Builder batch(List<String> clusters, int total) {
            return text("event-type", "batch")
                    .list("batch-clusters", clusters.stream().sorted().toList())
                    .text("batch-clusters-count", clusters.size())
                    .text("total-clusters-count", total);
        }

        Builder cluster(String name) {
            cluster = name;
            return text("event-type", "cluster").text("cluster-name", name);
        }

        Optional<HubEvent> build() {
            truncate();
            return Optional.of(new HubEvent(type, reason, action, note, annotations, cluster));
        }

        /** Cuts the list between two of its elements, so that everything fits with the mark that says so. */
        private void truncate() {
            if (listKey == null || size() <= ANNOTATIONS_LIMIT) {
                return;
            }
            annotations.put(listKey, "");
            annotations.put(TRUNCATED, listKey);
            int left = ANNOTATIONS_LIMIT - size();
            int fitting = 0;
            for (String element : list) {
                left -= bytes(element) + (fitting == 0 ? 0 : 1);
                if (left < 0) {
                    break;
                }
                fitting++;
            }
            annotations.put(listKey, String.join(",", list.subList(0, fitting)));
        }

        private int size() {
            return annotations.entrySet().stream()
                    .mapToInt(entry -> bytes(entry.getKey()) + bytes(entry.getValue()))
                    .sum();
        }
    }
}
