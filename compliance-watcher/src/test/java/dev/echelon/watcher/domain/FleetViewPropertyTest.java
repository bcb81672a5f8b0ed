package dev.echelon.watcher.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.Observation.PlacementSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.observation.Observation.WorkSnapshot;
import dev.echelon.contract.observation.ObservedBlocker;
import dev.echelon.contract.observation.ObservedBlocker.State;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.observation.PlatformRequest;
import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguSpec.BlockingCr;
import dev.echelon.contract.resource.CguSpec.ConfigRef;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.resource.LabelSelector;
import dev.echelon.contract.resource.PreCachingConfig;
import dev.echelon.watcher.QuestionsAsked;
import dev.echelon.watcher.Upgrades;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to the hub and to the upgrades, in whatever order, what each upgrade was told last is what one look
 * through the whole hub says.
 */
class FleetViewPropertyTest {

    private static final int RUNS = 150;
    private static final int STEPS = 150;
    private static final List<String> CLUSTERS = List.of("a", "b", "c", "d", "e");
    private static final List<String> NAMES = List.of("p", "q", "r");
    private static final List<String> NAMESPACES = List.of("ns1", "ns2");
    private static final List<String> UPGRADES = List.of("one", "two", "three", "four");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void anUpgradeKnowsWhatALookAtTheWholeHubWouldSay() {
        long first = Long.getLong("seed", System.nanoTime());
        System.out.println("FleetViewPropertyTest: -Dseed=" + first);
        for (long seed = first; seed < first + RUNS; seed++) {
            new Story(seed).run();
        }
    }

    /** One random order of events, with a scheduler that believes the last thing it was told. */
    private static final class Story {

        private final long seed;
        private final Random random;
        private final Set<CguId> concerned = new LinkedHashSet<>();
        private final Map<PlatformRequest, GraphAnswer> answers = new HashMap<>();
        private final QuestionsAsked graph = new QuestionsAsked(answers::remove);
        private final FleetView view = new FleetView(concerned::add, graph);
        private final NaiveHub hub = new NaiveHub();
        private final Map<CguId, ClusterGroupUpgrade> upgrades = new HashMap<>();
        private final Map<CguId, FleetSnapshot> fleet = new HashMap<>();
        private final Map<CguId, Map<String, Map<String, Compliance>>> compliance = new HashMap<>();
        private final Map<CguId, Map<String, Map<String, ObservedWork>>> works = new HashMap<>();
        private final Map<CguId, Set<UnsatisfiedPlacement>> placements = new HashMap<>();
        private boolean restated;

