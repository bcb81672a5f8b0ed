package dev.echelon.scheduler.domain;

import static dev.echelon.contract.result.SpokeState.ACTIVE;
import static dev.echelon.contract.result.SpokeState.BACKUP_TIMEOUT;
import static dev.echelon.contract.result.SpokeState.PRECACHE_TIMEOUT;
import static dev.echelon.contract.result.SpokeState.STARTING;
import static dev.echelon.contract.result.SpokeState.SUCCEEDED;
import static dev.echelon.contract.result.SpokeState.UNRECOVERABLE_ERROR;
import static dev.echelon.contract.result.Workload.BACKUP;
import static dev.echelon.contract.result.Workload.PRECACHE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.contract.result.Result;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The passes before the start (contract 2, 6.3, 6.5, 10, 11). */
class PreparationStoryTest {

    private final Fleet fleet = Fleet.of("a", "b").withPolicy("p1");
    private final Story story = new Story(fleet);

    @Test
    void theWalkthroughShowsEachConditionInOrder() {
        story.creates(fleet.spec().preCaching().backup().enable(false)).seesFleet();
        story.job(PRECACHE, "a", STARTING, ACTIVE, SUCCEEDED).job(PRECACHE, "b", STARTING, ACTIVE, SUCCEEDED);
        story.updates(fleet.spec().preCaching().backup());
        story.job(BACKUP, "a", STARTING, ACTIVE, SUCCEEDED).job(BACKUP, "b", ACTIVE, SUCCEEDED);
        story.complies("p1", "a", "b").hubDone();

        assertThat(story.seen())
                .containsExactly(
                        "ClusterSelectionCompleted: All selected clusters are valid",
                        "ValidationCompleted: Completed validation",
                        "PrecacheSpecIsWellFormed: Precaching spec is valid and consistent",
                        "InProgress: Precaching in progress for 2 clusters",
                        "PrecachingCompleted: Precaching is completed for all clusters",
                        "NotEnabled: Not enabled",
                        "InProgress: Backup in progress for 2 clusters",
                        "BackupCompleted: Backup is completed for all clusters",
                        "InProgress: Remediating non-compliant policies",
                        "Completed: All clusters are compliant with all the managed policies");
        assertThat(story.cgu().status().precaching().status()).isEqualTo(Map.of("a", "Succeeded", "b", "Succeeded"));
        assertThat(story.cgu().status().backup().status()).isEqualTo(Map.of("a", "Succeeded", "b", "Succeeded"));
        assertThat(story.cgu().status().precaching().spec().platformImage()).isEqualTo(Fleet.IMAGE);
        assertThat(story.cgu().status().precaching().spec().spaceRequired()).isEqualTo("35");
        assertThat(story.intents()).isEmpty();
    }

    @Test
    void enabledFromTheStartABackupShowsThatTheRolloutWaits() {
        story.creates(fleet.spec().backup()).seesFleet();

        assertThat(story.seen()).last().isEqualTo("NotStarted: Cluster backup is in progress");
        assertThat(story.conditions())
                .containsExactly(
                        "ClustersSelected=True ClusterSelectionCompleted",
                        "Validated=True ValidationCompleted",
                        "BackupSuceeded=False InProgress",
                        "Progressing=False NotStarted");
        assertThat(story.cgu().status().status().startedAt()).isEqualTo(Story.START);
    }

    @Test
    void eachWayInWhichSelectionFailsHasItsMessage() {
        story.creates(fleet.spec()).observes(Fleet.of().withSelectionError("no cluster specified for remediation")
                .snapshot(1, story.now()));
        story.observes(Fleet.of("a").withMissing("x", "y").snapshot(1, story.now()));
        story.updates(fleet.spec().canaries("z")).seesFleet();

        assertThat(story.seen())
                .containsExactly(
                        "ClusterNotFound: Unable to select clusters: cannot obtain all the details about the clusters in"
                                + " the CR: no cluster specified for remediation",
                        "ClusterNotFound: Unable to select clusters: cluster x is not a ManagedCluster",
                        "ClusterNotFound: Unable to select clusters: canary cluster z is not in the list of clusters");
    }

    @Test
    void fixingTheCauseLetsTheCguGoOn() {
        story.creates(fleet.spec().enable(false).policies("p1", "p2")).seesFleet();
        assertThat(story.seen()).last().isEqualTo("NotAllManagedPoliciesExist: Missing managed policies: [p2] ");

        fleet.withPolicy("p2");
        story.seesFleet();

        assertThat(story.seen()).last().isEqualTo("NotEnabled: Not enabled");
        assertThat(story.cgu().status().managedPoliciesForUpgrade()).hasSize(2);
    }

