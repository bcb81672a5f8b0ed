package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.EnforcePolicies;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation.PlacementSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.observation.ObservedBlocker;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A rollout over a random fleet in a random world: compliance comes and goes, jobs succeed and fail, records come twice or
 * long after their time, hours pass, users change their minds. After each input the invariants are checked.
 */
final class RandomRollout {

    private static final List<SpokeState> JOB =
            List.of(SpokeState.PREPARING_TO_START, SpokeState.STARTING, SpokeState.ACTIVE, SpokeState.SUCCEEDED);

    private static final ObservedWork COMPLETE = new ObservedWork(true, false, "", Map.of());
    private static final ObservedWork WORKING = new ObservedWork(false, false, "", Map.of("conditions", List.of()));
    private static final ObservedWork GOING = new ObservedWork(true, true, "", Map.of());
    private static final CguSpec.BeforeEnable RELABEL_BEFORE =
            new CguSpec.BeforeEnable(null, Map.of("upgrading", ""), null, null, null);
    private static final CguSpec.AfterCompletion RELABEL_AFTER =
            new CguSpec.AfterCompletion(null, Map.of("upgraded", ""), null, true, null, List.of("upgrading"));
    private static final PrecacheInputs UNREADABLE = new PrecacheInputs("not found", null, null);
    private static final PrecacheInputs NONSENSE =
            new PrecacheInputs("", null, Map.of("precache.spaceRequired", "much"));
    private static final PrecacheInputs ROOMY = new PrecacheInputs("", null, Map.of("precache.spaceRequired", "5 TB"));

    final Story story;
    private final Fleet fleet;
    private final Random random;
    private final List<Input> delivered = new ArrayList<>();
    private final Invariants invariants;
    private final Fleet.Spec spec;
    private final boolean wholeSeconds;
    private int commands;

    RandomRollout(long seed) {
        this(seed, false);
    }

    /** @param wholeSeconds whether time goes on in whole seconds, so that a resource shows its times exactly */
    RandomRollout(long seed, boolean wholeSeconds) {
        this.wholeSeconds = wholeSeconds;
        random = new Random(seed);
        int clusters = 1 + random.nextInt(8);
        String[] names = new String[clusters];
        for (int i = 0; i < clusters; i++) {
            names[i] = "sno" + i;
        }
        fleet = Fleet.of(names);
        int policies = 1 + random.nextInt(3);
        for (int i = 0; i < policies; i++) {
            fleet.withPolicy("p" + i);
            if (random.nextInt(4) == 0) {
                fleet.withSoak("p" + i, random.nextInt(120));
            }
            for (String name : names) {
                if (random.nextInt(4) == 0) {
                    fleet.with("p" + i, name, any(Compliance.values()));
                }
            }
        }
        if (random.nextInt(3) == 0) {
            fleet.withSubscription("p" + random.nextInt(policies), "ptp");
        }
        if (random.nextInt(4) == 0) {
            int templates = 1 + random.nextInt(3);
            for (int i = 0; i < templates; i++) {
                fleet.withTemplate("t" + i);
            }
        }
        spec = fleet.spec()
                .maxConcurrency(random.nextInt(clusters + 2))
                .timeout(30 + random.nextInt(200))
                .enable(random.nextBoolean());
        if (random.nextInt(3) == 0) {
            spec.canaries(names[random.nextInt(clusters)]);
        }
        if (fleet.templates().isEmpty() && random.nextInt(3) == 0) {
            spec.preCaching();
        }
        if (random.nextInt(3) == 0) {
            spec.backup();
        }
        if (random.nextInt(4) == 0) {
            spec.abortOnBatchTimeout();
        }
        if (random.nextInt(4) == 0) {
            spec.keepObjects();
        } else if (random.nextInt(2) == 0) {
            spec.actions(new CguSpec.Actions(
                    random.nextInt(4) == 0 ? null : RELABEL_AFTER, random.nextInt(4) == 0 ? null : RELABEL_BEFORE));
        }
        if (random.nextInt(3) == 0) {
            block(names);
        }
        if (random.nextInt(3) == 0) {
            fleet.withPrecacheInputs(any(UNREADABLE, NONSENSE, ROOMY));
        }
        story = new Story(fleet);
        invariants = new Invariants(story);
    }

    private RandomRollout(RandomRollout begun) {
        random = begun.random;
        fleet = begun.fleet;
        spec = begun.spec;
        wholeSeconds = begun.wholeSeconds;
        story = new Story(fleet).pass(Duration.between(Story.START, begun.story.now()));
        invariants = new Invariants(story);
        ClusterGroupUpgrade shown = begun.story.cgu();
        deliver(new Input.Asked(Fleet.adopt(
                "taken", spec, shown.status(), shown.metadata().creationTimestamp(), story.now())));
    }

    /** Another one takes over what the resource shows, and knows nothing else. */
    RandomRollout takenOver() {
        return new RandomRollout(this);
    }

