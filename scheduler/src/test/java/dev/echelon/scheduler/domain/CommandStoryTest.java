package dev.echelon.scheduler.domain;

import static dev.echelon.contract.result.SpokeState.ACTIVE;
import static dev.echelon.contract.result.SpokeState.SUCCEEDED;
import static dev.echelon.contract.result.SpokeState.UNRECOVERABLE_ERROR;
import static dev.echelon.contract.result.Workload.PRECACHE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.command.Command.Precondition;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.scheduler.Fleet;
import dev.echelon.scheduler.domain.Fact.CommandAccepted;
import dev.echelon.scheduler.domain.Fact.CommandRejected;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What commands are answered with, and how a CGU goes (contract 14). */
class CommandStoryTest {

    private final Fleet fleet = Fleet.of("a", "b").withPolicy("p1");
    private final Story story = new Story(fleet);

    @Test
    void aNewResourceIsShownBeforeItsCommandIsAccepted() {
        story.creates(fleet.spec().enable(false));

        assertThat(story.shown()).hasSize(1);
        assertThat(accepted().created()).isTrue();
        assertThat(Long.toString(accepted().version())).isEqualTo(story.cgu().metadata().resourceVersion());
        assertThat(story.cgu().metadata().uid()).isEqualTo(Fleet.UID);
        assertThat(story.cgu().metadata().generation()).isEqualTo(1);
        assertThat(story.cgu().metadata().finalizers()).containsExactly("ran.openshift.io/cleanup-finalizer");
    }

    @Test
    void theSameCommandIsCarriedOutOnce() {
        CommandRecord command = Fleet.create("same", fleet.spec().build(), story.now());
        story.asks(command);

        story.asks(command);

        assertThat(story.lastFacts()).isEmpty();
    }

    @Test
    void anEqualSpecIsAcceptedWithTheUnchangedVersion() {
        story.creates(fleet.spec().enable(false));
        long version = accepted().version();

        story.updates(fleet.spec().enable(false));

        assertThat(story.lastFacts()).hasSize(1);
        assertThat(accepted().version()).isEqualTo(version);
        assertThat(accepted().created()).isFalse();
    }

    @Test
    void aChangedSpecHasTheNextGenerationAndChangedLabelsHaveNot() {
        story.creates(fleet.spec().enable(false)).updates(fleet.spec().enable(false).timeout(30));
        assertThat(story.cgu().metadata().generation()).isEqualTo(2);

        story.asks(new CommandRecord(
                "labels",
                story.now(),
                "alice",
                "rest",
                new dev.echelon.contract.command.Command.Apply(
                        Fleet.CGU,
                        null,
                        Map.of("team", "ran"),
                        Map.of(),
                        fleet.spec().enable(false).timeout(30).build(),
                        Precondition.NONE)));

        assertThat(story.cgu().metadata().generation()).isEqualTo(2);
        assertThat(story.cgu().metadata().labels()).containsEntry("team", "ran");
    }

    @Test
    void versionsGrowAlsoWithinOneMoment() {
        story.creates(fleet.spec().preCaching()).seesFleet();

        List<Long> versions = story.shown().stream()
                .map(cgu -> Long.parseLong(cgu.metadata().resourceVersion()))
                .toList();
        assertThat(versions).hasSizeGreaterThan(3).isSorted().doesNotHaveDuplicates();
        assertThat(versions).allMatch(version -> version % Version.PARTITIONS == 3);
    }

    @Test
    void whatDoesNotHoldIsRefusedWithBothSides() {
        story.asks(apply("1", new Precondition(true, null, null, null)));
        assertThat(rejected().reason()).isEqualTo("NotFound");

        story.creates(fleet.spec());
        String version = Long.toString(accepted().version());
        story.asks(apply("2", new Precondition(false, null, null, null)));
        assertThat(rejected().reason()).isEqualTo("AlreadyExists");
        story.asks(apply("3", new Precondition(null, "other", null, null)));
        assertThat(rejected().reason()).isEqualTo("Conflict");
        story.asks(apply("4", new Precondition(null, null, "12", null)));
        assertThat(rejected().message()).contains("metadata.resourceVersion is " + version, "made for 12");
        story.asks(apply("5", new Precondition(null, null, null, 7L)));
        assertThat(rejected().field()).isEqualTo("metadata.generation");
        assertThat(story.lastFacts()).hasSize(1);
    }