    @Test
    void theOtherPoliciesAreShownBesideTheReasonWhyNothingStarts() {
        fleet.withPolicy("done");
        fleet.clusters().forEach(cluster -> fleet.with("done", cluster, Compliance.COMPLIANT));
        story.creates(fleet.spec().policies("gone", "p1")).seesFleet();
        assertThat(story.cgu().status().managedPoliciesForUpgrade()).extracting(PolicyRef::name).containsExactly("p1");

        story.updates(fleet.spec().policies("gone", "p1", "done")).seesFleet();
        assertThat(story.seen()).last().isEqualTo("NotAllManagedPoliciesExist: Missing managed policies: [gone] ");
        CguStatus status = story.cgu().status();
        assertThat(status.managedPoliciesForUpgrade()).extracting(PolicyRef::name).containsExactly("p1");
        assertThat(status.managedPoliciesNs()).containsOnlyKeys("p1");
        assertThat(status.managedPoliciesCompliantBeforeUpgrade()).containsExactly("done");
        assertThat(status.remediationPlan()).isEmpty();

        story.updates(fleet.spec().policies("gone")).seesFleet();
        assertThat(story.cgu().status().managedPoliciesForUpgrade()).as("only a good pass empties it").hasSize(1);
    }

    @Test
    void aSnapshotThatShowsNothingNewChangesNothing() {
        story.creates(fleet.spec().enable(false)).seesFleet();

        story.pass(Duration.ofSeconds(30)).seesFleet();

        assertThat(story.lastFacts()).isEmpty();
    }

    @Test
    void aSnapshotOfAnotherCguOrOfAnOlderSelectionIsIgnored() {
        story.creates(fleet.spec().enable(false)).updates(fleet.spec().enable(false).clusters("a"));

        Observation.FleetSnapshot old = fleet.snapshot(1, story.now());
        story.observes(old);
        assertThat(story.lastFacts()).isEmpty();

        story.observes(new Observation.FleetSnapshot(
                Fleet.CGU, "another-uid", 2, story.now(), old.selection(), old.policies()));
        assertThat(story.lastFacts()).isEmpty();
    }

    @Test
    void enablingNeedsNoNewLookAtTheFleet() {
        story.creates(fleet.spec().enable(false)).seesFleet();

        story.updates(fleet.spec());

        assertThat(story.seen()).last().isEqualTo("InProgress: Remediating non-compliant policies");
    }

