package dev.echelon.scheduler.domain;

import static dev.echelon.contract.result.SpokeState.UNRECOVERABLE_ERROR;
import static dev.echelon.contract.result.Workload.PRECACHE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.audit.HubEvent;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.scheduler.Fleet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The Kubernetes events that tell of a rollout (contract 15). */
class HubEventsTest {

    private static final String CGU = "ClusterGroupUpgrade update-europe-snos";

    private final Fleet fleet = Fleet.of("b", "a", "c").withPolicy("p1");
    private final Story story = new Story(fleet);

    @Test
    void aRolloutIsToldFromItsCreationToItsEnd() {
        story.creates(fleet.spec().maxConcurrency(2)).seesFleet().complies("p1", "b", "a", "c");

        assertThat(story.hubEvents())
                .containsExactly(
                        global("CguCreated", "BuildingRemediationPlan",
                                "New ClusterGroupUpgrade found: update-europe-snos", Map.of()),
                        global("CguStarted", "RemediationStarted", CGU + " started remediating policies",
                                Map.of("total-clusters-count", "3", "total-batches-count", "2")),
                        batch("CguStarted", "RemediationInBatchStarted", ": batch index 1 upgrade started", "a,b", 2),
                        cluster("CguStarted", "RemediationInClusterStarted", "b", "started"),
                        cluster("CguStarted", "RemediationInClusterStarted", "a", "started"),
                        cluster("CguSuccess", "RemediationInClusterCompleted", "b", "finished successfully"),
                        cluster("CguSuccess", "RemediationInClusterCompleted", "a", "finished successfully"),
                        batch("CguSuccess", "RemediationInBatchCompleted",
                                ": all clusters in the batch index 1 are compliant with managed policies", "a,b", 2),
                        batch("CguStarted", "RemediationInBatchStarted", ": batch index 2 upgrade started", "c", 1),
                        cluster("CguStarted", "RemediationInClusterStarted", "c", "started"),
                        cluster("CguSuccess", "RemediationInClusterCompleted", "c", "finished successfully"),
                        batch("CguSuccess", "RemediationInBatchCompleted",
                                ": all clusters in the batch index 2 are compliant with managed policies", "c", 1),
                        global("CguSuccess", "RemediationCompleted", CGU + " succeeded remediating policies",
                                Map.of("total-clusters-count", "3")));
    }

    @Test
    void aRolloutWithNothingToDoStartsWithZeroAndCompletes() {
        for (String cluster : fleet.clusters()) {
            fleet.with("p1", cluster, Compliance.COMPLIANT);
        }

        story.creates(fleet.spec()).seesFleet();

        assertThat(story.hubEvents().subList(1, 3))
                .containsExactly(
                        global("CguStarted", "RemediationStarted", CGU + " started remediating policies",
                                Map.of("total-clusters-count", "0", "total-batches-count", "0")),
                        global("CguSuccess", "RemediationCompleted", CGU + " succeeded remediating policies",
                                Map.of("total-clusters-count", "0")));
        assertThat(story.hubEvents()).hasSize(3);
    }

    @Test
    void aBatchThatTimesOutAndTheRolloutThatTimesOutAreWarnings() {
        story.creates(fleet.spec().maxConcurrency(2).timeout(60)).seesFleet().complies("p1", "a");

        story.pass(Duration.ofMinutes(61));

        assertThat(warnings())
                .containsExactly(
                        new HubEvent("Warning", "CguTimedout", "RemediationInBatchTimeout",
                                CGU + ": some clusters in the batch index 1 timed out remediating policies",
                                keys(Map.of("event-type", "batch", "timedout-clusters", "b",
                                        "timedout-clusters-count", "1", "batch-clusters-count", "2",
                                        "total-clusters-count", "3")), ""),
                        new HubEvent("Warning", "CguTimedout", "RemediationInBatchTimeout",
                                CGU + ": some clusters in the batch index 2 timed out remediating policies",
                                keys(Map.of("event-type", "batch", "timedout-clusters", "c",
                                        "timedout-clusters-count", "1", "batch-clusters-count", "1",
                                        "total-clusters-count", "3")), ""),
                        new HubEvent("Warning", "CguTimedout", "RemediationTimeout",
                                CGU + " timed-out remediating policies",
                                keys(Map.of("event-type", "global", "timedout-clusters", "b,c",
                                        "timedout-clusters-count", "2", "total-clusters-count", "3")), ""));
    }