    @Test
    void editsAfterTheStartAreKeptButOnlyTimeIsHonoured() {
        story.creates(fleet.spec()).seesFleet();

        story.updates(fleet.spec().clusters("a").enable(false));

        assertThat(story.cgu().spec().clusters()).containsExactly("a");
        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("a", "b"));
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Remediating.class);
    }

    @Test
    void deletingWaitsUntilNothingIsLeft() {
        story.creates(fleet.spec().preCaching().enable(false)).seesFleet();
        story.job(PRECACHE, "a", SUCCEEDED).job(PRECACHE, "b", ACTIVE);

        story.deletes();
        assertThat(story.cgu().metadata().deletionTimestamp()).isEqualTo(story.now());
        assertThat(story.intents())
                .containsOnlyKeys(
                        Intent.hubKey(Fleet.CGU), Intent.spokeKey(Fleet.CGU, "b", Aspect.PRECACHE));
        assertThat(story.hubIntent())
                .isEqualTo(new Intent.StopEnforcing(Fleet.CGU, Fleet.UID + "/stop/1", List.of("ztp-policies")));

        story.hubDone();
        assertThat(story.memory().progress()).isPresent();
        story.cleaned("b");

        assertThat(story.memory()).isEqualTo(emptyButFor(story));
        assertThat(story.intents()).isEmpty();
        assertThat(story.lastFacts()).last().isInstanceOf(Fact.Deleted.class);
    }

    @Test
    void deletingInTheMiddleOfARolloutStopsIt() {
        story.creates(fleet.spec().maxConcurrency(1)).seesFleet().hubDone().deletes();

        story.complies("p1", "a");
        assertThat(story.lastFacts()).isEmpty();

        story.hubDone();
        assertThat(story.memory().progress()).isEmpty();
    }

    @Test
    void aFinishedOneWithNothingLeftGoesAtOnce() {
        story.creates(fleet.spec()).seesFleet().complies("p1", "a", "b").hubDone();

        story.deletes();

        assertThat(story.memory().progress()).isEmpty();
        assertThat(story.shown().getLast().metadata().deletionTimestamp()).isEqualTo(story.now());
        assertThat(story.facts(CommandAccepted.class)).hasSize(2);
    }

    @Test
    void aFinishedOneThatKeptItsObjectsRemovesThemWhenItGoes() {
        story.creates(fleet.spec().preCaching().keepObjects()).seesFleet();
        story.job(PRECACHE, "a", UNRECOVERABLE_ERROR).job(PRECACHE, "b", SUCCEEDED);
        story.complies("p1", "b").pass(java.time.Duration.ofSeconds(1)).hubDone();
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Finished.class);

        story.deletes();

        assertThat(story.intents())
                .containsOnlyKeys(
                        Intent.hubKey(Fleet.CGU), Intent.spokeKey(Fleet.CGU, "a", Aspect.PRECACHE));
        story.hubDone().cleaned("a");
        assertThat(story.memory().progress()).isEmpty();
    }

    @Test
    void deletingTwiceIsAcceptedAndChangesNothing() {
        story.creates(fleet.spec()).seesFleet().deletes();

        story.deletes();

        assertThat(story.lastFacts()).hasSize(1);
        assertThat(story.facts(CommandAccepted.class)).hasSize(3);
    }

    @Test
    void whileItGoesNothingElseIsAccepted() {
        story.creates(fleet.spec()).seesFleet().deletes();

        story.updates(fleet.spec().timeout(30));

        assertThat(rejected().reason()).isEqualTo("Conflict");
        assertThat(rejected().message()).contains("it is being deleted; wait until it is gone");
    }

    @Test
    void aNamesakeStartsAnew() {
        story.creates(fleet.spec()).seesFleet().deletes().hubDone();

        story.creates(fleet.spec().enable(false));

        assertThat(accepted().created()).isTrue();
        assertThat(story.cgu().status().conditions()).isEmpty();
    }

    private CommandRecord apply(String id, Precondition precondition) {
        return Fleet.apply(id, "uid-" + id, fleet.spec().timeout(17).build(), precondition, story.now());
    }

    private CommandAccepted accepted() {
        return story.facts(CommandAccepted.class).getLast();
    }

    private CommandRejected rejected() {
        return story.facts(CommandRejected.class).getLast();
    }

    private static Memory emptyButFor(Story story) {
        Memory memory = new Memory();
        WorkingCopy copy = new WorkingCopy(memory);
        story.facts(CommandAccepted.class).forEach(copy::fold);
        memory.store(copy);
        return memory;
    }
}
