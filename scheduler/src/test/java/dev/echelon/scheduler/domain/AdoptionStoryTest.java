package dev.echelon.scheduler.domain;

import static dev.echelon.contract.observation.Compliance.COMPLIANT;
import static dev.echelon.contract.observation.Compliance.NON_COMPLIANT;
import static dev.echelon.scheduler.domain.FoundStatus.beforeBatchTwo;
import static dev.echelon.scheduler.domain.FoundStatus.beforeStart;
import static dev.echelon.scheduler.domain.FoundStatus.ended;
import static dev.echelon.scheduler.domain.FoundStatus.inBatchTwo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.audit.HubEvent;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 18: a CGU that TALM has begun is taken over as its status says it is. */
class AdoptionStoryTest {

    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final String SOAKING =
            "{\"state\": \"InProgress\", \"policyIndex\": 0, \"firstCompliantAt\": \"2026-01-10T07:30:00Z\"}";
    private static final String VIEW = "/update-europe-snos-ztp-policies-subscription-ptp";
    private static final String CONTENT = """
            , "managedPoliciesContent": {"p1": "[{\\"kind\\":\\"Subscription\\",\\"name\\":\\"ptp\\",
            \\"apiVersion\\":\\"operators.coreos.com/v1alpha1\\",\\"namespace\\":\\"openshift-ptp\\"}]"}"""
            .replace("\n", "");

    private final Fleet fleet = Fleet.of("a", "b", "c").withPolicy("p1").withPolicy("p2");
    private final Story story = new Story(fleet);
    private final Fleet.Spec spec = fleet.spec().maxConcurrency(1);

    // In the rollout

    @Test
    void whatIsShownFirstIsWhatWasFound() {
        CguStatus found = inBatchTwo().build();

        story.adopts(spec, found);

        ClusterGroupUpgrade first = story.shown().getFirst();
        assertThat(first.status()).isEqualTo(found);
        assertThat(story.told()).extracting(AuditEvent::auditType)
                .containsExactly(AuditType.ADOPTED, AuditType.COMMAND_ACCEPTED);
        assertThat(story.told().getFirst().data().details()).containsExactly(Map.entry("stage", "in batch 2 of 3"));
        assertThat(story.hubEvents()).isEmpty();
    }

    @Test
    void theAgeIsThatOfTheResource() {
        Instant created = Instant.parse("2025-12-01T00:00:00Z");

        story.asks(Fleet.adopt("c", spec, inBatchTwo().build(), created, story.now()));

        assertThat(story.cgu().metadata().creationTimestamp()).isEqualTo(created);
    }

    @Test
    void itGoesOnWithItsBatchAndEndsLikeAnyOther() {
        story.adopts(spec, inBatchTwo());
        story.complies("p1", "a").complies("p2", "a").complies("p1", "b");
        assertThat(progressOf("b").policyIndex()).isEqualTo(1);

        story.complies("p2", "b");
        assertThat(story.cgu().status().status().currentBatch()).isEqualTo(3);
        story.complies("p1", "c").complies("p2", "c");

        assertThat(story.outcomes()).containsExactly("a complete", "b complete", "c complete");
        assertThat(story.conditions()).last().isEqualTo("Succeeded=True Completed");
        assertThat(story.hubEvents()).extracting(HubEvent::action).containsExactly(
                "RemediationInClusterCompleted", "RemediationInBatchCompleted",
                "RemediationInBatchStarted", "RemediationInClusterStarted",
                "RemediationInClusterCompleted", "RemediationInBatchCompleted", "RemediationCompleted");
    }

    @Test
    void nothingIsStartedOrFinishedBeforeTheHubWasLookedAt() {
        story.adopts(spec, inBatchTwo(SOAKING));

        story.pass(Duration.ofMinutes(30));

        assertThat(story.facts(Fact.ClusterAdvanced.class)).isEmpty();
        assertThat(story.facts(Fact.BatchStarted.class)).isEmpty();
    }