    private void block(String... names) {
        fleet.withBlocker("w1", any(ObservedBlocker.State.values()), names)
                .withBlocker(new ObservedBlocker("upgrades", "w2", any(ObservedBlocker.State.values()), null));
        spec.blockedBy("w1", "w2");
        if (random.nextInt(2) == 0) {
            spec.annotations(Map.of(
                    Blocking.COMPLETION_MODE, "partial", Blocking.CLUSTER_FILTERING, any("true", "false")));
        }
    }

    private void blockerMoves() {
        if (!fleet.blockers().isEmpty()) {
            ObservedBlocker blocker = any(fleet.blockers());
            fleet.withBlocker(new ObservedBlocker(
                    blocker.namespace(),
                    blocker.name(),
                    any(ObservedBlocker.State.values()),
                    random.nextInt(4) == 0 ? null : some(fleet.clusters())));
        }
    }

    /** Lives through so many random events. */
    void live(int events) {
        deliver(new Input.Asked(Fleet.create("c0", spec, story.now())));
        goOn(events);
    }

    void goOn(int events) {
        for (int i = 0; i < events && story.memory().progress().isPresent(); i++) {
            event();
        }
    }

    /** From here on the world is friendly: everybody answers, and every cluster comes to comply. */
    void endWell() {
        if (story.memory().progress().isPresent()) {
            fleet.withPrecacheInputs(ROOMY);
            fleet.blockers().forEach(blocker -> fleet.withBlocker(
                    blocker.name(), ObservedBlocker.State.SUCCEEDED, fleet.clusters().toArray(String[]::new)));
            if (!fleet.templates().isEmpty()) {
                spec.noPreCaching(); // there are no policies from which to tell what to pull
            }
            deliver(new Input.Asked(Fleet.update("last", spec.enable(true), story.now())));
        }
        for (int i = 0; i < 400 && story.memory().progress().isPresent() && !isFinished(); i++) {
            seeFleet();
            List.copyOf(story.intents().values()).forEach(this::succeed);
            fleet.policies().forEach(policy ->
                    fleet.clusters().forEach(cluster -> fleet.with(policy, cluster, Compliance.COMPLIANT)));
            seeCompliance(fleet.clusters().toArray(String[]::new));
            fleet.clusters().forEach(cluster -> seeWork(cluster, COMPLETE));
            seePlacements(List.of());
            pass(Duration.ofMinutes(5));
        }
    }

    boolean isFinished() {
        return story.lifecycle() instanceof Lifecycle.Finished;
    }

    private void event() {
        switch (random.nextInt(16)) {
            case 0, 1 -> seeFleet();
            case 2, 3, 4 -> {
                String cluster = any(fleet.clusters());
                for (String policy : fleet.policies()) {
                    if (random.nextInt(3) > 0) {
                        fleet.with(policy, cluster, random.nextInt(5) == 0 ? any(Compliance.values()) : Compliance.COMPLIANT);
                    }
                }
                seeCompliance(cluster);
            }
            case 5, 6, 7 -> {
                if (!story.intents().isEmpty()) {
                    workOn(any(List.copyOf(story.intents().values())));
                }
            }
            case 8 -> pass(wholeSeconds ? Duration.ofSeconds(random.nextInt(3)) : Duration.ofMillis(random.nextInt(3000)));
            case 9 -> pass(Duration.ofMinutes(random.nextInt(20)));
            case 10 -> {
                if (!delivered.isEmpty()) {
                    deliver(any(delivered));
                }
            }
            case 11 -> changeMind();
            case 13, 14 -> seeWork(any(fleet.clusters()), any(COMPLETE, COMPLETE, WORKING, GOING, null));
            case 15 -> seePlacements(
                    random.nextBoolean()
                            ? List.of()
                            : List.of(new UnsatisfiedPlacement("ztp-policies", "pl", "no set")));
            case 12 -> {
                blockerMoves();
                if (random.nextInt(3) == 0) {
                    fleet.withPrecacheInputs(any(UNREADABLE, NONSENSE, ROOMY));
                }
                seeFleet();
            }
            default -> throw new AssertionError("no such event");
        }
    }

    private void changeMind() {
        commands++;
        switch (random.nextInt(11)) {
            case 0, 1, 2, 3 -> spec.enable(true);
            case 4 -> spec.enable(false);
            case 5 -> spec.timeout(1 + random.nextInt(300));
            case 6 -> spec.noPreCaching();
            case 7 -> {
                if (random.nextInt(4) == 0) {
                    deliver(new Input.Asked(Fleet.delete("d" + commands, story.now())));
                    return;
                }
            }
            case 8 -> spec.actions(any(new CguSpec.Actions(RELABEL_AFTER, RELABEL_BEFORE), null));
            case 9 -> spec.annotations(any(
                    Map.of(),
                    Map.of(Blocking.COMPLETION_MODE, "partial"),
                    Map.of(Blocking.COMPLETION_MODE, "partial", Blocking.CLUSTER_FILTERING, "true")));
            case 10 -> spec.preCaching();
            default -> throw new AssertionError("no such change");
        }
        deliver(new Input.Asked(Fleet.update("u" + commands, spec, story.now())));
    }