        Story(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(4) == 0) {
                    upgrade();
                } else if (random.nextInt(12) == 0) {
                    tellAll();
                    graphAnswers();
                } else {
                    HubChange change = hubChange();
                    hub.apply(change);
                    view.apply(change);
                    if (random.nextInt(10) == 0) {
                        view.apply(change);
                    }
                }
                if (random.nextInt(5) == 0) {
                    tellAll();
                    check(step);
                }
            }
            tellAll();
            check(STEPS);
        }

        private void tellAll() {
            while (!concerned.isEmpty()) {
                CguId cgu = concerned.iterator().next();
                concerned.remove(cgu);
                List<Observation> observations = view.observe(cgu, NOW);
                if (!observations.isEmpty() && random.nextInt(8) == 0) {
                    // They got lost on their way.
                    view.restate(cgu);
                    restated = true;
                    continue;
                }
                observations.forEach(observation -> tell(cgu, observation));
            }
            restated = false;
        }

        private void tell(CguId cgu, Observation observation) {
            switch (observation) {
                case FleetSnapshot snapshot -> {
                    FleetSnapshot before = fleet.put(cgu, snapshot);
                    if (!restated && before != null) {
                        assertThat(snapshot).as("news for %s, seed %d", cgu, seed).isNotEqualTo(before);
                    }
                }
                case ComplianceSnapshot snapshot ->
                    compliance.computeIfAbsent(cgu, id -> new HashMap<>()).putAll(snapshot.clusters());
                case WorkSnapshot snapshot ->
                    works.computeIfAbsent(cgu, id -> new HashMap<>()).putAll(snapshot.clusters());
                case PlacementSnapshot snapshot -> placements.put(cgu, Set.copyOf(snapshot.unsatisfied()));
            }
        }

        private void check(int step) {
            assertThat(graph.open()).as("questions, seed %d step %d", seed, step).isEqualTo(questions());
            upgrades.forEach((id, cgu) -> {
                switch (Interest.of(cgu).orElse(null)) {
                    case Interest.BeforeStart before -> {
                        FleetSnapshot told = fleet.get(id);
                        assertThat(told).as("told to %s, seed %d step %d", id, seed, step).isNotNull();
                        assertThat(told.generation()).isEqualTo(before.generation());
                        assertThat(told.selection())
                                .as("selection of %s, seed %d step %d", id, seed, step)
                                .isEqualTo(hub.select(before.selector()));
                        assertThat(told.policies())
                                .as("policies of %s, seed %d step %d", id, seed, step)
                                .isEqualTo(hub.policies(
                                        before.policyNames(), told.selection().clusters()));
                        assertThat(told.templates())
                                .as("templates of %s, seed %d step %d", id, seed, step)
                                .isEqualTo(hub.templates("ns", cgu.spec().manifestWorkTemplates()));
                        assertThat(told.precacheInputs())
                                .as("inputs of %s, seed %d step %d", id, seed, step)
                                .isEqualTo(hub.inputs("ns", cgu.spec()));
                        assertThat(told.blockers())
                                .as("blockers of %s, seed %d step %d", id, seed, step)
                                .isEqualTo(blockers(cgu));
                        assertThat(told.updateGraph())
                                .as("answers for %s, seed %d step %d", id, seed, step)
                                .containsExactlyInAnyOrderElementsOf(questions(told, cgu).stream()
                                        .filter(answers::containsKey)
                                        .map(answers::get)
                                        .toList());
                    }
                    case Interest.InProgress running -> {
                        assertThat(compliance.getOrDefault(id, Map.of()))
                                .as("compliance of %s, seed %d step %d", id, seed, step)
                                .isEqualTo(hub.compliance(running.clusters(), running.policies()));
                        assertThat(placements.get(id))
                                .as("placements of %s, seed %d step %d", id, seed, step)
                                .isEqualTo(hub.unsatisfied(id));
                    }
                    case Interest.RollingOutWorks running ->
                        assertThat(works.getOrDefault(id, Map.of()))
                                .as("works of %s, seed %d step %d", id, seed, step)
                                .isEqualTo(hub.works(id, running.clusters()));
                    case null -> {}
                }
            });
        }

        private List<ObservedBlocker> blockers(ClusterGroupUpgrade cgu) {
            return cgu.spec().blockingCRs().stream()
                    .map(entry -> {
                        ClusterGroupUpgrade other = entry.namespace().isEmpty()
                                ? null
                                : upgrades.get(new CguId(entry.namespace(), entry.name()));
                        if (other == null) {
                            return new ObservedBlocker(entry.namespace(), entry.name(), State.MISSING, null);
                        }
                        State state = other.status()
                                .condition(ConditionReason.Type.SUCCEEDED)
                                .map(end -> end.isTrue() ? State.SUCCEEDED : State.FAILED)
                                .orElse(State.RUNNING);
                        return new ObservedBlocker(entry.namespace(), entry.name(), state, null);
                    })
                    .toList();
        }

        private Set<PlatformRequest> questions() {
            Set<PlatformRequest> all = new HashSet<>();
            fleet.forEach((id, told) -> {
                ClusterGroupUpgrade cgu = upgrades.get(id);
                if (cgu != null && Interest.of(cgu).orElse(null) instanceof Interest.BeforeStart) {
                    all.addAll(questions(told, cgu));
                }
            });
            return all;
        }

        private static Set<PlatformRequest> questions(FleetSnapshot told, ClusterGroupUpgrade cgu) {
            List<ObservedPolicy> valid = told.policies().stream()
                    .filter(p -> !p.enforced() && p.root() != null && p.root().defect().isEmpty())
                    .toList();
            List<ObservedPolicy> rollout = valid.stream()
                    .filter(p -> !p.root().isCompliantEverywhere(told.selection().clusters()))
                    .toList();
            Set<PlatformRequest> all = new HashSet<>();
            PlatformRequest.of(rollout).ifPresent(all::add);
            if (cgu.spec().preCaching()) {
                PlatformRequest.of(Stream.concat(
                                        rollout.stream(),
                                        valid.stream().filter(policy -> !rollout.contains(policy)))
                                .toList())
                        .ifPresent(all::add);
            }
            return all;
        }

        private void graphAnswers() {
            List<PlatformRequest> open = List.copyOf(graph.open());
            if (!open.isEmpty()) {
                PlatformRequest request = pick(open);
                GraphAnswer answer = random.nextBoolean()
                        ? new GraphAnswer(request, "image" + random.nextInt(2), null)
                        : new GraphAnswer(request, null, "an error");
                answers.put(request, answer);
                view.answered(answer);
            }
        }

        private void upgrade() {
            CguId id = new CguId("ns", pick(UPGRADES));
            if (random.nextInt(8) == 0) {
                upgrades.remove(id);
                view.forget(id);
                forgetTold(id);
                return;
            }
            List<String> policies = some(NAMES);
            CguSpec spec = spec(policies);
            ClusterGroupUpgrade cgu = switch (random.nextInt(7)) {
                case 0, 1, 2 -> Upgrades.beforeStart("ns", id.name(), 1 + random.nextInt(5), spec);
                case 3 -> Upgrades.timedOut("ns", id.name(), spec, some(CLUSTERS), some(CLUSTERS));
                case 4, 5 -> Upgrades.inProgress(
                        "ns",
                        id.name(),
                        spec,
                        some(CLUSTERS).stream().map(List::of).toList(),
                        policies.stream().map(name -> new PolicyRef(name, pick(NAMESPACES))).toList());
                default -> Upgrades.completed("ns", id.name(), spec);
            };
            if (upgrades.containsKey(id) && random.nextInt(3) == 0) {
                // The resource changes all the time without any change that matters here.
                cgu = upgrades.get(id);
            }
            ClusterGroupUpgrade before = upgrades.put(id, cgu);
            if (before == null || !Interest.of(before).equals(Interest.of(cgu))) {
                forgetTold(id);
            }
            view.apply(cgu);
        }

        /** A scheduler drops what it was told about another stage or another spec. */
        private void forgetTold(CguId id) {
            fleet.remove(id);
            compliance.remove(id);
            works.remove(id);
            placements.remove(id);
            concerned.remove(id);
        }

        private CguSpec spec(List<String> policies) {
            if (random.nextInt(4) == 0) {
                return Upgrades.works(some(CLUSTERS), List.of(pick(NAMES)));
            }
            CguSpec spec = Upgrades.spec(some(CLUSTERS), selectors(), policies);
            if (random.nextInt(3) == 0) {
                spec = Upgrades.blockedBy(
                        spec, new BlockingCr(pick(UPGRADES), "ns"), new BlockingCr(pick(UPGRADES), ""));
            }
            return random.nextInt(3) == 0
                    ? Upgrades.precaching(
                            spec, random.nextBoolean() ? null : new ConfigRef(pick(NAMES), pick(List.of("", "ns1"))))
                    : spec;
        }

        private HubChange hubChange() {
            return random.nextInt(3) == 0 ? otherChange() : fleetChange();
        }

        private HubChange otherChange() {
            PolicyKey key = new PolicyKey(pick(List.of("ns", "ns1")), pick(NAMES));
            CguId owner = new CguId("ns", pick(UPGRADES));
            String cluster = pick(CLUSTERS);
            return switch (random.nextInt(12)) {
                case 0 -> new HubChange.ConfigSeen(
                        key,
                        PrecacheConfigReading.of(new PreCachingConfig.Spec(null, null, null, "" + random.nextInt(2))));
                case 1 -> new HubChange.ConfigGone(key);
                case 2 -> new HubChange.OverridesSeen(
                        key.namespace(), Map.of("precache.spaceRequired", "" + random.nextInt(2)));
                case 3 -> new HubChange.OverridesGone(key.namespace());
                case 4 -> new HubChange.TemplateSeen(key, random.nextInt(3));
                case 5 -> new HubChange.TemplateGone(key);
                case 6, 7, 8 -> new HubChange.WorkSeen(
                        cluster,
                        key.name(),
                        owner,
                        new ObservedWork(random.nextBoolean(), random.nextInt(5) == 0, "", Map.of()));
                case 9 -> new HubChange.WorkGone(cluster, key.name(), owner);
                case 10 -> new HubChange.PlacementSeen(
                        key, owner, random.nextBoolean() ? Optional.of("no binding") : Optional.empty());
                default -> new HubChange.PlacementGone(key, owner);
            };
        }

        private HubChange fleetChange() {
            PolicyKey policy = new PolicyKey(pick(NAMESPACES), pick(NAMES));
            PolicyKey binding = new PolicyKey(policy.namespace(), pick(List.of("b1", "b2")));
            return switch (random.nextInt(12)) {
                case 0, 1 -> new HubChange.ClusterSeen(pick(CLUSTERS), labels());
                case 2 -> new HubChange.ClusterGone(pick(CLUSTERS));
                case 3, 4, 5 -> new HubChange.RootPolicySeen(policy, reading());
                case 6 -> new HubChange.RootPolicyGone(policy);
                case 7, 8, 9 -> new HubChange.ReplicaSeen(
                        new Replica(pick(CLUSTERS), policy, random.nextInt(3) == 0, random.nextInt(6) == 0));
                case 10 -> new HubChange.ReplicaGone(pick(CLUSTERS), policy);
                default -> random.nextInt(3) == 0
                        ? new HubChange.BindingGone(binding)
                        : new HubChange.BindingSeen(binding, Set.copyOf(some(NAMES)));
            };
        }

        private RootPolicyReading reading() {
            PolicyInspection inspection = new PolicyInspection(
                    random.nextInt(6) == 0,
                    random.nextInt(6) == 0 ? "a defect" : "",
                    random.nextInt(6) == 0,
                    false,
                    random.nextInt(3) == 0
                            ? List.of()
                            : List.of(new TemplateObject.ClusterVersion(
                                    "http://graph", "stable", "4." + random.nextInt(3), "")),
                    List.of());
            if (random.nextInt(6) == 0) {
                return new RootPolicyReading(inspection, null, ComplianceReading.unknown());
            }
            return new RootPolicyReading(
                    inspection,
                    random.nextInt(6) == 0 ? 60 : null,
                    ComplianceReading.read(some(CLUSTERS).stream()
                            .map(cluster -> new ComplianceReading.Entry(
                                    cluster, pick(List.of("Compliant", "NonCompliant", "Unheard"))))
                            .toList()));
        }

        private Map<String, String> labels() {
            return random.nextInt(3) == 0 ? Map.of() : Map.of("zone", pick(List.of("x", "y")));
        }

        private List<LabelSelector> selectors() {
            return switch (random.nextInt(4)) {
                case 0 -> List.of(Upgrades.label("zone", "x"));
                case 1 -> List.of(new LabelSelector(null, null));
                default -> List.of();
            };
        }

        private <T> T pick(List<T> from) {
            return from.get(random.nextInt(from.size()));
        }

        private <T> List<T> some(List<T> from) {
            List<T> shuffled = new ArrayList<>(from);
            Collections.shuffle(shuffled, random);
            return shuffled.subList(0, random.nextInt(from.size() + 1));
        }
    }
}
