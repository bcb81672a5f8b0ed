package dev.echelon.scheduler.domain;

import static dev.echelon.contract.intent.Intent.Aspect.LABELS_AFTER;
import static dev.echelon.contract.intent.Intent.Aspect.LABELS_BEFORE;
import static dev.echelon.contract.result.SpokeState.SUCCEEDED;
import static dev.echelon.contract.result.SpokeState.UNRECOVERABLE_ERROR;
import static dev.echelon.contract.result.Workload.PRECACHE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.intent.Intent.Relabel;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.result.Result;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Labels and annotations of clusters (contract 8). */
class ActionsStoryTest {

    private static final CguSpec.BeforeEnable BEFORE = new CguSpec.BeforeEnable(
            Map.of("note", "x"), Map.of("upgrading", ""), Map.of("z", "1", "y", "2"), List.of("old"), List.of("ready"));
    private static final CguSpec.AfterCompletion AFTER = after(Map.of("upgraded", ""));
    private static final CguSpec.Actions BOTH = new CguSpec.Actions(AFTER, BEFORE);

    private final Fleet fleet = Fleet.of("a", "b", "c").withPolicy("p1");
    private final Story story = new Story(fleet);

    @Test
    void theStartRelabelsWhatCompliesFirstAndThenThePlan() {
        fleet.with("p1", "b", Compliance.NOT_MATCHED);

        story.creates(fleet.spec().maxConcurrency(1).actions(BOTH)).seesFleet();

        assertThat(relabel("a", LABELS_BEFORE))
                .contains(new Relabel(
                        Fleet.CGU,
                        Fleet.UID + "/labels-before/1/a",
                        "a",
                        false,
                        Map.of("upgrading", ""),
                        List.of("y", "z", "ready"),
                        Map.of("note", "x"),
                        List.of("old")));
        assertThat(story.facts(Fact.RelabelRequested.class))
                .extracting(Fact.RelabelRequested::intentId)
                .containsExactly(
                        Fleet.UID + "/labels-after/1/b",
                        Fleet.UID + "/labels-before/1/a",
                        Fleet.UID + "/labels-before/1/c");
    }

    @Test
    void eachClusterIsRelabeledAtOnceWhenItCompletes() {
        story.creates(fleet.spec().maxConcurrency(3).actions(new CguSpec.Actions(AFTER, null))).seesFleet();

        story.complies("p1", "b");

        assertThat(relabel("b", LABELS_AFTER)).map(Relabel::addLabels).contains(Map.of("upgraded", ""));
        assertThat(relabel("a", LABELS_AFTER)).isEmpty();
    }

