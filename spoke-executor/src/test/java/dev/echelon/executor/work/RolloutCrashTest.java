package dev.echelon.executor.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import dev.echelon.executor.domain.HubKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Labels, ManifestWorks and install plans of a CGU on one spoke, all at once, by a process that dies before or after
 * any single change and any single report and starts again with nothing but the intents, the results and the hub.
 */
class RolloutCrashTest {

    private static final CguId CGU = new CguId("upgrades", "du");
    private static final Intent.SubscriptionView SUBSCRIPTION = new Intent.SubscriptionView(
            "operators.coreos.com/v1alpha1", "openshift-ptp", "ptp", "du-upgrades-subscription-ptp", "ptp-view");

    /** What the scheduler wants, step by step; each replaces the one before of the same key. */
    private static final List<List<Intent>> STEPS = List.of(
            List.of(relabel(false, Map.of("du", "updating"), List.of("old")), work("one"), approve(true)),
            List.of(work("two"), approve(false)),
            List.of(work(null), relabel(true, Map.of("done", "yes"), List.of("du"))));

    private final List<Result> results = new ArrayList<>();
    private final Timers noTimers = new Timers(InstantSource.fixed(Instant.EPOCH));
    private Deaths deaths = Deaths.none();
    private final ObjectHub hub = new ObjectHub(effect -> deaths.effect(effect));

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @AfterEach
    void stopTimers() {
        noTimers.close();
    }

    static Stream<Arguments> everywhere() {
        return IntStream.range(0, effects()).boxed().flatMap(
                at -> Stream.of(Arguments.of(at, true), Arguments.of(at, false)));
    }

    @ParameterizedTest(name = "killed at effect {0}, before it: {1}")
    @MethodSource("everywhere")
    void aKilledProcessLeavesTheSameHub(int at, boolean before) {
        deaths = Deaths.at(at, before);

        run();

        assertThat(deaths.effects()).as("the process was killed").isGreaterThan(at);
        assertArrived();
        assertThat(hub.log().stream().filter(line -> line.startsWith("create WORK")))
                .containsExactly("create WORK one", "create WORK two");
        assertThat(hub.log().stream().filter(line -> line.startsWith("relabel"))).hasSize(2);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aProcessThatIsKilledAgainAndAgainStillArrives(long seed) {
        System.out.println("RolloutCrashTest: seed " + seed);
        deaths = Deaths.byChance(new Random(seed), 4, 60);

        run();

        assertArrived();
    }

    @Test
    void withoutACrashEachIntentIsAnsweredOnce() {
        run();

        assertThat(results).extracting(Result::intentId).containsExactlyInAnyOrder(
                "uid/labels/false", "uid/work/one", "uid/work/two", "uid/plans/false", "uid/work/null",
                "uid/labels/true");
        assertArrived();
        assertThat(effects()).isGreaterThan(12);
    }

    private void assertArrived() {
        assertThat(hub.find(HubKind.CLUSTER, "", "sno1").orElseThrow().labels())
                .isEqualTo(Map.of("name", "sno1", "done", "yes"));
        assertThat(hub.isApproved()).as("the plan is approved").isTrue();
        assertThat(hub.names(HubKind.WORK)).as("works that are left").isEmpty();
        assertThat(hub.names(HubKind.VIEW)).as("views that are left").isEmpty();
        assertThat(results).extracting(Result::intentId).contains(
                "uid/labels/false", "uid/work/one", "uid/work/two", "uid/plans/false", "uid/work/null",
                "uid/labels/true");
        assertThat(results).noneMatch(Result.Stalled.class::isInstance);
    }

    private static int effects() {
        RolloutCrashTest run = new RolloutCrashTest();
        try {
            run.run();
            return run.deaths.effects();
        } finally {
            run.stopTimers();
        }
    }

    /** Process, agent and spoke take turns until nothing moves any more. A killed process is followed by another. */
    private void run() {
        hub.put(HubKind.CLUSTER, "", "sno1", Map.of("name", "sno1", "old", "x"), Map.of(), Map.of());
        hub.put(HubKind.TEMPLATE, "upgrades", "template", Map.of(), Map.of(),
                Map.of("spec", Map.of("manifestWorkTemplate", Map.of("workload", Map.of()))));
        List<Wanted> wanted = new ArrayList<>();
        SpokeWorker worker = start(wanted);
        int order = 0;
        for (List<Intent> step : STEPS) {
            for (Intent intent : step) {
                wanted.removeIf(before -> before.intent().key().equals(intent.key()));
                wanted.add(new Wanted(intent, order++));
                worker.want(intent.key(), wanted.getLast());
            }
            for (int round = 0; round < 80; round++) {
                try {
                    worker.pass();
                } catch (SimulatedHub.Killed e) {
                    worker.stop();
                    worker = start(wanted);
                }
                if (round % 3 == 0) {
                    hub.agentActs();
                }
                hub.spokeActs();
                now = now.plusMillis(1100);
            }
        }
    }

    private SpokeWorker start(List<Wanted> wanted) {
        ReportedStates reported = new ReportedStates();
        results.forEach(reported::add);
        Setting setting = new Setting(hub, result -> deaths.effect(() -> results.add(result)), () -> now, noTimers,
                _ -> {}, "", "", Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1));
        SpokeWorker worker = new SpokeWorker("sno1", setting, reported);
        wanted.forEach(each -> worker.want(each.intent().key(), each));
        return worker;
    }

    private static Intent relabel(boolean afterwards, Map<String, String> add, List<String> remove) {
        return new Intent.Relabel(
                CGU, "uid/labels/" + afterwards, "sno1", afterwards, add, remove, Map.of(), List.of());
    }

    private static Intent work(String name) {
        return new Intent.RollOutWork(CGU, "uid/work/" + name, "sno1",
                name == null ? null : new Intent.Work("template", name));
    }

    private static Intent approve(boolean wanted) {
        return new Intent.ApproveInstallPlans(CGU, "uid/plans/" + wanted, "sno1",
                wanted ? List.of(SUBSCRIPTION) : List.of(), false);
    }
}