    @Test
    void theTimeOfTheRolloutCountsFromItsStart() {
        story.adopts(spec.timeout(120), inBatchTwo());
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");

        story.pass(Duration.ofMinutes(60));
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");
        story.pass(A_MOMENT);

        assertThat(story.conditions()).last().isEqualTo("Succeeded=False TimedOut");
        assertThat(story.outcomes()).containsExactly("a complete", "b timedout p1");
    }

    @Test
    void theTimeOfTheBatchCountsFromItsStart() {
        // Started at 07:00, the batch at 07:20: 220 of 240 minutes for two batches, until 09:10.
        story.adopts(spec, inBatchTwo());
        story.complies("p1", "a").complies("p2", "a");

        story.pass(Duration.ofMinutes(70));
        assertThat(story.cgu().status().status().currentBatch()).isEqualTo(2);
        story.pass(A_MOMENT);

        assertThat(story.cgu().status().status().currentBatch()).isEqualTo(3);
        assertThat(story.outcomes()).containsExactly("a complete", "b timedout p1");
    }

    @Test
    void aBatchThatIsLateIsLookedAtOnceMore() {
        story.pass(Duration.ofMinutes(100)).adopts(spec, inBatchTwo());
        assertThat(story.cgu().status().status().currentBatch()).isEqualTo(2);
        fleet.with("p1", "a", COMPLIANT).with("p2", "a", COMPLIANT);
        fleet.with("p1", "b", COMPLIANT).with("p2", "b", COMPLIANT);

        story.observes(fleet.compliance(story.now(), "a", "b", "c"));

        assertThat(story.outcomes()).containsExactly("a complete", "b complete");
        assertThat(story.cgu().status().status().currentBatch()).isEqualTo(3);
    }

    @Test
    void theFirstEnforcementHasTheClustersThatAreEnforcedNow() {
        story.adopts(spec, inBatchTwo());

        assertThat(story.enforced("p1")).as("a completed with its batch, c waits").containsExactly("b");
        assertThat(story.enforced("p2")).isEmpty();
    }

    @Test
    void whoTimedOutBeforeStaysEnforcedUntilABatchCompletes() {
        story.adopts(spec, inBatchTwo().withClusters("""
                {"name": "a", "state": "timedout", "currentPolicy": {"name": "p2", "status": "NonCompliant"}}"""));
        assertThat(story.enforced("p1")).containsExactly("a", "b");
        assertThat(story.enforced("p2")).containsExactly("a");
        story.complies("p1", "a");

        story.observes(fleet.compliance(story.now(), "c")).complies("p1", "b").complies("p2", "b");

        assertThat(story.enforced("p1")).containsExactly("c");
        assertThat(story.enforced("p2")).isEmpty();
        story.complies("p1", "c").complies("p2", "c");
        assertThat(story.conditions()).as("a lags").last().isEqualTo("Progressing=True InProgress");
        story.complies("p2", "a");
        assertThat(story.conditions()).last().isEqualTo("Succeeded=True Completed");
    }

    @Test
    void namesAreKept() {
        story.adopts(spec, inBatchTwo());

        assertThat(((Intent.EnforcePolicies) story.hubIntent()).placements())
                .extracting(Intent.PolicyPlacement::safeName)
                .containsExactly("talms-name-1", "talms-name-2");
        story.hubDone();
        assertThat(story.cgu().status().placements()).containsExactly("talms-name-1", "talms-name-2");
    }

    @Test
    void aSoakGoesOnFromWhenItBegan() {
        fleet.withSoak("p1", 3600);
        story.adopts(spec, inBatchTwo(SOAKING));
        story.complies("p1", "a").complies("p2", "a").complies("p1", "b");
        assertThat(progressOf("b").firstCompliantAt()).isEqualTo("2026-01-10T07:30:00Z");

        story.pass(Duration.ofMinutes(30));
        assertThat(progressOf("b").policyIndex()).isZero();
        story.pass(A_MOMENT);

        assertThat(progressOf("b").policyIndex()).isEqualTo(1);
    }

