package dev.echelon.scheduler.domain;

import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.HubEvent;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.intent.Intent.EnforcePolicies;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A story of one CGU: each input is decided on at the story's time, its facts are folded into the stored state, and what
 * was shown, told and wanted is kept to look at. Time passes only by {@link #pass}, and rings every deadline on its way.
 */
final class Story {

    static final Instant START = Instant.parse("2026-01-10T08:00:00Z");

    final Fleet fleet;
    private final Memory memory = new Memory();
    private Instant now = START;
    private long lastVersion;
    private int commands;
    private final List<Fact> facts = new ArrayList<>();
    private final List<ClusterGroupUpgrade> shown = new ArrayList<>();
    private final List<AuditEvent> told = new ArrayList<>();
    private final Map<String, Intent> intents = new LinkedHashMap<>();
    private final List<Input> inputs = new ArrayList<>();
    private final List<Intent> issued = new ArrayList<>();
    private List<Fact> lastFacts = List.of();

    Story(Fleet fleet) {
        this.fleet = fleet;
    }

    // Inputs

    Story when(Input input) {
        inputs.add(input);
        Decision decision = Decider.decide(memory, input, new Moment(now, 3, lastVersion));
        WorkingCopy copy = new WorkingCopy(memory);
        AuditTrail.Cause cause = input instanceof Input.Asked(CommandRecord command)
                ? new AuditTrail.Cause(command.actor(), command.id())
                : AuditTrail.Cause.NOBODY;
        for (Fact fact : decision.facts()) {
            Optional<Progress> before = copy.progress();
            copy.fold(fact);
            told.addAll(AuditTrail.tell(fact, before, copy.progress(), cause, now));
            if (fact instanceof Fact.Shown version) {
                lastVersion = version.version();
                shown.add(Projection.render(copy));
            }
        }
        memory.store(copy);
        decision.intents().forEach((key, intent) -> intent.ifPresentOrElse(
                wanted -> {
                    intents.put(key, wanted);
                    issued.add(wanted);
                },
                () -> intents.remove(key)));
        lastFacts = decision.facts();
        facts.addAll(lastFacts);
        return this;
    }

    Story asks(CommandRecord command) {
        return when(new Input.Asked(command));
    }

    Story creates(Fleet.Spec spec) {
        return asks(Fleet.create("c" + ++commands, spec, now));
    }

    Story creates(CguSpec spec) {
        return asks(Fleet.create("c" + ++commands, spec, now));
    }

    /** Takes over what somebody else has begun. */
    Story adopts(Fleet.Spec spec, CguStatus status) {
        return asks(Fleet.adopt("c" + ++commands, spec, status, now, now));
    }

    Story adopts(Fleet.Spec spec, FoundStatus status) {
        return adopts(spec, status.build());
    }

    Story updates(Fleet.Spec spec) {
        return asks(Fleet.update("c" + ++commands, spec, now));
    }

    Story deletes() {
        return asks(Fleet.delete("c" + ++commands, now));
    }

    Story observes(Observation observation) {
        return when(new Input.Observed(observation));
    }

    /** The watcher shows the fleet as it is, for the spec as it is. */
    Story seesFleet() {
        return observes(fleet.snapshot(memory.upgrade().orElseThrow().request().generation(), now));
    }

    /** Clusters come to comply with a policy, and the watcher shows it. */
    Story complies(String policy, String... clusters) {
        return becomes(policy, Compliance.COMPLIANT, clusters);
    }

    Story becomes(String policy, Compliance compliance, String... clusters) {
        for (String cluster : clusters) {
            fleet.with(policy, cluster, compliance);
        }
        return observes(fleet.compliance(now, clusters));
    }

    Story answers(Result result) {
        return when(new Input.Answered(result));
    }

    /** The executor reports these states of a spoke's job, one after the other. */
    Story job(Workload workload, String cluster, SpokeState... states) {
        for (SpokeState state : states) {
            job(workload, cluster, state, "");
        }
        return this;
    }

    /** As above, with what the executor says of it. */
    Story job(Workload workload, String cluster, SpokeState state, String detail) {
        String id = memory.spoke(cluster).flatMap(spoke -> spoke.job(workload)).orElseThrow().intentId();
        return answers(new Result.SpokeProgress(Fleet.CGU, id, now, cluster, workload, state, detail));
    }

    /** The executor has done what stands for the hub. */
    Story hubDone() {
        switch (hubIntent()) {
            case EnforcePolicies enforce -> {
                List<String> names = enforce.placements().stream()
                        .map(Intent.PolicyPlacement::safeName)
                        .sorted()
                        .toList();
                answers(new Result.Enforced(Fleet.CGU, enforce.id(), now, enforce.revision(), names, names));
            }
            case Intent.StopEnforcing stop -> answers(new Result.EnforcementStopped(Fleet.CGU, stop.id(), now));
            case Intent other -> throw new AssertionError(other + " is not for the hub");
        }
        return this;
    }

    /** The executor has removed what the pre-cache of the cluster left behind. */
    Story cleaned(String cluster) {
        return cleaned(cluster, Aspect.PRECACHE);
    }

    Story cleaned(String cluster, Aspect aspect) {
        Intent intent = intents.get(Intent.spokeKey(Fleet.CGU, cluster, aspect));
        return answers(new Result.SpokeCleaned(Fleet.CGU, intent.id(), now, cluster));
    }

    /** The work of the cluster that is wanted now; empty when none is. */
    Optional<Intent.Work> work(String cluster) {
        return Optional.ofNullable(intents.get(Intent.spokeKey(Fleet.CGU, cluster, Aspect.WORK)))
                .map(intent -> ((Intent.RollOutWork) intent).work());
    }

    /** The hub has made the works that are wanted on these clusters and shows them so. */
    Story worksBecome(ObservedWork seen, String... clusters) {
        for (String cluster : clusters) {
            fleet.withWork(cluster, work(cluster).orElseThrow().safeName(), seen);
        }
        return observes(fleet.works(now, clusters));
    }

    /** The executor has begun to delete the works of a cluster. */
    Story workDropped(String cluster) {
        Intent intent = intents.get(Intent.spokeKey(Fleet.CGU, cluster, Aspect.WORK));
        return answers(new Result.WorkSettled(Fleet.CGU, intent.id(), now, cluster));
    }

    /** What is wanted of the cluster's install plans; empty when nothing is. */
    Optional<Intent.ApproveInstallPlans> approvals(String cluster) {
        return Optional.ofNullable(intents.get(Intent.spokeKey(Fleet.CGU, cluster, Aspect.INSTALL_PLANS)))
                .map(intent -> (Intent.ApproveInstallPlans) intent);
    }

    Story approvalsStopped(String cluster) {
        return answers(new Result.ApprovalsStopped(
                Fleet.CGU, approvals(cluster).orElseThrow().id(), now, cluster));
    }

    /** All that came in, in order. */
    List<Input> inputs() {
        return inputs;
    }

    /** All intents that were written, in order; {@link #intents} are those that stand. */
    List<Intent> issued() {
        return issued;
    }

    /** The Kubernetes events that were told, in order. */
    List<HubEvent> hubEvents() {
        return told.stream().map(event -> event.data().hubEvent()).filter(Objects::nonNull).toList();
    }

    /** The executor has changed labels and annotations of these clusters. */
    Story relabeled(Intent.Aspect aspect, String... clusters) {
        for (String cluster : clusters) {
            Intent intent = intents.get(Intent.spokeKey(Fleet.CGU, cluster, aspect));
            answers(new Result.Relabeled(Fleet.CGU, intent.id(), now, cluster));
        }
        return this;
    }

    /** Lets time pass; every deadline on the way rings just after it is over. */
    Story pass(Duration time) {
        Instant until = now.plus(time);
        List<Fact> during = new ArrayList<>();
        Map<String, Instant> rung = new HashMap<>();
        while (true) {
            Optional<Map.Entry<String, Instant>> next = memory.deadlines().entrySet().stream()
                    .filter(entry -> !entry.getValue().plusMillis(1).isAfter(until))
                    .filter(entry -> !entry.getValue().equals(rung.get(entry.getKey())))
                    .min(Map.Entry.<String, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
            if (next.isEmpty()) {
                break;
            }
            String owner = next.get().getKey();
            Instant due = next.get().getValue().plusMillis(1);
            now = due.isAfter(now) ? due : now;
            rung.put(owner, next.get().getValue());
            when(new Input.TimePassed(Fleet.CGU, owner.isEmpty() ? Optional.empty() : Optional.of(owner)));
            during.addAll(lastFacts);
            if (owner.isEmpty() && lastFacts.isEmpty()) {
                throw new AssertionError("nothing follows from the deadline " + next.get());
            }
        }
        now = until;
        lastFacts = during;
        return this;
    }

    // What came of it

    Instant now() {
        return now;
    }

    Memory memory() {
        return memory;
    }

    Progress progress() {
        return memory.progress().orElseThrow();
    }

    Lifecycle lifecycle() {
        return progress().lifecycle();
    }

    /** The facts of the last input, or of the last time that passed. */
    List<Fact> lastFacts() {
        return lastFacts;
    }

    List<Fact> facts() {
        return facts;
    }

    <F extends Fact> List<F> facts(Class<F> type) {
        return facts.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<AuditEvent> told() {
        return told;
    }

    Map<String, Intent> intents() {
        return intents;
    }

    Intent hubIntent() {
        return Optional.ofNullable(intents.get(Intent.hubKey(Fleet.CGU)))
                .orElseThrow(() -> new AssertionError("nothing is wanted of the hub, only " + intents));
    }

    /** The clusters on which a policy is to be enforced now. */
    List<String> enforced(String policy) {
        return ((EnforcePolicies) hubIntent())
                .placements().stream()
                        .filter(placement -> placement.policyName().equals(policy))
                        .findFirst()
                        .orElseThrow()
                        .clusters();
    }

    ClusterGroupUpgrade cgu() {
        return Projection.render(memory);
    }

    List<ClusterGroupUpgrade> shown() {
        return shown;
    }

    /** {@code type=status reason} of each condition that stands, in order. */
    List<String> conditions() {
        return progress().conditions().stream()
                .map(condition -> condition.type() + "=" + condition.status() + " " + condition.reason())
                .toList();
    }

    /** {@code reason: message} of the last condition, in the order in which users saw it. */
    List<String> seen() {
        List<String> seen = new ArrayList<>();
        for (ClusterGroupUpgrade version : shown) {
            List<Condition> conditions = version.status().conditions();
            String state = conditions.isEmpty()
                    ? ""
                    : conditions.getLast().reason() + ": " + conditions.getLast().message();
            if (!state.isEmpty() && (seen.isEmpty() || !seen.getLast().equals(state))) {
                seen.add(state);
            }
        }
        return seen;
    }

    /** {@code cluster state [policy]} of {@code status.clusters}. */
    List<String> outcomes() {
        return cgu().status().clusters().stream()
                .map(entry -> entry.name() + " " + entry.state()
                        + (entry.currentPolicy() == null ? "" : " " + entry.currentPolicy().name())
                        + (entry.currentManifestWork() == null ? "" : " " + entry.currentManifestWork().name()))
                .toList();
    }
}