    @Test
    void aCanaryBatchThatTimesOutIsToldOnlyAsTheEnd() {
        story.creates(fleet.spec().canaries("c").timeout(60)).seesFleet().pass(Duration.ofMinutes(31));

        assertThat(warnings()).extracting(HubEvent::action).containsExactly("RemediationTimeout");
        assertThat(warnings().getFirst().annotations()).containsEntry("cgu.openshift.io/timedout-clusters", "c");
    }

    @Test
    void aRolloutThatTimesOutInTheCanaryBatchTellsOfTheBatch() {
        story.creates(fleet.spec().canaries("c").maxConcurrency(3).timeout(60))
                .seesFleet()
                .updates(fleet.spec().canaries("c").maxConcurrency(3).timeout(10));
        story.pass(Duration.ofMinutes(4)).updates(fleet.spec().canaries("c").maxConcurrency(3).timeout(3));

        assertThat(warnings())
                .extracting(HubEvent::action)
                .containsExactly("RemediationInBatchTimeout", "RemediationTimeout");
    }

    @Test
    void aFailedRolloutIsToldAsTimedOut() {
        story.creates(fleet.spec().preCaching().timeout(60))
                .seesFleet()
                .job(PRECACHE, "a", UNRECOVERABLE_ERROR)
                .job(PRECACHE, "b", UNRECOVERABLE_ERROR)
                .job(PRECACHE, "c", UNRECOVERABLE_ERROR)
                .pass(Duration.ofMinutes(61));

        assertThat(warnings()).extracting(HubEvent::action).containsExactly("RemediationTimeout");
        assertThat(warnings().getFirst().annotations())
                .isEqualTo(keys(Map.of("event-type", "global", "timedout-clusters", "",
                        "timedout-clusters-count", "0", "total-clusters-count", "3")));
    }

    @Test
    void startingIsToldOnceHoweverLongTheStartTakes() {
        story.creates(fleet.spec().backup())
                .seesFleet()
                .updates(fleet.spec().backup().enable(false))
                .updates(fleet.spec().backup());

        assertThat(story.hubEvents()).extracting(HubEvent::action).containsOnlyOnce("RemediationStarted");
    }

    @Test
    void allMissingClustersAreTold() {
        fleet.withMissing("x", "y");

        story.creates(fleet.spec()).seesFleet();

        assertThat(warnings())
                .containsExactly(onHold(": validation failure (missing clusters): x,y",
                        Map.of("missing-clusters", "x,y", "missing-clusters-count", "2")));
    }

    @Test
    void anUnknownCanaryIsToldWithoutNames() {
        story.creates(fleet.spec().canaries("z")).seesFleet();

        assertThat(warnings())
                .containsExactly(onHold(": validation failure (missing clusters): ",
                        Map.of("missing-clusters", "", "missing-clusters-count", "0")));
    }

    @Test
    void missingPoliciesAreToldAgainOnlyWhenOthersAreMissing() {
        story.creates(fleet.spec().policies("p1", "p8", "p9")).seesFleet();
        fleet.withMissing("x");
        story.seesFleet();
        fleet.withMissing();
        story.seesFleet();
        assertThat(warnings())
                .extracting(HubEvent::note)
                .containsExactly(
                        CGU + ": validation failure (missing policies): p8,p9",
                        CGU + ": validation failure (missing clusters): x");

        story.updates(fleet.spec().policies("p1", "p9")).seesFleet();

        assertThat(warnings())
                .last()
                .isEqualTo(onHold(": validation failure (missing policies): p9", Map.of("missing-policies", "p9")));
    }

    @Test
    void invalidPoliciesAreTold() {
        fleet.withPolicy("bad");
        fleet.withOddPolicy(new ObservedPolicy("bad", List.of("ztp-policies"), false,
                fleet.root("bad", "policy is missing its spec", false, List.of())));

        story.creates(fleet.spec()).seesFleet();

        assertThat(warnings())
                .containsExactly(
                        onHold(": validation failure (invalid policies): bad", Map.of("invalid-policies", "bad")));
    }