    private void workOn(Intent intent) {
        switch (intent) {
            case Intent.Precache precache -> progress(precache.id(), precache.cluster(), Workload.PRECACHE);
            case Intent.Backup backup -> progress(backup.id(), backup.cluster(), Workload.BACKUP);
            case Intent.CleanSpoke clean -> succeed(clean);
            case EnforcePolicies enforce -> succeed(enforce);
            case Intent.StopEnforcing stop -> succeed(stop);
            case Intent.Relabel relabel -> succeed(relabel);
            case Intent.RollOutWork work -> succeed(work);
            case Intent.ApproveInstallPlans approve -> succeed(approve);
        }
    }

    private void progress(String intentId, String cluster, Workload workload) {
        SpokeState failure = workload == Workload.PRECACHE ? SpokeState.PRECACHE_TIMEOUT : SpokeState.BACKUP_TIMEOUT;
        if (random.nextInt(4) == 0) {
            deliver(new Input.Answered(new Result.JobProgress(
                    Fleet.CGU, intentId, story.now(), cluster, workload, random.nextInt(9), 9, 0, 0, null)));
            return;
        }
        SpokeState state = random.nextInt(10) == 0 ? failure : any(JOB);
        deliver(new Input.Answered(
                new Result.SpokeProgress(Fleet.CGU, intentId, story.now(), cluster, workload, state, "")));
    }

    private void succeed(Intent intent) {
        deliver(new Input.Answered(
                switch (intent) {
                    case Intent.Precache(_, String id, String cluster, _, _, _, _, _) ->
                        new Result.SpokeProgress(
                                Fleet.CGU, id, story.now(), cluster, Workload.PRECACHE, SpokeState.SUCCEEDED, "");
                    case Intent.Backup(_, String id, String cluster, _, _) ->
                        new Result.SpokeProgress(
                                Fleet.CGU, id, story.now(), cluster, Workload.BACKUP, SpokeState.SUCCEEDED, "");
                    case Intent.CleanSpoke clean ->
                        new Result.SpokeCleaned(Fleet.CGU, clean.id(), story.now(), clean.cluster());
                    case EnforcePolicies enforce -> {
                        List<String> names = enforce.placements().stream()
                                .map(Intent.PolicyPlacement::safeName)
                                .sorted()
                                .toList();
                        yield new Result.Enforced(
                                Fleet.CGU, enforce.id(), story.now(), enforce.revision(), names, names);
                    }
                    case Intent.StopEnforcing stop -> new Result.EnforcementStopped(Fleet.CGU, stop.id(), story.now());
                    case Intent.Relabel relabel ->
                        new Result.Relabeled(Fleet.CGU, relabel.id(), story.now(), relabel.cluster());
                    case Intent.RollOutWork work ->
                        new Result.WorkSettled(Fleet.CGU, work.id(), story.now(), work.cluster());
                    case Intent.ApproveInstallPlans approve ->
                        new Result.ApprovalsStopped(Fleet.CGU, approve.id(), story.now(), approve.cluster());
                }));
    }

    /** The watcher shows the fleet as it is. */
    void seeFleet() {
        story.memory().upgrade().ifPresent(upgrade -> deliver(new Input.Observed(
                fleet.snapshot(upgrade.request().generation(), story.now()))));
    }

    private void seeCompliance(String... clusters) {
        deliver(new Input.Observed(fleet.compliance(story.now(), clusters)));
    }

    /** The hub shows the work that the cluster is to have like this, and no other; null where it is not there. */
    private void seeWork(String cluster, ObservedWork work) {
        story.work(cluster).ifPresent(wanted -> fleet.withWork(cluster, wanted.safeName(), work));
        deliver(new Input.Observed(fleet.works(story.now(), cluster)));
    }

    private void seePlacements(List<UnsatisfiedPlacement> unsatisfied) {
        deliver(new Input.Observed(new PlacementSnapshot(Fleet.CGU, Fleet.UID, story.now(), unsatisfied)));
    }

    private void pass(Duration time) {
        story.pass(time);
        invariants.check();
    }

    private void deliver(Input input) {
        story.when(input);
        delivered.add(input);
        invariants.check();

        story.when(input);
        assertThat(story.lastFacts()).as("facts of the second delivery of %s", input).isEmpty();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private <T> List<T> some(List<T> list) {
        return list.stream().filter(_ -> random.nextInt(3) > 0).toList();
    }

    @SafeVarargs
    private <T> T any(T... values) {
        return values[random.nextInt(values.length)];
    }

    /** How far it came, for a word at the end of a test. */
    Map<String, Integer> summary() {
        return Map.of(
                "facts", story.facts().size(),
                "batches", story.facts(Fact.BatchStarted.class).size(),
                "timedOutBatches", story.facts(Fact.BatchTimedOut.class).size());
    }
}
