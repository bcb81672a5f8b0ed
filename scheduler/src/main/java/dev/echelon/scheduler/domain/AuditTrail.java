package dev.echelon.scheduler.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditEvent.Data;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.audit.HubEvent;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.result.Result.JobProgress;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Fact.*;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells facts as audit events. Each fact that an operator wants to know of becomes exactly one event (conditions that are
 * set in one go become one each), with an id that follows from the CGU and the number of events told before: folding the
 * same facts again gives the same ids.
 */
public final class AuditTrail {

    public static final String SOURCE = "/echelon/scheduler";
    /** The actor of what nobody asked for in so many words. */
    public static final String ACTOR = "system:echelon:scheduler";

    private AuditTrail() {}

    /**
     * Who or what caused a decision.
     *
     * @param actor the issuer of the command, or empty
     * @param commandId the command, or empty
     */
    public record Cause(String actor, String commandId) {
        public static final Cause NOBODY = new Cause("", "");
    }

    /** The kind of event that tells of a fact; empty where it is bookkeeping. */
    static Optional<AuditType> type(Fact fact) {
        return Optional.ofNullable(
                switch (fact) {
                    case CommandAccepted _ -> AuditType.COMMAND_ACCEPTED;
                    case CommandRejected _ -> AuditType.COMMAND_REJECTED;
                    case Adopted _ -> AuditType.ADOPTED;
                    case ConditionsSet _ -> AuditType.CONDITION_CHANGED;
                    case PlanChanged _ -> AuditType.PLAN_CHANGED;
                    case Started _ -> AuditType.STARTED;
                    case BatchStarted _ -> AuditType.BATCH_STARTED;
                    case BatchCompleted _ -> AuditType.BATCH_COMPLETED;
                    case BatchTimedOut _ -> AuditType.BATCH_TIMED_OUT;
                    case ClusterStarted _ -> AuditType.CLUSTER_STARTED;
                    case ClusterAdvanced _ -> AuditType.CLUSTER_ADVANCED;
                    case ClusterCompleted _ -> AuditType.CLUSTER_COMPLETED;
                    case ClusterTimedOut _ -> AuditType.CLUSTER_TIMED_OUT;
                    case SpokeProgressed _ -> AuditType.SPOKE_PROGRESSED;
                    case JobProgressed _ -> AuditType.JOB_PROGRESSED;
                    case WorkRequested work -> work.workIndex() > 0 ? AuditType.CLUSTER_ADVANCED : null;
                    case WorkTimedOut _ -> AuditType.CLUSTER_TIMED_OUT;
                    case WorkObserved work -> work.problem().isEmpty() ? null : AuditType.INTENT_STALLED;
                    case ClusterRelabeled _ -> AuditType.CLUSTER_RELABELED;
                    case IntentStalled _ -> AuditType.INTENT_STALLED;
                    case Completed _ -> AuditType.COMPLETED;
                    case Failed _ -> AuditType.FAILED;
                    case TimedOut _ -> AuditType.TIMED_OUT;
                    case Finished _ -> AuditType.CLEANED_UP;
                    case Deleted _ -> AuditType.DELETED;
                    case Created _,
                            Changed _,
                            Shown _,
                            DeletionRequested _,
                            FleetObserved _,
                            ConcurrencyComputed _,
                            PoliciesClassified _,
                            PlacementsNamed _,
                            ConditionRecounted _,
                            PrecacheSpecFrozen _,
                            PrecacheRequested _,
                            WorkCancelled _,
                            JobDropped _,
                            BackupRequested _,
                            RelabelRequested _,
                            HeldAt _,
                            RolloutBegan _,
                            RolloutSeen _,
                            ClusterAlreadyCompliant _,
                            ClusterPlanned _,
                            ComplianceChanged _,
                            ClusterEnforced _,
                            SoakStarted _,
                            SoakInterrupted _,
                            EnforcementIssued _,
                            EnforcementConfirmed _,
                            EnforcementStopping _,
                            EnforcementStopped _,
                            EnforcementEmptied _,
                            SettlingBegan _,
                            CleaningRequested _,
                            SpokeCleaned _,
                            ObjectsNamed _,
                            PlacementsObserved _,
                            WorkDropping _,
                            WorkDropped _,
                            ApprovalsRequested _,
                            ApprovalsStopping _,
                            ApprovalsStopped _ -> null;
                });
    }