    @Test
    void ambiguousPoliciesAreToldSorted() {
        fleet.withOddPolicy(new ObservedPolicy("z", List.of("n1", "n2"), false, null))
                .withOddPolicy(new ObservedPolicy("y", List.of("n1", "n2"), false, null));

        story.creates(fleet.spec()).seesFleet();

        assertThat(warnings())
                .containsExactly(onHold(
                        ": validation failure (ambiguous policies): y,z", Map.of("ambiguous-policies", "y,z")));
    }

    @Test
    void missingTemplatesAreToldWithoutWords() {
        fleet.withoutTemplate("t1");

        story.creates(fleet.spec()).seesFleet();

        assertThat(warnings())
                .containsExactly(new HubEvent("Warning", "CguValidationFailure",
                        "RemediationOnHoldDueToValidationFailure", "", Map.of(), ""));
    }

    @Test
    void aListThatIsTooLongIsCutBetweenTwoNamesAndMarked() {
        List<String> clusters =
                IntStream.range(0, 20_000).mapToObj("cluster-%06d"::formatted).toList();

        HubEvent event = HubEvents.of(new Fact.BatchStarted(1, Story.START, clusters, 20_000), Fleet.CGU)
                .orElseThrow();

        String key = "cgu.openshift.io/batch-clusters";
        String kept = event.annotations().get(key);
        int size = event.annotations().entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
        assertThat(event.annotations())
                .containsEntry("cgu.openshift.io/truncated", key)
                .containsEntry("cgu.openshift.io/batch-clusters-count", "20000");
        assertThat(clusters).startsWith(kept.split(","));
        assertThat(size).isBetween(262_144 - ",cluster-000000".length() + 1, 262_144);
    }

    @Test
    void aListThatJustFitsIsNotCut() {
        HubEvent small = HubEvents.of(new Fact.BatchStarted(1, Story.START, List.of("a"), 1), Fleet.CGU)
                .orElseThrow();
        int rest = small.annotations().entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
        String name = "a".repeat(262_144 - rest + 1);

        HubEvent event = HubEvents.of(new Fact.BatchStarted(1, Story.START, List.of(name), 1), Fleet.CGU)
                .orElseThrow();

        assertThat(event.annotations()).containsEntry("cgu.openshift.io/batch-clusters", name).hasSize(4);
    }

    @Test
    void aNoteIsCutAtACharacter() {
        String text = "x".repeat(1023) + "ü";

        assertThat(HubEvents.cut(text, 1024)).isEqualTo("x".repeat(1023));
        assertThat(HubEvents.cut("x".repeat(1022) + "ü", 1024)).endsWith("ü");
        assertThat(HubEvents.cut("😀".repeat(300), 1024).getBytes(StandardCharsets.UTF_8)).hasSize(1024);
    }

    private List<HubEvent> warnings() {
        return story.hubEvents().stream()
                .filter(event -> event.type().equals("Warning"))
                .toList();
    }

    private static HubEvent global(String reason, String action, String note, Map<String, String> counts) {
        Map<String, String> all = new java.util.HashMap<>(counts);
        all.put("event-type", "global");
        return new HubEvent("Normal", reason, action, note, keys(all), "");
    }

    private static HubEvent batch(String reason, String action, String note, String clusters, int count) {
        return new HubEvent("Normal", reason, action, CGU + note,
                keys(Map.of("event-type", "batch", "batch-clusters", clusters,
                        "batch-clusters-count", Integer.toString(count), "total-clusters-count", "3")), "");
    }

    private static HubEvent cluster(String reason, String action, String cluster, String what) {
        return new HubEvent("Normal", reason, action, CGU + ": cluster " + cluster + " upgrade " + what,
                keys(Map.of("event-type", "cluster", "cluster-name", cluster)), cluster);
    }

    private static HubEvent onHold(String note, Map<String, String> annotations) {
        return new HubEvent("Warning", "CguValidationFailure", "RemediationOnHoldDueToValidationFailure", CGU + note,
                keys(annotations), "");
    }

    private static Map<String, String> keys(Map<String, String> annotations) {
        Map<String, String> whole = new java.util.HashMap<>();
        annotations.forEach((key, value) -> whole.put("cgu.openshift.io/" + key, value));
        return whole;
    }
}