    @Test
    void disablingDuringTheBackupGoesBackAndKeepsTheStart() {
        story.creates(fleet.spec().backup()).seesFleet().pass(Duration.ofMinutes(1));

        story.updates(fleet.spec().backup().enable(false));

        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.NotEnabled());
        assertThat(story.cgu().status().status().startedAt()).isEqualTo(Story.START);
    }

    @Test
    void thePlanFollowsTheFleetUntilTheStart() {
        story.creates(fleet.spec().enable(false)).seesFleet();
        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("a", "b"));

        fleet.with("p1", "a", Compliance.COMPLIANT);
        story.seesFleet();

        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("b"));
    }

    @Test
    void aSpokeThatFailsToPrecacheIsTakenOutAndTheOthersGoOn() {
        story.creates(fleet.spec().preCaching()).seesFleet();

        story.job(PRECACHE, "a", UNRECOVERABLE_ERROR).job(PRECACHE, "b", SUCCEEDED);

        assertThat(story.seen())
                .endsWith("PartiallyDone: Precaching failed for 1 clusters", "InProgress: Remediating non-compliant policies");
        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("b"));
        story.complies("p1", "b").hubDone();
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Settling.class);

        story.cleaned("a");

        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Finished.class);
        assertThat(story.outcomes()).containsExactly("b complete");
        assertThat(story.intents()).isEmpty();
    }

    @Test
    void whyASpokeFailedShowsInTheStatus() {
        story.creates(fleet.spec().preCaching().backup()).seesFleet();

        story.job(PRECACHE, "a", ACTIVE, "its job runs")
                .job(PRECACHE, "a", UNRECOVERABLE_ERROR, "not enough space for precaching (exit code 1)");
        assertThat(story.cgu().status().precaching().failures())
                .isEqualTo(Map.of("a", "not enough space for precaching (exit code 1)"));

        story.job(PRECACHE, "b", SUCCEEDED, "all is well").job(BACKUP, "b", BACKUP_TIMEOUT, "no answer");
        assertThat(story.cgu().status().precaching().failures()).containsOnlyKeys("a");
        assertThat(story.cgu().status().backup().failures()).isEqualTo(Map.of("b", "no answer"));
    }

    @Test
    void aFailureThatNobodyExplainsHasNoReason() {
        story.creates(fleet.spec().preCaching()).seesFleet();

        story.job(PRECACHE, "a", UNRECOVERABLE_ERROR);

        assertThat(story.cgu().status().precaching().failures()).isEmpty();
    }

    @Test
    void aFleetThatFailsForALongReasonFitsTheStatus() {
        String[] clusters = IntStream.range(0, 101).mapToObj("c%03d"::formatted).toArray(String[]::new);
        Fleet many = Fleet.of(clusters).withPolicy("p1");
        Story failing = new Story(many);
        failing.creates(many.spec().preCaching()).seesFleet();

        for (String cluster : clusters) {
            failing.job(PRECACHE, cluster, UNRECOVERABLE_ERROR, "x".repeat(501));
        }

        assertThat(failing.cgu().status().precaching().status()).hasSize(101);
        assertThat(failing.cgu().status().precaching().failures())
                .hasSize(100)
                .doesNotContainKey("c100")
                .containsEntry("c000", "x".repeat(499) + "…");
    }

    @Test
    void whereAllFailedTheWaitEndsWhenTheTimeoutIsOverAfterEnabling() {
        story.creates(fleet.spec().preCaching().enable(false).timeout(60)).seesFleet();
        story.job(PRECACHE, "a", PRECACHE_TIMEOUT).job(PRECACHE, "b", UNRECOVERABLE_ERROR);
        story.pass(Duration.ofHours(5));
        assertThat(story.seen()).last().isEqualTo("Failed: Precaching failed for all clusters");

        story.updates(fleet.spec().preCaching().timeout(60)).pass(Duration.ofMinutes(60));
        assertThat(story.seen()).last().isEqualTo("Failed: Precaching failed for all clusters");

        story.pass(Duration.ofMillis(1));
        assertThat(story.seen()).last().isEqualTo("Failed: No clusters available for remediation (Precaching failed)");
        assertThat(story.conditions()).endsWith("Progressing=False Completed", "Succeeded=False Failed");
    }

    @Test
    void whereAllBackupsFailedTheWaitEndsWhenTheTimeoutIsOver() {
        story.creates(fleet.spec().backup().timeout(60)).seesFleet();
        story.job(BACKUP, "a", UNRECOVERABLE_ERROR).job(BACKUP, "b", UNRECOVERABLE_ERROR);
        assertThat(story.conditions()).endsWith("BackupSuceeded=False Failed", "Progressing=False NotStarted");

        story.pass(Duration.ofMinutes(61));

        assertThat(story.seen()).last().isEqualTo("Failed: No clusters available for remediation (Backup failed)");
    }

    @Test
    void aSpokeWhoseJobNeverStartsTimesOut() {
        story.creates(fleet.spec().preCaching().enable(false).timeout(60)).seesFleet();
        story.job(PRECACHE, "a", STARTING).job(PRECACHE, "b", ACTIVE);

        story.pass(Duration.ofMinutes(61));

        assertThat(story.cgu().status().precaching().status()).isEqualTo(Map.of("a", "PrecacheTimeout", "b", "Active"));
        assertThat(story.intents()).doesNotContainKey(Intent.spokeKey(Fleet.CGU, "a", Aspect.PRECACHE));
        assertThat(story.seen()).last().isEqualTo("InProgress: Precaching in progress for 1 clusters");
    }

    @Test
    void aClusterThatJoinsThePlanLaterIsPrecachedToo() {
        fleet.with("p1", "b", Compliance.COMPLIANT);
        story.creates(fleet.spec().preCaching().enable(false)).seesFleet().job(PRECACHE, "a", SUCCEEDED);
        assertThat(story.seen()).last().isEqualTo("NotEnabled: Not enabled");

        fleet.with("p1", "b", Compliance.NON_COMPLIANT);
        story.seesFleet();
        assertThat(story.conditions()).contains("PrecachingSuceeded=False InProgress");
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.Precaching());

        story.job(PRECACHE, "b", SUCCEEDED);
        assertThat(story.conditions()).contains("PrecachingSuceeded=True PrecachingCompleted");
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.NotEnabled());
    }

    @Test
    void aJobThatNobodyWaitsForAnyMoreIsStoppedAtTheEnd() {
        story.creates(fleet.spec().preCaching().keepObjects()).seesFleet().job(PRECACHE, "a", ACTIVE);
        fleet.with("p1", "a", Compliance.COMPLIANT).with("p1", "b", Compliance.COMPLIANT);

        story.seesFleet().pass(Duration.ofSeconds(1)).hubDone();
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Settling.class);
        story.cleaned("a").cleaned("b");

        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Finished.class);
        assertThat(story.intents()).isEmpty();
    }

    @Test
    void switchingPrecachingOffCancelsItAndGoesOn() {
        story.creates(fleet.spec().preCaching()).seesFleet().job(PRECACHE, "a", SUCCEEDED);
        String cancelled = story.intents().get(Intent.spokeKey(Fleet.CGU, "b", Aspect.PRECACHE)).id();

        story.updates(fleet.spec());

        assertThat(story.seen()).last().isEqualTo("InProgress: Remediating non-compliant policies");
        assertThat(story.cgu().status().precaching()).isNull();
        assertThat(story.intents().get(Intent.spokeKey(Fleet.CGU, "b", Aspect.PRECACHE)))
                .isInstanceOfSatisfying(Intent.CleanSpoke.class, clean -> assertThat(clean.precache()).isTrue());
        story.answers(new Result.SpokeProgress(Fleet.CGU, cancelled, story.now(), "b", PRECACHE, SUCCEEDED, ""));
        assertThat(story.lastFacts()).isEmpty();
    }

    @Test
    void precachingThatIsSwitchedOnAndOffDuringTheBackupLeavesTheBackupAlone() {
        story.creates(fleet.spec().backup()).seesFleet().job(BACKUP, "a", STARTING, ACTIVE);
        Intent backup = wanted("a", Aspect.BACKUP);

        story.updates(fleet.spec().backup().preCaching()).seesFleet();
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.Precaching());
        assertThat(precache("a").id()).isEqualTo(Fleet.UID + "/precache/1/a");
        assertThat(wanted("a", Aspect.BACKUP).id()).isEqualTo(backup.id());
        story.job(BACKUP, "b", ACTIVE, SUCCEEDED);

        story.updates(fleet.spec().backup());
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.BackingUp());
        assertThat(story.seen()).last().isEqualTo("NotStarted: Cluster backup is in progress");
        assertThat(wanted("a", Aspect.PRECACHE)).isEqualTo(new Intent.CleanSpoke(
                Fleet.CGU, Fleet.UID + "/clean-precache/2/a", "a", true, false));
        assertThat(wanted("a", Aspect.BACKUP).id()).isEqualTo(backup.id());

        story.cleaned("a").cleaned("b").job(BACKUP, "a", SUCCEEDED);
        assertThat(story.seen())
                .endsWith(
                        "BackupCompleted: Backup is completed for all clusters",
                        "InProgress: Remediating non-compliant policies");
        story.complies("p1", "a", "b").hubDone();
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Finished.class);
        assertThat(story.intents()).isEmpty();
    }

    @Test
    void whatAFailedBackupLeftIsRemovedInTheEndAlthoughAPrecacheWasCleanedUpAfterBefore() {
        story.creates(fleet.spec().backup()).seesFleet().updates(fleet.spec().backup().preCaching()).seesFleet();
        story.updates(fleet.spec().backup());
        story.job(BACKUP, "a", UNRECOVERABLE_ERROR).cleaned("a").cleaned("b").job(BACKUP, "b", SUCCEEDED);

        story.complies("p1", "b").hubDone();

        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Settling.class);
        story.cleaned("a", Aspect.BACKUP);
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Finished.class);
        assertThat(story.intents()).isEmpty();
    }

    @Test
    void theEndWaitsForBothCleanUpsOfASpoke() {
        story.creates(fleet.spec().backup()).seesFleet().updates(fleet.spec().backup().preCaching()).seesFleet();

        story.deletes().hubDone();

        story.cleaned("a").cleaned("b").cleaned("a", Aspect.BACKUP);
        assertThat(story.memory().progress()).isPresent();
        story.cleaned("b", Aspect.BACKUP);
        assertThat(story.memory().progress()).isEmpty();
        assertThat(story.intents()).isEmpty();
    }

    @Test
    void precachingThatIsSwitchedOnAgainTakesThePlaceOfItsCleanUp() {
        story.creates(fleet.spec().backup().preCaching()).seesFleet().updates(fleet.spec().backup());
        Intent cleanUp = wanted("a", Aspect.PRECACHE);

        story.updates(fleet.spec().backup().preCaching()).seesFleet();

        assertThat(precache("a").id()).isEqualTo(Fleet.UID + "/precache/2/a");
        story.answers(new Result.SpokeCleaned(Fleet.CGU, cleanUp.id(), story.now(), "a"));
        assertThat(story.lastFacts()).isEmpty();
        assertThat(precache("a").id()).isEqualTo(Fleet.UID + "/precache/2/a");
    }

    @Test
    void aBackupThatAnEarlierVersionAskedForUnderThePrecachesKeyIsSettledThere() {
        story.creates(fleet.spec().backup()).seesFleet();
        List.of("a", "b").forEach(cluster -> {
            Intent asked = story.intents().remove(Intent.spokeKey(Fleet.CGU, cluster, Aspect.BACKUP));
            story.intents().put(Intent.spokeKey(Fleet.CGU, cluster, Aspect.PRECACHE), asked);
        });

        story.job(BACKUP, "a", SUCCEEDED);
        assertThat(story.intents()).doesNotContainKey(Intent.spokeKey(Fleet.CGU, "a", Aspect.PRECACHE));

        story.updates(fleet.spec().backup().preCaching()).seesFleet();
        assertThat(precache("b")).isNotNull();
        assertThat(wanted("b", Aspect.BACKUP).id()).isEqualTo(Fleet.UID + "/backup/1/b");
        story.job(BACKUP, "b", SUCCEEDED);
        assertThat(precache("b")).isNotNull();
    }

    @Test
    void enablingWhilePrecachingTellsTheExecutor() {
        story.creates(fleet.spec().preCaching().enable(false)).seesFleet();
        assertThat(precache("a").enabled()).isFalse();
        assertThat(precache("a").clusters()).isEqualTo(2);

        story.updates(fleet.spec().preCaching().timeout(30));

        assertThat(precache("a").enabled()).isTrue();
        assertThat(precache("a").timeoutMinutes()).isEqualTo(30);
    }

    @Test
    void anOldStateOfASpokeIsOldNews() {
        story.creates(fleet.spec().preCaching().enable(false)).seesFleet().job(PRECACHE, "a", ACTIVE);

        story.job(PRECACHE, "a", STARTING);

        assertThat(story.lastFacts()).isEmpty();
    }

    @Test
    void countsAreShownTogetherWithinAQuarterOfASecond() {
        Fleet large = Fleet.of("a", "b", "c", "d").withPolicy("p1");
        Story many = new Story(large).creates(large.spec().preCaching().enable(false)).seesFleet();
        int before = many.shown().size();

        many.job(PRECACHE, "a", SUCCEEDED).job(PRECACHE, "b", SUCCEEDED).job(PRECACHE, "c", ACTIVE);
        assertThat(many.shown()).hasSize(before);
        many.pass(Duration.ofMillis(251));

        assertThat(many.shown()).hasSize(before + 1);
        assertThat(many.seen()).last().isEqualTo("InProgress: Precaching in progress for 2 clusters");
    }

    @Test
    void aStallIsToldOnce() {
        story.creates(fleet.spec().preCaching()).seesFleet();
        Result.Stalled stalled = new Result.Stalled(
                Fleet.CGU, precache("a").id(), story.now(), "PRECACHE_IMG environment variable is not set");

        story.answers(stalled).answers(stalled);

        assertThat(story.told().stream()
                        .filter(event -> event.auditType() == AuditType.INTENT_STALLED)
                        .map(AuditEvent::data)
                        .map(AuditEvent.Data::message))
                .containsExactly("ClusterGroupUpgrade update-europe-snos: PRECACHE_IMG environment variable is not set");
    }

    private Intent.Precache precache(String cluster) {
        return (Intent.Precache) wanted(cluster, Aspect.PRECACHE);
    }

    private Intent wanted(String cluster, Aspect aspect) {
        return story.intents().get(Intent.spokeKey(Fleet.CGU, cluster, aspect));
    }
}