    @Test
    void aSoakThatIsOverLetsTheClusterGoOnAtTheFirstLook() {
        fleet.withSoak("p1", 60);
        story.adopts(spec, inBatchTwo(SOAKING));

        story.complies("p1", "b");

        assertThat(progressOf("b").policyIndex()).isEqualTo(1);
    }

    @Test
    void aClusterThatLapsedMeanwhileSoaksAnew() {
        fleet.withSoak("p1", 60);
        story.adopts(spec, inBatchTwo(SOAKING));

        story.becomes("p1", NON_COMPLIANT, "b");

        assertThat(progressOf("b").firstCompliantAt()).isNull();
    }

    @Test
    void betweenBatchesTheNextOneIsStartedAndTold() {
        story.adopts(spec, beforeBatchTwo());

        assertThat(story.hubEvents()).extracting(HubEvent::action)
                .containsExactly("RemediationInBatchStarted", "RemediationInClusterStarted");
        assertThat(story.cgu().status().status().currentBatch()).isEqualTo(2);
        assertThat(story.enforced("p1")).isEmpty();
        story.becomes("p1", NON_COMPLIANT, "b").pass(Progress.ENFORCE_WINDOW.plus(A_MOMENT));
        assertThat(story.enforced("p1")).containsExactly("b");
    }

    @Test
    void aClusterThatWasNotLookedAtIsStartedAndTold() {
        story.adopts(spec, inBatchTwo("{\"state\": \"NotStarted\"}"));

        assertThat(story.hubEvents()).extracting(HubEvent::action).containsExactly("RemediationInClusterStarted");
        story.complies("p1", "b");
        assertThat(progressOf("b").policyIndex()).isEqualTo(1);
    }

    @Test
    void viewsOfSubscriptionsAreKeptUntilTheClusterIsComplete() {
        fleet.withSubscription("p1", "ptp");
        story.adopts(spec, inBatchTwo().with(CONTENT).withName(VIEW, "talms-view"));
        assertThat(story.approvals("b").orElseThrow().subscriptions())
                .extracting(Intent.SubscriptionView::safeName)
                .containsExactly("talms-view");

        Story later = new Story(fleet);
        later.adopts(spec, inBatchTwo("{\"state\": \"InProgress\", \"policyIndex\": 1}").with(CONTENT).withName(VIEW, "talms-view"));
        assertThat(later.approvals("b")).isEmpty();
        later.complies("p2", "b");
        assertThat(later.approvals("b").orElseThrow().subscriptions()).isEmpty();
    }

    @Test
    void aManifestWorkIsKeptAndTheNextOneFollows() {
        Fleet works = Fleet.of("a", "b", "c").withTemplate("t1").withTemplate("t2");
        Story rollout = new Story(works);
        rollout.adopts(
                works.spec().maxConcurrency(1),
                inBatchTwo("{\"state\": \"InProgress\", \"manifestWorkIndex\": 0}")
                        .withoutPolicies()
                        .withName("/ztp-policies.t1", "talms-work"));
        assertThat(rollout.work("b")).contains(new Intent.Work("t1", "talms-work"));
        assertThat(rollout.hubEvents()).isEmpty();

        rollout.worksBecome(new ObservedWork(true, false, "", Map.of()), "b");

        assertThat(rollout.work("b").orElseThrow().template()).isEqualTo("t2");
    }

    // Before the start

    @Test
    void aJobThatRunsOnASpokeGoesOn() {
        Fleet.Spec precaching = spec.preCaching().enable(false);
        story.adopts(precaching, beforeStart()
                .withCondition(
                        "PrecacheSpecValid", "True", "PrecacheSpecIsWellFormed",
                        "Precaching spec is valid and consistent")
                .withCondition("PrecachingSuceeded", "False", "InProgress", "Precaching in progress for 2 clusters")
                .with("""
                        , "precaching": {"spec": {"platformImage": "%s", "spaceRequired": "35"},
                            "status": {"a": "Active", "b": "Starting", "c": "Succeeded"}}""".formatted(Fleet.IMAGE)));

        assertThat(precache("a").known()).isEqualTo(SpokeState.ACTIVE);
        assertThat(precache("a").spec().platformImage()).isEqualTo(Fleet.IMAGE);
        assertThat(precache("b").known()).isEqualTo(SpokeState.STARTING);
        assertThat(story.intents()).doesNotContainKey(Intent.spokeKey(Fleet.CGU, "c", Aspect.PRECACHE));
        story.seesFleet().job(Workload.PRECACHE, "a", SpokeState.ACTIVE, SpokeState.SUCCEEDED);
        story.job(Workload.PRECACHE, "b", SpokeState.STARTING, SpokeState.ACTIVE, SpokeState.SUCCEEDED);
        assertThat(story.conditions()).endsWith(
                "PrecachingSuceeded=True PrecachingCompleted", "Progressing=False NotEnabled");
        assertThat(story.facts(Fact.PrecacheRequested.class)).isEmpty();
    }