    @Test
    void withNothingToDoTheClustersAreRelabeledToo() {
        for (String cluster : fleet.clusters()) {
            fleet.with("p1", cluster, Compliance.COMPLIANT);
        }

        story.creates(fleet.spec().actions(BOTH)).seesFleet();

        assertThat(story.seen())
                .last()
                .isEqualTo("Completed: All clusters already compliant with the specified managed policies");
        assertThat(story.facts(Fact.RelabelRequested.class))
                .extracting(Fact.RelabelRequested::intentId)
                .allMatch(id -> id.contains("/labels-after/"))
                .hasSize(3);
        story.pass(Duration.ofSeconds(1)).relabeled(LABELS_AFTER, "a", "b", "c");
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Finished.class);
    }

    @Test
    void timedOutAndDroppedClustersAreNotRelabeledAfterwards() {
        story.creates(fleet.spec().preCaching().maxConcurrency(1).timeout(60).actions(BOTH)).seesFleet();
        story.job(PRECACHE, "a", SUCCEEDED).job(PRECACHE, "b", UNRECOVERABLE_ERROR).job(PRECACHE, "c", SUCCEEDED);

        story.pass(Duration.ofMinutes(61));

        assertThat(story.facts(Fact.RelabelRequested.class))
                .extracting(Fact.RelabelRequested::intentId)
                .containsExactly(Fleet.UID + "/labels-before/1/a", Fleet.UID + "/labels-before/1/c");
    }

    @Test
    void whatChangesNothingIsNotAskedFor() {
        story.creates(fleet.spec()
                        .actions(new CguSpec.Actions(
                                new CguSpec.AfterCompletion(null, null, null, true, null, null),
                                new CguSpec.BeforeEnable(null, null, null, null, null))))
                .seesFleet()
                .complies("p1", "a", "b", "c");

        assertThat(story.facts(Fact.RelabelRequested.class)).isEmpty();
    }

    @Test
    void theEndWaitsUntilAllAreDone() {
        story.creates(fleet.spec().maxConcurrency(3).actions(BOTH)).seesFleet().complies("p1", "a", "b", "c").hubDone();
        assertThat(story.seen())
                .last()
                .isEqualTo("Completed: All clusters are compliant with all the managed policies");
        story.relabeled(LABELS_BEFORE, "a", "b", "c").relabeled(LABELS_AFTER, "a", "b");
        assertThat(story.cgu().status().status().completedAt()).isNull();

        story.relabeled(LABELS_AFTER, "c");

        assertThat(story.cgu().status().status().completedAt()).isEqualTo(story.now());
        assertThat(story.intents()).isEmpty();
        assertThat(story.told().stream()
                        .filter(event -> event.auditType() == AuditType.CLUSTER_RELABELED)
                        .map(AuditEvent::data)
                        .map(AuditEvent.Data::message))
                .hasSize(6)
                .startsWith("ClusterGroupUpgrade update-europe-snos: labels and annotations of cluster a were changed"
                        + " before the start")
                .endsWith("ClusterGroupUpgrade update-europe-snos: labels and annotations of cluster c were changed"
                        + " after its completion");
    }

    @Test
    void aDeletionWaitsForThemAndTakesNothingBack() {
        story.creates(fleet.spec().maxConcurrency(3).actions(BOTH)).seesFleet().relabeled(LABELS_BEFORE, "a");

        story.deletes().hubDone();
        assertThat(relabel("b", LABELS_BEFORE)).isPresent();
        assertThat(story.memory().progress()).isPresent();
        story.relabeled(LABELS_BEFORE, "b", "c");

        assertThat(story.memory().progress()).isEmpty();
        assertThat(story.intents()).isEmpty();
        assertThat(story.facts(Fact.RelabelRequested.class)).hasSize(3);
    }

    @Test
    void anAnswerThatComesTwiceOrToNothingIsIgnored() {
        story.creates(fleet.spec().actions(BOTH)).seesFleet();
        Result.Relabeled done =
                new Result.Relabeled(Fleet.CGU, Fleet.UID + "/labels-before/1/a", story.now(), "a");

        story.answers(done);
        assertThat(story.lastFacts()).hasSize(1);
        story.answers(done);
        assertThat(story.lastFacts()).isEmpty();
        story.answers(new Result.Relabeled(Fleet.CGU, Fleet.UID + "/labels-after/1/a", story.now(), "a"));
        assertThat(story.lastFacts()).isEmpty();
    }

    @Test
    void editsAreHonouredUntilTheirTime() {
        CguSpec.BeforeEnable other = new CguSpec.BeforeEnable(null, Map.of("soon", "1"), null, null, null);
        story.creates(fleet.spec().enable(false).actions(BOTH)).seesFleet();
        story.updates(fleet.spec().maxConcurrency(3).actions(new CguSpec.Actions(AFTER, other)));
        assertThat(relabel("a", LABELS_BEFORE)).map(Relabel::addLabels).contains(Map.of("soon", "1"));
        story.complies("p1", "a");

        story.updates(fleet.spec()
                .maxConcurrency(3)
                .actions(new CguSpec.Actions(after(Map.of("later", "1")), BEFORE)));
        story.complies("p1", "b");
        story.updates(fleet.spec().maxConcurrency(3));
        story.complies("p1", "c");

        assertThat(relabel("a", LABELS_BEFORE)).map(Relabel::addLabels).contains(Map.of("soon", "1"));
        assertThat(relabel("a", LABELS_AFTER)).map(Relabel::addLabels).contains(Map.of("upgraded", ""));
        assertThat(relabel("b", LABELS_AFTER)).map(Relabel::addLabels).contains(Map.of("later", "1"));
        assertThat(relabel("c", LABELS_AFTER)).isEmpty();
    }

    private Optional<Relabel> relabel(String cluster, Aspect aspect) {
        return Optional.ofNullable((Relabel) story.intents().get(Intent.spokeKey(Fleet.CGU, cluster, aspect)));
    }

    private static CguSpec.AfterCompletion after(Map<String, String> labels) {
        return new CguSpec.AfterCompletion(null, labels, null, true, null, List.of("upgrading"));
    }
}