    /**
     * The events of one fact.
     *
     * @param before the small piece before the fact; empty when there was no CGU
     * @param after likewise after it
     */
    public static List<AuditEvent> tell(
            Fact fact, Optional<Progress> before, Optional<Progress> after, Cause cause, Instant now) {
        Optional<AuditType> type = type(fact);
        if (type.isEmpty()) {
            return List.of();
        }
        if (fact instanceof ConditionsSet(List<Condition> conditions, Optional<ValidationFailure> failure)) {
            List<AuditEvent> events = new ArrayList<>();
            List<Condition> list = before.orElseThrow().conditions();
            for (Condition condition : conditions) {
                List<Condition> known = list;
                CguId id = before.orElseThrow().id();
                List<Condition> next = Conditions.set(list, condition);
                events.add(event(
                        type.get(),
                        before.orElseThrow(),
                        "/" + condition.type(),
                        Conditions.lastReason(list),
                        Conditions.lastReason(next),
                        cause,
                        ACTOR,
                        now,
                        new Words(condition.message())
                                .with("type", condition.type())
                                .with("status", condition.status())
                                .with("reason", condition.reason()),
                        failure.flatMap(what -> HubEvents.ofFailure(what, condition, known, id))));
                list = next;
            }
            return events;
        }
        String reasonBefore = before.map(Progress::conditions).map(Conditions::lastReason).orElse("");
        String reasonAfter = after.map(Progress::conditions).map(Conditions::lastReason).orElse("");
        if (fact instanceof OfCommand command) {
            return List.of(answer(command, type.get(), after, reasonBefore, reasonAfter, cause, now));
        }
        return List.of(event(
                type.get(),
                before.orElseThrow(),
                "",
                reasonBefore,
                reasonAfter,
                cause,
                fact instanceof Deleted && !cause.actor().isEmpty() ? cause.actor() : ACTOR,
                now,
                words(fact, before.orElseThrow().id()),
                HubEvents.of(fact, before.orElseThrow().id())));
    }

    private static AuditEvent answer(
            OfCommand fact,
            AuditType type,
            Optional<Progress> progress,
            String before,
            String after,
            Cause cause,
            Instant now) {
        CguId id =
                switch (fact) {
                    case CommandAccepted accepted -> accepted.id();
                    case CommandRejected rejected -> rejected.id();
                };
        Words words = words(fact, id);
        return new AuditEvent(
                "command/" + fact.commandId() + "/answer",
                SOURCE,
                type,
                id,
                now,
                new Data(
                        cause.actor(),
                        progress.map(Progress::uid).orElse(""),
                        fact.commandId(),
                        words.message(),
                        before,
                        after,
                        words.details(),
                        HubEvents.of(fact, id).orElse(null)));
    }

    private static AuditEvent event(
            AuditType type,
            Progress progress,
            String idSuffix,
            String before,
            String after,
            Cause cause,
            String actor,
            Instant now,
            Words words,
            Optional<HubEvent> hubEvent) {
        return new AuditEvent(
                progress.uid() + "/" + (progress.book().told() + 1) + idSuffix,
                SOURCE,
                type,
                progress.id(),
                now,
                new Data(
                        actor,
                        progress.uid(),
                        cause.commandId(),
                        words.message(),
                        before,
                        after,
                        words.details(),
                        hubEvent.orElse(null)));
    }