    @Test
    void aBackupGoesOnAndItsClockRunsOn() {
        story.adopts(spec.backup(), beforeStart()
                .withCondition("BackupSuceeded", "False", "InProgress", "Backup in progress for 1 clusters")
                .withCondition("Progressing", "False", "NotStarted", "Cluster backup is in progress")
                .withRun("\"startedAt\": \"2026-01-10T07:50:00Z\"")
                .with("""
                        , "backup": {"startedAt": "2026-01-10T07:50:00Z",
                            "status": {"a": "Active", "b": "Succeeded", "c": "Succeeded"}}"""));

        Intent.Backup backup = (Intent.Backup) story.intents().get(Intent.spokeKey(Fleet.CGU, "a", Aspect.BACKUP));
        assertThat(backup.known()).isEqualTo(SpokeState.ACTIVE);
        assertThat(backup.startedAt()).isEqualTo("2026-01-10T07:50:00Z");
        story.seesFleet().job(Workload.BACKUP, "a", SpokeState.SUCCEEDED);
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");
        assertThat(story.cgu().status().status().startedAt()).isEqualTo("2026-01-10T07:50:00Z");
        assertThat(story.hubEvents()).extracting(HubEvent::action).doesNotContain("RemediationStarted");
    }

    @Test
    void oneThatIsNotEnabledWaitsAsBefore() {
        CguStatus found = beforeStart()
                .withCondition("Progressing", "False", "NotEnabled", "Not enabled")
                .build();
        story.adopts(spec.enable(false), found).seesFleet();

        assertThat(story.shown()).extracting(version -> version.status().conditions()).containsOnly(found.conditions());
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.NotEnabled());
        assertThat(story.enforced("p1")).isEmpty();
        story.updates(spec.enable(true));
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");
    }

    // At the end

    @Test
    void oneThatHasEndedIsCleanedUp() {
        story.adopts(spec, ended());
        assertThat(story.conditions()).last().isEqualTo("Succeeded=False TimedOut");
        assertThat(story.hubIntent()).isInstanceOf(Intent.StopEnforcing.class);
        assertThat(((Intent.StopEnforcing) story.hubIntent()).namespaces()).containsExactly("ztp-policies");

        story.hubDone();

        assertThat(story.cgu().status().status().completedAt()).isNotNull();
        assertThat(story.hubEvents()).extracting(HubEvent::action).containsExactly("RemediationTimeout");
    }

    @Test
    void oneThatIsFinishedIsLeftAloneAndCanBeDeleted() {
        CguStatus found = ended()
                .withRun("\"startedAt\": \"2026-01-10T07:00:00Z\", \"completedAt\": \"2026-01-10T07:59:00Z\"")
                .build();
        story.adopts(spec.keepObjects(), found);
        assertThat(story.intents()).isEmpty();
        assertThat(story.cgu().status().conditions()).isEqualTo(found.conditions());
        assertThat(story.cgu().status().status().completedAt()).isEqualTo("2026-01-10T07:59:00Z");
        assertThat(story.hubEvents()).isEmpty();
        story.seesFleet().pass(Duration.ofDays(1));
        assertThat(story.intents()).isEmpty();

        story.deletes();
        assertThat(story.hubIntent()).isInstanceOf(Intent.StopEnforcing.class);
        story.hubDone();

        assertThat(story.memory().progress()).isEmpty();
    }

    @Test
    void oneInTheRolloutCanBeDeleted() {
        story.adopts(spec, inBatchTwo()).deletes();

        assertThat(story.hubIntent()).isInstanceOf(Intent.StopEnforcing.class);
        story.hubDone();
        assertThat(story.memory().progress()).isEmpty();
    }

    // What makes no sense

    @Test
    void aBatchBeyondThePlanIsPlannedAnew() {
        CguStatus found = inBatchTwo().inBatch(7, "{}").build();
        story.adopts(spec, found);

        assertThat(story.cgu().status().conditions()).isEqualTo(found.conditions());
        assertThat(story.enforced("p1")).isEmpty();
        assertThat(story.told().getFirst().data().details().get("problems")).contains("batch 7 is not in its plan of 3");
        fleet.with("p1", "a", COMPLIANT).with("p2", "a", COMPLIANT);
        story.seesFleet();
        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("b"), List.of("c"));
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");
        assertThat(story.cgu().status().status().startedAt()).isEqualTo("2026-01-10T07:00:00Z");
    }

    @Test
    void aRolloutWithoutPoliciesOrPlanIsPlannedAnew() {
        story.adopts(spec, inBatchTwo().withPlan("[]").withoutPolicies());

        assertThat(story.told().getFirst().data().details().get("problems"))
                .isEqualTo("it has no plan and it has no policies, so it is planned anew");
        story.seesFleet();
        assertThat(story.cgu().status().remediationPlan()).hasSize(3);
    }

    @Test
    void aStateThatNobodyKnowsCountsAsNotBegun() {
        story.adopts(spec, inBatchTwo("{\"state\": \"Dreaming\", \"policyIndex\": 1}"));

        assertThat(story.told().getFirst().data().details().get("problems")).contains("cluster b is 'Dreaming'");
        story.complies("p1", "b");
        assertThat(progressOf("b").policyIndex()).isEqualTo(1);
    }

    @Test
    void anIndexBeyondThePoliciesSkipsNothing() {
        story.adopts(spec, inBatchTwo("{\"state\": \"InProgress\", \"policyIndex\": 9}"));

        story.becomes("p1", NON_COMPLIANT, "b");

        assertThat(progressOf("b").policyIndex()).isZero();
        assertThat(story.outcomes()).containsExactly("a complete");
    }

    @Test
    void aStateOfAJobThatNobodyKnowsIsAskedForAnew() {
        story.adopts(spec.preCaching(), beforeStart().with("""
                , "precaching": {"spec": {"platformImage": "%s"}, "status": {"a": "Hungry"}}""".formatted(Fleet.IMAGE)));
        assertThat(story.told().getFirst().data().details().get("problems")).contains("cluster a is 'Hungry'");

        story.seesFleet();

        assertThat(precache("a").known()).isNull();
    }

    @Test
    void whyAJobFailedIsTakenOver() {
        story.adopts(spec.preCaching(), beforeStart().with("""
                , "precaching": {"spec": {"platformImage": "%s"}, "status": {"a": "UnrecoverableError", "b": "Active"},
                  "failures": {"a": "no space"}}""".formatted(Fleet.IMAGE)));

        story.seesFleet();

        assertThat(story.cgu().status().precaching().failures()).isEqualTo(Map.of("a", "no space"));
    }

    @Test
    void aClusterThatComesAgainLaterHasHadItsTurn() {
        story.adopts(spec, inBatchTwo().withPlan("[[\"a\"], [\"b\"], [\"a\"], [\"c\", \"b\"]]"));

        assertThat(story.cgu().status().remediationPlan())
                .containsExactly(List.of("a"), List.of("b"), List.of("c"));
    }

    private Intent.Precache precache(String cluster) {
        return (Intent.Precache) story.intents().get(Intent.spokeKey(Fleet.CGU, cluster, Aspect.PRECACHE));
    }

    private CguStatus.ClusterProgress progressOf(String cluster) {
        return story.cgu().status().status().currentBatchRemediationProgress().get(cluster);
    }
}
