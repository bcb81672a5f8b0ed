package dev.echelon.watcher.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.LabelSelector;
import dev.echelon.watcher.Upgrades;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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
        private final FleetView view = new FleetView(concerned::add);
        private final NaiveHub hub = new NaiveHub();
        private final Map<CguId, ClusterGroupUpgrade> upgrades = new HashMap<>();
        private final Map<CguId, FleetSnapshot> fleet = new HashMap<>();
        private final Map<CguId, Map<String, Map<String, Compliance>>> compliance = new HashMap<>();
        private boolean restated;

        Story(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(4) == 0) {
                    upgrade();
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
                Optional<Observation> observation = view.observe(cgu, NOW);
                if (observation.isEmpty()) {
                    continue;
                }
                if (random.nextInt(8) == 0) {
                    // It got lost on its way.
                    view.restate(cgu);
                    restated = true;
                    continue;
                }
                switch (observation.get()) {
                    case FleetSnapshot snapshot -> {
                        FleetSnapshot before = fleet.put(cgu, snapshot);
                        if (!restated && before != null) {
                            assertThat(snapshot).as("news for %s, seed %d", cgu, seed).isNotEqualTo(before);
                        }
                    }
                    case ComplianceSnapshot snapshot ->
                        compliance.computeIfAbsent(cgu, id -> new HashMap<>()).putAll(snapshot.clusters());
                    case Observation.WorkSnapshot _, Observation.PlacementSnapshot _ ->
                        throw new AssertionError("nobody here rolls out works or waits for placements");
                }
            }
            restated = false;
        }

        private void check(int step) {
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
                    }
                    case Interest.InProgress running ->
                        assertThat(compliance.getOrDefault(id, Map.of()))
                                .as("compliance of %s, seed %d step %d", id, seed, step)
                                .isEqualTo(hub.compliance(running.clusters(), running.policies()));
                    case null -> {}
                }
            });
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
            var spec = Upgrades.spec(some(CLUSTERS), selectors(), policies);
            ClusterGroupUpgrade cgu = switch (random.nextInt(6)) {
                case 0, 1, 2 -> Upgrades.beforeStart("ns", id.name(), 1 + random.nextInt(5), spec);
                case 3, 4 -> Upgrades.inProgress(
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
            concerned.remove(id);
        }

        private HubChange hubChange() {
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
                    List.of(),
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