    private static Words words(Fact fact, CguId id) {
        return switch (fact) {
            case CommandAccepted(_, _, long version, boolean created) ->
                new Words("ClusterGroupUpgrade " + id + ": accepted as version " + version)
                        .with("resourceVersion", version)
                        .with("created", created);
            case CommandRejected(_, _, String reason, String field, String message) ->
                new Words(message).with("reason", reason).with("field", field);
            case Adopted adopted ->
                new Words("ClusterGroupUpgrade " + id + ": taken over as it was found, " + adopted.stage()
                                + (adopted.problems().isEmpty()
                                        ? ""
                                        : "; but " + String.join("; ", adopted.problems())))
                        .with("stage", adopted.stage())
                        .with("problems", String.join("; ", adopted.problems()));
            case PlanChanged(var plan) ->
                new Words("ClusterGroupUpgrade " + id + ": the plan has " + plan.size() + " batches, "
                                + RemediationPlan.clusters(plan).size() + " clusters")
                        .with("batches", plan.size())
                        .with("clusters", RemediationPlan.clusters(plan).size());
            case Started(_, int clusters, int batches) ->
                new Words("ClusterGroupUpgrade " + id.name() + " started remediating policies")
                        .with("clusters", clusters)
                        .with("batches", batches);
            case BatchStarted(int batch, _, List<String> clusters, _) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": batch index " + batch + " upgrade started")
                        .with("batch", batch)
                        .with("clusters", String.join(",", clusters));
            case BatchCompleted(int batch, _, _, _) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": all clusters in the batch index " + batch
                                + " are compliant with managed policies")
                        .with("batch", batch);
            case BatchTimedOut(int batch, List<String> clusters, _, _, _, _, _) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": some clusters in the batch index " + batch
                                + " timed out remediating policies")
                        .with("batch", batch)
                        .with("clusters", String.join(",", clusters));
            case ClusterStarted(String cluster, int batch) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": cluster " + cluster + " upgrade started")
                        .with("batch", batch)
                        .with("cluster", cluster);
            case ClusterAdvanced(String cluster, int index, String policy) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": cluster " + cluster + " went on to policy " + policy)
                        .with("cluster", cluster)
                        .with("policy", policy)
                        .with("policyIndex", index);
            case ClusterCompleted(String cluster, int batch) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": cluster " + cluster
                                + " upgrade finished successfully")
                        .with("batch", batch)
                        .with("cluster", cluster);
            case ClusterTimedOut(String cluster, int batch, _, String policy) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": cluster " + cluster + " timed out at policy "
                                + policy)
                        .with("batch", batch)
                        .with("cluster", cluster)
                        .with("policy", policy);
            case SpokeProgressed(String cluster, Workload workload, SpokeState from, SpokeState to, String detail) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": " + workload.name().toLowerCase(java.util.Locale.ROOT)
                                + " of cluster " + cluster + " went from " + from.wire() + " to " + to.wire()
                                + (detail.isEmpty() ? "" : ": " + detail))
                        .with("cluster", cluster)
                        .with("workload", workload.name())
                        .with("from", from.wire())
                        .with("state", to.wire())
                        .with("detail", detail);
            case JobProgressed(JobProgress report) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": "
                                + report.workload().name().toLowerCase(java.util.Locale.ROOT) + " of cluster "
                                + report.cluster() + " has done " + report.done() + " of " + report.total())
                        .with("cluster", report.cluster())
                        .with("workload", report.workload().name())
                        .with("done", report.done())
                        .with("total", report.total())
                        .with("bytes", report.bytes())
                        .with("bytesPerSecond", report.bytesPerSecond())
                        .with("secondsLeft", report.secondsLeft() == null ? "" : report.secondsLeft());
            case WorkRequested(String cluster, int index, String template) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": cluster " + cluster + " went on to manifest work "
                                + template)
                        .with("cluster", cluster)
                        .with("template", template)
                        .with("manifestWorkIndex", index);
            case WorkTimedOut(String cluster, int batch, _, String template, _) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": cluster " + cluster + " timed out at manifest work "
                                + template)
                        .with("batch", batch)
                        .with("cluster", cluster)
                        .with("template", template);
            case WorkObserved(String cluster, _, String problem) ->
                new Words("ClusterGroupUpgrade " + id.name()
                                + ": it cannot be told whether the manifest work on cluster " + cluster
                                + " is complete: " + problem)
                        .with("cluster", cluster)
                        .with("reason", problem);
            case ClusterRelabeled(String cluster, String intentId, boolean afterwards) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": labels and annotations of cluster " + cluster
                                + " were changed " + (afterwards ? "after its completion" : "before the start"))
                        .with("cluster", cluster)
                        .with("intent", intentId);
            case IntentStalled(String intentId, _, String stall) ->
                new Words("ClusterGroupUpgrade " + id.name() + ": " + stall)
                        .with("intent", intentId)
                        .with("reason", stall);
            case Completed(String message, _) -> new Words("ClusterGroupUpgrade " + id.name() + ": " + message);
            case TimedOut(String message, _, _) -> new Words("ClusterGroupUpgrade " + id.name() + ": " + message);
            case Failed(String message, _, _) -> new Words("ClusterGroupUpgrade " + id.name() + ": " + message);
            case Finished _ ->
                new Words("ClusterGroupUpgrade " + id.name() + ": finished; nothing of it enforces any more");
            case Deleted _ -> new Words("ClusterGroupUpgrade " + id.name() + ": deleted, nothing of it is left");
            case Fact other -> throw new IllegalStateException(other + " is told as an event but has no words");
        };
    }

    private record Words(String message, Map<String, String> details) {
        Words(String message) {
            this(message, Map.of());
        }

        Words with(String key, Object value) {
            String text = value.toString();
            if (text.isEmpty()) {
                return this;
            }
            Map<String, String> more = new LinkedHashMap<>(details);
            more.put(key, text);
            return new Words(message, more);
        }
    }
}
